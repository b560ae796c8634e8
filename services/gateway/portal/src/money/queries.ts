/** What the pages ask about payments; an answer is kept once, whoever asks. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type Payment = Schemas["PaymentDocument"];
export type PaymentSummary = Schemas["PaymentSummary"];

export const PAYMENT_STATUSES = ["allocated", "advance", "reversed"] as const satisfies readonly Schemas["PaymentStatus"][];

/** After a payment: whatever shows what is paid, due or left. */
export const AFTER_PAYING = [["payments"], ["invoices"], ["balances"]];

export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: ["payments", id],
    queryFn: () => must(api.GET("/payments/{payment_id}", { params: { path: { payment_id: id } } })),
    meta: { live: [`payment:${id}`] },
  });
}

/** The invoices of a supplier that can be paid now, the one due first before the others. */
export function payableQuery(supplierId: string) {
  return queryOptions({
    queryKey: ["invoices", "payable", supplierId],
    queryFn: () =>
      must(
        api.GET("/invoices", {
          params: { query: { partner_id: supplierId, status: ["approved", "partly-paid"], sort: "due", limit: 200 } },
        }),
      ),
    meta: { live: ["invoice"] },
  });
}

export type CreditNote = Schemas["CreditNote"];
export type CreditNoteSummary = Schemas["CreditNoteSummary"];

export function creditNoteQuery(id: string) {
  return queryOptions({
    queryKey: ["credit-notes", id],
    queryFn: () => must(api.GET("/credit-notes/{credit_note_id}", { params: { path: { credit_note_id: id } } })),
    meta: { live: [`credit_note:${id}`] },
  });
}
