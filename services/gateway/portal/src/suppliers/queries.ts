/** What the pages ask about partnerships; the customer's pages and the supplier's share them. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";
import type { Ask } from "@/ui/DataList";

export type Partnership = Schemas["PartnershipTerms"];

export function partnershipQuery(id: string) {
  return queryOptions({
    queryKey: ["partnerships", id],
    queryFn: () => must(api.GET("/partnerships/{partnership_id}", { params: { path: { partnership_id: id } } })),
    meta: { live: [`partnership:${id}`] },
  });
}

export function balanceQuery(partnerId: string) {
  return queryOptions({
    queryKey: ["balances", partnerId],
    queryFn: () => must(api.GET("/balances/{partner_id}", { params: { path: { partner_id: partnerId } } })),
    meta: { live: ["invoice"] },
  });
}

export function askPartnerships({ filters, after, limit }: Ask): Promise<Schemas["PartnershipPage"]> {
  const { enabled, ...others } = filters;
  return must(
    api.GET("/partnerships", {
      params: { query: { ...others, ...(enabled === undefined ? {} : { enabled: enabled === "on" }), after, limit } },
    }),
  );
}
