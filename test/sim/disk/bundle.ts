/**
 * The child in one file, for trials of thousands of processes: most of a short process's time is finding and reading its modules.
 *
 * 1. It is the same code, put together and not shortened. A module that reads a file beside itself reads the one beside its source.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";

const top = join(import.meta.dirname, "..", "..", "..");

/** Says in each module where its source is, because the bundle is elsewhere. */
const placed: Plugin = {
  name: "placed",
  transform(code, id) {
    if (!code.includes("import.meta.") || id.includes("node_modules")) return undefined;
    return code
      .replaceAll("import.meta.dirname", JSON.stringify(dirname(id)))
      .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href));
  },
};

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
    plugins: [placed],
    build: { ssr: join(import.meta.dirname, "child.ts"), outDir, minify: false, rolldownOptions: { external } },
    ssr: { noExternal: true, external },
  });
  return join(outDir, "child.js");
}
