import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin, Rollup } from "vite";
import { defineConfig } from "vitest/config";

/** What a browser loads before the first page can be seen may weigh this much, packed. */
const FIRST_PAGE_LIMIT = 200_000;

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

/** Fails the build when the first page has grown too heavy. */
function firstPageIsLight(): Plugin {
  return {
    name: "first-page-is-light",
    apply: "build",
    writeBundle(_options, bundle) {
      const first = new Set<string>();
      const visit = (name: string): void => {
        const chunk = bundle[name];
        if (first.has(name) || chunk === undefined) return;
        first.add(name);
        if (chunk.type === "chunk") {
          chunk.imports.forEach(visit);
          const styles = (chunk as Rollup.OutputChunk & { viteMetadata?: { importedCss: Set<string> } })
            .viteMetadata?.importedCss;
          styles?.forEach((style) => first.add(style));
        }
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk" && (chunk.isEntry || chunk.fileName.startsWith("assets/SignInPage-")))
          visit(chunk.fileName);
      }
      let weight = 0;
      for (const name of first) {
        const part = bundle[name];
        if (part === undefined) continue;
        weight += gzipSync(part.type === "chunk" ? part.code : part.source, { level: 9 }).length;
      }
      const said = `the first page weighs ${String(Math.round(weight / 1000))} kB packed`;
      if (weight > FIRST_PAGE_LIMIT) this.error(`${said}, more than ${String(FIRST_PAGE_LIMIT / 1000)}`);
      this.info(said);
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
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
