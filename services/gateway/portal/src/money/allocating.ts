/** How money is put on invoices: as typed, or by itself on those that are due first. */
import { compare, minus, scaled, sum, typed } from "@/ui/decimal";

export interface Payable {
  id: string;
  currency: string;
  open: string;
  disputed: string;
}

/** What may be paid of an invoice now. */
export function payable(invoice: Payable): string {
  return minus(invoice.open, invoice.disputed);
}

/** The money on the invoices in their order, each paid before the next begins. */
export function inOrder(amount: string, invoices: readonly Payable[]): Record<string, string> {
  const parts: Record<string, string> = {};
  let left = amount;
  for (const invoice of invoices) {
    const most = payable(invoice);
    const part = compare(left, most) < 0 ? left : most;
    if (scaled(part) <= 0n) continue;
    parts[invoice.id] = part;
    left = minus(left, part);
  }
  return parts;
}

export interface Read {
  parts: { invoice_id: string; amount: string }[];
  /** Key of a sentence by invoice. */
  faults: Record<string, "notANumber" | "tooMuch">;
  total: string;
}

/** What was typed beside the invoices; nothing typed is nothing paid. */
export function readParts(typedIn: Readonly<Record<string, string>>, invoices: readonly Payable[]): Read {
  const read: Read = { parts: [], faults: {}, total: "0" };
  for (const invoice of invoices) {
    const text = typedIn[invoice.id]?.trim() ?? "";
    if (text === "") continue;
    const amount = typed(text);
    if (amount === null || scaled(amount) < 0n) read.faults[invoice.id] = "notANumber";
    else if (compare(amount, payable(invoice)) > 0) read.faults[invoice.id] = "tooMuch";
    else if (scaled(amount) > 0n) read.parts.push({ invoice_id: invoice.id, amount });
  }
  read.total = sum(read.parts.map((part) => part.amount));
  return read;
}
