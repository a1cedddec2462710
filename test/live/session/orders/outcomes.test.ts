/**
 * Outcomes: what a venue refuses, loses, answers too late or not at all, and what it holds that the books do not.
 */
import { describe, expect, it } from "vitest";
import { createStream } from "../../../../src/orchestrator/index.ts";
import type { SessionProbe } from "../../../../src/live/session/state/api.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { statusOf } from "../../../../src/live/status/index.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { CodedError } from "../../../../src/shared/errors.ts";
import { decimal } from "../../../../src/shared/decimal.ts";
import type { BrokerFill } from "../../../../src/shared/ports.ts";
import { deskOf } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  minutes,
  reopen,
  wrapBroker,
} from "../stage.ts";
import { type VenueFaults } from "../venue.ts";
import { ADA, outside, expectBooksAreTheVenues, ends } from "./outside.ts";

describe("an order that the venue refuses", () => {
  it("ends, holds nothing and is counted", async () => {
    const out = outside({ refuse: 1 });
    const session = await create(deskOf(), { ports: out.ports });
    const summary = await finish(session);
    expect(summary).toMatchObject({ failure: null, fills: 0, workingOrders: 0 });
    expect(summary.orders).toBeGreaterThan(3);
    expect(session.probe().router.inflight).toBe(0);
    expect(out.venue.placed.length).toBe(summary.orders);
  });
});

describe("an order whose answer is lost", () => {
  it("is asked about, adopted, and filled once", async () => {
    const out = outside({ loseAnswer: 0.6 });
    const session = await create(deskOf(), { ports: out.ports });
    const summary = await finish(session);
    expect(summary).toMatchObject({ failure: null, driftOpen: 0, halts: [] });
    const acks = entriesOf(journalOf(session.folder), "ack");
    const unknown = acks.filter((ack) => ack.outcome.outcome === "unknown").map((ack) => ack.orderId);
    expect(unknown.length).toBeGreaterThan(2);
    for (const id of unknown)
      expect(
        acks.some((ack) => ack.orderId === id && ack.outcome.outcome === "accepted"),
        id,
      ).toBe(true);
    expect(ends(session)).toEqual([]);
    expect(new Set(out.venue.placed.map((order) => order.venueId)).size).toBe(out.venue.placed.length);
    expectBooksAreTheVenues(session.probe(), out.venue);
  });

  it("is not placed once the venue was asked twice and does not have it, and is never sent again", async () => {
    const out = outside({ loseOrder: 0.5 });
    let asked = 0;
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          orderByClientId: (venueId) => {
            asked += 1;
            return inner.orderByClientId(venueId);
          },
        })),
    };
    const session = await create(deskOf(), { ports });
    const summary = await finish(session);
    expect(summary.failure).toBeNull();
    const lost = ends(session);
    expect(lost.length).toBeGreaterThan(2);
    expect(lost.every((entry) => entry.status === "not_placed")).toBe(true);
    expect(asked).toBe(2 * lost.length);
    // The venue throws when an id comes a second time; it also never came at all under another one.
    expect(out.venue.placed.length).toBe(summary.orders);
    for (const entry of lost) expect(out.venue.orders.has(entry.venueId)).toBe(false);
    expectBooksAreTheVenues(session.probe(), out.venue);
  });

  it("may have arrived late: absent once and then there, it is adopted", async () => {
    const out = outside();
    const hidden = new Set<string>();
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          placeOrder: async (order) => {
            await inner.placeOrder(order);
            hidden.add(order.venueId);
            return { outcome: "unknown", reason: "timeout" };
          },
          orderByClientId: (venueId) =>
            hidden.delete(venueId) ? Promise.resolve({ ok: true, value: null }) : inner.orderByClientId(venueId),
        })),
    };
    const session = await create(deskOf(), { ports });
    expect(await finish(session)).toMatchObject({ failure: null, driftOpen: 0 });
    expect(ends(session)).toEqual([]);
    expectBooksAreTheVenues(session.probe(), out.venue);
  });

  it.each(["offline", "throws"])(
    "stays unknown while the venue cannot be asked (%s): it halts once, and asks on",
    async (how) => {
      const out = outside();
      let throwing = false;
      const openBroker: SessionPorts["openBroker"] = (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          orderByClientId: (venueId) => {
            if (throwing) throw new Error("no route to the venue");
            return inner.orderByClientId(venueId);
          },
        }));
      const timers = new HandTimers();
      const session = await create(deskOf(), {
        speed: 60,
        length: minutes(20),
        ports: { ...handPorts(timers), openBroker },
      });
      session.start();
      await timers.pass(1_000);
      out.venue.onPlace = () => ({ outcome: "unknown", reason: "the connection broke" });
      out.venue.offline = how === "offline";
      throwing = how === "throws";
      await timers.pass(8_000);
      expect(session.state).toBe("halted");
      const probe = session.probe();
      expect(probe.haltReasons).toMatchObject([{ source: "fault", code: "outcome_unknown" }]);
      const [order] = probe.router.orders.filter((one) => one.inDoubt);
      expect(order).toBeDefined();
      expect(entriesOf(session.entries(), "closed")).toEqual([]);
      // Back again: it is found to be absent, twice, and closed; the halt stays until an operator resumes.
      out.venue.offline = false;
      throwing = false;
      await timers.pass(100);
      expect(session.state).toBe("halted");
      expect(session.probe().router.orders.filter((one) => one.inDoubt)).toEqual([]);
      expect(entriesOf(session.entries(), "closed").length).toBeGreaterThan(0);
      out.venue.onPlace = () => null;
      session.resume(ADA);
      await timers.pass(5_000);
      expect(session.state).toBe("running");
      expectBooksAreTheVenues(session.probe(), out.venue);
    },
  );

  it("counts as unknown when the adapter throws", async () => {
    const out = outside();
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          placeOrder: (order) => inner.placeOrder(order).then(() => Promise.reject(new Error("socket hang up"))),
          cancelOrder: () => Promise.reject(new Error("socket hang up")),
        })),
    };
    const session = await create(deskOf(), { ports });
    expect(await finish(session)).toMatchObject({ failure: null, driftOpen: 0, halts: [] });
    expect(ends(session)).toEqual([]);
    expectBooksAreTheVenues(session.probe(), out.venue);
  });
});

describe("a venue with every fault at once", () => {
  it.each([1, 2, 3, 4, 5, 6])("never has an order twice and never disagrees with the books (%i)", async (seed) => {
    const random = createStream(String(seed), "shares");
    const faults: VenueFaults = {
      refuse: random.next() * 0.2,
      loseAnswer: random.next() * 0.4,
      loseOrder: random.next() * 0.3,
      doubleFill: random.next() * 0.5,
      partFill: random.next() * 0.7,
    };
    const out = outside(faults);
    const session = await create(deskOf({ seed: String(seed) }), { ports: out.ports });
    expect(await finish(session)).toMatchObject({ failure: null, driftOpen: 0 });
    expectBooksAreTheVenues(session.probe(), out.venue);
    const booked = entriesOf(journalOf(session.folder), "fill").filter((fill) => fill.verdict === "booked");
    expect(booked.map((fill) => fill.fillId)).toEqual(out.venue.fills.map((fill) => fill.fillId));
  });
});

describe("a cancel", () => {
  it("ends the order when the venue says so; refused or unanswered, it says that instead", async () => {
    const out = outside();
    let answer: "venue" | "throw" = "venue";
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          // Nothing fills here, so that orders stay open.
          onMarketData: () => undefined,
          cancelOrder: (venueId, at) =>
            answer === "throw" ? Promise.reject(new Error("socket hang up")) : inner.cancelOrder(venueId, at),
        })),
    };
    const timers = new HandTimers();
    const session = await create(deskOf(), {
      speed: 60,
      length: minutes(20),
      ports: { ...handPorts(timers), ...ports },
    });
    session.start();
    await timers.pass(6_000);
    const [first, second] = session.probe().router.orders;
    if (first === undefined || second === undefined) throw new Error("two orders are open by now");
    await session.cancelOrder(first.orderId, "ada");
    const gone = crashCopy(session.folder);
    await timers.pass(100);
    expect(session.probe().router.orders.map((order) => order.orderId)).not.toContain(first.orderId);
    await expect(session.cancelOrder(first.orderId, "ada")).rejects.toMatchObject({ code: "not_found" });
    answer = "throw";
    await expect(session.cancelOrder(second.orderId, "ada")).rejects.toBeInstanceOf(CodedError);
    expect(session.probe().router.orders.map((order) => order.orderId)).toContain(second.orderId);
    expect(entriesOf(session.entries(), "cancel").map((entry) => entry.outcome.outcome)).toEqual([
      "accepted",
      "unknown",
    ]);

    // The process died before it received the order's end; the venue knows.
    await session.stop("operator");
    const again = await reopen(gone, session.id, { ports: out.ports, speed: "max" });
    await finish(again);
    const closed = ends(again).filter((entry) => entry.orderId === first.orderId);
    expect(closed).toMatchObject([{ status: "canceled" }]);
  });
});

/** A session that has booked a fill, and that fill. */
async function filledOnce() {
  const out = outside();
  const timers = new HandTimers();
  const ports = { ...handPorts(timers), ...out.ports };
  const session = await create(deskOf(), { speed: 60, length: minutes(60), ports });
  session.start();
  for (let left = 100; out.venue.fills.length === 0 && left > 0; left -= 1) await timers.pass(500);
  const [first] = out.venue.fills;
  if (first === undefined) throw new Error("Nothing filled.");
  await timers.pass(500);
  return { out, timers, session, first };
}

describe("a fill that is reported again", () => {
  it.each([
    ["as it was is a duplicate, and no drift", {}, "duplicate", []],
    ["with another quantity is quarantined, and halts", { quantity: "7" }, "quarantined", ["conflicting_fill"]],
    ["with another price is quarantined, and halts", { price: "1.5" }, "quarantined", ["conflicting_fill"]],
  ] as const)("%s", async (_what, change, verdict, drift) => {
    const { out, timers, session, first } = await filledOnce();
    const booked = session.probe().counts.fills;
    const at = session.probe().now;
    out.venue.report({ kind: "fill", fill: { ...first, at, ...change, cursor: out.venue.fills.length + 1 } });
    await timers.pass(500);
    const reports = entriesOf(session.entries(), "fill").filter((entry) => entry.fillId === first.fillId);
    expect(reports.map((entry) => entry.verdict)).toEqual(["booked", verdict]);
    expect(session.probe().drift.map((item) => item.drift)).toEqual(drift);
    // Quarantined means halted.
    expect(session.probe().router.halted).toBe(drift.length > 0);
    expect(session.probe().counts.fills).toBeGreaterThanOrEqual(booked);
  });
});

describe("the adoption of a fill that the venue reports with other figures", () => {
  it.each([
    ["another quantity", { quantity: "7" }],
    ["another price and fee", { price: "1.5", fee: "0.25" }],
    ["another fee", { fee: "0.75", price: "1.25" }],
    ["another side", { quantity: "-3", price: "2" }],
  ] as const)("of %s makes the execution what the venue says, once, also behind a restart", async (_what, change) => {
    const { out, timers, session, first } = await filledOnce();
    const before = session.probe();
    const report = async (more: Partial<BrokerFill>): Promise<string> => {
      const cursor = out.venue.fills.length + 1;
      out.venue.report({ kind: "fill", fill: { ...first, at: session.probe().now, ...more, cursor } });
      await timers.pass(500);
      return session.probe().drift.at(-1)?.item ?? "";
    };
    const now = { ...first, ...change };
    session.review(await report(change), { action: "adopt", ...ADA });
    const after = session.probe();
    const held = (probe: SessionProbe) =>
      decimal(probe.positions.find(({ symbol }) => symbol === first.symbol)?.quantity ?? "0");
    expect(held(after)).toEqual(held(before).plus(now.quantity).minus(first.quantity));
    const paid = (fill: BrokerFill) => decimal(fill.quantity).times(fill.price).plus(fill.fee);
    expect(decimal(after.account.cash)).toEqual(decimal(before.account.cash).plus(paid(first)).minus(paid(now)));
    const owner = entriesOf(session.entries(), "fill").find((entry) => entry.fillId === first.fillId)?.strategy;
    expect(entriesOf(session.entries(), "review").at(-1)?.strategy).toBe(owner);
    // The same correction, reported once more, finds nothing left to correct.
    expect(await report(change)).not.toBe("");
    for (const { item, review } of session.probe().drift)
      if (review === null) session.review(item, { action: "adopt", ...ADA });
    expect([held(session.probe()), session.probe().account.cash]).toEqual([held(after), after.account.cash]);
    const workspace = crashCopy(session.folder);
    const again = await reopen(workspace, session.id, { ports: out.ports });
    expect(again.probe().books).toEqual(session.probe().books);
    expect(again.probe().account).toEqual(session.probe().account);
    const { checks } = await verifySession(workspace, session.id);
    expect(checks.filter((check) => check.state === "failed")).toEqual([]);
    const listed = statusOf(again.folder).positions[first.symbol] ?? "0";
    expect(listed).toBe(held(after).toString());
  });
});

describe("a venue that numbers the fills of each order from one", () => {
  it("has each of them booked once, also over a restart, and no drift", async () => {
    const out = outside();
    const one = (fill: BrokerFill): BrokerFill => ({ ...fill, fillId: "1" });
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          takeEvents: (now) =>
            inner.takeEvents(now).map((event) => (event.kind === "fill" ? { ...event, fill: one(event.fill) } : event)),
          fillsSince: async (cursor) => {
            const found = await inner.fillsSince(cursor);
            return found.ok ? { ok: true, value: found.value.map(one) } : found;
          },
        })),
    };
    const session = await create(deskOf(), { ports, length: minutes(10) });
    const summary = await finish(session);
    expect(summary).toMatchObject({ failure: null, driftOpen: 0, halts: [] });
    const fills = entriesOf(journalOf(session.folder), "fill");
    expect(fills.length).toBeGreaterThan(3);
    expect(new Set(fills.map((fill) => fill.fillId))).toEqual(new Set(["1"]));
    expect(new Set(fills.map((fill) => fill.verdict))).toEqual(new Set(["booked"]));
    expectBooksAreTheVenues(session.probe(), out.venue);
    const workspace = crashCopy(session.folder);
    const again = await reopen(workspace, session.id, { ports, length: minutes(5) });
    expect(await finish(again)).toMatchObject({ failure: null, driftOpen: 0, halts: [] });
    expectBooksAreTheVenues(again.probe(), out.venue);
    const { checks } = await verifySession(workspace, session.id);
    expect(checks.filter((check) => check.state === "failed")).toEqual([]);
  });
});
