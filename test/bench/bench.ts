/**
 * `npm run bench`: what the program costs here, as ratios to a fixed piece of work measured in the same run.
 *
 * 1. Nothing is judged: the table shows value, target and ratio; a slow machine shows as a slow yardstick in the first lines.
 * 2. The yardstick runs before and after, so that a machine that changed its speed meanwhile is seen.
 * 3. `npm run bench -- NAME` runs the groups whose name contains NAME; a NAME of no group is an error, and nothing is run.
 * 4. `--quick` runs every line of the benchmarks on tiny sizes, to see that they work; `bench.test.ts` does so in each `npm test`.
 */
import { arch, cpus, platform } from "node:os";
import { quick, type BenchRow } from "./row.ts";
import { archiveBenchmarks } from "./long/archive.ts";
import { consoleBenchmarks } from "./console.ts";
import { dataBenchmarks } from "./market/data.ts";
import { diskBenchmarks } from "./disk.ts";
import { longBenchmarks } from "./long/whole.ts";
import { fenceBenchmarks } from "./fence/fence.ts";
import { ordersBenchmarks } from "./orders.ts";
import { orchestratorBenchmarks, smokeBenchmarks } from "./orchestrator.ts";
import { peersBenchmarks } from "./peers.ts";
import { notHere } from "./place.ts";
import { realtimeBenchmarks } from "./realtime.ts";
import { regressBenchmarks } from "./regress.ts";
import { saveBenchmarks } from "./save.ts";
import { sessionBenchmarks } from "./session.ts";
import { startBenchmarks } from "./start.ts";
import { storeBenchmarks } from "./store.ts";

const GROUPS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  orchestrator: orchestratorBenchmarks,
  save: saveBenchmarks,
  store: storeBenchmarks,
  smoke: smokeBenchmarks,
  session: sessionBenchmarks,
  "long session": longBenchmarks,
  regress: regressBenchmarks,
  realtime: realtimeBenchmarks,
  orders: ordersBenchmarks,
  console: consoleBenchmarks,
  "console, a long session": archiveBenchmarks,
  data: dataBenchmarks,
  start: startBenchmarks,
  disk: diskBenchmarks,
  fence: fenceBenchmarks,
  peers: peersBenchmarks,
};

/** What `--quick` leaves out: these take a build, a browser or another program, and have no small size. */
const NOT_QUICK: ReadonlySet<string> = new Set(["start", "peers"]);

const USAGE = `npm run bench -- [NAME...] [--quick] [--json] [--bars=N] [--rounds=N]

  NAME        runs the groups whose name contains it; all of them where none is named
  --quick     tiny sizes, to see that the benchmarks work: the figures mean nothing
  --json      prints all rows once more, as one line of JSON
  --bars=N    of peers: bars of the replay
  --rounds=N  of peers: how often it is repeated

Groups: ${Object.keys(GROUPS)
  .map((name) => (name.includes(" ") ? `"${name}"` : name))
  .join(", ")}`;

/** Millions of map insertions a second: the kind of work that the router does. The median of five. */
function yardstick(): number {
  const rates = Array.from({ length: 5 }, () => {
    const started = performance.now();
    const map = new Map<string, number>();
    for (let index = 0; index < 200_000; index += 1) map.set(`key-${index}`, index);
    return 200_000 / (performance.now() - started) / 1_000;
  });
  return rates.toSorted((a, b) => a - b)[2] as number;
}

const written = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);

function print(row: BenchRow): void {
  const ratio =
    row.target === undefined ? null : row.better === "higher" ? row.value / row.target : row.target / row.value;
  const target = row.target === undefined ? "" : `target ${written(row.target)}`;
  console.log(
    `  ${row.name.padEnd(58)} n ${String(row.n).padStart(9)}  ${written(row.value).padStart(12)} ${row.unit.padEnd(10)} ` +
      `${target.padEnd(18)} ${ratio === null ? "" : `${ratio.toFixed(2)}× the target`}`,
  );
}

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith("-"));
if (words.some((word) => word === "--help" || word === "-h")) {
  console.log(USAGE);
  process.exit(0);
}
const unknown = words.find((word) =>
  word.startsWith("-")
    ? !/^--(quick|json|(bars|rounds)=\d+)$/.test(word)
    : !Object.keys(GROUPS).some((name) => name.includes(word)),
);
if (unknown !== undefined) {
  console.error(`${unknown} is no option and in no group's name.\n\n${USAGE}`);
  process.exit(2);
}
const before = yardstick();
console.log(
  `Node ${process.versions.node} on ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
);
if (quick) console.log("tiny sizes: these figures mean nothing");
console.log(`yardstick: ${before.toFixed(2)} M map insertions/s`);
const rows: BenchRow[] = [];
for (const [name, group] of Object.entries(GROUPS)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  console.log(`\n${name}`);
  if (quick && NOT_QUICK.has(name)) {
    notHere("it has no small size");
    continue;
  }
  for (const row of await group()) {
    rows.push(row);
    print(row);
  }
}
const after = yardstick();
console.log(
  `\nyardstick afterwards: ${after.toFixed(2)} M/s (${((after / before - 1) * 100).toFixed(0)} % against before)`,
);
if (words.includes("--json")) console.log(JSON.stringify({ yardstick: { before, after }, rows }));
