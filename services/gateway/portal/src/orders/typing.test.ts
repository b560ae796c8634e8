import { expect, test } from "vitest";
import { daysAfter, daysBetween, faultOf, plain } from "@/orders/typing";

test("quantities are taken as people type them, and refused with the reason", () => {
  expect(faultOf("12,5", { least: "0", most: "40" })).toBeNull();
  expect(faultOf("forty")).toBe("number");
  expect(faultOf("")).toBe("number");
  expect(faultOf("40.5", { most: "40" })).toBe("most");
  expect(faultOf("0", { above: "0" })).toBe("above");
  expect(faultOf("-1", { least: "0" })).toBe("least");
  expect(faultOf("0.1234567")).toBe("places");
});

test("a number stands in its field without zeros that say nothing", () => {
  expect(plain("40.000000")).toBe("40");
  expect(plain("12.50")).toBe("12.5");
});

test("days are counted over the ends of months and years", () => {
  expect(daysAfter("2026-12-30", 3)).toBe("2027-01-02");
  expect(daysBetween("2026-02-27", "2026-03-02")).toBe(3);
  expect(daysBetween("2026-03-02", "2026-02-27")).toBe(-3);
});
