import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { PAYMENT_STATUSES, type PaymentSummary } from "@/money/queries";
import { usePartners } from "@/orders/OrdersPage";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { DocumentCard } from "@/ui/DocumentCard";
import { Day, Money } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

/** Payments: what a customer has paid its suppliers, what a supplier was paid. */
export function PaymentsPage(): ReactNode {
  const { t } = useTranslation("money");
  const { t: ui } = useTranslation("ui");
  const me = useMe();
  usePageTitle(t("title"));
  const partners = usePartners();
  const pays = me.can("buyer-accounting", "buyer-admin");
  const name = (row: PaymentSummary): string => row.reference || t("unnamed");

  const columns = useMemo<Column<PaymentSummary>[]>(
    () => [
      { id: "reference", title: t("columns.reference"), cell: (row) => row.reference || t("unnamed") },
      ...(["customer", "supplier"] as const)
        .filter((side) => side !== me.kind)
        .map((side) => ({ id: side, title: t(`columns.${side}`), cell: (row: PaymentSummary) => row[side].name })),
      { id: "status", title: t("columns.status"), cell: (row) => <StatusBadge kind="payment" status={row.status} /> },
      { id: "day", title: t("columns.day"), cell: (row) => <Day day={row.paid_on} />, sort: "day" },
      { id: "amount", title: t("columns.amount"), cell: (row) => <Money amount={row.amount} currency={row.currency} />, numeric: true, sort: "amount" },
      {
        id: "advance",
        title: t("columns.advance"),
        cell: (row) => (Number(row.advance) === 0 ? "–" : <Money amount={row.advance} currency={row.currency} />),
        numeric: true,
      },
    ],
    [t, me.kind],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.status"),
        kind: "choices",
        options: PAYMENT_STATUSES.map((status) => ({ value: status, label: ui(`status.payment.${status}`) })),
      },
      ...(partners.length > 0 ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }] : []),
      { id: "date_from", label: t("filters.from"), kind: "day" },
      { id: "date_to", label: t("filters.to"), kind: "day" },
      { id: "currency", label: t("filters.currency"), kind: "given" },
    ],
    [t, ui, partners],
  );
  const begin = pays ? (
    <Button component={Link} to="/payments/new" leftSection={<IconPlus size={16} />}>
      {t("new.button")}
    </Button>
  ) : undefined;
  return (
    <DataList<PaymentSummary>
      title={t("title")}
      name="payments"
      live={["payment"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/payments/${row.id}`}
      files="/payments/export"
      actions={begin}
      {...(pays ? { newAt: "/payments/new" } : {})}
      empty={{ title: t("empty.title"), text: t(me.kind === "supplier" ? "empty.supplier" : "empty.customer"), action: begin }}
      card={(row) => (
        <DocumentCard
          name={name(row)}
          status={<StatusBadge kind="payment" status={row.status} />}
          who={me.kind === "supplier" ? row.customer.name : row.supplier.name}
          amount={row.amount}
          currency={row.currency}
          note={<Day day={row.paid_on} />}
        />
      )}
    />
  );
}

function ask({ filters, chosen, sort, after, limit }: Ask): Promise<Schemas["PaymentPage"]> {
  return must(
    api.GET("/payments", {
      params: {
        query: {
          ...filters,
          status: chosen("status") as Schemas["PaymentStatus"][] | undefined,
          sort: sort as Schemas["PaymentSort"] | undefined,
          after,
          limit,
        },
      },
    }),
  );
}
