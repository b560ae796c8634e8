import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import type { CreditNoteSummary } from "@/money/queries";
import { usePartners } from "@/orders/OrdersPage";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { DocumentCard } from "@/ui/DocumentCard";
import { Day, Money } from "@/ui/numbers";

/** Credit notes: what suppliers have given back of invoices (S-206). */
export function CreditNotesPage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  usePageTitle(t("credit.title"));
  const partners = usePartners();
  const columns = useMemo<Column<CreditNoteSummary>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number },
      ...(["customer", "supplier"] as const)
        .filter((side) => side !== me.kind)
        .map((side) => ({ id: side, title: t(`columns.${side}`), cell: (row: CreditNoteSummary) => row[side].name })),
      { id: "invoice", title: t("columns.invoice"), cell: (row) => row.invoice_number },
      { id: "basis", title: t("columns.basis"), cell: (row) => t(`credit.by.${row.basis}`) },
      { id: "date", title: t("columns.date"), cell: (row) => <Day day={row.issue_date} />, sort: "date" },
      { id: "gross", title: t("columns.amount"), cell: (row) => <Money amount={row.gross} currency={row.currency} />, numeric: true, sort: "gross" },
      {
        id: "advance",
        title: t("columns.asAdvance"),
        cell: (row) => (Number(row.advance) === 0 ? "–" : <Money amount={row.advance} currency={row.currency} />),
        numeric: true,
      },
    ],
    [t, me.kind],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "basis",
        label: t("columns.basis"),
        kind: "choice",
        options: (["quantity", "value"] as const).map((basis) => ({ value: basis, label: t(`credit.by.${basis}`) })),
      },
      ...(partners.length > 0 ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }] : []),
      { id: "date_from", label: t("filters.dateFrom"), kind: "day" },
      { id: "date_to", label: t("filters.dateTo"), kind: "day" },
      { id: "invoice_id", label: t("columns.invoice"), kind: "given" },
    ],
    [t, partners],
  );
  return (
    <DataList<CreditNoteSummary>
      title={t("credit.title")}
      name="credit-notes"
      live={["credit_note"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/credit-notes/${row.id}`}
      files="/credit-notes/export"
      empty={{ title: t("credit.empty"), text: t(me.kind === "supplier" ? "credit.emptySupplier" : "credit.emptyCustomer") }}
      card={(row) => (
        <DocumentCard
          name={row.number}
          who={me.kind === "supplier" ? row.customer.name : row.supplier.name}
          amount={row.gross}
          currency={row.currency}
          note={
            <>
              {t("credit.forInvoice", { number: row.invoice_number })} · <Day day={row.issue_date} />
            </>
          }
        />
      )}
    />
  );
}

function ask({ filters, sort, after, limit }: Ask): Promise<Schemas["CreditNotePage"]> {
  return must(
    api.GET("/credit-notes", {
      params: {
        query: {
          ...(filters as { basis?: Schemas["CreditBasis"] }),
          sort: sort as Schemas["CreditNoteSort"] | undefined,
          after,
          limit,
        },
      },
    }),
  );
}
