/**
 * Sessions for the trial of equal seeds, in a process of its own: one after another, as they are asked for.
 *
 * 1. Each is asked for with its workspace, its seed, how many host processes (0: everything inside), and how many milliseconds their
 *    answers are late at most. How late each one is follows from nothing: that is the point.
 * 2. With `clock` one strategy looks at the machine's clock, which only a strategy inside can.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { forkChild, type LaunchChild } from "../../src/live/host/launch.ts";
import { createSession } from "../../src/live/session/index.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { openWorkspace } from "../../src/store/index.ts";
import { GOOD, writeStrategies } from "../live/host/scene.ts";
import { insideHost } from "../sim/inside-host.ts";
import { deskOf, strategyOf } from "../live/session/desks.ts";

export interface SeedTask {
  readonly folder: string;
  readonly seed: string;
  readonly processes: number;
  readonly lateMs: number;
  readonly clock: boolean;
}

const CLOCKED = `export default { defaults: {}, parameters: {}, onTick(context) {
  const quantity = 1 + Number(process.hrtime.bigint() % 997n);
  return [{ symbol: context.symbols[0], quantity, because: { text: "by the clock", values: {} } }];
} };`;

/** Processes whose answers are late, each by another time, in the order in which they were given. */
const late =
  (lateMs: number): LaunchChild =>
  (request, events) => {
    let last = Promise.resolve();
    const pass = async (text: unknown, before: Promise<void>): Promise<void> => {
      await Promise.all([before, wait(Math.random() * lateMs)]);
      events.message(text);
    };
    const message = (text: unknown): void => {
      last = pass(text, last);
    };
    return forkChild(request, { message, ended: events.ended });
  };

const slot = { cadence: MINUTE, anchor: "slot" } as const;

async function run({ folder, seed, processes, lateMs, clock }: SeedTask): Promise<void> {
  process.chdir(folder);
  const workspace = openWorkspace(folder);
  writeStrategies(workspace, GOOD);
  writeFileSync(join(workspace.strategies, "clocked.mjs"), CLOCKED);
  const many = Array.from({ length: 10 }, (_, index) =>
    strategyOf(`count-${index}`, "counting.ts", [["AAA", "BBB", "CCC", "DDD"][index % 4] ?? "AAA"], {
      ...slot,
      params: { every: 2 + (index % 3) },
    }),
  );
  const clocked = clock ? [strategyOf("bird", "clocked.mjs", ["AAA"], slot)] : [];
  const desk = deskOf({ seed, strategies: [...deskOf().strategies, ...many, ...clocked] });
  const ports =
    processes === 0
      ? { openHost: insideHost }
      : { hosts: { processes, ...(lateMs === 0 ? {} : { launch: late(lateMs) }) } };
  const session = await createSession({ workspace, desk, length: (6 * MINUTE) as Duration, ports });
  session.start();
  const summary = await session.done;
  if (summary.failure !== null) throw new Error(summary.failure.message);
}

process.on("message", (task: SeedTask) => {
  void run(task).then(
    () => process.send?.({ error: null }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
