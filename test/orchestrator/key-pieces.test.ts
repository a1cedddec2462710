/**
 * Keys saved by pieces: after any calls, the pieces taken at any moments give back the router that wrote them. And whether two routers
 * are the same is what a comparison of their files says.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keyPieceOf,
  KeyPieces,
  OrderRouter,
  readRouterState,
  routerFromPieces,
  sameRouterState,
  writeRouterState,
  type KeyPiece,
} from "../../src/orchestrator/index.ts";
import { ops, type Op } from "./model/router-ops.ts";

const START = 1_704_101_580_000_000;
const OPERATOR = { operator: "ann", note: "seen" };

const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function call(router: OrderRouter, op: Op, now: number): void {
  if (op.kind === "submit") router.submit(op.request, now);
  else if (op.kind === "reconcile") router.reconcile(op.reports);
  else if (op.kind === "halt") router.halt({ kind: op.source, message: "halt" }, now);
  else if (op.kind === "raise") router.raiseSequence(op.to);
  else if (op.kind === "reviewAllAndResume" && router.halted) {
    for (const item of router.driftItems())
      if (item.review === null) router.review(item, { ...OPERATOR, action: "dismiss" });
    router.resume(OPERATOR);
  }
}

/** The saved parts as they would come back from a disk. */
function restored(router: OrderRouter, pieces: readonly KeyPiece[]): OrderRouter {
  const saved = new KeyPieces();
  for (const piece of pieces) saved.add(copied(piece));
  const again = routerFromPieces(copied(router.head()), saved);
  for (const [orderId, fills] of router.executions()) for (const fill of fills) again.knowExecution(orderId, fill);
  return again;
}

describe("a router saved by pieces", () => {
  it("continues as if it had never been saved, whenever pieces were taken", () => {
    const retention = fc.record({
      maxKeys: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 6 })),
      maxAge: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.constantFrom(1, 3_000_000)),
    });
    fc.assert(
      fc.property(retention, ops(), (bounds, calls) => {
        const options = { rateLimitPerSec: 4, maxInflight: 4, retention: bounds };
        const twin = new OrderRouter(options);
        let router = new OrderRouter(options);
        const pieces: KeyPiece[] = [];
        let now = START;
        for (const op of calls) {
          if (op.kind === "submit") now += op.by;
          if (op.kind === "restore") {
            pieces.push(keyPieceOf(router.keyChanges()));
            if (op.way === "text" || op.way === "value") router = restored(router, pieces);
          }
          call(router, op, now);
          call(twin, op, now);
        }
        pieces.push(keyPieceOf(router.keyChanges()));
        expect(writeRouterState(restored(router, pieces).snapshot())).toBe(writeRouterState(twin.snapshot()));
      }),
      { numRuns: 500 },
    );
  });

  it("gives only what is new, and which rows ended since", () => {
    const router = new OrderRouter();
    const order = (id: string) => ({ strategyId: "a", symbol: "X", quantity: 1, price: 1, clientOrderId: id });
    router.submit(order("1"), START);
    router.submit(order("2"), START);
    expect(keyPieceOf(router.keyChanges())).toMatchObject({ from: 0, keys: ["a:1", "a:2"], closed: [] });
    router.submit(order("3"), START);
    router.reconcile([{ orderId: "ROUTER-00000001", status: "filled", filledQty: 1, timestamp: START }]);
    expect(keyPieceOf(router.keyChanges())).toMatchObject({ from: 2, keys: ["a:3"], closed: [[0, "filled"]] });
    expect(keyPieceOf(router.keyChanges())).toMatchObject({ from: 3, keys: [], closed: [] });
  });

  it("misses no piece", () => {
    const router = new OrderRouter();
    const submit = (id: string): KeyPiece => {
      router.submit({ strategyId: "a", symbol: "X", quantity: 1, price: 1, clientOrderId: id }, START);
      return keyPieceOf(router.keyChanges());
    };
    const [first, , third] = [submit("1"), submit("2"), submit("3")];
    const saved = new KeyPieces();
    saved.add(first);
    expect(() => saved.add(third)).toThrow(/place 2, and there are 1 before it: a piece is missing/);
  });
});

describe("whether two routers are the same", () => {
  const worked = (calls: readonly Op[], maxKeys: number | null): OrderRouter => {
    const router = new OrderRouter({ rateLimitPerSec: 3, maxInflight: 3, retention: { maxKeys } });
    for (const [index, op] of calls.entries()) call(router, op, START + index * 150_000);
    return router;
  };

  it("is what their texts say: of a router and its twin, its file read again, and one with other calls", () => {
    const found = { same: 0, different: 0 };
    fc.assert(
      fc.property(ops(), fc.nat(), fc.constantFrom(null, 3), (calls, at, maxKeys) => {
        const router = worked(calls, maxKeys);
        const others = [
          worked(calls, maxKeys),
          OrderRouter.restore(readRouterState(writeRouterState(router.snapshot()))),
          worked(calls.toSpliced(at % Math.max(1, calls.length), 1), maxKeys),
          worked(calls.toReversed(), maxKeys),
        ];
        for (const other of others) {
          const same = writeRouterState(router.snapshot()) === writeRouterState(other.snapshot());
          expect(sameRouterState(router.snapshot(), other.snapshot())).toBe(same);
          found[same ? "same" : "different"] += 1;
        }
      }),
      { seed: 13, numRuns: 300 },
    );
    expect(Math.min(found.same, found.different)).toBeGreaterThan(100);
  });
});
