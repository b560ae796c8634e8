/** What the pages ask about orders; other rooms use these too, so that an answer is kept once. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type Order = Schemas["Order"];
export type OrderSummary = Schemas["OrderSummary"];
export type OrderLine = Schemas["OrderLine"];

export const ORDER_STATUSES = [
  "draft",
  "submitted",
  "confirmed",
  "in-progress",
  "closed",
  "refused",
  "cancelled",
] as const satisfies readonly Schemas["OrderStatus"][];

 
export function orderQuery(id: string) {
  return queryOptions({
    queryKey: ["orders", id],
    queryFn: () => must(api.GET("/orders/{order_id}", { params: { path: { order_id: id } } })),
    meta: { live: [`order:${id}`] },
  });
}

 
export function orderHistoryQuery(id: string) {
  return queryOptions({
    queryKey: ["orders", id, "history"],
    queryFn: () => must(api.GET("/orders/{order_id}/history", { params: { path: { order_id: id } } })),
    meta: { live: [`order:${id}`] },
  });
}

 
export function invoicedQuery(id: string) {
  return queryOptions({
    queryKey: ["orders", id, "invoiced"],
    queryFn: () => must(api.GET("/orders/{order_id}/open-quantities", { params: { path: { order_id: id } } })),
    meta: { live: [`order:${id}`, "invoice"] },
  });
}
