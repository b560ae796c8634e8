import { expect, test } from "vitest";
import { paired, isQuiet } from "@/invoices/compare";
import { allThatIsOpen, asDrafted, atRows, contentOf, remedied, type Line } from "@/invoices/content";
import { daysLate } from "@/invoices/late";

const rim = {
  number: 1, item_number: "RIM", description: "Rim", unit: "C62", quantity: "40", confirmed_quantity: null,
  unit_price: "18.4", tax_rate: "20", net: "736", tax_category: "S" as const, adjustments: [],
};
const tape = { ...rim, number: 2, item_number: "TAPE", description: "Tape", quantity: "10", unit_price: "1.15", net: "11.5" };
const billed = { ...rim, order_line: 1 };

test("an invoice as ordered is quiet all the way", () => {
  const rows = paired([rim, tape], [billed, { ...tape, order_line: 2 }]);

  expect(rows.every(isQuiet)).toBe(true);
  expect(rows.map((row) => row.key)).toEqual(["b1", "b2"]);
});

test("a dearer price is told exactly and in percent", () => {
  const [row] = paired([rim], [{ ...billed, unit_price: "18.850001" }]);

  expect(row?.price?.by).toBe("0.450001");
  expect(row?.price?.percent).toBeCloseTo(2.4457, 3);
});

test("more than ordered counts what other invoices bill of the line", () => {
  const alone = paired([rim], [{ ...billed, quantity: "30" }]);
  const beside = paired([rim], [{ ...billed, quantity: "30" }], new Map([[1, "12"]]));

  expect(alone[0]?.quantity).toBeNull();
  expect(beside[0]?.quantity?.by).toBe("2");
});

test("what was confirmed is what counts, once the supplier has answered", () => {
  const [row] = paired([{ ...rim, confirmed_quantity: "35" }], [billed]);

  expect(row?.quantity?.by).toBe("5");
});

test("a line billed in two parts is told too much once, and the order line is shown once", () => {
  const rows = paired([rim], [billed, { ...billed, number: 2, quantity: "1" }]);

  expect(rows.map((row) => [row.again, row.quantity?.by ?? null])).toEqual([[false, null], [true, "1"]]);
});

test("what was not ordered stands last, and what is not billed stays in its place", () => {
  const rows = paired([rim, tape], [{ ...billed, number: 1, order_line: null, description: "Freight" }, { ...tape, order_line: 2 }]);

  expect(rows.map((row) => [row.ordered?.number ?? null, row.billed?.description ?? null])).toEqual([
    [1, null], [2, "Tape"], [null, "Freight"],
  ]);
  expect(rows.map(isQuiet)).toEqual([true, true, false]);
});

const open = [
  { order_line: 1, item_number: "RIM", description: "Rim", unit: "C62", ordered: "40", invoiced: "10", open: "30", unit_price: "18.4", tax_rate: "20" },
  { order_line: 2, item_number: "TAPE", description: "Tape", unit: "C62", ordered: "10", invoiced: "10", open: "0", unit_price: "1.15", tax_rate: "20" },
];

test("a new invoice begins with what is open and nothing else", () => {
  expect(allThatIsOpen(open).map((row) => [row.item_number, row.quantity])).toEqual([["RIM", "30"]]);
});

test("rows without quantity bill nothing, and faults find the rows they come from", () => {
  const rows: Line[] = [{ ...allThatIsOpen(open)[0], quantity: "" }, { item_number: "", description: "Freight", quantity: "1", unit_price: "95,50" }];

  const content = contentOf(rows, open);

  expect(content.lines).toEqual([
    { quantity: "1", order_line: null, item_number: null, description: "Freight", unit: null, unit_price: "95.50", tax_rate: null, adjustments: [] },
  ]);
  expect(atRows({ "lines.0.unit": "is needed", number: "taken" }, content.rows)).toEqual({ "lines.1.unit": "is needed", number: "taken" });
});

test("a row whose item was changed no longer bills the order line it began with", () => {
  const [row] = allThatIsOpen(open);

  expect(contentOf([{ ...row, item_number: "RIM-2" }], open).lines[0]?.order_line).toBeNull();
  expect(contentOf([{ ...row, item_number: "TAPE" }], open).lines[0]?.order_line).toBe(2);
});

test("what is no number is told at its field", () => {
  expect(contentOf([{ ...allThatIsOpen(open)[0], quantity: "many", unit_price: "x" }], open).unreadable).toEqual([
    "lines.0.quantity", "lines.0.unit_price",
  ]);
});

test("a draft offers what it does not bill yet", () => {
  const draft = { lines: [{ number: 1, order_line: null, item_number: null, buyer_item_number: null, gtin: null, matched_by: null, description: "Freight", unit: "C62", quantity: "1", unit_price: "9", tax_rate: "0", net: "9" }] };

  expect(asDrafted(draft, open).map((row) => [row.description, row.quantity])).toEqual([["Freight", "1"], ["Rim", ""]]);
});

test("days late are days of the calendar", () => {
  expect(daysLate("2026-11-20", new Date(2026, 10, 22, 0, 5))).toBe(2);
  expect(daysLate("2026-11-22", new Date(2026, 10, 22, 23, 55))).toBe(0);
});

test("what the pre-flight proposes is done to the rows it means", () => {
  const rows: Line[] = [{ ...allThatIsOpen(open)[0], quantity: "" }, { ...allThatIsOpen(open)[0], unit_price: "19" }, { description: "Freight", quantity: "1" }];

  const after = remedied(rows, [{ line: 1, field: "unit_price", after: "18.4" }, { line: 2, field: null, after: null }], [1, 2], open);

  expect(after.map((row) => [row.quantity, row.unit_price])).toEqual([["", "18.40"], ["30", "18.4"]]);
});
