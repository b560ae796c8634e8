/** An invoice held beside its order, line for line: what of it is not as it was ordered. */
import type { Schemas } from "@/api/client";
import { compare, minus, scaled, sum, times } from "@/ui/decimal";

type Ordered = Pick<
  Schemas["OrderLine"],
  "number" | "item_number" | "description" | "unit" | "quantity" | "confirmed_quantity" | "unit_price" | "tax_rate" | "net"
>;
type Billed = Pick<
  Schemas["InvoiceLine"],
  "number" | "order_line" | "item_number" | "description" | "unit" | "quantity" | "unit_price" | "tax_rate" | "net" | "tax_category" | "adjustments"
>;

export interface Difference {
  /** Invoice − order, exact. */
  by: string;
  /** The same in percent of what was ordered; null where nothing was. */
  percent: number | null;
}

export interface Pair {
  key: string;
  ordered: Ordered | null;
  billed: Billed | null;
  /** The order line was shown in the row above: it is billed in several lines. */
  again: boolean;
  /** Billed above what was ordered, other invoices counted in. */
  quantity: Difference | null;
  price: Difference | null;
  otherItem: boolean;
  otherUnit: boolean;
  otherTax: boolean;
}

/** What the supplier has agreed to deliver, or what was ordered while it has not answered. */
export function agreed(line: Pick<Ordered, "quantity" | "confirmed_quantity">): string {
  return line.confirmed_quantity ?? line.quantity;
}

function difference(value: string, reference: string): Difference | null {
  if (compare(value, reference) === 0) return null;
  const by = minus(value, reference);
  return { by, percent: scaled(reference) === 0n ? null : (Number(by) / Number(reference)) * 100 };
}

const plain = { quantity: null, price: null, otherItem: false, otherUnit: false, otherTax: false };

/**
 * Pairs the lines, in the order's order; what was not ordered follows. `elsewhere` is what other invoices have
 * billed of an order line, `rate` how much of the order's currency one of the invoice's is worth.
 */
export function paired(
  ordered: readonly Ordered[],
  billed: readonly Billed[],
  elsewhere: ReadonlyMap<number, string> = new Map(),
  rate = "1",
): Pair[] {
  const known = new Set(ordered.map((line) => line.number));
  const rows: Pair[] = [];
  for (const line of ordered) {
    const own = billed.filter((one) => one.order_line === line.number);
    if (own.length === 0) rows.push({ key: `o${line.number}`, ordered: line, billed: null, again: false, ...plain });
    const total = sum([...own.map((one) => one.quantity), elsewhere.get(line.number) ?? "0"]);
    own.forEach((one, place) => {
      const last = place === own.length - 1;
      const more = compare(total, agreed(line)) > 0 ? difference(total, agreed(line)) : null;
      rows.push({
        key: `b${one.number}`,
        ordered: line,
        billed: one,
        again: place > 0,
        quantity: last ? more : null,
        price: difference(rate === "1" ? one.unit_price : times(one.unit_price, rate, 6), line.unit_price),
        otherItem: one.item_number !== null && one.item_number !== line.item_number,
        otherUnit: one.unit !== line.unit,
        otherTax: compare(one.tax_rate, line.tax_rate) !== 0,
      });
    });
  }
  for (const one of billed)
    if (one.order_line === null || !known.has(one.order_line))
      rows.push({ key: `b${one.number}`, ordered: null, billed: one, again: false, ...plain });
  return rows;
}

/** Whether the row is as ordered: then it stays quiet. */
export function isQuiet(row: Pair): boolean {
  return (
    row.billed === null ||
    (row.ordered !== null && !row.quantity && !row.price && !row.otherItem && !row.otherUnit && !row.otherTax)
  );
}
