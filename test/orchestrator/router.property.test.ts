/**
 * Any sequence of calls: the router equals the naive one, and saving and restoring it, in memory, as a copy, as the file's value
 * or as its text, changes nothing that follows.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fromRouterState,
  OrderRouter,
  readRouterState,
  toRouterState,
  writeRouterState,
} from "../../src/orchestrator/index.ts";
import type { RouterSnapshot } from "../../src/orchestrator/index.ts";
import { NaiveRouter } from "./naive-router.ts";
import type { NaiveOptions } from "./naive-router.ts";
import { ops } from "./router-ops.ts";
import type { Op } from "./router-ops.ts";

const START = 1_704_101_580_000_000;
const OPERATOR = { operator: "ann", note: "seen" };

const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const WAYS: Record<"memory" | "copy" | "value" | "text", (snapshot: RouterSnapshot) => RouterSnapshot> = {
  memory: (snapshot) => snapshot,
  copy: (snapshot) => copied(snapshot),
  value: (snapshot) => fromRouterState(copied(toRouterState(snapshot))),
  text: (snapshot) => readRouterState(writeRouterState(snapshot)),
};

/** Does one operation on both, and compares what they answer. */
function step(router: OrderRouter, naive: NaiveRouter, op: Op, now: number): void {
  if (op.kind === "submit") {
    const replays = naive.counts["replays"] ?? 0;
    const expected = naive.submit(op.request, now, true);
    const outcome = router.submitDetailed(op.request, now);
    expect(outcome.decision).toEqual(expected);
    expect(outcome.replay).toBe((naive.counts["replays"] ?? 0) > replays);
    if (expected.reason === "rate_limited" && !outcome.replay)
      expect(outcome).toMatchObject({ value: naive.options.rateLimitPerSec, limit: naive.options.rateLimitPerSec });
  } else if (op.kind === "malformed") {
    const request = { ...op.request, [op.field]: op.value };
    const { detail, ...decision } = router.submit(request, now);
    expect(decision).toEqual(naive.submit(request, now, false));
    expect(detail).toMatch(new RegExp(`^${op.field} `));
  } else if (op.kind === "reconcile") {
    expect(router.reconcile(op.reports)).toEqual(naive.reconcile(op.reports));
  } else if (op.kind === "halt") {
    router.halt({ kind: op.source, message: "halt" }, now);
    naive.halt(op.source);
  } else if (op.kind === "drift") {
    router.addDrift("position_mismatch", { text: "differs", orderId: op.orderId }, now);
    naive.drift("position_mismatch", op.orderId);
  } else if (op.kind === "review") review(router, naive, op);
  else if (op.kind === "reviewAllAndResume") resume(router, naive);
  else if (op.kind === "raise") {
    naive.next = Math.max(naive.next, op.to);
    expect(router.raiseSequence(op.to)).toBe(naive.next);
  }
}

function review(router: OrderRouter, naive: NaiveRouter, op: Op & { kind: "review" }): void {
  const id = `DRIFT-${String(op.item).padStart(4, "0")}`;
  const item = naive.items.find((one) => one.id === id);
  const call = () => router.review(id, { ...OPERATOR, action: op.action });
  if (item === undefined) expect(call).toThrow(expect.objectContaining({ code: "not_found" }));
  else if (item.reviewed !== null) expect(call).toThrow(expect.objectContaining({ code: "wrong_state" }));
  else {
    item.reviewed = op.action;
    expect(call()).toMatchObject({ id, review: { action: op.action, operator: "ann", note: "seen" } });
  }
}

/** Resuming is refused with the number of open items until none is left. */
function resume(router: OrderRouter, naive: NaiveRouter): void {
  if (!naive.halted) {
    expect(() => router.resume(OPERATOR)).toThrow(expect.objectContaining({ code: "not_halted" }));
    return;
  }
  for (const item of naive.open()) {
    const open = naive.open().length;
    expect(() => router.resume(OPERATOR)).toThrow(expect.objectContaining({ code: "drift_open", detail: { open } }));
    router.review(item, { ...OPERATOR, action: "dismiss" });
    item.reviewed = "dismiss";
  }
  expect(router.resume(OPERATOR)).toMatchObject({ ...OPERATOR, reasons: naive.reasons.length });
  naive.resume();
}

function compare(router: OrderRouter, naive: NaiveRouter, now: number): void {
  expect(router.halted).toBe(naive.halted);
  expect(router.haltReasons.map(({ kind }) => kind)).toEqual(naive.reasons);
  expect(
    router
      .driftItems()
      .map(({ id, kind, orderId, review: told }) => ({ id, kind, orderId, reviewed: told?.action ?? null })),
  ).toEqual(naive.items);
  expect(router.openDrift).toBe(naive.open().length);
  expect(router.resumes()).toHaveLength(naive.resumes);
  expect(router.nextSequence).toBe(naive.next);
  expect(router.keys).toBe(naive.known.length);
  const orders = naive.inflight.map(({ orderId, request, timestamp, filled }) => ({
    orderId,
    strategyId: request.strategyId,
    symbol: request.symbol,
    quantity: request.quantity,
    price: request.price + 0,
    clientOrderId: request.clientOrderId,
    idempotencyKey: request.idempotencyKey ?? null,
    timestamp,
    filledQty: filled / 10,
  }));
  expect(router.pendingOrders()).toEqual(orders);
  for (const strategy of new Set(naive.accepted.map(({ strategyId }) => strategyId))) {
    const used = naive.used(strategy, now);
    const full = used.length >= naive.options.rateLimitPerSec;
    const freeAt = full ? used[0]! + 1_000_001 : null;
    expect(router.rateWindow(strategy, now)).toEqual({
      used: used.length,
      limit: naive.options.rateLimitPerSec,
      freeAt,
    });
  }
  const { accepted = 0, replays = 0, ...rejected } = naive.counts;
  expect(router.counters).toEqual({ accepted, replays, rejected, conflicts: rejected["idempotency_conflict"] ?? 0 });
}

function compareKeys(router: OrderRouter, naive: NaiveRouter): void {
  for (const { key, decision } of naive.known) expect(router.decisionOf(key), key).toEqual(decision);
}

const options = (): fc.Arbitrary<NaiveOptions> =>
  fc.record({
    rateLimitPerSec: fc.integer({ min: 1, max: 12 }),
    maxInflight: fc.constantFrom(1, 2, 4, 256),
    retention: fc.record({
      maxKeys: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 6 })),
      maxAge: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.constantFrom(1, 1_000_000, 3_000_000)),
    }),
  });

describe("the router", () => {
  it("equals the naive one after every call, saved and restored anywhere", () => {
    fc.assert(
      fc.property(options(), ops(), (limits, calls) => {
        const naive = new NaiveRouter(limits);
        const twin = new OrderRouter(limits);
        const twinsNaive = new NaiveRouter(limits);
        let router = new OrderRouter(limits);
        let now = START;
        for (const op of calls) {
          if (op.kind === "submit") now += op.by;
          if (op.kind === "restore") {
            const snapshot = router.snapshot();
            router = OrderRouter.restore(WAYS[op.way](snapshot), limits);
            expect(router.snapshot()).toEqual(snapshot);
          }
          step(router, naive, op, now);
          step(twin, twinsNaive, op, now);
          compare(router, naive, now);
        }
        compareKeys(router, naive);
        expect(router.snapshot()).toEqual(twin.snapshot());
      }),
      { numRuns: 500 },
    );
  });

  it("writes a file whose text, value and snapshot are one", () => {
    fc.assert(
      fc.property(options(), ops(), (limits, calls) => {
        const router = new OrderRouter(limits);
        const naive = new NaiveRouter(limits);
        let now = START;
        for (const op of calls) {
          if (op.kind === "submit") now += op.by;
          step(router, naive, op, now);
        }
        const context = { session: "s 1", journalPosition: 7 };
        const snapshot = router.snapshot();
        const text = writeRouterState(snapshot, context);
        const value = toRouterState(snapshot, context);
        expect(JSON.parse(text)).toEqual(copied(value));
        expect(Object.keys((JSON.parse(text) as { idempotency: object }).idempotency)).toEqual(
          Object.keys(value["idempotency"] as object),
        );
        const said = { ...router.snapshot(), ...context };
        expect(readRouterState(text)).toEqual(said);
        expect(fromRouterState(JSON.parse(text))).toEqual(said);
        expect(readRouterState(`\ufeff${JSON.stringify(value, null, 3)}\r\n`)).toEqual(said);
        expect(writeRouterState(OrderRouter.restore(readRouterState(text)).snapshot(), context)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});
