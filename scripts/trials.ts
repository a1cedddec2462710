/**
 * `npm run trials`: the trials in their long form, with their figures.
 *
 * 1. `npm run trials -- NAME…` runs some of them, `--cases N` another number of cases, `--seed S` another seed.
 * 2. `--minutes M` repeats a trial with the seeds S, S + 1, … until M minutes have passed, and adds the figures up: for a long form
 *    that takes longer than there is time.
 * 3. `--processes P` shares the cases among P processes, the first with the seed S, the next one with S + 1, …; their figures add up.
 * 4. Each line says how many cases there were, what was counted, and what did not hold; the exit code is 1 when anything did not.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { TRIALS } from "../test/trials/index.ts";
import type { Trial } from "../test/trials/trial.ts";

const { values, positionals } = parseArgs({
  options: {
    cases: { type: "string" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string" },
    processes: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
// What Node makes of the program's files is kept for the processes that a trial starts: most of a short one's time went into it.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "..", "node_modules", ".cache", "logos");
const MS_A_MINUTE = 60_000;

/** How far a trial is: for a terminal at each case, for a log once a minute. */
function progressOf({ name }: Trial, cases: number): (done: number) => void {
  let saidMs = performance.now();
  return (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} of ${cases}`);
    else if (performance.now() - saidMs >= MS_A_MINUTE) {
      saidMs = performance.now();
      process.stderr.write(`${name}: ${done} of ${cases}\n`);
    }
  };
}

/** The figures of several runs, and the seeds that they had. */
interface Sum {
  cases: number;
  readonly counts: Record<string, number>;
  readonly broken: string[];
  readonly notes: string[];
  seeds: string;
}

function add(sum: Sum, { cases, counts, broken, notes }: Omit<Sum, "seeds">): void {
  sum.cases += cases;
  for (const [name, count] of Object.entries(counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
  sum.broken.push(...broken);
  for (const line of notes) if (!sum.notes.includes(line)) sum.notes.push(line);
}

/** One run, or as many as fit into the minutes; the figures of all. */
async function rounds(trial: Trial, cases: number): Promise<Sum> {
  const untilMs = performance.now() + Number(values.minutes ?? "0") * MS_A_MINUTE;
  const all: Sum = { cases: 0, counts: {}, broken: [], notes: [], seeds: "" };
  let seed = values.seed;
  do {
    seed = all.cases === 0 ? seed : String(Number(seed) + 1);
    const { broken, notes = [], ...figures } = await trial.run(cases, seed, progressOf(trial, cases));
    const counts = { ...figures.counts };
    add(all, {
      cases: figures.cases,
      counts,
      broken: broken.map((line) => `seed ${seed}: ${line}`),
      notes: [...notes],
    });
  } while (performance.now() < untilMs && all.broken.length === 0);
  return { ...all, seeds: seed === values.seed ? seed : `${values.seed} to ${seed}` };
}

/** The cases shared among processes, each with a seed of its own. */
async function shared(trial: Trial, cases: number, processes: number): Promise<Sum> {
  const parts = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const own = Math.floor((cases + index) / processes);
      const args = [trial.name, "--cases", String(own), "--seed", String(Number(values.seed) + index)];
      const part = fork(import.meta.filename, args);
      const ended = once(part, "exit").then(() => {
        throw new Error(`The process of seed ${Number(values.seed) + index} ended without its figures.`);
      });
      const [sum] = (await Promise.race([once(part, "message"), ended])) as [Sum];
      return sum;
    }),
  );
  const all: Sum = { cases: 0, counts: {}, broken: [], notes: [], seeds: "" };
  for (const part of parts) add(all, part);
  return { ...all, seeds: `${values.seed} to ${Number(values.seed) + processes - 1}` };
}

const asked = TRIALS.filter((trial) => positionals.length === 0 || positionals.includes(trial.name));
const listed = TRIALS.map(({ name, short, long }) => `  "${name}": ${long} cases; ${short} in the tests`).join("\n");
if (values.help || asked.length === 0)
  console.log(`npm run trials -- [NAME…] [--cases N] [--seed S] [--minutes M] [--processes P]\n${listed}`);
let failed = asked.length === 0;
for (const trial of values.help ? [] : asked) {
  const missing = trial.missing?.() ?? null;
  if (missing !== null) {
    console.log(`${trial.name}: skipped, because ${missing}`);
    continue;
  }
  const whole = values.cases === undefined ? trial.long : Number(values.cases);
  if (process.send !== undefined) {
    process.send(await rounds(trial, whole));
    continue;
  }
  const began = performance.now();
  const noticed = await trial.canary();
  const processes = Number(values.processes);
  const { cases, counts, broken, notes, seeds } = await (processes > 1
    ? shared(trial, whole, processes)
    : rounds(trial, whole));
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[2K");
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const figures = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const verdict = broken.length === 0 && noticed ? "holds" : "DOES NOT HOLD";
  console.log(
    `${trial.name}: ${verdict}; ${cases} cases, ${figures.join(", ")}; ${seconds} s; seed ${seeds}; ${trial.holds}`,
  );
  if (!noticed) console.log("  its canary was not noticed: the trial sees nothing");
  for (const line of notes) console.log(`  ${line}`);
  for (const line of broken) console.log(`  ${line}`);
  failed ||= broken.length > 0 || !noticed;
}
process.exitCode = failed ? 1 : 0;
if (process.send !== undefined) process.disconnect();
