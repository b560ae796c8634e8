/** What waits for the person, of all kinds of documents in one order: the longest waiting first. */
import type { Schemas } from "@/api/client";
import type { Kind } from "@/api/session";
import type { InvoiceSummary, OrderSummary } from "@/home/queries";

/** For what; a key of the texts, and the filter of the list behind it. */
export type For = Exclude<Schemas["OrderWaiting"], "me"> | Exclude<Schemas["InvoiceWaiting"], "me" | "escalation">;

export interface Waiting {
  kind: "order" | "invoice";
  id: string;
  number: string | null;
  /** An invoice without a number is known by its order. */
  orderNumber: string | null;
  waitsFor: For;
  partner: string;
  /** Since when, a day or a moment. */
  since: string;
  gross: string;
  currency: string;
}

function ofOrder(order: OrderSummary, kind: Kind | undefined): Waiting {
  return {
    kind: "order",
    id: order.id,
    number: order.number,
    orderNumber: null,
    waitsFor: order.status === "draft" ? "draft" : kind === "supplier" ? "confirmation" : "date-decision",
    partner: (kind === "supplier" ? order.customer : order.supplier).name,
    since: order.order_date,
    gross: order.gross,
    currency: order.currency,
  };
}

function ofInvoice(invoice: InvoiceSummary, kind: Kind | undefined): Waiting {
  const draft = invoice.submitted_at === null ? "draft" : "rework";
  return {
    kind: "invoice",
    id: invoice.id,
    number: invoice.number,
    orderNumber: invoice.order_number,
    waitsFor: invoice.status === "draft" ? draft : invoice.status === "pending" ? "decision" : "payment",
    partner: (kind === "supplier" ? invoice.customer : invoice.supplier).name,
    since: invoice.status === "draft" ? invoice.created_at : (invoice.waiting_since ?? invoice.due_date),
    gross: invoice.gross,
    currency: invoice.currency,
  };
}

export function together(
  orders: readonly OrderSummary[],
  invoices: readonly InvoiceSummary[],
  kind: Kind | undefined,
): Waiting[] {
  return [...orders.map((one) => ofOrder(one, kind)), ...invoices.map((one) => ofInvoice(one, kind))].sort(
    (one, other) => one.since.slice(0, 10).localeCompare(other.since.slice(0, 10)),
  );
}
