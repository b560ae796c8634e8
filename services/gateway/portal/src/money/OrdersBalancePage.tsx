/** The account of one partner by orders; the sums are those of the account (S-211). */
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { AccountTabs, Report } from "@/money/AccountTabs";
import { ordersBalanceQuery } from "@/money/accounts";
import { Amount } from "@/money/BalancesPage";
import { NotFoundPage } from "@/shell/pages";
import { DocumentWaiting } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable } from "@/ui/LineTable";
import { Money } from "@/ui/numbers";

export function OrdersBalancePage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const { partnerId = "" } = useParams();
  const found = useQuery(ordersBalanceQuery(partnerId));
  if (found.isPending) return <DocumentWaiting />;
  if (found.data === undefined) {
    if (found.error instanceof Problem && (found.error.status === 404 || found.error.status === 403)) return <NotFoundPage />;
    return <ErrorState error={found.error} again={() => void found.refetch()} />;
  }
  const partner = me.kind === "supplier" ? found.data.customer : found.data.supplier;
  return (
    <Report
      title={t("accounts.with", { name: partner.name })}
      back={{ to: "/balances", label: t("accounts.title") }}
      files={`/balances/${partnerId}/orders`}
    >
      <AccountTabs partner={partnerId} />
      {found.data.items.length === 0 ? (
        <EmptyState title={t("accounts.settled")} text={t("accounts.settledText", { name: partner.name })} />
      ) : (
        <LineTable<Schemas["OrderBalance"]>
          caption={t("accounts.byOrder")}
          columns={[
            {
              id: "order",
              title: t("accounts.order"),
              cell: (row) =>
                row.order_id === null ? (
                  t("accounts.noOrder")
                ) : (
                  <Anchor component={Link} to={`/orders/${row.order_id}`} fw={600}>
                    {row.order_number}
                  </Anchor>
                ),
            },
            { id: "currency", title: t("filters.currency"), cell: (row) => row.currency },
            { id: "invoiced", title: t("accounts.invoiced"), cell: (row) => <Amount of={row.invoiced} to={`/invoices?order_id=${row.order_id ?? ""}`} />, numeric: true },
            { id: "due", title: t("accounts.due"), cell: (row) => <Amount of={row.due} to={`/invoices?order_id=${row.order_id ?? ""}`} />, numeric: true },
            {
              id: "advances",
              title: t("accounts.advances"),
              cell: (row) => <Amount of={row.advances} to={`/payments?status=advance&partner_id=${partnerId}`} />,
              numeric: true,
            },
          ]}
          lines={found.data.items}
          keyOf={(row) => `${row.order_id ?? "none"}.${row.currency}`}
          totals={found.data.totals.flatMap((one) => [
            [t("accounts.dueIn", { currency: one.currency }), <Money key={`d${one.currency}`} amount={one.due} />] as const,
            [t("accounts.advancesIn", { currency: one.currency }), <Money key={`a${one.currency}`} amount={one.advances} />] as const,
          ])}
        />
      )}
    </Report>
  );
}
