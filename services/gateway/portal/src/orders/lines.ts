/** Lines of an order as they are typed: text until they are sent; and what a product adds to them. */
import type { Schemas } from "@/api/client";
import type { Product } from "@/orders/queries";
import { faultOf, plain } from "@/orders/typing";
import { times, totals, typed } from "@/ui/decimal";

/** `filled` is the number of the product the line was filled from, which is no column. */
export type Typed = Record<string, string>;

export const FIELDS = ["item_number", "quantity", "description", "unit", "unit_price", "tax_rate"] as const;

export function blankLine(): Typed {
  return Object.fromEntries(FIELDS.map((field) => [field, ""]));
}

export function isBlank(line: Typed): boolean {
  return FIELDS.every((field) => !line[field]?.trim());
}

/** Units are typed as their word, `pc`, and sent as their code, `C62`. */
export interface UnitWords {
  word: (code: string) => string;
  code: (word: string) => string;
}

/** The line with what the product knows; what was typed or pasted beside the number stays. */
export function filledFrom(line: Typed, product: Product, units: UnitWords): Typed {
  const again = line.filled !== undefined && line.filled !== product.number;
  const keep = (field: string, value: string): string => (!again && line[field]?.trim() ? (line[field] ?? "") : value);
  return {
    ...line,
    item_number: product.number,
    description: keep("description", product.name),
    unit: keep("unit", units.word(product.unit)),
    unit_price: keep("unit_price", plain(product.unit_price)),
    tax_rate: keep("tax_rate", plain(product.tax_rate)),
    filled: product.number,
  };
}

export function typedLine(line: Schemas["OrderLine"], units: UnitWords): Typed {
  return {
    item_number: line.item_number,
    quantity: plain(line.quantity),
    description: line.description,
    unit: units.word(line.unit),
    unit_price: plain(line.unit_price),
    tax_rate: plain(line.tax_rate),
    filled: line.item_number,
    ...(line.delivery_date ? { delivery_date: line.delivery_date } : {}),
  };
}

/** As the API takes it. Only lines without faults are asked for this. */
export function sentLine(line: Typed, units: UnitWords): Schemas["DraftLine"] {
  return {
    item_number: line.item_number?.trim() ?? "",
    quantity: typed(line.quantity ?? "") ?? "",
    description: line.description?.trim() || null,
    unit: line.unit?.trim() ? units.code(line.unit.trim()) : null,
    unit_price: typed(line.unit_price ?? ""),
    tax_rate: typed(line.tax_rate ?? ""),
    ...(line.delivery_date ? { delivery_date: line.delivery_date } : {}),
  };
}

/** Net amount of a line as typed; null while it cannot be told. */
export function netOf(line: Typed, places: number): string | null {
  const quantity = typed(line.quantity ?? "");
  const price = typed(line.unit_price ?? "");
  return quantity === null || price === null ? null : times(quantity, price, places);
}

export function totalsOf(lines: readonly Typed[], places: number): { net: string; tax: string; gross: string } {
  return totals(
    lines.flatMap((line) => {
      const net = netOf(line, places);
      return net === null ? [] : [{ net, tax_rate: typed(line.tax_rate ?? "") ?? "0" }];
    }),
    places,
  );
}

/** What is wrong with lines, by `lines.<place>.<field>`: keys of the texts. Blank lines are nobody's fault. */
export function faultsOf(lines: readonly Typed[]): Record<string, string> {
  const found: Record<string, string> = {};
  lines.forEach((line, at) => {
    if (isBlank(line)) return;
    const put = (field: string, fault: string | null): void => {
      if (fault !== null) found[`lines.${String(at)}.${field}`] = fault;
    };
    put("item_number", line.item_number?.trim() ? null : "item");
    put("quantity", faultOf(line.quantity ?? "", { above: "0" }));
    put("description", line.description?.trim() ? null : "description");
    put("unit_price", faultOf(line.unit_price ?? "", { least: "0" }));
    put("tax_rate", faultOf(line.tax_rate ?? "", { least: "0", most: "100" }));
  });
  return found;
}
