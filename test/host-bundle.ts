/**
 * The program of the strategies' processes as the desktop application ships it: bundled, once for each run of the tests.
 *
 * 1. Hundreds of such processes start in a run. From source each one takes the types out of two dozen files first, which is half of its
 *    processor time; the bundle has the same code without them.
 * 2. Only processes that a test's own process starts have the bundle. Those of the command line, of drills and of benchmarks run the
 *    source, so a run of the tests has both.
 * 3. It is made of the source as it is when the run begins, and written only where it differs, in one step: runs beside each other agree.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "vite";

const root = join(import.meta.dirname, "..");
const host = join(root, "src", "live", "host");
/** Two levels below the top, as the application's own is: from there the program finds its packages. */
const folder = join(root, "artifacts", "strategy-host");

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** One file of the bundle, whole in itself. */
async function makeFile(name: string, source: string): Promise<void> {
  const made = await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      ssr: join(host, source),
      write: false,
      minify: false,
      target: "node24",
      rollupOptions: { output: { format: "es", entryFileNames: `${name}.js` } },
    },
  });
  const [chunk, ...more] = "output" in made ? made.output : [];
  if (chunk?.type !== "chunk" || more.length > 0) throw new Error(`${source} was not bundled into one file.`);
  const path = join(folder, chunk.fileName);
  if (textOf(path) === chunk.code) return;
  writeFileSync(`${path}.${process.pid}`, chunk.code);
  renameSync(`${path}.${process.pid}`, path);
}

/** Called by Vitest before the first test. */
export default async function makeBundle(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await makeFile("strategy-host", "child.ts");
  await makeFile("strategy-realm", "realm.ts");
}

const HERE = "const here = import.meta.dirname;";

/** Lets the tests' own processes start the bundle. */
export function startsBundle(): Plugin {
  return {
    name: "strategy-host-bundle",
    enforce: "pre",
    transform(code, id) {
      if (id.split("?")[0] !== join(host, "launch.ts")) return null;
      if (!code.includes(HERE)) throw new Error(`launch.ts no longer has the line "${HERE}", which tests replace.`);
      return { code: code.replace(HERE, `const here = ${JSON.stringify(folder)};`), map: null };
    },
  };
}
