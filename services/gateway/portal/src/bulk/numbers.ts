/** `INV-099` and the numbers after it: the last digits count up and keep their width. */
export function numbered(first: string, count: number): string[] {
  const found = /^(.*?)(\d+)(\D*)$/.exec(first.trim());
  if (first.trim() === "") return Array.from({ length: count }, () => "");
  if (found === null) return Array.from({ length: count }, (_, place) => (place === 0 ? first.trim() : `${first.trim()}-${place + 1}`));
  const [, before = "", digits = "", after = ""] = found;
  return Array.from({ length: count }, (_, place) => before + String(BigInt(digits) + BigInt(place)).padStart(digits.length, "0") + after);
}

/** Rows as a person names them: `4–6, 9`. */
export function spoken(rows: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last !== undefined && row === last[1] + 1) last[1] = row;
    else runs.push([row, row]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}
