/** What is typed while a statement is contested, as the API takes it; a fault names the line it is on. */
import type { Schemas } from "@/api/client";
import type { Line } from "@/reconciling/queries";
import { minus, scaled, sum, typed } from "@/ui/decimal";

export type Reason = Schemas["ObjectionReason"];
export type Content = Schemas["ObjectionContent"];

export interface Said {
  /** Empty as long as the line is agreed with. */
  reason: "" | Exclude<Reason, "missing">;
  amount: string;
  note: string;
}

/** A row of what is missing, as the editor has it. */
export type Missing = Record<string, string>;

export type Fault = "amountNeeded" | "amountSame" | "noteNeeded" | "dayNeeded" | "documentNeeded" | "notANumber";

export interface Read {
  objections: Content[];
  /** By `line.<number>` and `missing.<place>.<column>`. */
  faults: Record<string, Fault>;
  /** What the customer owes, and the advances, by one's own books. */
  receivable: string;
  payable: string;
}

export const AGREED: Said = { reason: "", amount: "", note: "" };
export const NO_LINE: Missing = { day: "", document: "", amount: "", note: "" };

export function statedOf(line: Line): { side: "receivable" | "payable"; amount: string } {
  const { receivable, payable } = line.movement;
  return scaled(receivable) === 0n ? { side: "payable", amount: payable } : { side: "receivable", amount: receivable };
}

export function readContest(
  lines: readonly Line[],
  said: Readonly<Record<number, Said>>,
  missing: readonly Missing[],
  closing: Schemas["AccountStanding"],
): Read {
  const read: Read = { objections: [], faults: {}, receivable: closing.receivable, payable: closing.payable };
  for (const line of lines) {
    const one = said[line.number];
    if (one === undefined || one.reason === "") continue;
    const { side, amount: stated } = statedOf(line);
    const amount = one.reason === "amount" ? typed(one.amount) : null;
    if (one.reason === "amount" && amount === null) read.faults[`line.${line.number}`] = "amountNeeded";
    else if (amount !== null && scaled(amount) === scaled(stated)) read.faults[`line.${line.number}`] = "amountSame";
    else if (one.reason === "other" && !one.note.trim()) read.faults[`line.${line.number}`] = "noteNeeded";
    const own = one.reason === "unknown" || one.reason === "period" ? "0" : amount;
    if (own !== null) read[side] = sum([read[side], minus(own, stated)]);
    read.objections.push({ line: line.number, reason: one.reason, amount, note: one.note.trim() });
  }
  missing.forEach((row, place) => {
    const amountText = (row.amount ?? "").trim();
    const document = (row.document ?? "").trim();
    const day = (row.day ?? "").trim();
    const note = (row.note ?? "").trim();
    if (!amountText && !document && !day && !note) return;
    const amount = typed(amountText);
    if (amount === null || scaled(amount) === 0n) read.faults[`missing.${place}.amount`] = "notANumber";
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) read.faults[`missing.${place}.day`] = "dayNeeded";
    if (!document) read.faults[`missing.${place}.document`] = "documentNeeded";
    if (amount !== null) read.receivable = sum([read.receivable, amount]);
    read.objections.push({ reason: "missing", amount, day: day || null, document: document || null, note });
  });
  return read;
}

/** What a compared table contests of a statement: to be looked through, never sent by itself. */
export function fromComparison(
  lines: readonly Line[],
  made: Schemas["LedgerComparison"],
): { said: Record<number, Said>; missing: Missing[] } {
  const said: Record<number, Said> = {};
  const linesOf = (entry: Schemas["OurEntry"]): Line[] =>
    lines.filter(({ movement }) => movement.kind === entry.kind && movement.source_id === entry.source_id && movement.day === entry.day);
  for (const { ours, theirs, difference } of made.differing) {
    const own = sum([ours.amount, difference]);
    const found = linesOf(ours);
    for (const line of found) {
      const side = statedOf(line).side;
      // Of a payment that is also an advance nobody can say which part is another one.
      said[line.number] =
        found.length === 1
          ? { reason: "amount", amount: side === "payable" ? minus("0", own) : own, note: theirs.number }
          : { reason: "other", amount: "", note: `${theirs.number} ${own}`.trim() };
    }
  }
  for (const entry of made.ours_only) for (const line of linesOf(entry)) said[line.number] = { reason: "unknown", amount: "", note: "" };
  const missing = made.theirs_only.map((row) => ({
    day: row.day,
    document: (row.number || row.text || String(row.row)).slice(0, 35),
    amount: made.turned ? minus("0", row.amount) : row.amount,
    note: row.number ? row.text.slice(0, 200) : "",
  }));
  return { said, missing: missing.length === 0 ? [NO_LINE] : missing };
}
