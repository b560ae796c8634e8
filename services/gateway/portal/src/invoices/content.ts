/** What a person types into the lines of an invoice, as the API wants it. */
import type { Schemas } from "@/api/client";
import { adjustingOf, carried, contentsOf, taxOf, taxText, type Adjusting } from "@/invoices/adjusting";
import { compare, scaled, sum, typed } from "@/ui/decimal";

export type Line = Record<string, string>;
type Open = Schemas["OpenLine"];
type Drafted = {
  lines: readonly (Pick<
    Schemas["InvoiceLine"],
    "order_line" | "item_number" | "description" | "unit" | "quantity" | "unit_price" | "tax_rate"
  > &
    Partial<Pick<Schemas["InvoiceLine"], "buyer_item_number" | "gtin" | "tax_category" | "adjustments">>)[];
};

export interface Written {
  number: string;
  issue_date: string;
  note: string;
  lines: Line[];
  /** Charges and allowances of the whole; those of a line go with it. */
  adjustments: Adjusting[];
  /** Why no tax is due, by category. */
  exemptions: Record<string, string>;
  currency: string;
  /** At which rate another currency than the order's is compared with it. */
  exchange: { rate: string; source: string; day: string };
}

export interface Content {
  lines: Schemas["LineContent"][];
  /** Row of the form that a line comes from: rows billing nothing are left out. */
  rows: number[];
  /** Fields that hold no number: `lines.0.quantity`. */
  unreadable: string[];
}

/** A row for an order line, with the quantity given; blank bills nothing of it. */
export function rowOf(line: Open, quantity: string): Line {
  return {
    order_line: String(line.order_line),
    item_number: line.item_number,
    description: line.description,
    unit: line.unit,
    quantity,
    unit_price: price(line.unit_price),
    tax_rate: line.tax_rate,
  };
}

/** A price as people write it: with its cents, and what it has beyond them. */
export function price(exact: string): string {
  const [whole = "0", fraction = ""] = exact.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

/** A new invoice bills everything that is open (S-025). */
export function allThatIsOpen(open: readonly Open[]): Line[] {
  return open.filter((line) => compare(line.open, "0") > 0).map((line) => rowOf(line, line.open));
}

/** A draft as its lines say, and blank rows for what of the order it does not bill but could. */
export function asDrafted(draft: Drafted, open: readonly Open[]): Line[] {
  const billed = new Set(draft.lines.map((line) => line.order_line));
  return [
    ...draft.lines.map((line) => ({
      order_line: line.order_line === null ? "" : String(line.order_line),
      item_number: line.item_number ?? "",
      // Not to be typed here, and not to be lost either: what a program has sent.
      buyer_item_number: line.buyer_item_number ?? "",
      gtin: line.gtin ?? "",
      description: line.description,
      unit: line.unit,
      quantity: line.quantity,
      unit_price: price(line.unit_price),
      tax_rate: taxText({ tax_rate: line.tax_rate, tax_category: line.tax_category ?? "S" }),
      adjustments: line.adjustments?.length ? JSON.stringify(line.adjustments.map((one) => adjustingOf(one))) : "",
    })),
    ...open.filter((line) => !billed.has(line.order_line) && compare(line.open, "0") > 0).map((line) => rowOf(line, "")),
  ];
}

/** The order line a row bills: the one it began with, as long as its item stays. */
export function orderLineOf(row: Line, open: readonly Open[]): Open | undefined {
  const item = (row.item_number ?? "").trim();
  const begun = open.find((line) => String(line.order_line) === row.order_line);
  if (begun?.item_number === item) return begun;
  const same = open.filter((line) => line.item_number === item);
  return same.length === 1 ? same[0] : undefined;
}

export function contentOf(lines: readonly Line[], open: readonly Open[]): Content {
  const content: Content = { lines: [], rows: [], unreadable: [] };
  lines.forEach((row, at) => {
    const text = (name: string): string => (row[name] ?? "").trim();
    if (!text("quantity") && (row.order_line || !["item_number", "description", "unit_price"].some((name) => text(name)))) return;
    const number = (name: string): string | null => {
      const value = typed(text(name));
      if (value === null && (text(name) || name === "quantity")) content.unreadable.push(`lines.${at}.${name}`);
      return value;
    };
    const quantity = number("quantity");
    if (quantity !== null && scaled(quantity) === 0n && row.order_line) return;
    const ordered = orderLineOf(row, open);
    const tax = taxOf(text("tax_rate"));
    if (tax === null) content.unreadable.push(`lines.${at}.tax_rate`);
    const adjusting = contentsOf(carried(row).map((one) => ({ ...one, of: String(at) })));
    content.unreadable.push(...adjusting.unreadable.map((place) => `lines.${at}.adjustments.${place}.amount`));
    content.rows.push(at);
    content.lines.push({
      quantity: quantity ?? "0",
      order_line: ordered ? ordered.order_line : null,
      item_number: text("item_number") || null,
      ...(text("buyer_item_number") ? { buyer_item_number: text("buyer_item_number") } : {}),
      ...(text("gtin") ? { gtin: text("gtin") } : {}),
      description: text("description") || null,
      unit: text("unit") || null,
      unit_price: number("unit_price"),
      tax_rate: tax?.tax_rate ?? null,
      ...(tax?.tax_category ? { tax_category: tax.tax_category } : {}),
      adjustments: adjusting.contents,
    });
  });
  return content;
}

/** Faults of the API's lines at the rows of the form. */
export function atRows(faults: Readonly<Record<string, string>>, rows: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(faults).map(([path, detail]) => {
      const [, place, rest] = /^lines\.(\d+)(.*)$/.exec(path) ?? [];
      if (place === undefined) return [path, detail];
      // A fault of a whole line stands where the line begins.
      return [`lines.${rows[Number(place)] ?? place}${rest || ".quantity"}`, detail];
    }),
  );
}

/** How much of an order line can still be billed here; of a draft, what it bills itself is free to it. */
export function freeOf(line: Open, draft: Drafted | undefined): string {
  return sum([
    line.open,
    ...(draft?.lines.filter((one) => one.order_line === line.order_line).map((one) => one.quantity) ?? []),
  ]);
}

/** The rows with the changes the pre-flight proposes: a value set, or a line left out. */
export function remedied(
  lines: readonly Line[],
  remedies: readonly Pick<Schemas["Remedy"], "line" | "field" | "after">[],
  rows: readonly number[],
  open: readonly Open[],
): Line[] {
  const next = lines.map((line) => ({ ...line }));
  for (const { line, field, after } of remedies) {
    const row = next[rows[line - 1] ?? -1];
    if (row === undefined) continue;
    if (field === "order_line") {
      const ordered = open.find((one) => one.order_line === Number(after));
      if (ordered) Object.assign(row, { order_line: String(ordered.order_line), item_number: ordered.item_number });
      continue;
    }
    // A line left out keeps its place when it was ordered: blank bills nothing of it.
    row[field ?? "quantity"] = field === null ? "" : (after ?? "");
    if (field === null && !row.order_line) Object.assign(row, { item_number: "", description: "", unit_price: "" });
  }
  const kept = next.filter((row) => row.order_line || Object.entries(row).some(([name, value]) => name !== "unit" && name !== "tax_rate" && value));
  return kept.length > 0 ? kept : next;
}
