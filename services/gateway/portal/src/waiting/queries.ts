/** What the pages ask about waiting: how long and with whom, the working calendar, who stands in for whom. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type InvoiceWait = Schemas["InvoiceWait"];
export type WaitingRules = Schemas["WaitingRules"];
export type Deputyship = Schemas["Deputyship"];

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const satisfies readonly Schemas["Weekday"][];

export function waitQuery(invoiceId: string) {
  return queryOptions({
    queryKey: ["invoices", invoiceId, "wait"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/wait", { params: { path: { invoice_id: invoiceId } } })),
    meta: { live: [`invoice:${invoiceId}`] },
    // The clock goes on although nothing happens.
    refetchInterval: 5 * 60_000,
  });
}

export function waitingRulesQuery(customerId: string) {
  return queryOptions({
    queryKey: ["waiting-rules", customerId],
    queryFn: () => must(api.GET("/customers/{customer_id}/waiting-rules", { params: { path: { customer_id: customerId } } })),
    meta: { live: ["rules"] },
  });
}

export const deputyshipsQuery = queryOptions({
  queryKey: ["deputyships"],
  queryFn: () => must(api.GET("/deputyships")),
  meta: { live: ["deputyship"] },
});
