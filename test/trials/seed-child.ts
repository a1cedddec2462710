/**
 * One session for the trial of equal seeds, in a process of its own: prints the folder in which its files lie.
 *
 * 1. Arguments: the workspace, the seed, how many host processes (0: everything inside), and how many milliseconds their answers
 *    are late at most. How late each one is follows from nothing: that is the point.
 * 2. With `clock` as a fifth argument one strategy looks at the machine's clock, which only a strategy inside can.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { forkChild, type LaunchChild } from "../../src/live/host/launch.ts";
import { createSession } from "../../src/live/session/index.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { openWorkspace } from "../../src/store/index.ts";
import { GOOD, writeStrategies } from "../live/host/scene.ts";
import { insideHost } from "../sim/inside-host.ts";
import { deskOf, strategyOf } from "../live/session/desks.ts";

const [folder = "", seed = "", processes = "0", lateMs = "0", bird = ""] = process.argv.slice(2);

const CLOCKED = `export default { defaults: {}, parameters: {}, onTick(context) {
  const quantity = 1 + Number(process.hrtime.bigint() % 997n);
  return [{ symbol: context.symbols[0], quantity, because: { text: "by the clock", values: {} } }];
} };`;

/** Processes whose answers are late, each by another time, in the order in which they were given. */
const late: LaunchChild = (request, events) => {
  let last = Promise.resolve();
  const pass = async (text: unknown, before: Promise<void>): Promise<void> => {
    await Promise.all([before, wait(Math.random() * Number(lateMs))]);
    events.message(text);
  };
  const message = (text: unknown): void => {
    last = pass(text, last);
  };
  return forkChild(request, { message, ended: events.ended });
};

const workspace = openWorkspace(folder);
writeStrategies(workspace, GOOD);
writeFileSync(join(workspace.strategies, "clocked.mjs"), CLOCKED);
const slot = { cadence: MINUTE, anchor: "slot" } as const;
const many = Array.from({ length: 10 }, (_, index) =>
  strategyOf(`count-${index}`, "counting.ts", [["AAA", "BBB", "CCC", "DDD"][index % 4] ?? "AAA"], {
    ...slot,
    params: { every: 2 + (index % 3) },
  }),
);
const clocked = bird === "clock" ? [strategyOf("bird", "clocked.mjs", ["AAA"], slot)] : [];
const desk = deskOf({ seed, strategies: [...deskOf().strategies, ...many, ...clocked] });
const ports =
  processes === "0"
    ? { openHost: insideHost }
    : { hosts: { processes: Number(processes), ...(lateMs === "0" ? {} : { launch: late }) } };
const session = await createSession({ workspace, desk, length: (6 * MINUTE) as Duration, ports });
session.start();
const summary = await session.done;
if (summary.failure !== null) throw new Error(summary.failure.message);
console.log(summary.folder);
