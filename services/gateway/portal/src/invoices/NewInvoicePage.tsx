import { Group, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { WithOrder } from "@/invoices/EditInvoicePage";
import { usePartners } from "@/orders/OrdersPage";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Day, Money } from "@/ui/numbers";

/** An order of which something is open, as a row of a list. */
type Billable = Schemas["BillableOrder"] & { id: string };

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
  const columns = useMemo<Column<Billable>[]>(
    () => [
      { id: "number", title: words("columns.number"), cell: (row) => row.order_number },
      { id: "customer", title: words("columns.customer"), cell: (row) => row.customer.name },
      { id: "ordered", title: words("columns.ordered"), cell: (row) => <Day day={row.order_date} /> },
      { id: "open", title: t("new.open"), cell: (row) => <Open order={row} />, numeric: true },
    ],
    [t, words],
  );
  const filters = useMemo<Filter[]>(
    () => (partners.length > 0 ? [{ id: "partner_id", label: t("columns.customer"), kind: "choice", options: partners }] : []),
    [partners, t],
  );
  return (
    <DataList<Billable>
      title={t("new.choose")}
      name="orders-to-bill"
      live={["order", "invoice"]}
      columns={columns}
      filters={filters}
      ask={billable}
      to={(row) => `/invoices/new?order=${row.id}`}
      empty={{ title: t("new.noOrders"), text: t("new.noOrdersText") }}
      card={(row) => (
        <Group justify="space-between" wrap="nowrap" align="start">
          <div style={{ minWidth: 0 }}>
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.order_number}
            </Text>
            <Text size="sm" truncate>
              {row.customer.name}
            </Text>
          </div>
          <Open order={row} />
        </Group>
      )}
    />
  );
}

function Open({ order }: { order: Billable }): ReactNode {
  const { t } = useTranslation("invoices");
  return (
    <div>
      <Money amount={order.open_net} currency={order.currency} places={order.amount_places} />
      {order.begun && (
        <Text size="xs" c="dimmed" ta="right">
          {t("new.inPart")}
        </Text>
      )}
    </div>
  );
}

async function billable({ filters, after, limit }: Ask): Promise<{ items: Billable[]; next: string | null }> {
  const page = await must(api.GET("/billable-orders", { params: { query: { ...filters, after, limit } } }));
  return { items: page.items.map((order) => ({ ...order, id: order.order_id })), next: page.next };
}
