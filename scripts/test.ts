/**
 * `npm test`: everything that continuous integration runs, in order, with one closing line for the whole run.
 *
 * 1. Every step runs, even after one failed, so that one run reports everything that is wrong. Format, lint, types and build run
 *    side by side.
 * 2. The closing line counts what really ran: a step that leaves no report counts as failed.
 * 3. A test that cannot run here is skipped with its reason, and the reasons are listed.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureChromium } from "./browser.ts";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, "..");
const artifacts = join(root, "artifacts");
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const skips = new Map<string, number>();

/** Counts a skipped test by its title, which carries the reason. */
function noteSkip(title: string): void {
  skips.set(title, (skips.get(title) ?? 0) + 1);
}

/** Runs a script of the project's with this Node, its output going straight through. */
function run(script: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): boolean {
  const child = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // The output is read in a log, where colours are noise.
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
  return child.status === 0;
}

function title(text: string): void {
  console.log(`\n── ${text}`);
}

/** A step that is one check: it passes or it fails. What it prints is shown when it has ended, because others run beside it. */
function check(name: string, script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => printed.push(chunk));
    child.once("close", (code) => {
      title(name);
      process.stdout.write(Buffer.concat(printed));
      total[code === 0 ? "passed" : "failed"] += 1;
      if (code !== 0) console.error(`${name} failed.`);
      resolve();
    });
  });
}

function add(count: Count, name: string): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  if (count.passed + count.failed + count.skipped === 0) {
    total.failed += 1;
    console.error(`${name} ran no test.`);
  }
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function vitestCount(path: string): Count {
  const report = JSON.parse(readFileSync(path, "utf8")) as VitestReport;
  const results = report.testResults.flatMap((file) => file.assertionResults);
  const skipped = results.filter((result) => result.status !== "passed" && result.status !== "failed");
  for (const result of skipped) noteSkip(result.fullName);
  // A file that does not even load has no results of its own, and is one failure.
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped: skipped.length };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: "expected" | "unexpected" | "flaky" | "skipped";
      readonly annotations: readonly { readonly type: string; readonly description?: string }[];
    }[];
  }[];
}

function playwrightCount(path: string): Count {
  const report = JSON.parse(readFileSync(path, "utf8")) as {
    suites: readonly PlaywrightSuite[];
    errors: readonly unknown[];
  };
  const count: Count = { passed: 0, failed: report.errors.length, skipped: 0 };
  const walk = (suite: PlaywrightSuite): void => {
    for (const spec of suite.specs)
      for (const test of spec.tests) {
        if (test.status === "expected") count.passed += 1;
        else if (test.status === "skipped") {
          count.skipped += 1;
          noteSkip(`${spec.title}: ${test.annotations.map((one) => one.description ?? one.type).join(", ")}`);
        } else count.failed += 1;
      }
    for (const inner of suite.suites ?? []) walk(inner);
  };
  for (const suite of report.suites) walk(suite);
  return count;
}

function counted(
  name: string,
  script: string,
  args: readonly string[],
  report: string,
  read: (path: string) => Count,
): void {
  title(name);
  rmSync(report, { force: true });
  const passed = run(script, args, {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    CHROMIUM_PATH: chromium,
    // The screenshots of this run are not looked at.
    LOGOS_CONSOLE_PICTURES: "none",
  });
  let count: Count;
  try {
    count = read(report);
  } catch {
    count = { passed: 0, failed: 1, skipped: 0 };
    console.error(`${name} left no report.`);
  }
  if (!passed && count.failed === 0) count.failed = 1;
  add(count, name);
}

mkdirSync(artifacts, { recursive: true });
title("browser");
const browser = ensureChromium();
const chromium = "path" in browser ? browser.path : "";
console.log("path" in browser ? `Chromium: ${browser.path}` : browser.missing);

await Promise.all([
  check("format", "node_modules/oxfmt/bin/oxfmt", ["--check", "."]),
  check("lint", "node_modules/oxlint/bin/oxlint", ["--type-aware", "--deny-warnings", "src", "test", "scripts"]),
  check("types", "scripts/typecheck.ts", []),
  check("build", "node_modules/electron-vite/bin/electron-vite.js", ["build", "--logLevel", "warn"]),
]);
counted(
  "unit, property and integration tests",
  "node_modules/vitest/vitest.mjs",
  ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${join(artifacts, "vitest.json")}`],
  join(artifacts, "vitest.json"),
  vitestCount,
);
counted(
  "browser tests",
  "node_modules/@playwright/test/cli.js",
  ["test", "--reporter=list,json"],
  join(artifacts, "playwright.json"),
  playwrightCount,
);

if (skips.size > 0) {
  title("skipped");
  for (const [reason, times] of skips) console.log(`  ${times > 1 ? `${times} × ` : ""}${reason}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
