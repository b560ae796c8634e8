/** What the pages ask about suppliers' tax invoices. */
import { queryOptions } from "@tanstack/react-query";
import type { Me } from "@/api/session";
import { api, must, type Schemas } from "@/api/client";

export type TaxInvoice = Schemas["TaxInvoice"];
export type TaxInvoiceSummary = Schemas["TaxInvoiceSummary"];
export type DateRequest = Schemas["DateRequest"];

export function taxInvoiceQuery(id: string) {
  return queryOptions({
    queryKey: ["tax-invoices", id],
    queryFn: () => must(api.GET("/tax-invoices/{tax_invoice_id}", { params: { path: { tax_invoice_id: id } } })),
    meta: { live: [`tax_invoice:${id}`] },
  });
}

export function taxHistoryQuery(id: string) {
  return queryOptions({
    queryKey: ["tax-invoices", id, "history"],
    queryFn: () => must(api.GET("/tax-invoices/{tax_invoice_id}/history", { params: { path: { tax_invoice_id: id } } })),
    meta: { live: [`tax_invoice:${id}`] },
  });
}

/** The tax invoice of one invoice: none or one. */
export function ofInvoiceQuery(invoiceId: string) {
  return queryOptions({
    queryKey: ["tax-invoices", "of", invoiceId],
    queryFn: () => must(api.GET("/tax-invoices", { params: { query: { invoice_id: invoiceId, limit: 1 } } })),
    meta: { live: ["tax_invoice"] },
  });
}

/** Only the order's initiator and the operator's accounting answer requests for a delivery date. */
export function mayAnswer(me: Me, tax: TaxInvoice): boolean {
  if (me.kind === "operator") return me.can("operator-accounting");
  return me.kind === "customer" && me.session.user.id === tax.initiator.id;
}
