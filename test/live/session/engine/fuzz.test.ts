/**
 * Whatever operators do and whenever a crash comes: what a session opens with is what it had at its last commit.
 */
import { describe, expect, it } from "vitest";
import { createStream } from "../../../../src/orchestrator/index.ts";
import type { LiveSession, SessionProbe } from "../../../../src/live/session/state/api.ts";
import { CodedError } from "../../../../src/shared/errors.ts";
import { MINUTE, SECOND, type Duration } from "../../../../src/shared/time.ts";
import type { Workspace } from "../../../../src/store/index.ts";
import { deskOf, NO_LIMITS, SYMBOLS } from "../desks.ts";
import { crashCopy, create, entriesOf, handPorts, HandTimers, journalOf, minutes, reopen } from "../stage.ts";

type Draw = () => number;

/** Everything that a restart must know again. An order's state is left out: after a restart it is unknown until the venue says. */
function runSnapshotOf(probe: SessionProbe) {
  const { router, strategies, drift, haltReasons, resumes, positions, books, counts } = probe;
  const { late: _late, quarantined, ...counted } = counts;
  const { equity, cash, realized, fees, drawdown } = probe.account;
  return {
    router: {
      halted: router.halted,
      nextOrderId: router.nextOrderId,
      inflight: router.inflight,
      keys: router.keys,
      accepted: router.accepted,
      rejections: router.rejections,
      replays: router.replays,
      orders: router.orders.map(({ state: _state, inDoubt: _inDoubt, ...order }) => order),
    },
    strategies: strategies.map((one) => ({
      name: one.name,
      standing: ["paused", "quarantined", "not_loaded"].includes(one.state) ? one.state : "active",
      reason: one.reason,
      nextRun: one.nextRun,
      executions: one.executions,
      overruns: one.overruns,
      skips: one.skips,
      failures: one.failures,
      orders: one.orders,
      fills: one.fills,
      rejections: one.rejections,
      lastSignal: one.lastSignal,
      lastError: one.lastError,
      lastRuntime: one.lastRuntime,
      runningSince: one.runningSince,
    })),
    account: { equity, cash, realized, fees, drawdown },
    quarantined,
    drift,
    haltReasons,
    resumes,
    positions,
    books,
    counted,
  };
}

/** One thing that an operator might do now. */
async function meddle(session: LiveSession, draw: Draw): Promise<void> {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(draw() * list.length)];
  const name = pick(session.probe().strategies)?.name ?? "";
  const item = pick(session.probe().drift)?.item ?? "none";
  const who = { operator: "ada", note: "on a whim" };
  const things: readonly (() => void | Promise<void>)[] = [
    () => session.halt(who),
    () => session.resume(who),
    () => session.resume(who),
    () => session.review(item, { action: "adopt", ...(draw() < 0.5 ? { strategy: name } : {}), ...who }),
    () => session.review(item, { action: "dismiss", ...who }),
    () => session.pauseStrategy(name, "ada"),
    () => session.resumeStrategy(name, "ada"),
    () => session.resumeStrategy(name, "ada"),
    () => session.runStrategyNow(name, "ada"),
    () => session.injectUnknownFill({ symbol: pick(SYMBOLS) ?? "AAA", quantity: draw() < 0.5 ? "2.5" : "-1" }),
    () => session.cancelOrder(pick(session.probe().router.orders)?.orderId ?? "none", "ada"),
    () => session.pause("ada"),
    () => session.continue("ada"),
    () => session.continue("ada"),
  ];
  try {
    await pick(things)?.();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
  }
}

const desk = (seed: string) => {
  const base = deskOf({
    seed,
    limits: {
      ...NO_LIMITS,
      maxNotional: "9000",
      portfolioGrossCap: 0.03,
      turnoverBlock: 0.5,
      rejectLimit: 12,
      rejectWindow: (2 * MINUTE) as Duration,
      sessionDrawdownLimit: 0.01,
    },
    runtime: { median: (2 * SECOND) as Duration, sigma: 1, slowShare: 0.15, slowFactor: 8 },
  });
  const faults = { reject: 0.1, dropAck: 0.2, duplicateFill: 0.2, delayFill: 0, unknownFill: 0.01 };
  return { ...base, broker: { ...base.broker, partialFillShare: 0.003, faults } };
};

describe("a session that operators meddle with", () => {
  it.each(Array.from({ length: 6 }, (_, index) => String(index)))(
    "opens again as it was, wherever it was cut (%s)",
    async (seed) => {
      const random = createStream(seed, "meddling");
      const draw: Draw = () => random.next();
      const timers = new HandTimers();
      const session = await create(desk(seed), { speed: 60, length: minutes(60), ports: handPorts(timers) });
      const cuts: { readonly workspace: Workspace; readonly runSnapshot: ReturnType<typeof runSnapshotOf> }[] = [];
      session.subscribe((entries) => {
        if (cuts.length >= 12 || draw() >= 0.1) return;
        // Marks after the newest entry come again to the session that opens the copy; they are no part of its snapshot yet.
        const { lastAt } = session.probe().feed;
        if ((entries.at(-1)?.at ?? 0) < (lastAt ?? 0)) return;
        cuts.push({ workspace: crashCopy(session.folder), runSnapshot: runSnapshotOf(session.probe()) });
      });
      session.start();
      for (let step = 0; step < 60; step += 1) {
        await timers.pass(Math.floor(draw() * 400));
        if (draw() < 0.6) await meddle(session, draw);
        expect(["running", "halted", "paused"]).toContain(session.state);
      }
      expect(cuts.length).toBeGreaterThan(1);
      expect(entriesOf(session.entries(), "order").length).toBeGreaterThan(3);
      for (const { workspace, runSnapshot } of cuts) {
        const again = await reopen(workspace, session.id, { speed: "max" });
        expect(runSnapshotOf(again.probe())).toEqual(runSnapshot);
        await again.stop("operator");
      }
      await session.stop("operator");
      expect(journalOf(session.folder).length).toBeGreaterThan(50);
    },
  );
});
