/**
 * The first event that differs: found as a naive comparison finds it, however the logs are cut into blocks, with what led to it.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOf, fieldDifferences, firstDifference, type EventLog } from "../../../src/harness/regress/index.ts";

type Plain = Record<string, unknown>;

const lineOf = (event: Plain): string => `${JSON.stringify(event)}\n`;
const logOf =
  (events: readonly Plain[]): EventLog =>
  () =>
    blocksOf(events.map(lineOf));

/** The same lines in blocks of any sizes. */
const cutLog = (events: readonly Plain[], sizes: readonly number[]): EventLog =>
  function* cut() {
    let place = 0;
    for (let block = 0; place < events.length; block += 1) {
      const size = sizes[block % sizes.length] as number;
      yield events
        .slice(place, place + size)
        .map(lineOf)
        .join("");
      place += size;
    }
  };

const T = 1_767_623_400_000_000;
const order = (id: string, price: number): Plain => ({
  at: T + 3,
  kind: "order",
  strategy: "revert",
  run: 4,
  symbol: "AAA",
  quantity: 10,
  price,
  bar: T - 60,
  mark: 50,
  because: { text: "z is below its entry", values: { z: -2.5 } },
  guards: [{ guard: "max_notional_exceeded", value: "500", limit: "1000", passed: true, warning: false }],
  accepted: true,
  orderId: id,
  reason: "accepted",
});

const RUN: readonly Plain[] = [
  { at: T, kind: "registered", strategy: "revert", nextRun: T + 1 },
  { at: T + 1, kind: "run_started", strategy: "revert", run: 4, planned: T + 1, due: T + 1 },
  { at: T + 1, kind: "run_started", strategy: "other", run: 9, planned: T + 1, due: T + 1 },
  {
    at: T + 3,
    kind: "run_finished",
    strategy: "revert",
    run: 4,
    bar: T - 60,
    outcome: "ok",
    orders: 1,
    message: "z is low",
  },
  order("ROUTER-00000001", 50),
  { at: T + 3, kind: "send", orderId: "ROUTER-00000001", venueId: "ROUTER-00000001" },
  { at: T + 3, kind: "ack", orderId: "ROUTER-00000001", venueId: "ROUTER-00000001", outcome: { outcome: "accepted" } },
  {
    at: T + 9,
    kind: "fill",
    orderId: "ROUTER-00000001",
    strategy: "revert",
    symbol: "AAA",
    quantity: "10",
    price: "50.01",
    verdict: "booked",
  },
];

describe("the first difference", () => {
  it("is none between equal logs, the empty ones too", () => {
    expect(firstDifference(logOf(RUN), logOf(RUN))).toBeNull();
    expect(firstDifference(logOf([]), logOf([]))).toBeNull();
  });

  it("names the event, both sides, the fields, and the chain of a fill: bar, run, signal, guards, decision, broker", () => {
    const other = [...RUN.slice(0, -1), { ...RUN.at(-1), price: "50.02" }];
    const found = firstDifference(logOf(RUN), logOf(other));
    expect(found).toMatchObject({
      index: RUN.length,
      baseline: { kind: "fill", price: "50.01" },
      run: { kind: "fill", price: "50.02" },
      fields: [{ path: "price", baseline: "50.01", run: "50.02" }],
    });
    const steps = found?.runChain.map((link) => link.step);
    expect(steps).toEqual([
      "tick",
      "market",
      "signal",
      "market",
      "signal",
      "guards",
      "decision",
      "broker",
      "broker",
      "fill",
    ]);
    expect(found?.runChain.at(-1)?.text).toContain("50.02");
    expect(found?.baselineChain.at(-1)?.text).toContain("50.01");
    expect(found?.runChain.some((link) => link.text.includes("other"))).toBe(false);
  });

  it("identifies an order by its run, and compares numbers exactly", () => {
    const other = RUN.map((event) =>
      event["kind"] === "order" ? order("ROUTER-00000001", 50.000000000000007) : event,
    );
    const found = firstDifference(logOf(RUN), logOf(other));
    expect(found?.index).toBe(5);
    expect(found?.fields).toEqual([{ path: "price", baseline: 50, run: 50.000000000000007 }]);
    expect(found?.runChain.map((link) => link.step)).toContain("guards");
  });

  it("reports where one side ends earlier", () => {
    expect(firstDifference(logOf(RUN), logOf(RUN.slice(0, 3)))).toMatchObject({ index: 4, run: null, runChain: [] });
    expect(firstDifference(logOf([]), logOf(RUN))).toMatchObject({
      index: 1,
      baseline: null,
      run: { kind: "registered" },
    });
  });

  it("finds what a naive comparison finds, however the blocks are cut", () => {
    const event = fc.record({
      at: fc.integer({ min: 0, max: 9 }),
      kind: fc.constantFrom("equity", "order", "run_started"),
      strategy: fc.constantFrom("a", "b"),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 30 }),
        fc.array(event, { maxLength: 4 }),
        fc.nat(30),
        fc.nat(4),
        sizes,
        sizes,
        (events, put, place, drop, one, two) => {
          const other = [...events.slice(0, place), ...put, ...events.slice(place + drop)];
          const naive = Array.from({ length: Math.max(events.length, other.length) }, (_, index) => index).find(
            (index) => JSON.stringify(events[index]) !== JSON.stringify(other[index]),
          );
          const found = firstDifference(cutLog(events, one), cutLog(other, two));
          expect(found?.index ?? null).toBe(naive === undefined ? null : naive + 1);
          if (naive === undefined) return;
          expect(found?.baseline).toEqual(events[naive] ?? null);
          expect(found?.run).toEqual(other[naive] ?? null);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps no more in memory for a longer log", () => {
    // A log that is never whole anywhere: each line is made when it is asked for.
    const long = (changed: number): EventLog =>
      function* make() {
        const lines = function* lines() {
          for (let index = 0; index < 200_000; index += 1)
            yield lineOf({ at: index, kind: "equity", equity: index === changed ? "1" : "0" });
        };
        yield* blocksOf(lines());
      };
    expect(firstDifference(long(-1), long(199_998))?.index).toBe(199_999);
  });
});

describe("fields that differ", () => {
  it("are reported with their paths, missing ones as undefined", () => {
    expect(fieldDifferences({ a: [1, { b: 2 }], c: 1 }, { a: [1, { b: 3 }], d: null })).toEqual([
      { path: "a[1].b", baseline: 2, run: 3 },
      { path: "c", baseline: 1, run: undefined },
      { path: "d", baseline: undefined, run: null },
    ]);
    expect(fieldDifferences({ a: [] }, { a: {} })).toHaveLength(1);
    expect(fieldDifferences({ toString: 1 }, {})).toEqual([{ path: "toString", baseline: 1, run: undefined }]);
  });

  it("are at most as many as asked for", () => {
    const [one, other] = [Array.from({ length: 90 }, () => 0), Array.from({ length: 90 }, () => 1)];
    expect(fieldDifferences(one, other, 7)).toHaveLength(7);
  });
});
