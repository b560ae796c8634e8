/** Exact sums of the API's numbers, which are text so that no digit is lost: never through a float. */

const PLACES = 6;
const UNIT = 10n ** BigInt(PLACES);

/** Millionths. */
export function scaled(text: string): bigint {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const value = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, "0").slice(0, PLACES) || "0");
  return sign === "-" ? -value : value;
}

export function unscaled(value: bigint): string {
  const positive = value < 0n ? -value : value;
  const fraction = (positive % UNIT).toString().padStart(PLACES, "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${(positive / UNIT).toString()}${fraction && `.${fraction}`}`;
}

export function sum(numbers: readonly string[]): string {
  return unscaled(numbers.reduce((total, one) => total + scaled(one), 0n));
}

export function minus(one: string, other: string): string {
  return unscaled(scaled(one) - scaled(other));
}

export function compare(one: string, other: string): number {
  const difference = scaled(one) - scaled(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** What a person has typed or pasted (`1 234,50`, `1,234.50`) as the API writes it; null if it is no number. */
export function typed(text: string): string | null {
  let plain = text.replace(/[\s\u00a0\u202f']/g, "").replace(/[\u2212\u2013]/g, "-");
  const comma = plain.lastIndexOf(",");
  const point = plain.lastIndexOf(".");
  if (comma >= 0 && point >= 0) plain = comma > point ? plain.replaceAll(".", "").replace(",", ".") : plain.replaceAll(",", "");
  else if (comma >= 0) plain = plain.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : null;
}

/** Quantity × price, rounded half up to `places` digits: as the API computes the net amount of a line. */
export function times(one: string, other: string, places: number): string {
  return unscaled(halfUp(scaled(one) * scaled(other), PLACES * 2 - places) * 10n ** BigInt(PLACES - places));
}

/** `percent` of `base`, rounded half up to `places` digits. */
export function percentage(base: string, percent: string, places: number): string {
  return unscaled(halfUp(scaled(base) * scaled(percent), PLACES * 2 + 2 - places) * 10n ** BigInt(PLACES - places));
}

/** The same part of `amount` as `part` is of `whole`, rounded half up to `places` digits. */
export function share(amount: string, part: string, whole: string, places: number): string {
  const unit = 10n ** BigInt(PLACES - places);
  const divisor = scaled(whole) * unit;
  return unscaled(((scaled(amount) * scaled(part) + divisor / 2n) / divisor) * unit);
}

/** Drops `digits` digits at the end. */
function halfUp(value: bigint, digits: number): bigint {
  const unit = 10n ** BigInt(digits);
  const positive = value < 0n ? -value : value;
  const short = (positive + unit / 2n) / unit;
  return value < 0n ? -short : short;
}

/** Digits after the point that amounts in a currency are paid in. */
export function minorUnit(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

export interface Taxed {
  net: string;
  tax_rate: string;
}

/** Net, tax and gross; tax is computed per rate and rounded once, as EN 16931 asks (BR-CO-17). */
export function totals(lines: readonly Taxed[], places: number): { net: string; tax: string; gross: string } {
  const rates = new Map<string, string[]>();
  for (const line of lines) {
    const rate = unscaled(scaled(line.tax_rate));
    rates.set(rate, [...(rates.get(rate) ?? []), line.net]);
  }
  const net = sum(lines.map((line) => line.net));
  const tax = sum([...rates].map(([rate, nets]) => percentage(sum(nets), rate, places)));
  return { net, tax, gross: sum([net, tax]) };
}
