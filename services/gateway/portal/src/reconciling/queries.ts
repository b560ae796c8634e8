/** What the pages ask about reconciliation statements; an answer is kept once, whoever asks. */
import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";

export type Statement = Schemas["ReconciliationStatement"];
export type Head = Schemas["Reconciliation"];
export type Summary = Schemas["ReconciliationSummary"];
export type Line = Schemas["ReconciliationLine"];
export type Objection = Schemas["Objection"];

export const STATUSES = ["draft", "sent", "contested", "confirmed", "withdrawn"] as const satisfies readonly Schemas["ReconciliationStatus"][];

/** After any step: every statement, and what lists of them say. */
export const AFTER_STEP = [["reconciliations"]];

export function reconciliationQuery(id: string) {
  return queryOptions({
    queryKey: ["reconciliations", id],
    queryFn: () => must(api.GET("/reconciliations/{reconciliation_id}", { params: { path: { reconciliation_id: id } } })),
    meta: { live: [`reconciliation:${id}`, "invoice", "payment", "credit_note"] },
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ["reconciliations", id, "history"],
    queryFn: () => must(api.GET("/reconciliations/{reconciliation_id}/history", { params: { path: { reconciliation_id: id } } })),
    meta: { live: [`reconciliation:${id}`] },
  });
}

/** Where this person stands to a statement: whose it is, and whether they speak for the books of their side. */
export function useStanding(head: Head): { own: boolean; other: Schemas["Party"]; keeps: boolean } {
  const me = useMe();
  const here = me.standing?.organisation.id;
  return {
    own: here === head.author.id,
    other: here === head.customer.id ? head.supplier : head.customer,
    keeps: me.can("buyer-accounting", "buyer-admin", "supplier-user", "supplier-admin"),
  };
}
