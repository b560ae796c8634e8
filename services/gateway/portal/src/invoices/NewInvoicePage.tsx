import { Group, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { WithOrder } from "@/invoices/EditInvoicePage";
import { usePartners } from "@/orders/OrdersPage";
import type { OrderSummary } from "@/orders/queries";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Day, Money } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

const BILLABLE = ["submitted", "confirmed", "in-progress", "closed"] as const satisfies readonly Schemas["OrderStatus"][];

/** A new invoice (S-025): for the order in the address, or else for one to choose. */
export function NewInvoicePage(): ReactNode {
  const me = useMe();
  const [parameters] = useSearchParams();
  const orderId = parameters.get("order");
  if (me.kind !== "supplier") return <NotFoundPage />;
  return orderId === null ? <ChooseOrder /> : <WithOrder orderId={orderId} />;
}

function ChooseOrder(): ReactNode {
  const { t } = useTranslation("invoices");
  const { t: words } = useTranslation("orders");
  usePageTitle(t("new.choose"));
  const partners = usePartners();
  const columns = useMemo<Column<OrderSummary>[]>(
    () => [
      { id: "number", title: words("columns.number"), cell: (row) => row.number, sort: "number" },
      { id: "customer", title: words("columns.customer"), cell: (row) => row.customer.name, sort: "partner" },
      { id: "status", title: words("columns.status"), cell: (row) => <StatusBadge kind="order" status={row.status} /> },
      { id: "ordered", title: words("columns.ordered"), cell: (row) => <Day day={row.order_date} />, sort: "date" },
      { id: "gross", title: words("columns.gross"), cell: (row) => <Money amount={row.gross} currency={row.currency} />, numeric: true, sort: "gross" },
    ],
    [words],
  );
  const filters = useMemo<Filter[]>(
    () => (partners.length > 0 ? [{ id: "partner_id", label: t("columns.customer"), kind: "choice", options: partners }] : []),
    [partners, t],
  );
  return (
    <DataList<OrderSummary>
      title={t("new.choose")}
      name="orders-to-bill"
      live={["order"]}
      columns={columns}
      filters={filters}
      ask={billable}
      to={(row) => `/invoices/new?order=${row.id}`}
      empty={{ title: t("new.noOrders"), text: t("new.noOrdersText") }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.number}
            </Text>
            <StatusBadge kind="order" status={row.status} />
          </Group>
          <Group justify="space-between" wrap="nowrap" mt={4}>
            <Text size="sm" truncate>
              {row.customer.name}
            </Text>
            <Money amount={row.gross} currency={row.currency} />
          </Group>
        </>
      )}
    />
  );
}

function billable({ filters, sort, after, limit }: Ask): Promise<Schemas["OrderPage"]> {
  return must(
    api.GET("/orders", {
      params: { query: { ...filters, status: [...BILLABLE], sort: sort as Schemas["OrderSort"] | undefined, after, limit } },
    }),
  );
}
