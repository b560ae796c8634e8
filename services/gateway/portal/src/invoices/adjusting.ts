/** What a person types of charges, allowances and tax, as the API wants it. */
import type { Schemas } from "@/api/client";
import type { Line } from "@/invoices/content";
import { typed } from "@/ui/decimal";

export type Category = Schemas["TaxCategory"];
type Told = Pick<Schemas["Adjustment"], "kind" | "amount" | "percent" | "base" | "reason" | "code">;
type ToldOfWhole = Told & Pick<Schemas["DocumentAdjustment"], "tax_category" | "tax_rate">;
type Tax = Pick<Schemas["TaxAmount"], "category" | "exemption_reason" | "exemption_code">;

/** What can be typed for a tax rate: goods at no rate at all are told by their category. */
export const CATEGORIES = ["Z", "E", "AE", "K", "G", "O"] as const satisfies readonly Category[];
/** Of these it is said why no tax is due; of all but the first the standard words stand by themselves. */
export const EXEMPT = ["E", "AE", "K", "G", "O"] as const satisfies readonly Category[];

/** The reasons most asked for; any other is told in words. UNTDID 7161 and 5189. */
export const CODES = {
  charge: ["FC", "SAA", "PC", "ABL", "HD"],
  allowance: ["95", "100", "105", "68", "64"],
} as const satisfies Record<Schemas["AdjustmentKind"], readonly string[]>;

/** One row of the form: of a line by its place, or blank for the whole invoice. */
export interface Adjusting extends Line {
  of: string;
  kind: Schemas["AdjustmentKind"];
  value: string;
  unit: "amount" | "percent";
  base: string;
  reason: string;
  code: string;
  /** `S 20`, `AE 0`; blank: as the lines are taxed. */
  tax: string;
}

export const BLANK: Adjusting = { of: "", kind: "charge", value: "", unit: "amount", base: "", reason: "", code: "FC", tax: "" };

/** Rate and category of a line from what was typed for its tax: `20`, or `AE`. */
export function taxOf(text: string): Pick<Schemas["LineContent"], "tax_rate" | "tax_category"> | null {
  const category = CATEGORIES.find((one) => one === text.trim().toUpperCase());
  if (category !== undefined) return { tax_rate: null, tax_category: category };
  const rate = typed(text.trim());
  return rate === null && text.trim() ? null : { tax_rate: rate, tax_category: null };
}

/** The same the other way round: what stands in the form for a line that was drafted. */
export function taxText(line: { tax_rate: string; tax_category: Category }): string {
  return line.tax_category === "S" || line.tax_category === "Z" ? line.tax_rate : line.tax_category;
}

export function adjustingOf(told: Told | ToldOfWhole, of = ""): Adjusting {
  return {
    of,
    kind: told.kind,
    value: told.percent ?? told.amount,
    unit: told.percent === null ? "amount" : "percent",
    // Where it was a percentage of what it belongs to, it goes on being that.
    base: "",
    reason: told.reason ?? "",
    code: told.code ?? "",
    tax: "tax_category" in told ? `${told.tax_category} ${told.tax_rate}` : "",
  };
}

/** The rows of the whole form: those of the invoice, then those its lines carry with them. */
export function flat(whole: readonly Adjusting[], lines: readonly Line[]): Adjusting[] {
  return [...whole, ...lines.flatMap((line, at) => carried(line).map((one) => ({ ...one, of: String(at) })))];
}

/** Puts the rows back to where they belong. */
export function spread(rows: readonly Adjusting[], lines: readonly Line[]): { adjustments: Adjusting[]; lines: Line[] } {
  return {
    adjustments: rows.filter((row) => row.of === ""),
    lines: lines.map((line, at) => {
      const own = rows.filter((row) => row.of === String(at));
      if (own.length === 0 && !line.adjustments) return line;
      return { ...line, adjustments: own.length > 0 ? JSON.stringify(own) : "" };
    }),
  };
}

/** What a line carries with it: it goes where the line goes. */
export function carried(line: Line): Adjusting[] {
  return line.adjustments ? (JSON.parse(line.adjustments) as Adjusting[]) : [];
}

/** As the API wants them; `unreadable` are the places of those that hold no number. */
export function contentsOf(rows: readonly Adjusting[]): { contents: Schemas["DocumentAdjustmentContent"][]; unreadable: number[] } {
  const unreadable: number[] = [];
  const contents = rows.map((row, at) => {
    const value = typed(row.value.trim());
    if (value === null || value.startsWith("-")) unreadable.push(at);
    const [category, rate] = row.tax.split(" ");
    return {
      kind: row.kind,
      [row.unit]: value ?? "0",
      ...(row.code ? { code: row.code } : {}),
      ...(row.reason.trim() ? { reason: row.reason.trim() } : {}),
      ...(row.of === "" && category && rate !== undefined ? { tax_category: category as Category, tax_rate: rate } : {}),
    };
  });
  return { contents, unreadable };
}

/** The categories of which it is said why no tax is due, as far as lines and charges are in one. */
export function exemptIn(lines: readonly Line[], whole: readonly Adjusting[]): (typeof EXEMPT)[number][] {
  const used = new Set([
    ...lines.filter((line) => line.quantity).map((line) => (line.tax_rate ?? "").trim().toUpperCase()),
    ...whole.map((row) => row.tax.split(" ")[0]),
  ]);
  return EXEMPT.filter((category) => used.has(category));
}

/** By category, `E.reason` and `E.code`: what stands in the form. */
export function exemptionsOf(taxes: readonly Tax[]): Record<string, string> {
  return Object.fromEntries(
    taxes.flatMap((tax) => [
      [`${tax.category}.reason`, tax.exemption_reason ?? ""],
      [`${tax.category}.code`, tax.exemption_code ?? ""],
    ]),
  );
}

/** What was said, of the categories that are used. */
export function saidOf(exemptions: Readonly<Record<string, string>>, used: readonly Category[]): Schemas["TaxExemption"][] {
  return used
    .map((category) => ({
      category,
      reason: exemptions[`${category}.reason`]?.trim() || null,
      code: exemptions[`${category}.code`]?.trim().toUpperCase() || null,
    }))
    .filter((one) => one.reason !== null || one.code !== null);
}
