/**
 * The process that a drill kills: one session, run to its end or to the point at which it dies without a word.
 *
 * 1. Dying is SIGKILL to itself: no handler, no flush, no farewell, as when the machine's plug is pulled under the process.
 * 2. The points are real ones: after a commit and before its sends, after the venue took an order, a cancel or a replace and before its
 *    answer is known, after the venue filled or set a child to work and before either is booked.
 */
import process from "node:process";
import { createSession, reopenSession } from "../../live/session/index.ts";
import { PaperBroker } from "../../live/broker/index.ts";
import type { Desk } from "../../shared/desk.ts";
import type { BrokerAdapter, BrokerEvent, CommandOutcome, Feed } from "../../shared/ports.ts";
import type { Duration } from "../../shared/time.ts";
import { openWorkspace } from "../../store/index.ts";
import type { DrillPoint } from "./point.ts";

/** What a child gets, as JSON on its standard input. */
export interface ChildTask {
  readonly workspace: string;
  /** Null opens the newest session again. */
  readonly desk: Desk | null;
  readonly length: Duration | null;
  readonly point: DrillPoint | null;
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Whether an event is one that a point counts. */
const counts = (point: DrillPoint, event: BrokerEvent): boolean =>
  point.at === "fill" || (event.kind === "updated" && event.change === "released");

const COMMANDS = { send: "placeOrder", cancel: "cancelOrder", replace: "replaceOrder" } as const;

/** A venue that dies at its n-th command or event of a kind; everything else is the paper broker's. */
function deadly(broker: PaperBroker, point: DrillPoint | null): BrokerAdapter {
  let commands = 0;
  let events = 0;
  const command =
    point !== null && Object.hasOwn(COMMANDS, point.at) ? COMMANDS[point.at as keyof typeof COMMANDS] : null;
  return new Proxy(broker, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === command)
        return async (...asked: readonly unknown[]) => {
          const outcome = (await Reflect.apply(value, target, asked)) as CommandOutcome;
          commands += 1;
          if (commands === point?.number) die();
          return outcome;
        };
      if (name === "takeEvents" && (point?.at === "fill" || point?.at === "child"))
        return (now: Parameters<PaperBroker["takeEvents"]>[0]) => {
          const taken = target.takeEvents(now);
          const counted = taken.filter((event) => counts(point, event)).length;
          events += counted;
          if (counted > 0 && events >= point.number) die();
          return taken;
        };
      return value.bind(target) as unknown;
    },
  });
}

async function readTask(): Promise<ChildTask> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return JSON.parse(text) as ChildTask;
}

const { workspace: path, desk, length, point } = await readTask();
const workspace = openWorkspace(path);
const ports = {
  // At the points with names a pass has a commit of its own.
  groupCommits: point === null || point.at === "time",
  openBroker: (files: { readonly broker: string }, own: Desk, feed: Feed): BrokerAdapter =>
    deadly(
      new PaperBroker({
        path: files.broker,
        config: own.broker,
        seed: own.seed,
        symbols: feed.symbols,
        barInterval: feed.barInterval,
        fx: own.fx,
        actions: own.actions,
      }),
      point,
    ),
};
const session =
  desk === null
    ? await reopenSession({ workspace, id: "latest", speed: "max", ports })
    : await createSession({ workspace, desk, speed: "max", length: length ?? undefined, ports });
if (point?.at === "commit") {
  let orders = 0;
  session.subscribe((entries) => {
    orders += entries.filter((entry) => entry.kind === "send").length;
    if (orders >= point.number) die();
  });
}
session.start();
const summary = await session.done;
process.stdout.write(`${JSON.stringify({ id: summary.id, folder: summary.folder, failure: summary.failure })}\n`);
