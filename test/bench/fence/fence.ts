/**
 * What the fence costs a run: the shipped examples in a host process as it is, and in one that loads them by a plain import.
 *
 * 1. Both run in turns in one process each, on the same snapshots, and must order the same; the ratio is of one run of the benchmark.
 * 2. Processor time is the host process's own, from the system's count (Linux); the round trip is the time of a batch of runs, asked for
 *    together.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { EXAMPLES } from "../../../src/live/host/examples/index.ts";
import { newStrategy, ProcessHost, createStrategyHost } from "../../../src/live/host/index.ts";
import { forkChild, type LaunchChild } from "../../../src/live/host/launch.ts";
import type { Bar } from "../../../src/shared/market.ts";
import { openWorkspace, type Workspace } from "../../../src/store/index.ts";
import { barsUpTo, snapshotAt } from "../../live/host/scene.ts";
import { deskOf, strategyOf } from "../../live/session/desks.ts";
import { metaOf } from "../../live/strategies/scene.ts";
import { inFolder, notHere } from "../place.ts";
import { median, sized, type BenchRow } from "../row.ts";

const COPIES = sized(4, 1);
const ROUNDS = sized(8, 2);
const RUNS_EACH = sized(400, 40);
const BARS = 300;
const TARGET = 1.3;
/** The system counts processor time in hundredths of a second. */
const MS_A_TICK = 10;

const here = import.meta.dirname;
const unfenced: LaunchChild = (request, events) =>
  forkChild(
    {
      ...request,
      entry: join(here, "unfenced.ts"),
      arguments: [...request.arguments, String(COPIES)],
      execArguments: [...request.execArguments, `--allow-fs-read=${here}`],
    },
    events,
  );

/** Bars that go up and down, so that every example has something to do. */
const bars: readonly Bar[] = barsUpTo(BARS + ROUNDS * RUNS_EACH).map((bar, index) => {
  const close = 100 + 8 * Math.sin(index / 7) + 3 * Math.sin(index / 2);
  return { ...bar, open: close, high: close + 1, low: close - 1, close };
});

/** The same of another symbol; a session hands the same bars on from run to run, too. */
const others: readonly Bar[] = bars.map((bar) => ({ ...bar, symbol: "BBB" }));

async function open(workspace: Workspace, launch: LaunchChild): Promise<ProcessHost> {
  const strategies = Object.keys(EXAMPLES).flatMap((name) =>
    Array.from({ length: COPIES }, (_, copy) => strategyOf(`${name}-${copy}`, `${name}.ts`, ["AAA", "BBB"])),
  );
  const host = await createStrategyHost({
    desk: deskOf({ strategies }),
    workspace,
    metaOf,
    timers: nodeTimers,
    settings: { processes: 1, launch },
  });
  if (!(host instanceof ProcessHost) || host.notLoaded.size > 0)
    throw new Error(`Not every example loads: ${[...host.notLoaded].join("; ")}`);
  return host;
}

/** Milliseconds of processor time that the host's working process has taken; 0 where the system does not say. */
function cpuMs(host: ProcessHost): number {
  const pid = host.processes().find(({ strategies }) => strategies.length > 0)?.pid ?? 0;
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return 0;
  const fields = readFileSync(path, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}

interface Measured {
  readonly cpuMs: number;
  readonly tripMs: number;
  readonly orders: string;
}

/** Runs every strategy on each of so many bars, those of one bar together. */
async function measure(host: ProcessHost, from: number): Promise<Measured> {
  const names = host.processes().flatMap(({ strategies }) => strategies);
  const [cpu, began] = [cpuMs(host), performance.now()];
  let orders = 0;
  for (let run = from; run < from + RUNS_EACH; run += 1) {
    const seen = bars.slice(run, run + BARS);
    const snapshot = {
      bars: { AAA: seen, BBB: others.slice(run, run + BARS) },
      marks: { AAA: seen.at(-1)?.close ?? 0, BBB: seen.at(-1)?.close ?? 0 },
      positions: { AAA: run % 3, BBB: 0 },
    };
    const results = await Promise.all(names.map((name) => host.run(snapshotAt(name, run + 1, seen, snapshot), null)));
    for (const { outcome, message, orders: own } of results) {
      if (outcome !== "ok") throw new Error(`${outcome}: ${message ?? ""}`);
      orders += own.length;
    }
  }
  return { cpuMs: cpuMs(host) - cpu, tripMs: performance.now() - began, orders: String(orders) };
}

export async function fenceBenchmarks(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const workspace = openWorkspace(folder);
    for (const name of Object.keys(EXAMPLES)) newStrategy(workspace, name, name);
    const [fenced, plain] = [await open(workspace, forkChild), await open(workspace, unfenced)];
    try {
      const cpu: number[] = [];
      const trip: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const own = await measure(fenced, round * RUNS_EACH);
        const other = await measure(plain, round * RUNS_EACH);
        if (own.orders !== other.orders)
          throw new Error(`${own.orders} orders with the fence and ${other.orders} without`);
        // The first round is the engine's warming up.
        if (round === 0) continue;
        cpu.push(own.cpuMs / other.cpuMs);
        trip.push(own.tripMs / other.tripMs);
      }
      const n = RUNS_EACH * COPIES * Object.keys(EXAMPLES).length;
      const row = (name: string, values: readonly number[]): BenchRow => {
        return { name, n, value: median(values), unit: "× without", target: TARGET, better: "lower" };
      };
      if (cpu.some((value) => !Number.isFinite(value)))
        notHere("this system does not say how much time a process took");
      const rows = [row("runs through the fence, round trip", trip)];
      return cpu.every(Number.isFinite) ? [row("runs through the fence, processor time", cpu), ...rows] : rows;
    } finally {
      for (const host of [fenced, plain]) host.close();
    }
  });
}
