/**
 * The router's and the scheduler's small parts at their limits, each against a naive model or at the exact boundary.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriftBoard, REVIEWED_ITEMS_MAX } from "../../src/orchestrator/router/drift-board.ts";
import { DueHeap } from "../../src/orchestrator/scheduler/due-heap.ts";
import { MetricsRecorder, OrderRouter } from "../../src/orchestrator/index.ts";
import { RateWindow } from "../../src/orchestrator/router/rate-counter.ts";
import { unreadable } from "../../src/orchestrator/router/reports.ts";
import { moment, SECOND } from "../../src/shared/time.ts";
import { busyRouter, T } from "./state-file.ts";

describe("a rate window", () => {
  it("equals a list of the moments of the last second, for limits far beyond its first size", () => {
    const wait = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(0, 1, SECOND / 40) },
      fc.constantFrom(SECOND / 9, SECOND / 2, SECOND),
    );
    const steps = fc.array(wait, { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), steps, (limit, waits) => {
        const window = new RateWindow("alpha", limit);
        let accepted: number[] = [];
        let now = T;
        for (const wait of waits) {
          now += wait;
          accepted = accepted.filter((at) => at >= now - SECOND);
          expect(window.count(now)).toBe(accepted.length);
          expect(window.full(now)).toBe(accepted.length >= limit);
          expect(window.freeAt(now)).toBe(accepted.length < limit ? null : (accepted[0] ?? 0) + SECOND + 1);
          if (accepted.length < limit) {
            window.push(now);
            accepted.push(now);
          }
          expect(window.moments(now)).toEqual(accepted);
        }
      }),
    );
  });

  it("of twenty a second accepts twenty of thirty orders", () => {
    const router = new OrderRouter({ rateLimitPerSec: 20, maxInflight: 1_000 });
    const reasons = Array.from({ length: 30 }, (_, number) => {
      const request = { strategyId: "alpha", symbol: "AAA", quantity: 1, price: 1, clientOrderId: `c${number}` };
      return router.submit(request, T + number).reason;
    });
    expect(reasons.filter((reason) => reason === "accepted")).toHaveLength(20);
    expect(reasons.slice(20)).toEqual(Array.from({ length: 10 }, () => "rate_limited"));
  });

  it("that grows while its oldest moment is in the middle of the ring keeps their order", () => {
    const window = new RateWindow("alpha", 20);
    for (let number = 0; number < 8; number += 1) window.push(T + number);
    // Three leave at the front and four come, so that the ring is turned when it grows.
    const later = T + SECOND + 3;
    expect(window.used(later)).toBe(5);
    const added = [0, 1, 2, 3].map((step) => later + step);
    for (const at of added) window.push(at);
    // The push of the last one let the moments up to its own second ago go.
    expect(window.moments(later + 3)).toEqual([T + 6, T + 7, ...added]);
    for (let step = 4; step < 12; step += 1) window.push(later + 4);
    expect(window.moments(later + 4)).toEqual([T + 7, ...added, ...Array.from({ length: 8 }, () => later + 4)]);
  });
});

describe("the heap of due moments", () => {
  it("equals a sorted list of fifty members under random insertions, moves and removals", () => {
    const change = fc.record({ member: fc.nat(49), at: fc.option(fc.nat(200), { freq: 3 }) });
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 50, maxLength: 50 }), fc.array(change), (first, changes) => {
        const heap = new DueHeap();
        const model = new Map<number, number>();
        const set = (member: number, at: number): void => {
          heap.set(member, at);
          model.set(member, at);
        };
        for (const [member, at] of first.entries()) set(member, at);
        for (const { member, at } of changes) {
          if (at !== null) set(member, at);
          else {
            heap.remove(member);
            model.delete(member);
          }
          const sorted = [...model].toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
          expect(heap.earliest()).toBe(sorted[0]?.[1]);
          expect(heap.size).toBe(sorted.length);
          expect(heap.due(100)).toEqual(sorted.filter(([, due]) => due <= 100).map(([one]) => one));
        }
        // Taken out one by one from the top, they come in order.
        const order: number[] = [];
        for (let at = heap.earliest(); at !== undefined; at = heap.earliest()) {
          const [next] = heap.due(at);
          if (next === undefined) throw new Error("The heap names a moment at which nothing is due.");
          order.push(next);
          heap.remove(next);
        }
        expect(order).toEqual([...model].toSorted((a, b) => a[1] - b[1] || a[0] - b[0]).map(([one]) => one));
      }),
    );
  });
});

describe("a recorder of metrics", () => {
  it("that is restored continues as the saved one, for windows that are full and have turned", () => {
    const tick = fc.record({ latency: fc.nat(9), skipped: fc.boolean(), depth: fc.nat(9) });
    const ticks = fc.array(tick, { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), ticks, ticks, (window, before, after) => {
        const [kept, restored] = [new MetricsRecorder({ window }), new MetricsRecorder({ window })];
        const record = (into: MetricsRecorder, { latency, skipped, depth }: (typeof before)[number]): void => {
          into.recordTick("alpha", latency, { skipped });
          into.recordQueueDepth(depth);
        };
        for (const one of before) record(kept, one);
        restored.restore(kept.state());
        for (const one of after) {
          record(kept, one);
          record(restored, one);
          expect(restored.snapshot(T)).toEqual(kept.snapshot(T));
          expect(restored.probe(T)).toEqual(kept.probe(T));
        }
      }),
    );
  });
});

describe("a report", () => {
  const report = { orderId: "ROUTER-00000001", status: "filled", filledQty: 1, timestamp: T };

  it.each<[what: string, fillId: unknown]>([
    ["an empty text", ""],
    ["a number", 7],
    ["an object", {}],
    ["a text of 100,000 characters", "x".repeat(100_000)],
  ])("whose fill id is %s cannot be read", (_what, fillId) => {
    expect(unreadable({ ...report, fillId: fillId as string })).toMatch(/^fillId is /);
    const router = busyRouter();
    const open = router.snapshot().driftItems.length;
    router.reconcile([{ ...report, fillId: fillId as string }]);
    expect(router.snapshot().driftItems).toHaveLength(open + 1);
  });

  it("with a usable fill id can be read", () => {
    expect(unreadable({ ...report, fillId: "f" })).toBeNull();
  });
});

describe("a snapshot of the router", () => {
  it("whose next number one of its orders has already is refused", () => {
    const snapshot = busyRouter().snapshot();
    const highest = snapshot.nextSequence - 1;
    expect(() => OrderRouter.restore(snapshot)).not.toThrow();
    expect(() => OrderRouter.restore({ ...snapshot, nextSequence: highest })).toThrow(/holds an order with the number/);
  });
});

describe("the drift board", () => {
  it(`keeps exactly ${REVIEWED_ITEMS_MAX} reviewed items, and drops the oldest beyond them`, () => {
    const board = new DriftBoard();
    const review = { action: "dismiss", operator: "ann", note: "seen" } as const;
    const add = (): string => {
      const { id } = board.add("unknown_fill", { text: "A fill", evidence: {} }, moment(T));
      board.review(id, review, moment(T));
      return id;
    };
    const ids = Array.from({ length: REVIEWED_ITEMS_MAX }, add);
    expect(board.items().map((item) => item.id)).toEqual(ids);
    const last = add();
    expect(board.items().map((item) => item.id)).toEqual([...ids.slice(1), last]);
  });
});
