/** What the start page asks: the numbers of the dashboards, and the documents that wait for this person. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";

/** As many as fit on a screen; the list behind has all of them. */
const SHOWN = 8;
/** Counted no further: who has more has other worries. */
export const MOST_COUNTED = 200;

export const ordersDashboard = queryOptions({
  queryKey: ["orders", "dashboard"],
  queryFn: () => must(api.GET("/dashboard/orders")),
  meta: { live: ["order"] },
});

export const invoicesDashboard = queryOptions({
  queryKey: ["invoices", "dashboard"],
  queryFn: () => must(api.GET("/dashboard/invoices")),
  meta: { live: ["invoice"] },
});

export const waitingOrders = queryOptions({
  queryKey: ["orders", "waiting"],
  queryFn: () => must(api.GET("/orders", { params: { query: { waiting_for: "me", sort: "created", limit: SHOWN } } })),
  meta: { live: ["order"] },
});

export const waitingInvoices = queryOptions({
  queryKey: ["invoices", "waiting"],
  queryFn: () => must(api.GET("/invoices", { params: { query: { waiting_for: "me", sort: "created", limit: SHOWN } } })),
  meta: { live: ["invoice"] },
});

export const SERVICES = ["accounts", "orders", "invoicing", "notifications"] as const;
export type Service = (typeof SERVICES)[number];

export function deadLetters(service: Service) {
  return queryOptions({
    queryKey: ["dead-letters", service, "waiting"],
    queryFn: () =>
      must(
        api.GET(`/operations/${service}/dead-letters`, {
          params: { query: { state: "waiting", limit: MOST_COUNTED } },
        }),
      ),
    refetchInterval: 60_000,
    // A service that is away is shown to be away; asking it four times makes nobody wiser.
    retry: (count: number, error: Error) => count < 1 && !(error instanceof Problem && error.status === 403),
  });
}

export const failedDeliveries = queryOptions({
  queryKey: ["failed-deliveries", "count"],
  queryFn: () => must(api.GET("/failed-deliveries", { params: { query: { limit: MOST_COUNTED } } })),
  meta: { live: ["mail"] },
  refetchInterval: 60_000,
});

export type OrderSummary = Schemas["OrderSummary"];
export type InvoiceSummary = Schemas["InvoiceSummary"];
