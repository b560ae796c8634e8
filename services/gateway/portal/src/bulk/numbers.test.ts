import { describe, expect, it } from "vitest";
import { numbered, spoken } from "@/bulk/numbers";

describe("numbers that count up", () => {
  it("keeps the width of the digits, and grows when they are full", () => {
    expect(numbered("INV-098", 3)).toEqual(["INV-098", "INV-099", "INV-100"]);
    expect(numbered("9/2026", 2)).toEqual(["9/2026", "9/2027"]);
    expect(numbered("R99b", 2)).toEqual(["R99b", "R100b"]);
  });

  it("adds a count where there are no digits, and leaves nothing nothing", () => {
    expect(numbered("Hubs", 3)).toEqual(["Hubs", "Hubs-2", "Hubs-3"]);
    expect(numbered("  ", 2)).toEqual(["", ""]);
  });

  it("does not lose digits of long numbers", () => {
    expect(numbered("12345678901234567890", 2)[1]).toBe("12345678901234567891");
  });
});

describe("rows of a table", () => {
  it("are named as a person names them", () => {
    expect(spoken([2])).toBe("2");
    expect(spoken([4, 5, 6, 9, 11, 12])).toBe("4–6, 9, 11–12");
  });
});
