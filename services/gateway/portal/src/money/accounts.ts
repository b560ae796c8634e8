/** What the pages ask about accounts: balances, orders, statements, ages. */
import { queryOptions } from "@tanstack/react-query";
import { api, must } from "@/api/client";

const LIVE = { live: ["invoice", "payment", "credit_note"] };

export const balancesQuery = queryOptions({
  queryKey: ["balances", "all"],
  queryFn: () => must(api.GET("/balances")),
  meta: LIVE,
});

export const ageingQuery = queryOptions({
  queryKey: ["balances", "ageing"],
  queryFn: () => must(api.GET("/ageing")),
  meta: LIVE,
});

export function ordersBalanceQuery(partnerId: string) {
  return queryOptions({
    queryKey: ["balances", partnerId, "orders"],
    queryFn: () => must(api.GET("/balances/{partner_id}/orders", { params: { path: { partner_id: partnerId } } })),
    meta: LIVE,
  });
}

export interface Period {
  currency: string;
  date_from: string;
  date_to: string;
}

export function statementQuery(partnerId: string, period: Period) {
  return queryOptions({
    queryKey: ["balances", partnerId, "statement", period],
    queryFn: () =>
      must(api.GET("/balances/{partner_id}/statement", { params: { path: { partner_id: partnerId }, query: { ...period } } })),
    meta: LIVE,
  });
}

/** First day of the month that a day is in. */
export function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}
