/** What the pages ask about consolidated invoices and the runs that issue them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type Summary = Schemas["ConsolidatedSummary"];
export type Consolidated = Schemas["ConsolidatedInvoice"];
export type Run = Schemas["ConsolidationRun"];
export type Total = Schemas["ConsolidatedTotal"];
export type Preview = Schemas["ConsolidationPreview"];

export const STATUSES = ["issued", "partly-paid", "paid"] as const satisfies readonly Schemas["ConsolidatedStatus"][];

/** It is paid as the invoices behind it are: hence asked again when one of them changes. */
export function consolidatedQuery(id: string) {
  return queryOptions({
    queryKey: ["consolidated-invoices", id],
    queryFn: () =>
      must(api.GET("/consolidated-invoices/{consolidated_id}", { params: { path: { consolidated_id: id } } })),
    meta: { live: [`consolidation:${id}`, "invoice"] },
  });
}

export const termsQuery = queryOptions({
  queryKey: ["consolidation", "terms"],
  queryFn: () => must(api.GET("/consolidation/terms")),
  meta: { live: ["terms"] },
});

/** What starting the run of a day would issue now. */
export function previewQuery(day: string | null) {
  return queryOptions({
    queryKey: ["consolidation", "preview", day ?? ""],
    queryFn: () => must(api.GET("/consolidation/preview", { params: { query: day === null ? {} : { day } } })),
    meta: { live: ["run", "consolidation"] },
    retry: false,
  });
}

export const runsQuery = infiniteQueryOptions({
  queryKey: ["consolidation", "runs"],
  initialPageParam: "",
  queryFn: ({ pageParam }) =>
    must(api.GET("/consolidation/runs", { params: { query: { limit: 20, ...(pageParam ? { after: pageParam } : {}) } } })),
  getNextPageParam: (page: Schemas["ConsolidationRunPage"]) => page.next,
  meta: { live: ["run"] },
});
