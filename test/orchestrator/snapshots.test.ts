/**
 * A snapshot of a router stays what it was while the router changes, though it shares the router's columns.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OrderRouter, readRouterState, routerStateChunks, writeRouterState } from "../../src/orchestrator/index.ts";
import { ops, type Op } from "./model/router-ops.ts";

const START = 1_704_101_580_000_000;
const OPERATOR = { operator: "ann", note: "seen" };

function call(router: OrderRouter, op: Op, now: number): void {
  if (op.kind === "submit") router.submit(op.request, now);
  else if (op.kind === "reconcile") router.reconcile(op.reports);
  else if (op.kind === "halt") router.halt({ kind: op.source, message: "halt" }, now);
  else if (op.kind === "reviewAllAndResume" && router.halted) {
    for (const item of router.driftItems())
      if (item.review === null) router.review(item, { ...OPERATOR, action: "dismiss" });
    router.resume(OPERATOR);
  }
}

/** An order that fills in `parts` executions. */
function trade(router: OrderRouter, index: number, parts: number, now: number): void {
  const request = { strategyId: "a", symbol: "X", quantity: parts, price: 1, clientOrderId: String(index) };
  const { orderId } = router.submit(request, now);
  for (let part = 1; part <= parts; part++) {
    const status = part === parts ? "filled" : "partially_filled";
    router.reconcile([
      { orderId: orderId as string, status, filledQty: 1, timestamp: now, fillId: `f${part}`, price: 1 },
    ]);
  }
}

describe("a snapshot of a router", () => {
  it("gives the text of its moment, whenever that is made, and so do its properties", () => {
    const retention = fc.record({
      maxKeys: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 6 })),
      maxAge: fc.oneof(fc.constant(null), fc.constantFrom(1, 3_000_000)),
    });
    fc.assert(
      fc.property(retention, ops(), (bounds, calls) => {
        const router = new OrderRouter({ rateLimitPerSec: 4, maxInflight: 4, retention: bounds });
        const snapshots: (readonly [chunks: Iterable<string>, plain: object, text: string])[] = [];
        let now = START;
        for (const op of calls) {
          if (op.kind === "submit") now += op.by;
          if (op.kind === "restore") {
            const text = writeRouterState(router.snapshot());
            snapshots.push([routerStateChunks(router.snapshot()), router.snapshot(), text]);
          }
          call(router, op, now);
        }
        for (const [chunks, plain, text] of snapshots) {
          expect([...chunks].join("")).toBe(text);
          expect(plain).toEqual({ ...readRouterState(text) });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("outlives columns that grow, orders with many executions, and the letting go of most keys", () => {
    const router = new OrderRouter({ rateLimitPerSec: 1_000_000, retention: { maxKeys: 3_000 } });
    const snapshots: (readonly [Generator<string>, string, string])[] = [];
    for (let index = 0; index < 20_000; index++) {
      trade(router, index, index % 500 === 0 ? 40 : 1, START + index);
      if (index % 1_999 !== 0) continue;
      const chunks = routerStateChunks(router.snapshot());
      const begun = chunks.next().value ?? "";
      snapshots.push([chunks, begun, writeRouterState(router.snapshot())]);
    }
    for (const [chunks, begun, text] of snapshots) expect(begun + [...chunks].join("") === text).toBe(true);
    const again = OrderRouter.restore(readRouterState(writeRouterState(router.snapshot())));
    expect(writeRouterState(again.snapshot()) === writeRouterState(router.snapshot())).toBe(true);
    expect(again.executionCount).toBe(router.executionCount);
  });

  it("may be restored twice: the two routers share nothing", () => {
    const router = new OrderRouter();
    for (let index = 0; index < 3; index++) trade(router, index, 2, START + 1_000_000 * index);
    const saved = readRouterState(writeRouterState(router.snapshot()));
    const [one, two] = [OrderRouter.restore(saved), OrderRouter.restore(saved)];
    trade(one, 7, 3, START + 9_000_000);
    expect(writeRouterState(two.snapshot())).toBe(writeRouterState(router.snapshot()));
    trade(two, 8, 3, START + 9_000_000);
    expect(one.executionCount).toBe(9);
    expect(writeRouterState(one.snapshot())).not.toBe(writeRouterState(two.snapshot()));
  });
});
