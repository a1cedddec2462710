/**
 * Type-checks each layer with its own tsconfig, so that a layer cannot use what its environment lacks.
 *
 * 1. Every `src/<layer>/tsconfig.json` and `test/tsconfig.json` is checked; a missing one is a failure.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const projects = [...readdirSync(join(root, "src")).map((layer) => join("src", layer)), "test"];
let failed = false;
for (const project of projects) {
  const config = join(project, "tsconfig.json");
  if (!existsSync(join(root, config))) {
    console.error(`${project} has no tsconfig.json; each layer needs its own.`);
    failed = true;
    continue;
  }
  const run = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", config, "--pretty", "false"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (run.status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
