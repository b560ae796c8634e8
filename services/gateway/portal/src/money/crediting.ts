/** What a supplier types beside the lines of an invoice, as the API wants it, and roughly what comes of it. */
import type { Schemas } from "@/api/client";
import { compare, minus, scaled, times, totals, typed } from "@/ui/decimal";

type Line = Pick<Schemas["InvoiceLine"], "number" | "quantity" | "unit_price" | "tax_rate" | "net" | "credited_quantity" | "credited_net">;

export interface ReadCredit {
  lines: Schemas["CreditContent"][];
  faults: Record<number, "notANumber" | "tooMuch">;
  /** With its tax, as it will be up to the last cent of rounding. */
  gross: string;
}

export function readCredit(
  typedIn: Readonly<Record<string, string>>,
  lines: readonly Line[],
  basis: Schemas["CreditBasis"],
  places: number,
): ReadCredit {
  const read: ReadCredit = { lines: [], faults: {}, gross: "0" };
  const credited: { net: string; tax_rate: string }[] = [];
  for (const line of lines) {
    const text = typedIn[line.number]?.trim() ?? "";
    if (text === "") continue;
    const amount = typed(text);
    const left = basis === "quantity" ? minus(line.quantity, line.credited_quantity) : minus(line.net, line.credited_net);
    if (amount === null || scaled(amount) < 0n) read.faults[line.number] = "notANumber";
    else if (compare(amount, left) > 0) read.faults[line.number] = "tooMuch";
    else if (scaled(amount) > 0n) {
      read.lines.push(basis === "quantity" ? { line: line.number, quantity: amount } : { line: line.number, amount });
      credited.push({ net: basis === "quantity" ? times(amount, line.unit_price, places) : amount, tax_rate: line.tax_rate });
    }
  }
  read.gross = totals(credited, places).gross;
  return read;
}
