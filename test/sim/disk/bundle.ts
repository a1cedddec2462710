/**
 * The child in one file, for trials of thousands of processes: most of a short process's time is finding and reading its modules.
 *
 * 1. It is the same code, put together and not shortened; what it reads beside itself it finds, because it lies as deep as its source.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const top = join(import.meta.dirname, "..", "..", "..");

/** Bundles the child; answers its path. It is removed when this process ends. */
export async function bundleChild(): Promise<string> {
  const artifacts = join(top, "artifacts");
  mkdirSync(artifacts, { recursive: true });
  const outDir = mkdtempSync(join(artifacts, "child-"));
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  const external = ["better-sqlite3"];
  await build({
    configFile: false,
    logLevel: "error",
    root: top,
    build: { ssr: join(import.meta.dirname, "child.ts"), outDir, minify: false, rolldownOptions: { external } },
    ssr: { noExternal: true, external },
  });
  return join(outDir, "child.js");
}
