import { describe, expect, it } from "vitest";
import { AGREED, NO_LINE, readContest } from "@/reconciling/contesting";
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
