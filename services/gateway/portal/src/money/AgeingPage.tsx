/** What is outstanding by age, each document in its own currency; the ages sum to it. */
import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Report } from "@/money/AccountTabs";
import { ageingQuery } from "@/money/accounts";
import { Amount } from "@/money/BalancesPage";
import { NotFoundPage } from "@/shell/pages";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";

type Row = Schemas["PartnerAge"];

/** The list of the invoices in one bucket. */
function behind(row: Row, bucket: Schemas["AgeTotal"] | undefined): string {
  const query = new URLSearchParams({ partner_id: row.partner.id, currency: row.currency, status: "approved,partly-paid" });
  if (bucket?.due_from) query.set("due_from", bucket.due_from);
  if (bucket?.due_to) query.set("due_to", bucket.due_to);
  return `/invoices?${query.toString()}`;
}

export function AgeingPage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const found = useQuery({ ...ageingQuery, enabled: me.kind === "customer" || me.kind === "supplier" });
  if (me.kind !== "customer" && me.kind !== "supplier") return <NotFoundPage />;
  const rows = found.data?.items ?? [];
  const columns: LineColumn<Row>[] = [
    {
      id: "partner",
      title: t("columns.partner"),
      cell: (row) => (
        <Anchor component={Link} to={`/balances/${row.partner.id}`} fw={600}>
          {row.partner.name}
        </Anchor>
      ),
    },
    { id: "currency", title: t("filters.currency"), cell: (row) => row.currency },
    ...(rows[0]?.buckets ?? []).map((bucket, at) => ({
      id: bucket.age,
      title: t(`ages.${bucket.age}`),
      cell: (row: Row) => <Amount of={row.buckets[at]?.open ?? "0"} to={behind(row, row.buckets[at])} />,
      numeric: true,
    })),
    { id: "all", title: t("accounts.outstanding"), cell: (row) => <Amount of={row.outstanding} to={behind(row, undefined)} />, numeric: true },
  ];
  return (
    <Report title={t("accounts.ageing")} back={{ to: "/balances", label: t("accounts.title") }} files="/ageing">
      {found.isError ? (
        <ErrorState error={found.error} again={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton height={180} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("accounts.nothingOpen")} text={t("accounts.nothingOpenText")} />
      ) : (
        <LineTable<Row> caption={t("accounts.ageing")} columns={columns} lines={rows} keyOf={(row) => `${row.partner.id}.${row.currency}`} />
      )}
    </Report>
  );
}
