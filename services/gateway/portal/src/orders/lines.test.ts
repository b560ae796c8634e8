import { expect, test } from "vitest";
import { blankLine, faultsOf, filledFrom, netOf, sentLine, totalsOf, type UnitWords } from "@/orders/lines";
import type { Product } from "@/orders/queries";

const UNITS: UnitWords = { word: (code) => (code === "C62" ? "pc" : code), code: (word) => (word === "pc" ? "C62" : word) };
const HUB = { number: "HUB-32", name: "Hub", unit: "C62", unit_price: "18.400000", tax_rate: "20" } as Product;
const SPOKE = { number: "SPO-2", name: "Spoke", unit: "C62", unit_price: "0.25", tax_rate: "20" } as Product;

test("a product fills what was left out, and leaves what was pasted", () => {
  const line = filledFrom({ ...blankLine(), item_number: "hub-32", quantity: "4", unit_price: "17,90" }, HUB, UNITS);

  expect(line).toMatchObject({ item_number: "HUB-32", description: "Hub", unit: "pc", unit_price: "17,90", tax_rate: "20" });
});

test("another product in a filled line takes its whole place", () => {
  const line = filledFrom(filledFrom({ ...blankLine(), quantity: "4" }, HUB, UNITS), SPOKE, UNITS);

  expect(line).toMatchObject({ item_number: "SPO-2", description: "Spoke", unit_price: "0.25", quantity: "4" });
});

test("what is typed becomes what the API takes", () => {
  const line = { ...filledFrom(blankLine(), HUB, UNITS), quantity: "1 000,5" };

  expect(sentLine(line, UNITS)).toEqual({
    item_number: "HUB-32",
    quantity: "1000.5",
    description: "Hub",
    unit: "C62",
    unit_price: "18.4",
    tax_rate: "20",
  });
});

test("sums run along while lines are still unfinished", () => {
  const hub = { ...filledFrom(blankLine(), HUB, UNITS), quantity: "40" };

  expect(netOf(hub, 2)).toBe("736");
  expect(netOf({ ...hub, quantity: "forty" }, 2)).toBeNull();
  expect(totalsOf([hub, blankLine(), { ...hub, quantity: "" }], 2)).toEqual({ net: "736", tax: "147.2", gross: "883.2" });
});

test("faults stand at their fields; a blank line has none", () => {
  const faults = faultsOf([blankLine(), { ...filledFrom(blankLine(), HUB, UNITS), quantity: "0", tax_rate: "120" }]);

  expect(faults).toEqual({ "lines.1.quantity": "above", "lines.1.tax_rate": "most" });
  expect(faultsOf([{ ...blankLine(), quantity: "3" }])).toMatchObject({
    "lines.0.item_number": "item",
    "lines.0.description": "description",
  });
});
