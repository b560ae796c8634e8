import { expect, test } from "vitest";
import { differences } from "@/orders/difference";
import type { Order, OrderLine } from "@/orders/queries";

function line(change: Partial<OrderLine> = {}): OrderLine {
  return {
    number: 1,
    item_number: "RIM-700",
    description: "Rim 700C",
    unit: "C62",
    quantity: "40",
    unit_price: "18.40",
    tax_rate: "20",
    net: "736.00",
    confirmed_quantity: null,
    confirmation_note: null,
    delivery_date: null,
    shipped_quantity: "0",
    received_quantity: "0",
    rejected_quantity: "0",
    pending_quantity: "40",
    ...change,
  };
}

function order(change: Partial<Order> = {}): Order {
  return { delivery_date: "2026-12-01", delivery_address: "", note: "", gross: "883.20", lines: [line()], ...change } as Order;
}

test("a revision tells what has become of each line, and of the sum", () => {
  const spokes = line({ number: 2, item_number: "SPO-1", description: "Spoke" });
  const after = order({ lines: [spokes, line({ number: 2, quantity: "30.0" })], gross: "700.00" });

  expect(differences(order(), after)).toEqual([
    { what: "added", line: spokes },
    { what: "line", line: line({ number: 2, quantity: "30.0" }), field: "quantity", before: "40", after: "30.0" },
    { what: "gross", before: "883.20", after: "700.00" },
  ]);
});

test("a line that has gone is told, and one whose number was corrected is the same line", () => {
  const tyre = line({ item_number: "TYR-28", description: "Tyre" });

  expect(differences(order({ lines: [line(), tyre] }), order())).toEqual([{ what: "removed", line: tyre }]);
  const renamed = line({ item_number: "RIM-700C" });
  expect(differences(order(), order({ lines: [renamed] }))).toEqual([
    { what: "line", line: renamed, field: "item_number", before: "RIM-700", after: "RIM-700C" },
  ]);
});

test("numbers written differently are no difference", () => {
  expect(differences(order(), order({ lines: [line({ quantity: "40.000", unit_price: "18.4" })] }))).toEqual([]);
});

test("what the supplier confirms is told where it differs or comes with a remark", () => {
  const short = line({ confirmed_quantity: "25", confirmation_note: "The rest in May" });

  expect(differences(order(), order({ lines: [short] }))).toEqual([
    { what: "confirmed", line: short, after: "25", note: "The rest in May" },
  ]);
  expect(differences(order(), order({ lines: [line({ confirmed_quantity: "40" })] }))).toEqual([]);
});

test("another date is told with the one before", () => {
  expect(differences(order(), order({ delivery_date: "2026-12-08" }))).toEqual([
    { what: "delivery_date", before: "2026-12-01", after: "2026-12-08" },
  ]);
});
