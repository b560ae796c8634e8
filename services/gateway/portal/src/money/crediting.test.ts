import { expect, test } from "vitest";
import { readCredit, type Credited } from "@/money/crediting";

const line: Credited["lines"][number] = {
  number: 1, quantity: "10", unit_price: "9.99", tax_category: "S", tax_rate: "20", net: "99.90", credited_quantity: "4", credited_net: "39.96", adjustments: [],
};
const plain: Credited = { lines: [line], adjustments: [], amount_places: 2 };

test("by quantity, no more than is left of the line, priced as it was billed", () => {
  expect(readCredit({ 1: "6" }, plain, "quantity")).toEqual({ lines: [{ line: 1, quantity: "6" }], charges: [], faults: {}, gross: "71.93" });
  expect(readCredit({ 1: "6.1" }, plain, "quantity").faults).toEqual({ 1: "tooMuch" });
});

test("by value, no more than is left of its net amount", () => {
  expect(readCredit({ 1: "59,94" }, plain, "value").lines).toEqual([{ line: 1, amount: "59.94" }]);
  expect(readCredit({ 1: "59.95" }, plain, "value").faults).toEqual({ 1: "tooMuch" });
  expect(readCredit({ 1: "a lot" }, plain, "value").faults).toEqual({ 1: "notANumber" });
});

test("charges are given back by themselves, allowances with what they were given on", () => {
  const packed = { kind: "charge" as const, amount: "5", percent: null, base: null, reason: "Packing", code: null };
  const invoice: Credited = {
    lines: [{ ...line, unit_price: "10", net: "105", credited_quantity: "0", credited_net: "0", adjustments: [packed] }],
    adjustments: [
      { number: 1, kind: "allowance", amount: "10.50", credited: "0", tax_category: "S", tax_rate: "20" },
      { number: 2, kind: "charge", amount: "20.05", credited: "0", tax_category: "S", tax_rate: "20" },
    ],
    amount_places: 2,
  };

  // 52.50 less 4.41 of the allowances, as the service computes it.
  expect(readCredit({ 1: "5" }, invoice, "quantity").gross).toBe("57.71");
  expect(readCredit({ c2: "10.05" }, invoice, "value")).toMatchObject({ charges: [{ number: 2, amount: "10.05" }], gross: "11.05" });
  expect(readCredit({ c2: "20.06" }, invoice, "value").faults).toEqual({ c2: "tooMuch" });
});
