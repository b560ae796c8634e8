import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin, Rollup } from "vite";
import { defineConfig } from "vitest/config";


/** Writes each file a second and a third time, packed: the gateway sends the smallest form a browser takes. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle(options) {
      for (const path of files(options.dir ?? "dist")) {
        if (!/\.(js|css|html|svg|json|webmanifest)$/.test(path)) continue;
        const content = readFileSync(path);
        if (content.length < 1000) continue;
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
      }
    },
  };
}

/**
 * What a browser loads before a page can be seen, packed, by the modules of that page: the very first one, and
 * those that come after it to a browser that has kept most of the first.
 */
const FIRST_PAGES: Record<string, { limit: number; modules: string[] }> = {
  "the sign-in page": { limit: 200_000, modules: ["/signing-in/SignInPage.tsx", "/signing-in/en.json"] },
  "a list in the shell": {
    limit: 230_000,
    modules: ["/shell/Shell.tsx", "/shell/en.json", "/orders/OrdersPage.tsx", "/orders/en.json"],
  },
  "the start page": {
    limit: 230_000,
    modules: ["/shell/Shell.tsx", "/shell/en.json", "/shell/StartPage.tsx", "/home/HomePage.tsx", "/home/en.json"],
  },
};
const ALWAYS = ["/ui/en.json", "/entrance/en.json"];

/** Fails the build when a first page has grown too heavy. */
function firstPageIsLight(): Plugin {
  return {
    name: "first-page-is-light",
    apply: "build",
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((part) => part.type === "chunk");
      for (const [name, { limit, modules }] of Object.entries(FIRST_PAGES)) {
        const first = new Set<string>();
        const visit = (file: string): void => {
          const chunk = bundle[file];
          if (first.has(file) || chunk?.type !== "chunk") return;
          first.add(file);
          chunk.imports.forEach(visit);
          const styles = (chunk as Rollup.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }).viteMetadata;
          styles?.importedCss.forEach((style) => first.add(style));
        };
        for (const module of [...modules, ...ALWAYS]) {
          const chunk = chunks.find((one) => one.moduleIds.some((id) => id.endsWith(`/src${module}`)));
          if (chunk === undefined) this.error(`there is no ${module} any more, which ${name} is weighed by`);
          visit(chunk.fileName);
        }
        chunks.filter((chunk) => chunk.isEntry).forEach((chunk) => visit(chunk.fileName));
        const weights = [...first].flatMap((file) => {
          const part = bundle[file];
          if (part === undefined) return [];
          return [[file, gzipSync(part.type === "chunk" ? part.code : part.source, { level: 9 }).length] as const];
        });
        const weight = weights.reduce((sum, [, one]) => sum + one, 0);
        const said = `${name} weighs ${String(Math.round(weight / 1000))} kB packed`;
        const heaviest = weights
          .sort(([, one], [, other]) => other - one)
          .slice(0, 15)
          .map(([file, one]) => `${file} ${String(one)}`);
        if (weight > limit) this.error(`${said}, more than ${String(limit / 1000)}: ${heaviest.join(", ")}`);
        this.info(said);
      }
    },
  };
}

function* files(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const gateway = process.env.COUNTERPART_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), firstPageIsLight(), packed()],
  resolve: { alias: { "@": resolve(import.meta.dirname, "src") } },
  build: {
    target: "es2022",
    // A small picture or font inside a script would need a laxer policy than the gateway's.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // The gateway takes changes only from its own origin or from the host the browser used.
    proxy: { "/api": { target: gateway, changeOrigin: false }, "/problems": { target: gateway } },
  },
  // What needs a document says so at its top: making one takes longer than most tests.
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
