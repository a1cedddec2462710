/**
 * `npm run mutants`: small changes to the source, one at a time; each has to be noticed by a near test.
 *
 * 1. `npm run mutants -- AREA…` tries some areas only, `--per-area N` another number of each, `--seed S` other ones.
 * 2. `--seconds S` ends after so long. What was tried is kept in `test/mutants/tried.jsonl`, and only the rest is tried the next time;
 *    `--again` tries the survivors again, `--all` everything.
 * 3. A survivor that is on the list of `test/mutants/explained.ts` is counted apart. The exit code is 1 when any other survived.
 */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AREAS, mutationsOfArea, type Area } from "../test/mutants/areas.ts";
import { EXPLAINED } from "../test/mutants/explained.ts";
import { drawn, nameOf, type Mutation } from "../test/mutants/mutations.ts";
import type { Answered, Asked } from "../test/mutants/run.ts";
import { readTried, writeTried, type Tried } from "../test/mutants/tried.ts";

const root = join(import.meta.dirname, "..");
const WHOLE_MS = 600_000;
const SLOWER = 4;
const BESIDE_MS = 20_000;

const { values, positionals } = parseArgs({
  options: {
    "per-area": { type: "string", default: "35" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string" },
    again: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const untilMs =
  values.seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.seconds) * 1_000;
const explained = new Set(EXPLAINED.map(nameOf));
const mutationsBy = new Map(AREAS.map((area) => [area.name, mutationsOfArea(area, root)]));
const keyOf = (area: string, name: string): string => `${area}: ${name}`;
const there = new Set([...mutationsBy].flatMap(([area, all]) => all.map((one) => keyOf(area, nameOf(one)))));
const results = new Map(
  readTried(root)
    .map((one) => [keyOf(one.area, nameOf(one)), one] as const)
    .filter(([key]) => there.has(key)),
);

let running: ChildProcess | null = null;

/** Ends the process that tries, with the test workers that it has started: they are in its group. */
function endRunning(): void {
  const pid = running?.pid;
  running?.removeAllListeners();
  running = null;
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
process.on("exit", endRunning);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/** Tries one mutant, or none. A mutant that hangs or ends the process is noticed, too; the next try has a new process. */
function tryIt(asked: Asked, limitMs: number): Promise<Answered | "timed out"> {
  const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
  const child = (running ??= fork(join(root, "test/mutants/run.ts"), { detached: true, stdio: [...stdio] }));
  return new Promise((resolve) => {
    const done = (answer: Answered | "timed out"): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (answer === "timed out") endRunning();
      resolve(answer);
    };
    const timer = setTimeout(() => done("timed out"), limitMs);
    child.once("message", (answer) => done(answer as Answered));
    child.once("exit", () => done("timed out"));
    child.send(asked);
  });
}

async function tryOne(area: string, mutation: Mutation, tests: readonly string[], limitMs: number): Promise<Tried> {
  const answer = await tryIt({ mutation, tests }, limitMs);
  const { file, place, code, change, nth } = mutation;
  const tried = { area, file, place, code, change, ...(nth === undefined ? {} : { nth }) };
  if (answer === "timed out") return { ...tried, outcome: "timed out" };
  const [by] = answer.by;
  return { ...tried, outcome: answer.failed ? "killed" : "survived", ...(by === undefined ? {} : { by }) };
}

function isOpen(area: string, mutation: Mutation): boolean {
  const known = results.get(keyOf(area, nameOf(mutation)));
  const again = known?.outcome === "survived" && values.again && !explained.has(nameOf(mutation));
  return known === undefined || again || values.all;
}

/** Tries what is open of an area. */
async function tryArea({ name, tests }: Area): Promise<void> {
  const mutations = mutationsBy.get(name) ?? [];
  const asked = new Set(drawn(mutations, values.seed, Number(values["per-area"])));
  // Whatever survived once is looked at again, though it is not among those drawn now.
  const open = mutations.filter(
    (one) => (asked.has(one) || results.has(keyOf(name, nameOf(one)))) && isOpen(name, one),
  );
  if (open.length === 0 || performance.now() >= untilMs) return;
  const beganMs = performance.now();
  const whole = await tryIt({ mutation: null, tests }, WHOLE_MS);
  if (whole === "timed out" || whole.failed || whole.passed === 0) {
    console.log(`${name}: its tests fail without a mutant${whole === "timed out" ? "" : `: ${whole.by.join(", ")}`}`);
    process.exitCode = 1;
    return;
  }
  const limitMs = (performance.now() - beganMs) * SLOWER + BESIDE_MS;
  for (const mutation of open) {
    if (performance.now() >= untilMs) break;
    const tried = await tryOne(name, mutation, whole.files, limitMs);
    results.set(keyOf(name, nameOf(mutation)), tried);
    writeTried(root, [...results.values()]);
    if (tried.outcome !== "survived") continue;
    const verdict = explained.has(nameOf(mutation)) ? "explained" : "SURVIVED";
    console.log(`${verdict} ${mutation.file}:${mutation.line} ${mutation.place}: ${mutation.change}`);
  }
}

for (const area of AREAS) if (positionals.length === 0 || positionals.includes(area.name)) await tryArea(area);
endRunning();
for (const { name } of AREAS) {
  const of = [...results.values()].filter(({ area }) => area === name);
  if (of.length === 0) continue;
  const count = (outcome: Tried["outcome"]): number => of.filter((one) => one.outcome === outcome).length;
  const known = of.filter((one) => one.outcome === "survived" && explained.has(nameOf(one))).length;
  const left = count("survived") - known;
  console.log(
    `${name}: ${of.length} tried, ${count("killed") + count("timed out")} noticed, ${known} explained, ${left} survived`,
  );
  if (left > 0) process.exitCode = 1;
}
