/**
 * What a whole session costs at full speed, with journal, venue and files on the temporary folder's disk.
 *
 * 1. A pass is one moment at which the session did something: the journal's entries of one moment, counted from the journal.
 */
import { createSession } from "../../src/live/session/index.ts";
import { builtInStrategies } from "../../src/live/strategies/index.ts";
import { HOUR, MINUTE } from "../../src/shared/time.ts";
import type { Duration } from "../../src/shared/time.ts";
import type { Desk } from "../../src/shared/desk.ts";
import { demoDesk, findSession, openWorkspace, readJournal, scaledDesk } from "../../src/store/index.ts";
import { inFolder } from "./place.ts";
import { median } from "./row.ts";
import type { BenchRow } from "./row.ts";

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

export async function sessionBenchmarks(): Promise<BenchRow[]> {
  const { desk: demo } = demoDesk({ builtIns: builtInStrategies });
  const large = scaledDesk({ builtIns: builtInStrategies, strategies: 200, symbols: 50 });
  return [
    ...(await rowsOf("demo, an hour at max", demo, HOUR, 3)),
    ...(await rowsOf("200 strategies on 50 symbols, 15 minutes", large, (15 * MINUTE) as Duration, 3)),
  ];
}
