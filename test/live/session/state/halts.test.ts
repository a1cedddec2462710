/**
 * Halts: on disk before they are reported, a barrier to every order, and ended by nothing but a review and a resume.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRouterState } from "../../../../src/orchestrator/index.ts";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import { CodedError } from "../../../../src/shared/errors.ts";
import { MINUTE, type Duration } from "../../../../src/shared/time.ts";
import { readJournal } from "../../../../src/store/index.ts";
import type { JournalEntry } from "../../../../src/store/journal/entries.ts";
import { deskOf, NO_LIMITS } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  finishByHand,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  reopen,
} from "../stage.ts";

const ADA = { operator: "ada", note: "looked into it" };

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
  return "nothing thrown";
}

/** A session at 60× on hand-moved time: 50 milliseconds are 3 seconds of the session. */
async function byHand(desk = deskOf(), length = minutes(20)) {
  const timers = new HandTimers();
  const workspace = makeWorkspace();
  const session = await create(desk, { workspace, speed: 60, length, ports: handPorts(timers) });
  return { session, timers, workspace };
}

/** What the disk says of a halt at this instant. */
function onDisk(folder: string) {
  const journal = readJournal(join(folder, "journal.db"));
  try {
    const state = readRouterState(readFileSync(join(folder, "router_state.json"), "utf8"), { fileName: "router" });
    return { halts: journal.count("halt"), drift: journal.count("drift"), halted: state.halted };
  } finally {
    journal.close();
  }
}

/** Notes what the disk says whenever a halt is reported. */
function watchHalts(session: LiveSession) {
  const seen: { reported: number; disk: ReturnType<typeof onDisk> }[] = [];
  let reported = 0;
  session.subscribe((entries) => {
    const halts = entriesOf(entries, "halt").length;
    if (halts === 0) return;
    reported += halts;
    seen.push({ reported, disk: onDisk(session.folder) });
  });
  return seen;
}

const ordersOf = (entries: Iterable<JournalEntry>) => entriesOf(entries, "order");

describe("a fill without an order", () => {
  it("halts, on disk before it is reported, and its review and a resume end that", async () => {
    const { session, timers } = await byHand();
    const seen = watchHalts(session);
    session.start();
    await timers.pass(3_000);
    expect(session.state).toBe("running");
    session.injectUnknownFill({ symbol: "AAA", quantity: "-7" });
    await timers.pass(100);
    expect(session.state).toBe("halted");
    expect(seen).toEqual([{ reported: 1, disk: { halts: 1, drift: 1, halted: true } }]);
    const [item] = session.probe().drift;
    expect(item).toMatchObject({ drift: "unknown_fill", review: null, evidence: { symbol: "AAA", quantity: "-7" } });
    const before = ordersOf(session.entries()).length;

    await timers.pass(5_000);
    const asked = ordersOf(session.entries()).slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((order) => order.reason === "router_halted" && !order.accepted)).toBe(true);

    expect(codeOf(() => session.resume(ADA))).toBe("drift_open");
    expect(codeOf(() => session.review("drift-99", { action: "adopt", ...ADA }))).toBe("not_found");
    expect(codeOf(() => session.review(item?.item ?? "", { action: "adopt", strategy: "missing", ...ADA }))).toBe(
      "not_found",
    );
    expect(codeOf(() => session.review(item?.item ?? "", { action: "adopt", operator: " ", note: "x" }))).toBe(
      "invalid_input",
    );
    expect(session.probe().drift[0]?.review).toBeNull();
    session.review(item?.item ?? "", { action: "adopt", strategy: "revert-a", ...ADA });
    expect(codeOf(() => session.review(item?.item ?? "", { action: "dismiss", ...ADA }))).not.toBe("nothing thrown");
    expect(session.state).toBe("halted");
    expect(codeOf(() => session.resume({ operator: "", note: "" }))).toBe("invalid_input");
    session.resume(ADA);
    expect(session.state).toBe("running");
    expect(codeOf(() => session.resume(ADA))).toBe("not_halted");
    const resumed = ordersOf(session.entries()).length;
    await timers.pass(8_000);
    expect(
      ordersOf(session.entries())
        .slice(resumed)
        .some((order) => order.accepted),
    ).toBe(true);
    const reviews = entriesOf(session.entries(), "review");
    expect(reviews).toMatchObject([{ action: "adopt", strategy: "revert-a", operator: "ada", note: "looked into it" }]);
  });

  it.each(["adopt", "dismiss"] as const)(
    "leaves the same books after a restart when its review was to %s",
    async (action) => {
      const { session, timers } = await byHand();
      session.start();
      await timers.pass(3_000);
      session.injectUnknownFill({ symbol: "BBB", quantity: "3.5" });
      await timers.pass(100);
      const before = session.probe().positions;
      const item = session.probe().drift[0]?.item ?? "";
      const halted = crashCopy(session.folder);
      session.review(item, { action, ...ADA });
      const after = session.probe();
      if (action === "dismiss") expect(after.positions).toEqual(before);
      else expect(after.books.find((book) => book.owner === "unattributed")).toBeDefined();
      const reviewed = crashCopy(session.folder);

      const one = await reopen(halted, session.id);
      expect(one.state).toBe("ready");
      expect(one.probe().router.halted).toBe(true);
      expect(one.probe().drift).toMatchObject([{ item, review: null }]);
      const two = await reopen(reviewed, session.id);
      expect(two.probe().drift).toMatchObject([{ item, review: { action } }]);
      expect(two.probe().positions).toEqual(after.positions);
      expect(two.probe().books).toEqual(after.books);
      two.resume(ADA);
      expect(two.probe().router.halted).toBe(false);
      expect((await finish(two)).failure).toBeNull();
    },
  );

  it("is priced at the newest mark, also right after a restart", async () => {
    const { session, timers } = await byHand();
    session.start();
    await timers.pass(3_000);
    const mark = session.probe().positions[0] ?? { symbol: "AAA", mark: 50 };
    const again = await reopen(crashCopy(session.folder), session.id, { length: 1 as Duration });
    again.injectUnknownFill({ symbol: mark.symbol, quantity: "1" });
    await finish(again);
    const fill = entriesOf(journalOf(again.folder), "fill").at(-1);
    expect(fill).toMatchObject({ verdict: "quarantined", symbol: mark.symbol });
    expect(Math.abs(Number(fill?.price) / (mark.mark ?? 0) - 1)).toBeLessThan(0.1);
  });

  it("cannot be injected where it makes no sense", async () => {
    const { session } = await byHand();
    expect(codeOf(() => session.injectUnknownFill({ symbol: "ZZZ", quantity: "1" }))).toBe("not_found");
    for (const quantity of ["0", "0.0", "x", "1e5", "", "-", "Infinity"])
      expect(
        codeOf(() => session.injectUnknownFill({ symbol: "AAA", quantity })),
        quantity,
      ).toBe("invalid_input");
  });
});

describe("an operator's halt", () => {
  it("is on disk when it returns, keeps what is asked out, and adds a reason each time", async () => {
    const { session, timers, workspace } = await byHand();
    const seen = watchHalts(session);
    session.start();
    await timers.pass(2_000);
    session.halt({ operator: " ada ", note: " a drill " });
    expect(onDisk(session.folder)).toMatchObject({ halts: 1, halted: true });
    session.halt({ operator: "bob", note: "" });
    expect(seen.map((one) => one.disk.halts)).toEqual([1, 2]);
    expect(session.probe().haltReasons).toMatchObject([
      { source: "operator", code: "operator_halt", operator: "ada", note: "a drill" },
      { source: "operator", operator: "bob" },
    ]);
    expect(codeOf(() => session.halt({ operator: "\t", note: "" }))).toBe("invalid_input");
    const orders = session.probe().router.accepted;
    await timers.pass(4_000);
    expect(session.probe().router.accepted).toBe(orders);
    session.resume(ADA);
    await timers.pass(6_000);
    expect(session.probe().router.accepted).toBeGreaterThan(orders);
    const summary = await session.stop("operator");
    expect(summary.halts).toHaveLength(2);
    const report = readFileSync(join(session.folder, "session.md"), "utf8");
    for (const words of ["Halted by ada", "a drill", "bob", "looked into it"]) expect(report).toContain(words);
    expect(existsSync(join(workspace.sessions, "latest"))).toBe(true);
  });

  it("answers every order by itself: no guard is asked, and nothing but the halt is the reason", async () => {
    const desk = deskOf({ limits: { ...NO_LIMITS, portfolioGrossCap: 0.000_001, rejectLimit: 100 } });
    const { session, timers } = await byHand(desk);
    session.start();
    await timers.pass(4_000);
    const before = ordersOf(session.entries());
    expect(before.every((order) => order.reason === "portfolio_gross_cap" && order.guards.length > 0)).toBe(true);
    session.halt(ADA);
    await timers.pass(4_000);
    const after = ordersOf(session.entries()).slice(before.length);
    expect(after.length).toBeGreaterThan(0);
    for (const order of after) expect(order).toMatchObject({ reason: "router_halted", accepted: false, guards: [] });
  });

  it("outlives a crash, and stops the session before it starts", async () => {
    const { session } = await byHand();
    session.halt(ADA);
    expect(session.state).toBe("ready");
    expect(session.probe().router.halted).toBe(true);
    const again = await reopen(crashCopy(session.folder), session.id, { speed: "max" });
    const summary = await finish(again);
    expect(summary).toMatchObject({ failure: null, orders: 0, halts: [{ code: "operator_halt" }] });
  });

  it("halts in the same breath in which orders are on their way", async () => {
    const session = await create(deskOf(), { length: minutes(5) });
    let halted = false;
    session.subscribe((entries) => {
      if (halted || entriesOf(entries, "send").length === 0) return;
      halted = true;
      session.halt(ADA);
    });
    const received: number[] = [];
    session.subscribe((entries) => received.push(...entries.map((entry) => entry.seq)));
    const summary = await finish(session);
    expect(summary.failure).toBeNull();
    const entries = journalOf(session.folder);
    const at = entriesOf(entries, "halt")[0]?.seq ?? 0;
    expect(ordersOf(entries).filter((order) => order.accepted && order.seq > at)).toEqual([]);
    expect(received, "a listener's own command comes after what was reported to it").toEqual(
      received.toSorted((a, b) => a - b),
    );
    // What was committed before the halt is sent all the same, and is acknowledged.
    expect(entriesOf(entries, "ack").length).toBe(entriesOf(entries, "send").length);
  });
});

describe("the kill switch", () => {
  it.each(["workspace", "session"] as const)(
    "halts by a file in the %s folder, and cannot be resumed while it is there",
    async (where) => {
      const { session, timers, workspace } = await byHand();
      session.start();
      await timers.pass(2_000);
      const path = join(where === "workspace" ? workspace.path : session.folder, "KILL");
      writeFileSync(path, "");
      await timers.pass(400);
      expect(session.state).toBe("halted");
      expect(session.probe().haltReasons).toMatchObject([{ source: "kill_switch", code: "kill_switch_triggered" }]);
      expect(session.probe().haltReasons[0]?.message).toContain(path);
      expect(codeOf(() => session.resume(ADA))).toBe("wrong_state");
      await timers.pass(2_000);
      expect(session.probe().haltReasons).toHaveLength(1);
      rmSync(path);
      session.resume(ADA);
      expect(session.state).toBe("running");
      writeFileSync(path, "");
      await timers.pass(400);
      expect(session.state).toBe("halted");
    },
  );

  it("halts a session that is paused, and one that starts while it is there", async () => {
    const { session, timers, workspace } = await byHand();
    session.start();
    await timers.pass(1_000);
    session.pause("ada");
    writeFileSync(join(workspace.path, "KILL"), "");
    await timers.pass(600);
    expect(session.state).toBe("halted");
    const second = await create(deskOf(), { workspace, length: minutes(3) });
    expect(await finish(second)).toMatchObject({ orders: 0, failure: null });
  });
});

describe("breakers", () => {
  it("halt at the session's drawdown limit, with value and limit", async () => {
    const desk = deskOf({ limits: { ...NO_LIMITS, sessionDrawdownLimit: 0.0001 } });
    const session = await create({ ...desk, dollarPerTrade: 200_000 }, { length: minutes(30) });
    const seen = watchHalts(session);
    const summary = await finish(session);
    expect(summary.halts).toHaveLength(1);
    expect(summary.halts[0]).toMatchObject({ source: "breaker", code: "session_drawdown_limit" });
    expect(Number(summary.halts[0]?.limit)).toBeCloseTo(0.0001);
    expect(seen[0]?.disk).toMatchObject({ halts: 1, halted: true });
    const at = entriesOf(journalOf(session.folder), "halt")[0]?.seq ?? 0;
    expect(ordersOf(journalOf(session.folder)).filter((order) => order.seq > at && order.accepted)).toEqual([]);
  });

  it("halt when too much is refused, and count from zero after a resume", async () => {
    const desk = deskOf({ limits: { ...NO_LIMITS, rejectLimit: 3, rejectWindow: (10 * MINUTE) as Duration } });
    const faults = { ...desk.broker.faults, reject: 1 };
    const { session, timers } = await byHand({ ...desk, broker: { ...desk.broker, faults } });
    session.start();
    await timers.pass(10_000);
    expect(session.probe().haltReasons).toMatchObject([{ code: "reject_limit_reached" }]);
    const refusals = entriesOf(session.entries(), "ack").length;
    expect(refusals).toBeGreaterThanOrEqual(3);
    session.resume(ADA);
    expect(session.state).toBe("running");
    await timers.pass(8_000);
    expect(session.probe().haltReasons).toMatchObject([{ code: "reject_limit_reached" }]);
    expect(entriesOf(session.entries(), "ack").length).toBeGreaterThanOrEqual(refusals + 3);
  });

  it("halt when the feed is silent for too long", async () => {
    const desk = deskOf({ limits: { ...NO_LIMITS, dataStale: (2 * MINUTE) as Duration } });
    if (desk.feed.kind !== "synthetic") throw new Error("the test's desk has a synthetic feed");
    const slow = { ...desk.feed, barInterval: (10 * MINUTE) as Duration, markInterval: (10 * MINUTE) as Duration };
    const timers = new HandTimers();
    const session = await create({ ...desk, feed: slow }, { length: minutes(15), speed: 60, ports: handPorts(timers) });
    const summary = await finishByHand(session, timers);
    expect(summary.halts[0]).toMatchObject({ source: "breaker", code: "data_stale" });
  });
});
