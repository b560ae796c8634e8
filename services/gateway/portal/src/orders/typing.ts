/** What people type into the fields of lines, checked before it is sent. */
import { compare, scaled, typed, unscaled } from "@/ui/decimal";

/** A number of the API without zeros that say nothing, as it stands in a field. */
export function plain(amount: string): string {
  return unscaled(scaled(amount));
}

/** Why a number typed cannot be taken: a key of the texts; null when it can. */
export function faultOf(
  text: string,
  limits: { above?: string; least?: string; most?: string } = {},
): "number" | "places" | "above" | "least" | "most" | null {
  const number = typed(text);
  if (number === null) return "number";
  if (/\.\d{7,}$/.test(number)) return "places";
  if (limits.above !== undefined && compare(number, limits.above) <= 0) return "above";
  if (limits.least !== undefined && compare(number, limits.least) < 0) return "least";
  if (limits.most !== undefined && compare(number, limits.most) > 0) return "most";
  return null;
}

/** Today where the person is. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function daysAfter(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

/** Whole days from one day to another; negative when the other is earlier. */
export function daysBetween(one: string, other: string): number {
  return Math.round((Date.parse(`${other}T00:00:00Z`) - Date.parse(`${one}T00:00:00Z`)) / 86_400_000);
}
