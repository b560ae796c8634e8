/** What the pages ask about tolerances and how invoices are matched. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type Tolerance = Schemas["Tolerance"];
export type Measure = Schemas["Measure"];

export const MEASURES = [
  "total-net",
  "total-gross",
  "line-price",
  "line-amount",
  "quantity-ordered",
  "quantity-received",
  "quantity-accepted",
  "tax",
  "charges",
] as const satisfies readonly Measure[];

/** What can be said of one line, hence of one item or category. */
export const OF_LINES: readonly string[] = [
  "line-price",
  "line-amount",
  "quantity-ordered",
  "quantity-received",
  "quantity-accepted",
];

/** Their amounts are quantities, in the order's unit. */
export const QUANTITIES: readonly string[] = ["quantity-ordered", "quantity-received", "quantity-accepted"];

export function policyQuery(partnershipId: string) {
  return queryOptions({
    queryKey: ["matching", partnershipId],
    queryFn: () =>
      must(api.GET("/partnerships/{partnership_id}/matching", { params: { path: { partnership_id: partnershipId } } })),
    meta: { live: ["tolerance", "matching", `partnership:${partnershipId}`] },
  });
}

/** Every tolerance ever set, the newest first; of one supplier alone, or of all. */
export function tolerancesQuery(supplierId: string | null) {
  return infiniteQueryOptions({
    queryKey: ["tolerances", supplierId ?? ""],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/tolerances", {
          params: {
            query: {
              limit: 50,
              ...(supplierId === null ? {} : { supplier_id: supplierId }),
              ...(pageParam ? { after: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
    meta: { live: ["tolerance"] },
  });
}

export type Standing = "holds" | "will" | "over";

/** Whether a tolerance holds on `today` (`2026-03-01`). */
export function standingOn(today: string, tolerance: Pick<Tolerance, "valid_from" | "valid_to">): Standing {
  if (tolerance.valid_to !== null && (tolerance.valid_to < today || tolerance.valid_to < tolerance.valid_from)) return "over";
  return tolerance.valid_from > today ? "will" : "holds";
}

/**
 * The tolerance for one currency alone that holds on `today` for any item: it wins over the one for all of its
 * scope, which is what the API tells of a policy that is about orders in any currency.
 */
export function ofCurrency(
  tolerances: readonly Pick<Tolerance, "terms" | "supplier" | "valid_from" | "valid_to">[],
  asked: { measure: Measure; side: "over" | "under"; currency: string; today: string },
): Tolerance["terms"] | undefined {
  return tolerances
    .filter((one) => standingOn(asked.today, one) === "holds")
    .map((one) => one.terms)
    .filter(
      (terms) =>
        terms.measure === asked.measure &&
        terms.currency === asked.currency &&
        (terms.direction === "both" || terms.direction === asked.side) &&
        terms.item_number === null &&
        terms.category === null,
    )
    .sort((one, other) => Number(other.scope === "supplier") - Number(one.scope === "supplier"))[0];
}
