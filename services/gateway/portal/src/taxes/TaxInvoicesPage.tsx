import { Group, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { usePartners } from "@/orders/OrdersPage";
import { usePageTitle } from "@/shell/usePageTitle";
import { Registration } from "@/taxes/Registration";
import type { TaxInvoiceSummary } from "@/taxes/queries";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Day, Money, useFormats } from "@/ui/numbers";

/** Suppliers' tax invoices: what is registered, what is late, what waits for another date (S-204). */
export function TaxInvoicesPage(): ReactNode {
  const { t } = useTranslation("taxes");
  const me = useMe();
  const { money } = useFormats();
  usePageTitle(t("title"));
  const partners = usePartners();
  const columns = useMemo<Column<TaxInvoiceSummary>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number },
      { id: "standing", title: t("columns.standing"), cell: (row) => <Registration tax={row} /> },
      ...(["customer", "supplier"] as const)
        .filter((side) => side !== me.kind)
        .map((side) => ({ id: side, title: t(`columns.${side}`), cell: (row: TaxInvoiceSummary) => row[side].name })),
      { id: "invoice", title: t("columns.invoice"), cell: (row) => row.invoice_number },
      { id: "date", title: t("columns.date"), cell: (row) => <Day day={row.day} /> },
      { id: "until", title: t("columns.until"), cell: (row) => <Day day={row.register_by} /> },
      { id: "tax", title: t("columns.tax"), cell: (row) => <Money amount={row.tax} currency={row.currency} />, numeric: true },
    ],
    [t, me.kind],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.standing"),
        kind: "choice",
        options: (["issued", "registered"] as const).map((status) => ({ value: status, label: t(`status.${status}`) })),
      },
      { id: "overdue", label: t("overdue"), kind: "choice", options: [{ value: "true", label: t("onlyOverdue") }] },
      { id: "asked", label: t("asked"), kind: "choice", options: [{ value: "true", label: t("onlyAsked") }] },
      ...(partners.length > 0 ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }] : []),
      { id: "date_from", label: t("from"), kind: "day" },
      { id: "date_to", label: t("to"), kind: "day" },
    ],
    [t, partners],
  );
  return (
    <DataList<TaxInvoiceSummary>
      title={t("title")}
      name="tax-invoices"
      live={["tax_invoice"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/tax-invoices/${row.id}`}
      files="/tax-invoices/export"
      empty={{ title: t("empty"), text: t(me.kind === "supplier" ? "emptySupplier" : "emptyOthers") }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.number}
            </Text>
            <Registration tax={row} />
          </Group>
          <Text size="sm" truncate mt={4}>
            {me.kind === "supplier" ? row.customer.name : row.supplier.name}
          </Text>
          <Text size="xs" c="dimmed" mt={2}>
            {t("forInvoice", { number: row.invoice_number })} · {money(row.tax)} {row.currency}
          </Text>
        </>
      )}
    />
  );
}

function ask({ filters, after, limit }: Ask): Promise<Schemas["TaxInvoicePage"]> {
  const { overdue, asked, ...others } = filters as { status?: Schemas["TaxInvoiceStatus"]; overdue?: string; asked?: string };
  return must(
    api.GET("/tax-invoices", {
      params: { query: { ...others, ...(overdue && { overdue: true }), ...(asked && { asked: true }), after, limit } },
    }),
  );
}
