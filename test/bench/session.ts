/**
 * What a whole session costs at full speed, with journal, venue and files on the temporary folder's disk.
 *
 * 1. A pass is one moment at which the session did something: the journal's entries of one moment, counted from the journal.
 * 2. A day is 390 minute bars of 50 symbols, with 200 strategies that each run once a bar; its folder lies in memory, as a
 *    regression's does. An order is two durable transactions, so on a disk a day takes as long as the disk's syncs besides.
 * 3. Memory is what is left after a collection; a run ten times as long must leave no more.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSession } from "../../src/live/session/index.ts";
import { builtInStrategies } from "../../src/live/strategies/index.ts";
import { HOUR, MINUTE } from "../../src/shared/time.ts";
import type { Duration } from "../../src/shared/time.ts";
import type { Desk } from "../../src/shared/desk.ts";
import { demoDesk, findSession, openWorkspace, readJournal, scaledDesk } from "../../src/store/index.ts";
import { inFolder } from "./place.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";

const ROUNDS = sized(3, 1);

interface Ran {
  readonly ms: number;
  readonly passes: number;
  readonly runs: number;
}

function run(desk: Desk, length: Duration): Promise<Ran> {
  return inFolder(async (folder) => {
    const workspace = openWorkspace(folder);
    const started = performance.now();
    const live = await createSession({ workspace, desk, speed: "max", length });
    live.start();
    const { runs, failure } = await live.done;
    const ms = performance.now() - started;
    if (failure !== null) throw new Error(failure.message);
    const journal = readJournal(findSession(workspace, live.id).journal);
    const moments = new Set<number>();
    for (const entry of journal.read(1)) moments.add(entry.at);
    journal.close();
    return { ms, passes: moments.size, runs };
  });
}

async function rowsOf(name: string, desk: Desk, length: Duration, rounds: number): Promise<BenchRow[]> {
  const ran: Ran[] = [];
  for (let round = 0; round < rounds; round += 1) ran.push(await run(desk, length));
  const ms = median(ran.map((one) => one.ms));
  const { passes, runs } = ran[0] as Ran;
  return [
    { name: `${name}, whole`, n: rounds, value: ms / 1_000, unit: "s", better: "lower" },
    { name: `${name}, moments`, n: passes, value: (passes / ms) * 1_000, unit: "passes/s", better: "higher" },
    { name: `${name}, strategy runs`, n: runs, value: (runs / ms) * 1_000, unit: "runs/s", better: "higher" },
  ];
}

const DAY_BARS = sized(390, 5);
const DAY_TARGET_S = 3;

/** Seconds of a day of 200 strategies. */
async function dayRow(): Promise<BenchRow> {
  const interval = MINUTE;
  const sizes = { strategies: sized(200, 8), symbols: sized(50, 4), cadence: interval, markInterval: interval };
  const scaled = scaledDesk({ builtIns: builtInStrategies, ...sizes });
  const desk = { ...scaled, strategies: scaled.strategies.map((one) => ({ ...one, anchor: "slot" as const })) };
  const length = (DAY_BARS * MINUTE) as Duration;
  const times: number[] = [];
  let runs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const seconds = await inFolder(async (folder) => {
      const started = performance.now();
      const live = await createSession({
        workspace: openWorkspace(folder),
        desk,
        speed: "max",
        length,
      });
      live.start();
      const summary = await live.done;
      if (summary.failure !== null) throw new Error(summary.failure.message);
      runs = summary.runs;
      return (performance.now() - started) / 1_000;
    }, "memory");
    times.push(seconds);
  }
  const name = "a day of 200 strategies on 50 symbols";
  return { name, n: runs, value: median(times), unit: "s", target: DAY_TARGET_S, better: "lower" };
}

/** The session's memory in MB after so many minutes of the demo. */
async function memoryAfter(minutes: number, collect: () => void): Promise<number> {
  const { desk } = demoDesk({ builtIns: builtInStrategies });
  return inFolder(async (folder) => {
    const length = (minutes * MINUTE) as Duration;
    const live = await createSession({ workspace: openWorkspace(folder), desk, speed: "max", length });
    live.start();
    await live.done;
    collect();
    const { heapUsed, external } = process.memoryUsage();
    // The session is looked at afterwards, so that it is still there.
    return live.state === "stopped" ? (heapUsed + external) / 1e6 : Number.NaN;
  }, "memory");
}

async function memoryRow(): Promise<BenchRow> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await memoryAfter(sized(30, 1), collect);
  const [short, long] = [await memoryAfter(sized(60, 1), collect), await memoryAfter(sized(600, 2), collect)];
  return {
    name: "memory after ten hours of the demo, less after one",
    n: 2,
    value: long - short,
    unit: "MB",
    better: "lower",
  };
}

export async function sessionBenchmarks(): Promise<BenchRow[]> {
  const { desk: demo } = demoDesk({ builtIns: builtInStrategies });
  const large = scaledDesk({ builtIns: builtInStrategies, strategies: sized(200, 8), symbols: sized(50, 4) });
  return [
    ...(await rowsOf("demo, an hour at max", demo, sized(HOUR, MINUTE) as Duration, ROUNDS)),
    ...(await rowsOf("200 strategies on 50 symbols, 15 minutes", large, (sized(15, 1) * MINUTE) as Duration, ROUNDS)),
    await dayRow(),
    await memoryRow(),
  ];
}
