import { expect, test } from "vitest";
import { readCredit } from "@/money/crediting";

const line = { number: 1, quantity: "10", unit_price: "9.99", tax_rate: "20", net: "99.90", credited_quantity: "4", credited_net: "39.96" };

test("by quantity, no more than is left of the line, priced as it was billed", () => {
  expect(readCredit({ 1: "6" }, [line], "quantity", 2)).toEqual({ lines: [{ line: 1, quantity: "6" }], faults: {}, gross: "71.93" });
  expect(readCredit({ 1: "6.1" }, [line], "quantity", 2).faults).toEqual({ 1: "tooMuch" });
});

test("by value, no more than is left of its net amount", () => {
  expect(readCredit({ 1: "59,94" }, [line], "value", 2).lines).toEqual([{ line: 1, amount: "59.94" }]);
  expect(readCredit({ 1: "59.95" }, [line], "value", 2).faults).toEqual({ 1: "tooMuch" });
  expect(readCredit({ 1: "a lot" }, [line], "value", 2).faults).toEqual({ 1: "notANumber" });
});
