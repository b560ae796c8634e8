import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const STYLES = join(import.meta.dirname, "../../node_modules/@mantine/core/styles");
const sheets = new Set(readdirSync(STYLES).flatMap((name) => (name.endsWith(".layer.css") ? [] : [name.replace(".css", "")])));
const everywhere = ["first.css", "rest.css"].map((name) => readFileSync(join(import.meta.dirname, name), "utf8")).join("\n");
const files = import.meta.glob<string>("../**/*.tsx", { eager: true, query: "?raw", import: "default" });

test("every component that is used has its style: with the first page, with the shell, or imported beside it", () => {
  const bare = Object.entries(files).flatMap(([path, code]) => {
    const used = [...code.matchAll(/import \{([^}]*)\} from "@mantine\/core";/g)].flatMap(([, names]) =>
      (names ?? "").split(",").map((name) => name.trim()),
    );
    return used
      .filter((name) => sheets.has(name))
      .filter((name) => ![everywhere, code].some((where) => where.includes(`@mantine/core/styles/${name}.css`)))
      .map((name) => `${path}: ${name}`);
  });

  expect(bare).toEqual([]);
});
