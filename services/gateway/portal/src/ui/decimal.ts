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
