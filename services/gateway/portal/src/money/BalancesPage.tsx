/** How every account stands: what is due and what was paid in advance, never netted (S-210). */
import { Anchor, Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Report } from "@/money/AccountTabs";
import { balancesQuery } from "@/money/accounts";
import { NotFoundPage } from "@/shell/pages";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable } from "@/ui/LineTable";
import { Money } from "@/ui/numbers";

type Row = Schemas["AccountBalance"];

export function BalancesPage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const found = useQuery({ ...balancesQuery, enabled: me.kind === "customer" || me.kind === "supplier" });
  if (me.kind !== "customer" && me.kind !== "supplier") return <NotFoundPage />;
  const rows = found.data?.items ?? [];
  return (
    <Report title={t("accounts.title")} files="/balances">
      <div>
        <Button component={Link} to="/ageing" variant="default" size="compact-sm">
          {t("accounts.ageing")}
        </Button>
      </div>
      {found.isError ? (
        <ErrorState error={found.error} again={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton height={180} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("accounts.none")} text={t("accounts.noneText")} />
      ) : (
        <LineTable<Row>
          caption={t("accounts.title")}
          columns={[
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
            { id: "due", title: t("accounts.due"), cell: (row) => <Amount of={row.due} to={`/balances/${row.partner.id}`} />, numeric: true },
            {
              id: "overdue",
              title: t("accounts.overdue"),
              cell: (row) => <Amount of={row.overdue} to="/ageing" />,
              numeric: true,
            },
            {
              id: "advances",
              title: t("accounts.advances"),
              cell: (row) => <Amount of={row.advances} to={`/payments?status=advance&partner_id=${row.partner.id}&currency=${row.currency}`} />,
              numeric: true,
            },
          ]}
          lines={rows}
          keyOf={(row) => `${row.partner.id}.${row.currency}`}
          totals={found.data.totals.flatMap((one) => [
            [t("accounts.dueIn", { currency: one.currency }), <Money key={`d${one.currency}`} amount={one.due} />] as const,
            [t("accounts.advancesIn", { currency: one.currency }), <Money key={`a${one.currency}`} amount={one.advances} />] as const,
          ])}
        />
      )}
    </Report>
  );
}

/** A sum that opens the documents behind it; nothing is a dash. */
export function Amount({ of, to }: { of: string; to: string }): ReactNode {
  if (Number(of) === 0) return "–";
  return (
    <Anchor component={Link} to={to} c="inherit" underline="always">
      <Money amount={of} />
    </Anchor>
  );
}
