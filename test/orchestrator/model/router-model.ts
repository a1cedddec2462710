/**
 * The router beside its naive model: one call on both, and everything that either says compared.
 *
 * 1. Each check throws an assertion error of Node's own, so that tests and long trials share it.
 * 2. A restore continues from what the router says of itself at that moment. A crash loses everything since the last restore: the router
 *    continues from that state and gets the calls since then again, as a session gets the entries of its journal.
 * 3. A crash leaves no trace: the router that crashed equals the one that did not.
 */
import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  fromRouterState,
  OrderRouter,
  partsOf,
  readRouterState,
  snapshotOf,
  toRouterState,
  writeRouterState,
  type RouterSnapshot,
} from "../../../src/orchestrator/index.ts";
import { NaiveRouter, type NaiveOptions } from "./naive-router.ts";
import type { Op } from "./router-ops.ts";

export const START = 1_704_101_580_000_000;
const OPERATOR = { operator: "ann", note: "seen" };

export const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
/** Without the keys that have no value, and without prototypes. */
const plainOf = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

/** Ways to save a router and to read it again. */
export const WAYS: Record<
  "memory" | "copy" | "parts" | "value" | "text",
  (snapshot: RouterSnapshot) => RouterSnapshot
> = {
  memory: (snapshot) => snapshot,
  copy: (snapshot) => copied(snapshot),
  // As it crosses between threads.
  parts: (snapshot) => {
    const { head, fills, list } = structuredClone(partsOf(snapshot));
    return snapshotOf(head, fills, list);
  },
  value: (snapshot) => fromRouterState(copied(toRouterState(snapshot))),
  text: (snapshot) => readRouterState(writeRouterState(snapshot)),
};

export const limitsOf = (): fc.Arbitrary<NaiveOptions> =>
  fc.record({
    rateLimitPerSec: fc.integer({ min: 1, max: 12 }),
    maxInflight: fc.constantFrom(1, 2, 4, 256),
    retention: fc.record({
      maxKeys: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 6 })),
      maxAge: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.constantFrom(1, 1_000_000, 3_000_000)),
    }),
  });

const withCode =
  (code: string, detail?: unknown) =>
  (error: unknown): boolean => {
    const thrown = error as { readonly code?: unknown; readonly detail?: unknown };
    strictEqual(thrown.code, code);
    if (detail !== undefined) deepStrictEqual(thrown.detail, detail);
    return true;
  };

/** Does one call on both, and compares what they answer. */
export function step(router: OrderRouter, naive: NaiveRouter, op: Op, now: number): void {
  if (op.kind === "submit") {
    const replays = naive.counts["replays"] ?? 0;
    const expected = naive.submit(op.request, now, true);
    const outcome = router.submitDetailed(op.request, now);
    deepStrictEqual(plainOf(outcome.decision), plainOf(expected));
    strictEqual(outcome.replay, (naive.counts["replays"] ?? 0) > replays);
    if (expected.reason === "rate_limited" && !outcome.replay) {
      const { value, limit } = outcome as { readonly value?: number; readonly limit?: number };
      deepStrictEqual([value, limit], [naive.options.rateLimitPerSec, naive.options.rateLimitPerSec]);
    }
  } else if (op.kind === "malformed") {
    const request = { ...op.request, [op.field]: op.value };
    const { detail, ...decision } = router.submit(request, now);
    deepStrictEqual(plainOf(decision), plainOf(naive.submit(request, now, false)));
    match(detail ?? "", new RegExp(`^${op.field} `));
  } else if (op.kind === "reconcile")
    deepStrictEqual(plainOf(router.reconcile(op.reports)), plainOf(naive.reconcile(op.reports)));
  else if (op.kind === "halt") {
    router.halt({ kind: op.source, message: "halt" }, now);
    naive.halt(op.source);
  } else if (op.kind === "drift") {
    router.addDrift("position_mismatch", { text: "differs", orderId: op.orderId }, now);
    naive.drift("position_mismatch", op.orderId);
  } else if (op.kind === "review") review(router, naive, op);
  else if (op.kind === "reviewAllAndResume") resume(router, naive);
  else if (op.kind === "raise") {
    naive.next = Math.max(naive.next, op.to);
    strictEqual(router.raiseSequence(op.to), naive.next);
  }
}

function review(router: OrderRouter, naive: NaiveRouter, op: Op & { kind: "review" }): void {
  const id = `DRIFT-${String(op.item).padStart(4, "0")}`;
  const item = naive.items.find((one) => one.id === id);
  const call = () => router.review(id, { ...OPERATOR, action: op.action });
  if (item === undefined) throws(call, withCode("not_found"));
  else if (item.reviewed !== null) throws(call, withCode("wrong_state"));
  else {
    item.reviewed = op.action;
    const { id: reviewed, review: made } = call();
    deepStrictEqual(
      [reviewed, made?.action, made?.operator, made?.note],
      [id, op.action, OPERATOR.operator, OPERATOR.note],
    );
  }
}

/** Resuming is refused with the number of open items until none is left. */
function resume(router: OrderRouter, naive: NaiveRouter): void {
  if (!naive.halted) {
    throws(() => router.resume(OPERATOR), withCode("not_halted"));
    return;
  }
  for (const item of naive.open()) {
    throws(() => router.resume(OPERATOR), withCode("drift_open", { open: naive.open().length }));
    router.review(item.id, { ...OPERATOR, action: "dismiss" });
    item.reviewed = "dismiss";
  }
  const { operator, note, reasons } = router.resume(OPERATOR);
  deepStrictEqual({ operator, note, reasons }, { ...OPERATOR, reasons: naive.reasons.length });
  naive.resume();
}

/** Compares everything that can be asked of a router but its keys. */
export function compare(router: OrderRouter, naive: NaiveRouter, now: number): void {
  strictEqual(router.halted, naive.halted);
  deepStrictEqual(
    router.haltReasons.map(({ kind }) => kind),
    naive.reasons,
  );
  deepStrictEqual(
    router
      .driftItems()
      .map(({ id, kind, orderId, review: verdict }) => ({ id, kind, orderId, reviewed: verdict?.action ?? null })),
    naive.items,
  );
  strictEqual(router.openDrift, naive.open().length);
  strictEqual(router.resumes().length, naive.resumes);
  strictEqual(router.nextSequence, naive.next);
  strictEqual(router.keys, naive.known.length);
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
  deepStrictEqual(
    router.pendingOrders().map((order) => plainOf(order)),
    orders,
  );
  for (const strategy of new Set(naive.accepted.map(({ strategyId }) => strategyId))) {
    const used = naive.used(strategy, now);
    const full = used.length >= naive.options.rateLimitPerSec;
    const freeAt = full ? used[0]! + 1_000_001 : null;
    const limit = naive.options.rateLimitPerSec;
    deepStrictEqual(plainOf(router.rateWindow(strategy, now)), { used: used.length, limit, freeAt });
  }
  const { accepted = 0, replays = 0, ...rejected } = naive.counts;
  const counters = router.counters;
  deepStrictEqual(
    { ...counters, rejected: plainOf(counters.rejected) },
    { accepted, replays, rejected, conflicts: rejected["idempotency_conflict"] ?? 0 },
  );
}

/** Compares the decisions of every key. */
export function compareKeys(router: OrderRouter, naive: NaiveRouter): void {
  for (const { key, decision } of naive.known)
    deepStrictEqual(plainOf(router.decisionOf(key) ?? {}), plainOf(decision), key);
}

/** What a restore gets of the saved state, and a crash of the calls since; less than all of it in canaries alone. */
export interface Lost {
  ofState(snapshot: RouterSnapshot): RouterSnapshot;
  ofCalls<T>(calls: readonly T[]): readonly T[];
}
const NOTHING_LOST: Lost = { ofState: (snapshot) => snapshot, ofCalls: (calls) => calls };

/** What is kept on a disk: a router's state, and the calls since. */
class Saved {
  readonly #limits: NaiveOptions;
  #snapshot: RouterSnapshot;
  #naive: NaiveRouter;
  #since: { readonly op: Op; readonly now: number }[] = [];

  constructor(router: OrderRouter, naive: NaiveRouter) {
    this.#limits = naive.options;
    this.#snapshot = router.snapshot();
    this.#naive = naive.copy();
  }

  took(op: Op, now: number): void {
    this.#since.push({ op, now });
  }

  /** The router as it is after a crash, with each answer compared again. */
  recovered(lost: Lost): OrderRouter {
    const router = OrderRouter.restore(this.#snapshot, this.#limits);
    const naive = this.#naive.copy();
    for (const { op, now } of lost.ofCalls(this.#since)) step(router, naive, op, now);
    return router;
  }
}

/**
 * One run: any calls, the router saved, restored and crashed among them, beside the naive one and beside a twin to which neither
 * happens. Throws where they differ; answers the naive router at the end.
 */
export function runModel(limits: NaiveOptions, calls: readonly Op[], lost: Lost = NOTHING_LOST): NaiveRouter {
  const naive = new NaiveRouter(limits);
  const twin = new OrderRouter(limits);
  const twinsNaive = new NaiveRouter(limits);
  let router = new OrderRouter(limits);
  let saved = new Saved(router, naive);
  let now = START;
  for (const op of calls) {
    if (op.kind === "submit") now += op.by;
    if (op.kind === "restore") {
      const snapshot = router.snapshot();
      router = OrderRouter.restore(lost.ofState(WAYS[op.way](snapshot)), limits);
      deepStrictEqual(router.snapshot(), snapshot);
      saved = new Saved(router, naive);
    } else if (op.kind === "crash") router = saved.recovered(lost);
    else saved.took(op, now);
    step(router, naive, op, now);
    step(twin, twinsNaive, op, now);
    compare(router, naive, now);
  }
  compareKeys(router, naive);
  deepStrictEqual(router.snapshot(), twin.snapshot());
  return naive;
}
