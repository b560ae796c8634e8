import { expect, test } from "vitest";

const texts = import.meta.glob<Record<string, unknown>>("../*/*.json", { eager: true, import: "default" });
const rooms = [...new Set(Object.keys(texts).map((path) => path.split("/")[1] ?? ""))];

/** The keys of a file, plural forms counted as one: languages have different numbers of them. */
function keysOf(part: unknown, path = ""): string[] {
  if (typeof part !== "object" || part === null) return [path.replace(/_(zero|one|two|few|many|other)$/, "")];
  return Object.entries(part).flatMap(([name, inner]) => keysOf(inner, path ? `${path}.${name}` : name));
}

function placeholders(part: unknown, path = ""): [string, string][] {
  if (typeof part === "string") return [[path, [...part.matchAll(/\{\{(\w+)/g)].map((found) => found[1] ?? "").sort().join()]];
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]) => placeholders(inner, `${path}.${name}`));
}

test.each(rooms)("%s says the same in English and in Ukrainian", (room) => {
  const english = texts[`../${room}/en.json`];
  const ukrainian = texts[`../${room}/uk.json`];

  expect(new Set(keysOf(ukrainian))).toEqual(new Set(keysOf(english)));
  const filled = new Map(placeholders(english));
  for (const [path, names] of placeholders(ukrainian)) if (filled.has(path)) expect(names, path).toBe(filled.get(path));
});
