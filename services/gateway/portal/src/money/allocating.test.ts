import { expect, test } from "vitest";
import { inOrder, payable, readParts, type Payable } from "@/money/allocating";

const invoice = (id: string, open: string, disputed = "0"): Payable => ({ id, currency: "EUR", open, disputed });

test("what is disputed is not payable", () => {
  expect(payable(invoice("a", "100.00", "30.50"))).toBe("69.5");
});

test("money goes to the invoices in their order and never beyond what is payable", () => {
  const invoices = [invoice("a", "100.00"), invoice("b", "50.00", "50.00"), invoice("c", "80.10")];

  expect(inOrder("130.05", invoices)).toEqual({ a: "100", c: "30.05" });
  expect(inOrder("500", invoices)).toEqual({ a: "100", c: "80.1" });
  expect(inOrder("0", invoices)).toEqual({});
});

test("what is typed is read, and what cannot be is told", () => {
  const invoices = [invoice("a", "100.00"), invoice("b", "50.00"), invoice("c", "1.00"), invoice("d", "1.00")];

  const read = readParts({ a: "1 0,50", b: "50.01", c: "x", d: " " }, invoices);

  expect(read.parts).toEqual([{ invoice_id: "a", amount: "10.50" }]);
  expect(read.faults).toEqual({ b: "tooMuch", c: "notANumber" });
  expect(read.total).toBe("10.5");
});
