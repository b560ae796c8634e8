import { Stack, Title } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/session";
import { balanceQuery } from "@/invoices/queries";
import { usePartners } from "@/orders/OrdersPage";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { compare, sum } from "@/ui/decimal";
import { EmptyState } from "@/ui/EmptyState";
import { LineTable } from "@/ui/LineTable";
import { Money } from "@/ui/numbers";

interface Row {
  id: string;
  name: string;
  due: { currency: string; due: string }[] | null;
}

/** What is due between one's organisation and each of its partners (S-210). */
export function BalancesPage(): ReactNode {
  const { t } = useTranslation("invoices");
  const me = useMe();
  usePageTitle(t("balances.title"));
  const partners = usePartners();
  const found = useQueries({ queries: partners.map((partner) => balanceQuery(partner.value)) });
  if (me.kind !== "customer" && me.kind !== "supplier") return <NotFoundPage />;
  const rows: Row[] = partners.map((partner, place) => ({
    id: partner.value,
    name: partner.label,
    due: found[place]?.data?.balances.filter((one) => compare(one.due, "0") !== 0) ?? null,
  }));
  const currencies = [...new Set(rows.flatMap((row) => row.due?.map((one) => one.currency) ?? []))].sort();
  const all = rows.flatMap((row) => row.due ?? []);
  return (
    <Stack gap="md">
      <Title order={1}>{t("balances.title")}</Title>
      {rows.length === 0 ? (
        <EmptyState title={t("balances.none")} text={t("balances.noneText")} />
      ) : (
        <LineTable<Row>
          caption={t("balances.title")}
          columns={[
            { id: "partner", title: t("columns.partner"), cell: (row) => <Link to={`/balances/${row.id}`} style={{ color: "var(--mantine-color-anchor)", fontWeight: 600 }}>{row.name}</Link> },
            ...(currencies.length > 0 ? currencies : ["EUR"]).map((currency) => ({
              id: currency,
              title: t("balances.due", { currency }),
              cell: (row: Row) => {
                const due = row.due?.find((one) => one.currency === currency)?.due;
                return due === undefined ? "–" : <Money amount={due} />;
              },
              numeric: true,
            })),
          ]}
          lines={rows}
          keyOf={(row) => row.id}
          totals={currencies.map((currency) => [
            t("balances.total", { currency }),
            <Money key={currency} amount={sum(all.filter((one) => one.currency === currency).map((one) => one.due))} />,
          ])}
        />
      )}
    </Stack>
  );
}
