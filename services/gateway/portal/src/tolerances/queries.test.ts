import { expect, test } from "vitest";
import { standingOn } from "@/tolerances/queries";

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
