import { expect, test } from "vitest";
import { compare, sum, typed } from "@/ui/decimal";

test("sums are exact where floats are not", () => {
  expect(sum(["0.1", "0.2"])).toBe("0.3");
  expect(sum(["9007199254740993", "0.000001", "-1"])).toBe("9007199254740992.000001");
  expect(sum([])).toBe("0");
});

test("numbers are compared by value", () => {
  expect(compare("9.90", "10")).toBe(-1);
  expect(compare("1.50", "1.5")).toBe(0);
});

test.each([
  ["1 234,50", "1234.50"],
  ["1,234.50", "1234.50"],
  ["1.234,50", "1234.50"],
  ["12,5", "12.5"],
  ["−3", "-3"],
  ["twelve", null],
  ["", null],
])("%s is read as %s", (text, read) => expect(typed(text)).toBe(read));
