/**
 * `npm run check`: what a change must pass before it is worth more time. Under a minute on two quiet cores.
 *
 * 1. Format, lint and types run at the same time, then the pure tests and the rules of the code.
 * 2. Every step runs, even after one failed; what failed prints its own output, and what passed prints one line.
 * 3. With `--changed` the tests are those that the uncommitted changes reach, whatever they need; `--changed REF` compares with a commit.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Tests without a process, a session or a disk worth mentioning. */
const PURE = [
  "test/tidy.test.ts",
  "test/shared",
  "test/orchestrator",
  "test/renderer",
  "test/main",
  "test/preload",
  "test/store/desk",
  "test/live/books",
  "test/live/risk",
  "test/console/projections",
] as const;

interface Step {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

/** Runs a step with this Node; true when it passed. */
function run({ name, script, args }: Step): Promise<boolean> {
  const from = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.once("close", (code) => {
      const seconds = ((performance.now() - from) / 1_000).toFixed(1);
      console.log(`${code === 0 ? "passed" : "FAILED"}  ${name} (${seconds} s)`);
      if (code !== 0) console.log(Buffer.concat(said).toString("utf8"));
      resolve(code === 0);
    });
  });
}

const words = process.argv.slice(2);
const tests = words[0] === "--changed" ? ["--changed", ...words.slice(1), "--passWithNoTests"] : PURE;
const passed = [
  ...(await Promise.all(
    [
      { name: "format", script: "node_modules/oxfmt/bin/oxfmt", args: ["--check", "."] },
      {
        name: "lint",
        script: "node_modules/oxlint/bin/oxlint",
        args: ["--type-aware", "--deny-warnings", "src", "test", "scripts"],
      },
      { name: "types", script: "scripts/typecheck.ts", args: [] },
    ].map(run),
  )),
  await run({
    name: words[0] === "--changed" ? "tests of what changed" : "pure tests",
    script: "node_modules/vitest/vitest.mjs",
    args: ["run", "--reporter=dot", ...tests],
  }),
];
process.exitCode = passed.every(Boolean) ? 0 : 1;
