/**
 * The build: Electron's main process, its preload and the views, each into its folder under `out`.
 *
 * 1. The preload is one CommonJS file that requires `electron` alone, because a sandboxed window loads nothing else.
 * 2. The main process keeps the packages of `dependencies` outside; our own source is bundled.
 * 3. The same `out/renderer` is served to the window by `logos://console/` and to a browser by the loopback host.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";
import { join } from "node:path";

const top = import.meta.dirname;

export default defineConfig({
  main: {
    build: {
      outDir: join(top, "out", "main"),
      minify: true,
      rollupOptions: {
        // Strategies' processes and the threads for data and the archive begin with files of their own; what they use lies beside them.
        input: {
          index: join(top, "src", "main", "index.ts"),
          "strategy-host": join(top, "src", "live", "host", "child.ts"),
          "archive-worker": join(top, "src", "console", "archive", "worker.ts"),
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
    plugins: [react()],
    build: {
      outDir: join(top, "out", "renderer"),
      emptyOutDir: true,
      minify: true,
      // A font or image inside the style sheet would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The views are loaded from this machine: splitting them would only add requests.
      chunkSizeWarningLimit: 4_000,
      rollupOptions: { input: join(top, "src", "renderer", "index.html") },
    },
  },
});
