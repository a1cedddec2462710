/**
 * The build: Electron's main process, its preload and the views, each into its folder under `out`.
 *
 * 1. The preload is one CommonJS file that requires `electron` alone, because a sandboxed window loads nothing else.
 * 2. The main process keeps the packages of `dependencies` outside; our own source is bundled.
 * 3. The same `out/renderer` is served to the window by `logos://console/` and to a browser by the loopback host.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const top = import.meta.dirname;

const COMPRESSED = /\.(js|css|html|svg|json)$/;

/** Lays each text of the views beside itself in the two forms that browsers take; the loopback host sends those. */
function compressed(folder: string): Plugin {
  return {
    name: "compressed",
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSED.test(name)) continue;
        const text = readFileSync(join(folder, name));
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  main: {
    build: {
      outDir: join(top, "out", "main"),
      minify: true,
      rollupOptions: {
        // Strategies' processes and the threads for waits, data, archive, inspections and readings of journals begin with files of their own; what they use lies beside them.
        input: {
          index: join(top, "src", "main", "index.ts"),
          "strategy-host": join(top, "src", "live", "host", "child.ts"),
          "alarm-thread": join(top, "src", "live", "host", "pipe", "alarm-thread.ts"),
          "archive-worker": join(top, "src", "console", "archive", "worker.ts"),
          "inspection-worker": join(top, "src", "console", "inspection", "worker.ts"),
          "reading-worker": join(top, "src", "harness", "reading-worker.ts"),
          "data-worker": join(top, "src", "live", "data", "worker.ts"),
          // Loaded as text into the strategies' realm, by a loader that knows one package.
          "strategy-realm": join(top, "src", "live", "host", "realm.ts"),
        },
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  },
  preload: {
    build: {
      outDir: join(top, "out", "preload"),
      minify: true,
      externalizeDeps: false,
      rollupOptions: {
        input: join(top, "src", "preload", "index.ts"),
        output: { format: "cjs", entryFileNames: "index.cjs", codeSplitting: false },
      },
    },
  },
  renderer: {
    root: join(top, "src", "renderer"),
    base: "./",
    plugins: [react(), compressed(join(top, "out", "renderer"))],
    build: {
      outDir: join(top, "out", "renderer"),
      emptyOutDir: true,
      minify: true,
      // A font or image inside the style sheet would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The grid alone is larger than what is warned of; it comes with the first view that has one.
      chunkSizeWarningLimit: 4_000,
      rollupOptions: { input: join(top, "src", "renderer", "index.html") },
    },
  },
});
