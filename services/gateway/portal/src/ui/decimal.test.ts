import { expect, test } from "vitest";
import { compare, minorUnit, percentage, sum, times, totals, typed } from "@/ui/decimal";

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

test("a net amount is rounded half up, as the API does it", () => {
  expect(times("40", "18.4", 2)).toBe("736");
  expect(times("3", "0.335", 2)).toBe("1.01");
  expect(times("0.5", "0.01", 2)).toBe("0.01");
  expect(times("7", "1.5", 0)).toBe("11");
  expect(times("1.000001", "1.000001", 6)).toBe("1.000002");
});

test("tax is computed per rate and rounded once", () => {
  expect(percentage("0.33", "20", 2)).toBe("0.07");
  const lines = [
    { net: "0.33", tax_rate: "20" },
    { net: "0.33", tax_rate: "20.0" },
    { net: "100", tax_rate: "7.5" },
  ];
  expect(totals(lines, 2)).toEqual({ net: "100.66", tax: "7.63", gross: "108.29" });
});

test("a currency without cents has none", () => {
  expect(minorUnit("EUR")).toBe(2);
  expect(minorUnit("JPY")).toBe(0);
  expect(minorUnit("???")).toBe(2);
});
