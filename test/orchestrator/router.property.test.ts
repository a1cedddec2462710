/**
 * Any sequence of calls: the router equals the naive one, and saving and restoring it, in memory, as a copy, as parts, as the file's value
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
import { NaiveRouter } from "./model/naive-router.ts";
import { copied, limitsOf, runModel, START, step } from "./model/router-model.ts";
import { ops } from "./model/router-ops.ts";

describe("the router", () => {
  it("equals the naive one after every call, saved and restored anywhere", () => {
    fc.assert(
      fc.property(limitsOf(), ops(), (limits, calls) => void runModel(limits, calls)),
      { numRuns: 500 },
    );
  });

  it("writes a file whose text, value and snapshot are one", () => {
    fc.assert(
      fc.property(limitsOf(), ops(), (limits, calls) => {
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
