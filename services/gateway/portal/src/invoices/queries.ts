/** What the pages ask about invoices; an answer is kept once, whoever asks. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type Invoice = Schemas["Invoice"];
export type InvoiceSummary = Schemas["InvoiceSummary"];
export type InvoiceLine = Schemas["InvoiceLine"];
export type Match = Schemas["Match"];
export type Preflight = Schemas["Preflight"];

export const INVOICE_STATUSES = [
  "draft",
  "matching",
  "pending",
  "approved",
  "partly-paid",
  "paid",
  "rejected",
  "canceled",
] as const satisfies readonly Schemas["InvoiceStatus"][];

export function invoiceQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id],
    queryFn: () => must(api.GET("/invoices/{invoice_id}", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

export function invoiceHistoryQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id, "history"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/history", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

/** How it was matched, in full: for the customer and the operator. */
/** How it was decided, in the words that whoever asks may read. */
export function decisionsQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id, "decisions"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/decisions", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

export function matchesQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id, "matches"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/matches", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

/** What would come of sending a draft now; asked again when another invoice of the order is decided. */
export function draftPreflightQuery(id: string, orderId: string) {
  return queryOptions({
    queryKey: ["invoices", id, "preflight"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/preflight", { params: { path: { invoice_id: id } } })),
    meta: { live: ["invoice", `order:${orderId}`] },
  });
}

export function paymentsQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id, "payments"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/payments", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

export function balanceQuery(partnerId: string) {
  return queryOptions({
    queryKey: ["balances", partnerId],
    queryFn: () => must(api.GET("/balances/{partner_id}", { params: { path: { partner_id: partnerId } } })),
    meta: { live: ["invoice"] },
  });
}
