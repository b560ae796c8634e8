import { describe, expect, it } from "vitest";
import { AGREED, fromComparison, NO_LINE, readContest } from "@/reconciling/contesting";
import type { Line } from "@/reconciling/queries";

const CLOSING = { receivable: "100", payable: "10" };

function line(number: number, receivable: string, payable = "0"): Line {
  return {
    number,
    movement: {
      day: "2026-11-02", kind: "invoice", source_id: "i", number: `S-${number}`, invoice_id: "i", invoice_number: `S-${number}`,
      receivable, payable,
    },
  };
}

describe("what is contested", () => {
  it("says nothing of lines that are agreed with, and of rows that nobody has written", () => {
    const read = readContest([line(1, "100")], { 1: AGREED }, [NO_LINE], CLOSING);

    expect(read).toEqual({ objections: [], faults: {}, ...CLOSING });
  });

  it("adds up to one's own closing, each side by itself", () => {
    const lines = [line(1, "60"), line(2, "40"), line(3, "0", "10")];
    const said = {
      1: { reason: "amount" as const, amount: "55,50", note: "" },
      2: { reason: "unknown" as const, amount: "", note: "" },
      3: { reason: "amount" as const, amount: "8", note: "" },
    };
    const missing = [{ day: "2026-11-05", document: "P-9", amount: "-20", note: "" }];

    const read = readContest(lines, said, missing, CLOSING);

    expect([read.receivable, read.payable]).toEqual(["35.5", "8"]);
    expect(read.faults).toEqual({});
    expect(read.objections.map((one) => [one.line, one.reason, one.amount])).toEqual([
      [1, "amount", "55.50"],
      [2, "unknown", null],
      [3, "amount", "8"],
      [undefined, "missing", "-20"],
    ]);
  });

  it("names what is lacking, line by line", () => {
    const said = {
      1: { reason: "amount" as const, amount: "", note: "" },
      2: { reason: "amount" as const, amount: "40.00", note: "" },
      3: { reason: "other" as const, amount: "", note: " " },
    };

    const read = readContest([line(1, "60"), line(2, "40"), line(3, "1")], said, [{ ...NO_LINE, amount: "x" }], CLOSING);

    expect(read.faults).toEqual({
      "line.1": "amountNeeded",
      "line.2": "amountSame",
      "line.3": "noteNeeded",
      "missing.0.amount": "notANumber",
      "missing.0.day": "dayNeeded",
      "missing.0.document": "documentNeeded",
    });
  });
});

describe("what a compared table contests", () => {
  const made = {
    customer: { id: "c", name: "C" }, supplier: { id: "s", name: "S" }, currency: "EUR", date_from: "2026-11-01", date_to: "2026-11-30",
    rows: 2, outside: 0, turned: true, matched: [], faults: [], ours_total: "0", theirs_total: "0",
    differing: [
      {
        ours: { kind: "invoice" as const, source_id: "a", day: "2026-11-02", number: "S-1", invoice_id: "a", invoice_number: "S-1", amount: "60" },
        theirs: { row: 2, day: "2026-11-02", number: "s1", amount: "-55", text: "" },
        basis: "number" as const, score: 100, difference: "-5",
      },
    ],
    ours_only: [{ kind: "invoice" as const, source_id: "b", day: "2026-11-02", number: "S-2", invoice_id: "b", invoice_number: "S-2", amount: "40" }],
    theirs_only: [{ row: 3, day: "2026-11-05", number: "", amount: "20", text: "Bank 9" }],
  };
  const of = (number: number, source: string, receivable: string): Line => ({
    number,
    movement: { ...line(number, receivable).movement, source_id: source },
  });

  it("is the other amount, the unknown line and the missing one, counted as the statement counts", () => {
    const { said, missing } = fromComparison([of(1, "a", "60"), of(2, "b", "40")], made);

    expect(said).toEqual({ 1: { reason: "amount", amount: "55", note: "s1" }, 2: { reason: "unknown", amount: "", note: "" } });
    expect(missing).toEqual([{ day: "2026-11-05", document: "Bank 9", amount: "-20", note: "" }]);
    expect(readContest([of(1, "a", "60"), of(2, "b", "40")], said, missing, CLOSING).receivable).toBe("35");
  });
});
