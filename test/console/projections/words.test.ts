/**
 * The words and numbers of the views, one case each: what a line says, which side an item shows, where a list ends.
 */
import { describe, expect, it } from "vitest";
import { thinEquity } from "../../../src/console/projections/desk.ts";
import { DriftProjection, sidesOf } from "../../../src/console/projections/drift.ts";
import { EMPTY } from "../../../src/console/projections/empty.ts";
import { wordsOf } from "../../../src/console/projections/log.ts";
import { MarksProjection } from "../../../src/console/projections/marks.ts";
import { OrdersProjection } from "../../../src/console/projections/orders.ts";
import { Precisions } from "../../../src/console/projections/precision.ts";
import { INFLIGHT_ROWS_MAX, RouterProjection } from "../../../src/console/projections/router.ts";
import type { DriftProbe, SessionProbe } from "../../../src/live/session/state/api.ts";
import { orderId } from "../../../src/shared/ids.ts";
import { MINUTE, moment } from "../../../src/shared/time.ts";
import type { EntryBody } from "../../../src/store/index.ts";
import { fill, order } from "../../store/journal/entries.ts";
import { entriesOf, START } from "../sim/journal.ts";
import { DESK, probe } from "../sim/probe.ts";

const lineOf = (body: EntryBody): string | undefined => entriesOf([body]).map(wordsOf)[0]?.[2];

describe("the log", () => {
  it("compares a refused order with its limit where it has both sides, and only there", () => {
    const refused = (value: string | null, limit: string | null): string | undefined =>
      lineOf(order(1, { accepted: false, orderId: null, reason: "max_notional_exceeded", value, limit }));
    expect(refused("120", "100")).toMatch(/Order size \(120 of 100\)\.$/);
    for (const [value, limit] of [
      [null, "100"],
      ["120", null],
      [null, null],
    ] as const)
      expect(refused(value, limit)).toMatch(/Order size\.$/);
  });

  it("says why slots passed", () => {
    const missed = (slots: number, reason: "closed" | "misfire"): string | undefined =>
      lineOf({ kind: "missed", strategy: "alpha", slots, reason, nextRun: START });
    expect(missed(1, "misfire")).toBe("1 slot passed without a run (misfire).");
    expect(missed(2, "closed")).toMatch(/^The market is closed: 2 slots until 2023-11-14/);
  });
});

describe("a chart's marks", () => {
  it("end with the note that was given, if one was", () => {
    const marks = new MarksProjection();
    const resume = (note: string): EntryBody => ({ kind: "resume", operator: "Ada", note });
    for (const entry of entriesOf([resume("looked"), resume("")])) marks.apply(entry);
    expect(Object.values(marks.value()).map(({ text }) => text)).toEqual(["Resumed by Ada: looked", "Resumed by Ada"]);
  });
});

describe("four points of equity", () => {
  it("keep the lowest and the highest by equity, whatever their drawdown", () => {
    const at = (minute: number) => moment(START + minute * MINUTE);
    const group = [
      [at(0), 100, -0.1],
      [at(1), 90, -0.2],
      [at(2), 120, 0],
      [at(3), 110, -0.3],
    ] as const;
    expect(thinEquity(group as never)).toEqual([
      [at(1), 90, -0.3],
      [at(2), 120, 0],
    ]);
  });
});

describe("the drift view", () => {
  const item = (name: string, more: Partial<DriftProbe>): DriftProbe => ({
    item: name,
    drift: "position_mismatch",
    at: START,
    text: "",
    orderId: null,
    evidence: { symbol: "AAPL", ours: "0", broker: "5" },
    review: null,
    ...more,
  });
  const brokerOf = (...drift: DriftProbe[]): string | null | undefined =>
    new DriftProjection().value(probe({ drift })).positions["AAPL"]?.broker;

  it("takes the first side that the evidence knows", () => {
    const evidence = { ours: null, books: "5", theirs: null, broker: "6" };
    expect(sidesOf({ drift: "position_mismatch", evidence })).toEqual({ ours: "5", theirs: "6" });
  });

  it("has the broker's position of an open mismatch alone", () => {
    const review = { action: "dismiss", operator: "Ada", note: "", at: START, strategy: null } as never;
    expect(brokerOf(item("D-1", {}))).toBe("5");
    expect(brokerOf(item("D-1", { review }))).toBe(null);
    expect(brokerOf(item("D-1", { drift: "unknown_fill" }))).toBe(null);
    expect(brokerOf(item("D-1", { evidence: { symbol: "AAPL" } }))).toBe(null);
  });

  it("is halted by any of its three signs", () => {
    const halted = (change: Partial<SessionProbe>): boolean => new DriftProjection().value(probe(change)).halted;
    expect(halted({})).toBe(false);
    expect(halted({ state: "halted" })).toBe(true);
    expect(halted({ router: { ...probe().router, halted: true } })).toBe(true);
    const reason = { source: "manual", code: "manual", message: "", at: START } as never;
    expect(halted({ haltReasons: [reason] })).toBe(true);
  });
});

describe("the views without a session", () => {
  it("count nothing", () => {
    const numbers: number[] = [];
    JSON.stringify(EMPTY, (_key, value: unknown) => {
      if (typeof value === "number") numbers.push(value);
      return value;
    });
    expect(new Set(numbers)).toEqual(new Set([0]));
  });
});

describe("an order", () => {
  const [id, venueId] = [orderId("ROUTER-00000001"), "session-ROUTER-00000001"];

  it("shows why the broker refused its newest request", () => {
    const orders = new OrdersProjection(new Precisions(DESK));
    const accepted = { outcome: "accepted", quantity: "2", limitPrice: null } as const;
    const outcome = { outcome: "refused", reason: "too_late" } as const;
    const bodies: EntryBody[] = [
      order(1),
      { kind: "ack", orderId: id, venueId, outcome: accepted },
      { kind: "cancel", orderId: id, venueId, reason: "asked for", outcome },
    ];
    for (const entry of entriesOf(bodies)) orders.apply(entry);
    expect(orders.orders.value()[id]).toMatchObject({ reason: "too_late" });
  });

  it("shows as many places as its symbol was ever traded with", () => {
    const precisions = new Precisions(DESK);
    const before = precisions.of("NEW");
    for (const entry of entriesOf([fill(1, { symbol: "NEW", price: "1.23456", quantity: "0.125" })]))
      precisions.apply(entry);
    expect(before).toEqual({ pricePrecision: 2, quantityPrecision: 0 });
    expect(precisions.of("NEW")).toEqual({ pricePrecision: 5, quantityPrecision: 3 });
    const again = new Precisions(DESK);
    again.learn(precisions.learned());
    expect(again.of("NEW")).toEqual(precisions.of("NEW"));
  });
});

describe("the router's view", () => {
  const rejectedOf = (...bodies: EntryBody[]): number | undefined => {
    const router = new RouterProjection(DESK, new Precisions(DESK));
    for (const entry of entriesOf(bodies)) router.apply(entry);
    return router.value(probe()).windows["alpha"]?.rejected;
  };

  it("counts what the rate window refused, and no replay of it", () => {
    const refused = { accepted: false, orderId: null, reason: "rate_limited" };
    expect(rejectedOf(order(1, refused), order(2, refused))).toBe(2);
    expect(rejectedOf(order(1, { ...refused, replay: true }))).toBe(0);
    expect(rejectedOf(order(1, { ...refused, reason: "max_notional_exceeded" }))).toBe(0);
    expect(rejectedOf(order(1, { reason: "rate_limited" }))).toBe(0);
  });

  it("lists the oldest orders up to its limit", () => {
    const orders = Array.from({ length: INFLIGHT_ROWS_MAX + 1 }, (_, number) => ({
      orderId: `ROUTER-${String(number).padStart(8, "0")}`,
      symbol: "AAPL",
      filled: "0",
      at: moment(START + number),
    }));
    const change = { router: { ...probe().router, orders } } as unknown as Partial<SessionProbe>;
    const { inflight, oldestAt } = new RouterProjection(DESK, new Precisions(DESK)).value(probe(change));
    expect(Object.keys(inflight)).toHaveLength(2_000);
    expect(oldestAt).toBe(START);
    expect(inflight).not.toHaveProperty("ROUTER-00002000");
  });
});
