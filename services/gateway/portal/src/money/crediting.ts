/** What a supplier types beside the lines of an invoice, as the API wants it, and roughly what comes of it. */
import type { Schemas } from "@/api/client";
import { compare, minus, percentage, scaled, share, sum, times, typed } from "@/ui/decimal";

type Line = Pick<
  Schemas["InvoiceLine"],
  "number" | "quantity" | "unit_price" | "tax_category" | "tax_rate" | "net" | "credited_quantity" | "credited_net" | "adjustments"
>;
type Charge = Pick<Schemas["DocumentAdjustment"], "number" | "kind" | "amount" | "credited" | "tax_category" | "tax_rate">;
export interface Credited {
  lines: readonly Line[];
  adjustments: readonly Charge[];
  amount_places: number;
}

export interface ReadCredit {
  lines: Schemas["CreditContent"][];
  charges: Schemas["ChargeCredit"][];
  /** By line, and by charge with a `c` before its number. */
  faults: Record<string, "notANumber" | "tooMuch">;
  /** With its tax, as it will be up to the last cent of rounding. */
  gross: string;
}

export function readCredit(typedIn: Readonly<Record<string, string>>, invoice: Credited, basis: Schemas["CreditBasis"]): ReadCredit {
  const places = invoice.amount_places;
  const read: ReadCredit = { lines: [], charges: [], faults: {}, gross: "0" };
  const given = new Map<string, string>();
  const give = (of: Pick<Line, "tax_category" | "tax_rate">, amount: string): void => {
    given.set(keyOf(of), sum([given.get(keyOf(of)) ?? "0", amount]));
  };
  const amountOf = (name: string, left: string): string | null => {
    const text = typedIn[name]?.trim() ?? "";
    if (text === "") return null;
    const amount = typed(text);
    if (amount === null || scaled(amount) < 0n) read.faults[name] = "notANumber";
    else if (compare(amount, left) > 0) read.faults[name] = "tooMuch";
    else if (scaled(amount) > 0n) return amount;
    return null;
  };
  for (const line of invoice.lines) {
    const left = basis === "quantity" ? minus(line.quantity, line.credited_quantity) : minus(line.net, line.credited_net);
    const amount = amountOf(String(line.number), left);
    if (amount === null) continue;
    read.lines.push(basis === "quantity" ? { line: line.number, quantity: amount } : { line: line.number, amount });
    if (basis === "value") give(line, amount);
    else give(line, line.adjustments.length > 0 ? share(line.net, amount, line.quantity, places) : times(amount, line.unit_price, places));
  }
  for (const charge of invoice.adjustments.filter((one) => one.kind === "charge")) {
    const amount = amountOf(`c${charge.number}`, minus(charge.amount, charge.credited));
    if (amount === null) continue;
    read.charges.push({ number: charge.number, amount });
    give(charge, amount);
  }
  read.gross = sum([...given].flatMap(([key, amount]) => withTax(key, lessAllowances(invoice, key, amount), places)));
  return read;
}

function keyOf(of: Pick<Line, "tax_category" | "tax_rate">): string {
  return `${of.tax_category} ${of.tax_rate}`;
}

function withTax(key: string, net: string, places: number): string[] {
  return [net, percentage(net, key.split(" ")[1] ?? "0", places)];
}

/** Allowances of the whole are taken back with what they were given on, in the same proportion. */
function lessAllowances(invoice: Credited, key: string, amount: string): string {
  const own = invoice.adjustments.filter((one) => keyOf(one) === key);
  const allowed = sum(own.filter((one) => one.kind === "allowance").map((one) => one.amount));
  if (scaled(allowed) === 0n) return amount;
  const lines = invoice.lines.filter((line) => keyOf(line) === key);
  const charges = own.filter((one) => one.kind === "charge");
  const whole = sum([...lines.map((line) => line.net), ...charges.map((one) => one.amount)]);
  const before = sum([...lines.map((line) => line.credited_net), ...charges.map((one) => one.credited)]);
  const back = (given: string): string => share(allowed, given, whole, invoice.amount_places);
  return minus(amount, minus(back(sum([before, amount])), back(before)));
}
