/**
 * `npm run mutants`: small changes to the source, one at a time; each has to be noticed by a near test.
 *
 * 1. `npm run mutants -- AREA…` tries some areas only, `--per-area N` another number of each, `--seed S` other ones.
 * 2. `--seconds S` ends after so long and says how many were tried. `--report FILE` keeps the results and continues from them.
 * 3. A survivor that is on the list of `test/mutants/explained.ts` is counted apart. The exit code is 1 when any other survived.
 */
import { fork, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AREAS, mutationsOfArea } from "../test/mutants/areas.ts";
import { EXPLAINED } from "../test/mutants/explained.ts";
import { drawn, nameOf, type Mutation } from "../test/mutants/mutations.ts";
import type { Answered, Asked } from "../test/mutants/run.ts";

const root = join(import.meta.dirname, "..");
const WHOLE_MS = 600_000;
const SLOWER = 4;
const BESIDE_MS = 20_000;

interface Result {
  readonly area: string;
  readonly name: string;
  readonly line: number;
  readonly outcome: "killed" | "timed out" | "survived";
  readonly by: readonly string[];
}

/** Ends a process and what it has started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    // Its test workers are in its group.
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

let running: ChildProcess | null = null;

/** Tries one mutant, or none, in a process of its own. A mutant that hangs or ends the process is noticed, too. */
function tryIt(asked: Asked, limitMs: number): Promise<Answered | "timed out"> {
  const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
  const child = fork(join(root, "test/mutants/run.ts"), { detached: true, stdio: [...stdio] });
  running = child;
  return new Promise((resolve) => {
    const done = (answer: Answered | "timed out"): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      endGroup(child);
      running = null;
      resolve(answer);
    };
    const timer = setTimeout(() => done("timed out"), limitMs);
    child.once("message", (answer) => done(answer as Answered));
    child.once("exit", () => done("timed out"));
    child.send(asked);
  });
}

const { values, positionals } = parseArgs({
  options: {
    "per-area": { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string" },
    report: { type: "string" },
  },
  allowPositionals: true,
});
const untilMs =
  values.seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.seconds) * 1_000;
const explained = new Set(EXPLAINED.map(nameOf));
const earlier =
  values.report !== undefined && existsSync(values.report)
    ? (JSON.parse(readFileSync(values.report, "utf8")) as readonly Result[])
    : [];
const results = new Map(earlier.map((result) => [`${result.area}: ${result.name}`, result]));
process.on("exit", () => running !== null && endGroup(running));

async function tryOne(area: string, mutation: Mutation, tests: readonly string[], limitMs: number): Promise<Result> {
  const answer = await tryIt({ mutation, tests }, limitMs);
  const found = { area, name: nameOf(mutation), line: mutation.line };
  if (answer === "timed out") return { ...found, outcome: "timed out", by: [] };
  return { ...found, outcome: answer.failed ? "killed" : "survived", by: answer.by };
}

for (const area of AREAS) {
  if (positionals.length > 0 && !positionals.includes(area.name)) continue;
  const asked = drawn(mutationsOfArea(area, root), values.seed, Number(values["per-area"]));
  const open = asked.filter((mutation) => !results.has(`${area.name}: ${nameOf(mutation)}`));
  if (open.length === 0 || performance.now() >= untilMs) continue;
  const beganMs = performance.now();
  const whole = await tryIt({ mutation: null, tests: area.tests }, WHOLE_MS);
  if (whole === "timed out" || whole.failed || whole.passed === 0) {
    console.log(
      `${area.name}: its tests fail without a mutant${whole === "timed out" ? "" : `: ${whole.by.join(", ")}`}`,
    );
    process.exitCode = 1;
    continue;
  }
  const limitMs = (performance.now() - beganMs) * SLOWER + BESIDE_MS;
  for (const mutation of open) {
    if (performance.now() >= untilMs) break;
    const result = await tryOne(area.name, mutation, area.tests, limitMs);
    results.set(`${area.name}: ${result.name}`, result);
    if (result.outcome === "survived")
      console.log(
        `${explained.has(result.name) ? "explained" : "SURVIVED"} ${mutation.file}:${mutation.line} ${mutation.change}`,
      );
    if (values.report !== undefined)
      writeFileSync(values.report, `${JSON.stringify([...results.values()], null, 1)}\n`);
  }
}
for (const { name } of AREAS) {
  const of = [...results.values()].filter(({ area }) => area === name);
  if (of.length === 0) continue;
  const count = (outcome: Result["outcome"]): number => of.filter((one) => one.outcome === outcome).length;
  const known = of.filter((one) => one.outcome === "survived" && explained.has(one.name)).length;
  const left = count("survived") - known;
  console.log(
    `${name}: ${of.length} tried, ${count("killed") + count("timed out")} noticed, ${known} explained, ${left} survived`,
  );
  if (left > 0) process.exitCode = 1;
}
