import { expect, test } from "vitest";
import { ofCurrency, standingOn, type Tolerance } from "@/tolerances/queries";

test.each([
  ["2026-03-01", null, "holds"],
  ["2026-03-02", "2026-03-02", "holds"],
  ["2026-03-03", null, "will"],
  ["2026-02-01", "2026-03-01", "over"],
  // Replaced on the day it was set: it never held.
  ["2026-03-02", "2026-03-01", "over"],
  ["2026-03-09", "2026-03-08", "over"],
])("on 2 March a tolerance from %s to %s %s", (valid_from, valid_to, standing) =>
  expect(standingOn("2026-03-02", { valid_from, valid_to })).toBe(standing));

test("what is set for the agreed currency holds for any item of a supplier, the supplier's own before everybody's", () => {
  const terms = {
    scope: "customer", category: null, item_number: null, measure: "line-price", direction: "over",
    percent: "2", amount: null, combine: "lower", currency: "EUR",
  } as const satisfies Tolerance["terms"];
  const set = (other: Partial<Tolerance["terms"]>): Pick<Tolerance, "terms" | "supplier" | "valid_from" | "valid_to"> => ({
    terms: { ...terms, ...other },
    supplier: null,
    valid_from: "2026-03-01",
    valid_to: null,
  });
  const asked = { measure: "line-price", side: "over", currency: "EUR", today: "2026-03-02" } as const;

  expect(ofCurrency([set({}), set({ scope: "supplier", percent: "1" })], asked)?.percent).toBe("1");
  expect(ofCurrency([set({ currency: "USD" }), set({ item_number: "A-1" }), set({ direction: "under" })], asked)).toBeUndefined();
});
