/**
 * `npm run trials`: the trials in their long form, with their figures.
 *
 * 1. `npm run trials -- NAME…` runs some of them, `--cases N` another number of cases, `--seed S` another seed.
 * 2. Each line says how many cases there were, what was counted, and what did not hold; the exit code is 1 when anything did not.
 */
import { parseArgs } from "node:util";
import { TRIALS } from "../test/trials/index.ts";

const { values, positionals } = parseArgs({
  options: { cases: { type: "string" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const asked = TRIALS.filter((trial) => positionals.length === 0 || positionals.includes(trial.name));
if (asked.length === 0) console.error(`There are: ${TRIALS.map((trial) => `"${trial.name}"`).join(", ")}.`);
let failed = asked.length === 0;
for (const trial of asked) {
  const missing = trial.missing?.() ?? null;
  if (missing !== null) {
    console.log(`${trial.name}: skipped, because ${missing}`);
    continue;
  }
  const cases = values.cases === undefined ? trial.long : Number(values.cases);
  const began = performance.now();
  const noticed = await trial.canary();
  const {
    counts,
    broken,
    notes = [],
  } = await trial.run(cases, values.seed, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${trial.name}: ${done} of ${cases}`);
  });
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[2K");
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const verdict = broken.length === 0 && noticed ? "holds" : "DOES NOT HOLD";
  console.log(
    `${trial.name}: ${verdict}; ${cases} cases, ${told.join(", ")}; ${seconds} s; seed ${values.seed}; ${trial.holds}`,
  );
  if (!noticed) console.log("  its canary was not noticed: the trial sees nothing");
  for (const line of notes) console.log(`  ${line}`);
  for (const line of broken) console.log(`  ${line}`);
  failed ||= broken.length > 0 || !noticed;
}
process.exitCode = failed ? 1 : 0;
