/** Ordered, shipped and still to be shipped, line by line, of the orders in progress and of no others (S-171, S-172). */
import { Group, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { usePartners } from "@/orders/OrdersPage";
import { useUnit } from "@/orders/units";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter, type Page } from "@/ui/DataList";
import { Quantity, useFormats } from "@/ui/numbers";

type Row = Schemas["StatementLine"] & { id: string };

async function ask({ filters }: Ask): Promise<Page<Row>> {
  const statement = await must(api.GET("/orders-statement", { params: { query: { partner_id: filters.partner_id } } }));
  return { items: statement.lines.map((line, at) => ({ ...line, id: `${line.order_id}.${String(at)}` })), next: null };
}

export function StatementPage(): ReactNode {
  const { t } = useTranslation("goods");
  const me = useMe();
  const unit = useUnit();
  const { quantity } = useFormats();
  const partners = usePartners();
  usePageTitle(t("statement.title"));
  const supplies = me.kind === "supplier";
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "order", title: t("columns.order"), cell: (row) => row.order_number },
      {
        id: "partner",
        title: t(supplies ? "columns.customer" : "columns.supplier"),
        cell: (row) => (supplies ? row.customer.name : row.supplier.name),
      },
      { id: "number", title: t("statement.item"), cell: (row) => row.item_number, wideOnly: true },
      { id: "description", title: t("statement.description"), cell: (row) => row.description },
      {
        id: "ordered",
        title: t("statement.ordered"),
        numeric: true,
        cell: (row) => <Quantity amount={row.ordered} unit={unit(row.unit)} />,
      },
      { id: "shipped", title: t("statement.shipped"), numeric: true, cell: (row) => <Quantity amount={row.shipped} dashZero /> },
      {
        id: "pending",
        title: t("statement.pending"),
        numeric: true,
        cell: (row) => (
          <strong>
            <Quantity amount={row.pending} dashZero />
          </strong>
        ),
      },
    ],
    [t, unit, supplies],
  );
  const filters: Filter[] =
    partners.length > 0
      ? [{ id: "partner_id", label: t(supplies ? "columns.customer" : "columns.supplier"), kind: "choice", options: partners }]
      : [];
  return (
    <DataList<Row>
      title={t("statement.title")}
      name="orders-statement"
      live={["order"]}
      columns={columns}
      filters={filters}
      searchable={false}
      ask={ask}
      to={(row) => `/orders/${row.order_id}`}
      empty={{ title: t("statement.empty"), text: t("statement.emptyText") }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Text fw={600}>{row.description}</Text>
            <Text fw={600} style={{ whiteSpace: "nowrap" }}>
              {t("statement.left", { quantity: `${quantity(row.pending)} ${unit(row.unit)}` })}
            </Text>
          </Group>
          <Text size="sm" c="dimmed">
            {row.order_number} · {supplies ? row.customer.name : row.supplier.name}
          </Text>
          <Text size="sm" c="dimmed">
            {t("statement.card", { ordered: quantity(row.ordered), shipped: quantity(row.shipped) })}
          </Text>
        </>
      )}
    />
  );
}
