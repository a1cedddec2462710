/**
 * A live session, paced and commanded, becomes a fixture that decides the same at full speed, event for event.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFixtures, recordFixture } from "../../../src/harness/regress/index.ts";
import { createSession } from "../../../src/live/session/index.ts";
import type { LiveSession } from "../../../src/live/session/index.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { MILLISECOND, type Duration } from "../../../src/shared/time.ts";
import type { Workspace } from "../../../src/store/index.ts";
import { insideHost } from "../../sim/inside-host.ts";
import { deskOf } from "../../live/session/desks.ts";
import {
  crashCopy,
  entriesOf,
  handPorts,
  HandTimers,
  makeWorkspace,
  minutes,
  owned,
  reopen,
} from "../../live/session/stage.ts";
import { OPTIONS, regress } from "./stage.ts";

async function paced(
  desk: Desk,
  speed: 1 | 60,
  workspace: Workspace,
): Promise<{ live: LiveSession; timers: HandTimers }> {
  const timers = new HandTimers();
  // Time that the test moves does not wait for another process: strategies answer here at once, so that each command falls
  // between two passes.
  const ports = { ...handPorts(timers), openHost: insideHost };
  const live = owned(await createSession({ workspace, desk, speed, ports }));
  live.start();
  return { live, timers };
}

async function recorded(workspace: Workspace, name: string) {
  const result = await recordFixture({ workspace, session: "latest", name, ...OPTIONS });
  expect(result.difference).toBeNull();
  expect(findFixtures([join(workspace.path, "regression")]).map((one) => one.name)).toContain(name);
  const again = await regress(result.folder);
  expect(again.verdict).toBe("equal");
  return { result, script: readFileSync(join(result.folder, "fixture.yaml"), "utf8") };
}

const FAULTS = { reject: 0.1, dropAck: 0.1, duplicateFill: 0.2, delayFill: 0.2, unknownFill: 0 };

describe("a recorded session", () => {
  it("at 1× decides the same as its replay at full speed", async () => {
    const workspace = makeWorkspace();
    const { live, timers } = await paced(deskOf(), 1, workspace);
    await timers.pass(10 * 60_000);
    await Promise.all([live.stop("operator"), timers.pass(1_000)]);
    const { result, script } = await recorded(workspace, "plain");
    expect(result.events).toBeGreaterThan(200);
    expect(script).not.toContain("script:");
  });

  it("with an operator at work does, too: pauses, speeds, halts, a stray fill, its review, runs out of turn, cancels", async () => {
    const workspace = makeWorkspace();
    const desk = deskOf();
    const faulty = { ...desk, broker: { ...desk.broker, faults: FAULTS, latency: (700 * MILLISECOND) as Duration } };
    const { live, timers } = await paced(faulty, 60, workspace);
    await timers.pass(1_234);
    live.halt({ operator: "Ada", note: "a look" });
    await timers.pass(777);
    live.resume({ operator: "Ada", note: "all is well: # '\"" });
    await timers.pass(900);
    live.halt({ operator: "Ada", note: "", scope: { kind: "group", name: "default" } });
    await timers.pass(1_000);
    live.resume({ operator: "Ada", note: "on again", scope: { kind: "group", name: "default" } });
    live.pauseStrategy("carry-c", "Ada");
    live.setSpeed(10);
    await timers.pass(3_000);
    live.pause("Ada");
    await timers.pass(5_000);
    live.continue("Ada");
    live.setSpeed(60);
    live.resumeStrategy("carry-c", "Ada");
    await timers.pass(2_345);
    live.runStrategyNow("revert-a", "Ada");
    await timers.pass(1_111);
    const working = live.probe().router.orders[0];
    if (working !== undefined) await live.cancelOrder(working.orderId, "Ada").catch(() => undefined);
    live.injectUnknownFill({ symbol: "AAA", quantity: "-2.5" });
    await timers.pass(1_500);
    const item = live.probe().drift[0]?.item as string;
    live.review(item, { action: "adopt", strategy: "revert-a", operator: "Ada", note: "it happened" });
    live.resume({ operator: "Ada", note: "booked" });
    await timers.pass(4_000);
    await Promise.all([live.stop("operator"), timers.pass(1_000)]);
    const { script } = await recorded(workspace, "busy-day");
    for (const action of [
      "halt",
      "resume",
      "pauseStrategy",
      "resumeStrategy",
      "injectUnknownFill",
      "review",
      "runStrategy",
    ])
      expect(script, action).toContain(`do: ${action}`);
  });

  it("with orders of the ticket does, too: at the market, for the day, a bracket, cut to what is held, and a cancel of one", async () => {
    const workspace = makeWorkspace();
    const { live, timers } = await paced(deskOf(), 60, workspace);
    await timers.pass(1_234);
    await live.placeOrder({ symbol: "AAA", quantity: 3, note: "a hedge" }, "Ada");
    await timers.pass(777);
    const { mark } = live.probe().positions.find(({ symbol }) => symbol === "AAA") as { mark: number };
    const bid = { symbol: "AAA", quantity: 2, limitPrice: Math.round(mark * 50) / 100, timeInForce: "day" } as const;
    const { orderId } = await live.placeOrder({ ...bid, clientOrderId: "bid" }, "Ada");
    const stop = { stopPrice: Math.round(mark * 40) / 100 };
    const target = { limitPrice: Math.round(mark * 200) / 100 };
    await live.placeOrder({ symbol: "AAA", quantity: 1, attach: { stop, target } }, "Ada");
    await timers.pass(1_500);
    await live.placeOrder({ symbol: "AAA", quantity: -9, reduceOnly: true }, "Ada");
    await live.cancelOrder(orderId as string, "Ada");
    await timers.pass(4_000);
    await Promise.all([live.stop("operator"), timers.pass(1_000)]);
    const { script } = await recorded(workspace, "ticket-day");
    expect(script.match(/do: order/g)).toHaveLength(4);
    expect(script).toContain("note: a hedge");
    expect(script).toContain("attach:");
  });

  it("does so where a command brings a run at the very moment of the pass before", async () => {
    const workspace = makeWorkspace();
    const { live, timers } = await paced(deskOf(), 60, workspace);
    live.pauseStrategy("carry-c", "Ada");
    await timers.pass(3_210);
    // A clock that is held stands still: the loop is woken at that moment, and what is asked for then is of that moment, too.
    live.pause("Ada");
    live.pauseStrategy("revert-a", "Ada");
    await timers.pass(0);
    live.continue("Ada");
    await timers.pass(0);
    live.resumeStrategy("carry-c", "Ada");
    await timers.pass(0);
    live.runStrategyNow("momentum-b", "Ada");
    await timers.pass(4_000);
    const started = entriesOf(live.entries(), "run_started").find((run) => run.strategy === "carry-c");
    expect(started?.at, "the scene is set").toBe(started?.due);
    await Promise.all([live.stop("operator"), timers.pass(1_000)]);
    await recorded(workspace, "brought");
  });

  it("that was killed and resumed does, too", async () => {
    const workspace = makeWorkspace();
    const { live, timers } = await paced(deskOf(), 60, workspace);
    await timers.pass(4_321);
    const copy = crashCopy(live.folder);
    await Promise.all([live.stop("signal"), timers.pass(1_000)]);
    const again = await reopen(copy, live.id, { speed: "max", length: minutes(3) });
    again.start();
    await again.done;
    const { script } = await recorded(copy, "killed");
    expect(script).toContain("do: kill");
  });
});

describe("a session that cannot be recorded", () => {
  const refused = async (workspace: Workspace): Promise<string> => {
    const error: unknown = await recordFixture({ workspace, session: "latest", ...OPTIONS }).catch(
      (one: unknown) => one,
    );
    expect(existsSync(join(workspace.path, "regression"))).toBe(false);
    return (error as Error).message;
  };

  it("is refused while it runs, before time passed, and when it is not over", async () => {
    const workspace = makeWorkspace();
    const { live, timers } = await paced(deskOf(), 60, workspace);
    await timers.pass(1_000);
    expect(await refused(workspace)).toContain("still runs");
    const copy = crashCopy(live.folder);
    const error: unknown = await recordFixture({ workspace: copy, session: live.id, ...OPTIONS }).catch(
      (one: unknown) => one,
    );
    expect((error as Error).message).toContain("is not over");
    await Promise.all([live.stop("signal"), timers.pass(1_000)]);
  });
});
