/** What an order says differently after a step, for people to read (S-230). */
import type { Order, OrderLine } from "@/orders/queries";
import { compare } from "@/ui/decimal";

export type Difference =
  | { what: "delivery_date"; before: string | null; after: string | null }
  | { what: "delivery_address" | "note"; before: string; after: string }
  | { what: "added" | "removed"; line: OrderLine }
  | { what: "line"; line: OrderLine; field: "description" | "unit" | "item_number" | "delivery_date"; before: string | null; after: string | null }
  | { what: "line"; line: OrderLine; field: "quantity" | "unit_price" | "tax_rate"; before: string; after: string }
  | { what: "confirmed"; line: OrderLine; after: string; note: string | null }
  | { what: "gross"; before: string; after: string };

const WORDS = ["description", "unit", "item_number", "delivery_date"] as const;
const NUMBERS = ["quantity", "unit_price", "tax_rate"] as const;

export function differences(before: Order, after: Order): Difference[] {
  const found: Difference[] = [];
  if (before.delivery_date !== after.delivery_date)
    found.push({ what: "delivery_date", before: before.delivery_date ?? null, after: after.delivery_date ?? null });
  for (const what of ["delivery_address", "note"] as const)
    if (before[what] !== after[what]) found.push({ what, before: before[what], after: after[what] });
  const pairs = paired(before.lines, after.lines);
  for (const [was, is] of pairs) {
    if (was === null && is !== null) found.push({ what: "added", line: is });
    else if (was !== null && is === null) found.push({ what: "removed", line: was });
    else if (was !== null && is !== null) found.push(...ofLine(was, is));
  }
  if (compare(before.gross, after.gross) !== 0) found.push({ what: "gross", before: before.gross, after: after.gross });
  return found;
}

function ofLine(was: OrderLine, is: OrderLine): Difference[] {
  const found: Difference[] = [];
  for (const field of WORDS)
    if ((was[field] ?? null) !== (is[field] ?? null))
      found.push({ what: "line", line: is, field, before: was[field] ?? null, after: is[field] ?? null });
  for (const field of NUMBERS)
    if (compare(was[field], is[field]) !== 0) found.push({ what: "line", line: is, field, before: was[field], after: is[field] });
  const answered = is.confirmed_quantity !== null && was.confirmed_quantity === null;
  if (answered && (compare(is.confirmed_quantity ?? "0", is.quantity) !== 0 || is.confirmation_note))
    found.push({ what: "confirmed", line: is, after: is.confirmed_quantity ?? "0", note: is.confirmation_note ?? null });
  return found;
}

/** The same item is the same line wherever it stands; of an item that is there twice, in the order they stand. */
function paired(before: readonly OrderLine[], after: readonly OrderLine[]): [OrderLine | null, OrderLine | null][] {
  const left = [...before];
  const pairs: [OrderLine | null, OrderLine | null][] = [];
  const lonely: OrderLine[] = [];
  for (const line of after) {
    const at = left.findIndex((one) => one.item_number === line.item_number);
    if (at < 0) {
      lonely.push(line);
      pairs.push([null, line]);
    } else pairs.push([left.splice(at, 1)[0] ?? null, line]);
  }
  // Another item in the place of one that has gone, with the same words: its number was corrected.
  for (const line of lonely) {
    const at = left.findIndex((one) => one.description === line.description);
    if (at < 0) continue;
    const pair = pairs.find(([, is]) => is === line);
    if (pair) pair[0] = left.splice(at, 1)[0] ?? null;
  }
  return [...pairs, ...left.map((line): [OrderLine, null] => [line, null])];
}
