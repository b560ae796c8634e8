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

export type Product = Schemas["Product"];

/** Whom one trades with, and on which terms; two hundred are enough to choose from. */
export function partnershipsQuery() {
  return queryOptions({
    queryKey: ["partnerships", "names"],
    queryFn: () => must(api.GET("/partnerships", { params: { query: { limit: 200 } } })),
    staleTime: 300_000,
    meta: { live: ["partnership"] },
  });
}

/** Products of a supplier that can be ordered, by part of their number or name. */
export function productsQuery(supplierId: string, search: string, limit = 30) {
  return queryOptions({
    queryKey: ["products", supplierId, search, limit],
    queryFn: () =>
      must(
        api.GET("/products", {
          params: { query: { supplier_id: supplierId, active: true, limit, ...(search ? { search } : {}) } },
        }),
      ),
    staleTime: 60_000,
  });
}
