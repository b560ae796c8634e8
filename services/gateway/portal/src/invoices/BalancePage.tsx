import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconArrowLeft } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import classes from "@/invoices/InvoiceEditor.module.css";
import { DueDay } from "@/invoices/InvoicesPage";
import { AccountTabs } from "@/money/AccountTabs";
import { balanceQuery, type InvoiceSummary } from "@/invoices/queries";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column } from "@/ui/DataList";
import { DocumentWaiting } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { Day, Money, useFormats } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

const OUTSTANDING = ["approved", "partly-paid"] as const satisfies readonly Schemas["InvoiceStatus"][];

/** How a partner's account stands: what is due, and the invoices it comes from (S-210). */
export function BalancePage(): ReactNode {
  const { partnerId = "" } = useParams();
  const balance = useQuery(balanceQuery(partnerId));
  if (balance.isPending) return <DocumentWaiting />;
  if (balance.data === undefined) {
    if (balance.error instanceof Problem && (balance.error.status === 404 || balance.error.status === 403)) return <NotFoundPage />;
    return <ErrorState error={balance.error} again={() => void balance.refetch()} />;
  }
  return <Shown key={partnerId} balance={balance.data} />;
}

function Shown({ balance }: { balance: Schemas["PartnerBalance"] }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  usePageTitle(t("balances.with", { name: balance.partner.name }));
  const partner = balance.partner.id;
  const ask = useMemo(
    () =>
      ({ filters, sort, after, limit }: Ask): Promise<Schemas["InvoicePage"]> =>
        must(
          api.GET("/invoices", {
            params: {
              query: {
                ...(filters as { search?: string }),
                partner_id: partner,
                status: [...OUTSTANDING],
                sort: (sort ?? "due") as Schemas["InvoiceSort"],
                after,
                limit,
              },
            },
          }),
        ),
    [partner],
  );
  const columns = useMemo<Column<InvoiceSummary>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number, sort: "number" },
      { id: "status", title: t("columns.status"), cell: (row) => <StatusBadge kind="invoice" status={row.status} /> },
      { id: "order", title: t("columns.order"), cell: (row) => row.order_number, wideOnly: true },
      { id: "issued", title: t("columns.issued"), cell: (row) => <Day day={row.issue_date} />, sort: "date" },
      { id: "due", title: t("columns.due"), cell: (row) => <DueDay row={row} />, sort: "due" },
      { id: "gross", title: t("columns.gross"), cell: (row) => <Money amount={row.gross} currency={row.currency} />, numeric: true, sort: "gross" },
      { id: "paid", title: t("columns.paid"), cell: (row) => (Number(row.paid) === 0 ? "–" : <Money amount={row.paid} currency={row.currency} />), numeric: true },
      { id: "open", title: t("columns.open"), cell: (row) => <Money amount={row.open} currency={row.currency} />, numeric: true },
    ],
    [t],
  );
  return (
    <>
      <Anchor component={Link} to="/balances" size="sm" className={classes.back}>
        <IconArrowLeft size={16} stroke={1.6} />
        {t("balances.title")}
      </Anchor>
      <AccountTabs partner={partner} />
      <DataList<InvoiceSummary>
        title={t("balances.with", { name: balance.partner.name })}
        name={`invoices-due-${partner}`}
        live={["invoice"]}
        columns={columns}
        ask={ask}
        to={(row) => `/invoices/${row.id}`}
        actions={
          <div>
            <Text size="sm" c="dimmed" ta="right">
              {t("balances.dueNow")}
            </Text>
            {balance.balances.length === 0 ? (
              <Text fw={650} fz={26} lh="34px" ta="right">
                –
              </Text>
            ) : (
              balance.balances.map((one) => (
                <Text key={one.currency} fw={650} fz={26} lh="34px" ta="right" className="num">
                  {money(one.due)} {one.currency}
                  {Number(one.advances) > 0 && (
                    <Anchor component={Link} to={`/payments?status=advance&partner_id=${partner}`} size="sm" display="block" fw={400} lh="20px">
                      {t("balances.advances", { amount: `${money(one.advances)} ${one.currency}` })}
                    </Anchor>
                  )}
                </Text>
              ))
            )}
          </div>
        }
        empty={{ title: t("balances.settled"), text: t("balances.settledText", { name: balance.partner.name }) }}
        card={(row) => (
          <>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} c="var(--mantine-color-anchor)">
                {row.number}
              </Text>
              <StatusBadge kind="invoice" status={row.status} />
            </Group>
            <Group justify="space-between" wrap="nowrap" mt={4}>
              <Text size="xs" c="dimmed">
                {t("card.due")} <DueDay row={row} />
              </Text>
              <Text size="sm" fw={600} className="num">
                {money(row.open)} {row.currency}
              </Text>
            </Group>
          </>
        )}
      />
    </>
  );
}
