import { expect, test } from "vitest";
import { BLANK, adjustingOf, contentsOf, exemptIn, exemptionsOf, flat, saidOf, spread, taxOf, taxText } from "@/invoices/adjusting";
import { contentOf, type Line } from "@/invoices/content";

const line: Line = { order_line: "1", item_number: "RIM", description: "Rim", unit: "C62", quantity: "2", unit_price: "18.40", tax_rate: "20" };

test("what stands for the tax is a rate or a category", () => {
  expect(taxOf(" 7,5 ")).toEqual({ tax_rate: "7.5", tax_category: null });
  expect(taxOf("ae")).toEqual({ tax_rate: null, tax_category: "AE" });
  expect(taxOf("")).toEqual({ tax_rate: null, tax_category: null });
  expect(taxOf("much")).toBeNull();
  expect([taxText({ tax_rate: "0", tax_category: "Z" }), taxText({ tax_rate: "0", tax_category: "K" })]).toEqual(["0", "K"]);
});

test("a charge of a line goes where its line goes", () => {
  const of = { ...BLANK, of: "1", value: "5" };

  const { adjustments, lines } = spread([{ ...BLANK, value: "80" }, of], [line, line]);
  const moved = flat(adjustments, lines.slice(1));

  expect(adjustments.map((row) => row.value)).toEqual(["80"]);
  expect(lines[0]).toBe(line);
  expect(moved.map((row) => [row.of, row.value])).toEqual([["", "80"], ["0", "5"]]);
  expect(contentOf(lines.slice(1), []).lines[0]?.adjustments).toEqual([{ kind: "charge", amount: "5", code: "FC" }]);
});

test("an amount or a percentage is sent, with its tax where it has one of its own", () => {
  const rows = [
    { ...BLANK, kind: "allowance" as const, value: "2,5", unit: "percent" as const, code: "", reason: " Loyal " },
    { ...BLANK, value: "12", tax: "AE 0" },
    { ...BLANK, value: "-1" },
  ];

  const { contents, unreadable } = contentsOf(rows);

  expect(contents.slice(0, 2)).toEqual([
    { kind: "allowance", percent: "2.5", reason: "Loyal" },
    { kind: "charge", amount: "12", code: "FC", tax_category: "AE", tax_rate: "0" },
  ]);
  expect(unreadable).toEqual([2]);
});

test("a draft comes back as it was written", () => {
  const told = { kind: "charge" as const, amount: "10", percent: "5", base: "200", reason: null, code: "PC", tax_category: "S" as const, tax_rate: "20" };

  expect(contentsOf([adjustingOf(told)]).contents).toEqual([{ kind: "charge", percent: "5", code: "PC", tax_category: "S", tax_rate: "20" }]);
});

test("it is asked why no tax is due in the categories that are used", () => {
  const used = exemptIn([{ ...line, tax_rate: "e" }, { ...line, quantity: "", tax_rate: "G" }], [{ ...BLANK, tax: "AE 0" }]);

  expect(used).toEqual(["E", "AE"]);
  const said = exemptionsOf([{ category: "E", exemption_reason: "Books", exemption_code: null }]);
  expect(saidOf(said, used)).toEqual([{ category: "E", reason: "Books", code: null }]);
});
