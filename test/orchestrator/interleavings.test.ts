/**
 * Every order in which a few things can happen: not drawn, but all of them, router, scheduler and metrics beside their naive models.
 */
import { describe, expect, it } from "vitest";
import { MetricsRecorder, OrderRouter, Scheduler } from "../../src/orchestrator/index.ts";
import type { OrderReport, OrderRequest } from "../../src/orchestrator/index.ts";
import { NaiveRouter } from "./model/naive-router.ts";
import { NaiveScheduler } from "./naive-scheduler.ts";

/** Calls `visit` with every sequence of `length` numbers below `letters`. */
function everySequence(letters: number, length: number, visit: (sequence: readonly number[]) => void): number {
  const sequence = Array<number>(length).fill(0);
  for (let count = 0; ; count += 1) {
    visit(sequence);
    let place = length - 1;
    while (place >= 0 && sequence[place] === letters - 1) sequence[place--] = 0;
    if (place < 0) return count + 1;
    sequence[place] = (sequence[place] as number) + 1;
  }
}

const T = 1_704_101_580_000_000;
const order = (clientOrderId: string, quantity = 1): OrderRequest => ({
  strategyId: "s",
  symbol: "X",
  quantity,
  price: 10,
  clientOrderId,
});
const reportOf = (status: string, more: Partial<OrderReport> = {}): OrderReport => ({
  orderId: "ROUTER-00000001",
  status,
  filledQty: 1,
  timestamp: T,
  ...more,
});

type RouterStep = (router: OrderRouter, naive: NaiveRouter, now: number) => readonly [unknown, unknown];

const submit =
  (request: OrderRequest): RouterStep =>
  (router, naive, now) => [router.submit(request, now), naive.submit(request, now, true)];
const reconcile =
  (report: OrderReport): RouterStep =>
  (router, naive) => [router.reconcile([report]), naive.reconcile([report])];

/** An operator settles everything and resumes, where there is a halt. */
const settle: RouterStep = (router, naive) => {
  if (!naive.halted) return [router.halted, false];
  for (const item of naive.open()) {
    router.review(item, { operator: "ann", note: "seen", action: "dismiss" });
    item.reviewed = "dismiss";
  }
  router.resume({ operator: "ann", note: "seen" });
  naive.resume();
  return [router.halted, false];
};

const ROUTER_STEPS: readonly RouterStep[] = [
  submit(order("a")),
  submit(order("b")),
  submit(order("a", 2)),
  reconcile(reportOf("filled", { fillId: "f1", price: 10 })),
  reconcile(reportOf("partially_filled", { fillId: "f1", price: 10, filledQty: 0.5 })),
  reconcile(reportOf("partially_filled", { fillId: "f2", price: 10, filledQty: 0.7 })),
  reconcile(reportOf("canceled")),
  settle,
];

const SPECS = [
  { name: "free", cadence: 10, timeBudget: 4, jitter: 2, heartbeatTimeout: 15, anchor: "finish" as const },
  { name: "grid", cadence: 8, timeBudget: 3, jitter: 1, heartbeatTimeout: 15, anchor: "slot" as const },
];

type ScheduleStep = (scheduler: Scheduler, naive: NaiveScheduler, now: number) => void;

/** Starts or ends a strategy's run, whichever its state allows. */
const toggle =
  (name: string): ScheduleStep =>
  (scheduler, naive, now) => {
    const running = naive.find(name).startedAt !== null;
    if (running) {
      scheduler.markFinish(name, now);
      naive.finish(name, now);
    } else {
      scheduler.markStart(name, now);
      naive.start(name, now);
    }
  };
const pause =
  (name: string): ScheduleStep =>
  (scheduler, naive, now) => {
    const strategy = naive.find(name);
    if (strategy.paused) {
      scheduler.resume(name, now);
      naive.resume(name, now);
    } else {
      scheduler.pause(name);
      strategy.paused = true;
    }
  };
const skip =
  (name: string): ScheduleStep =>
  (scheduler, naive, now) => {
    expect(scheduler.skipMissed(name, now).slots).toBe(naive.skipMissed(name, now));
  };

const SCHEDULE_STEPS: readonly ScheduleStep[] = [
  toggle("free"),
  toggle("grid"),
  pause("free"),
  pause("grid"),
  skip("grid"),
  () => undefined,
];

const TICKS: readonly (readonly [latency: number, skipped: boolean])[] = [
  [0, false],
  [0.1, true],
  [-1, false],
  [0.25, false],
];

describe("every interleaving", () => {
  it("of submissions, fills, duplicates, cancels and resumes of two orders, five long", () => {
    const sequences = everySequence(ROUTER_STEPS.length, 5, (sequence) => {
      const options = { rateLimitPerSec: 2, maxInflight: 1 };
      const router = new OrderRouter(options);
      const naive = new NaiveRouter({ ...options, retention: { maxKeys: null, maxAge: null } });
      const answers: unknown[] = [];
      const expected: unknown[] = [];
      for (const [place, letter] of sequence.entries()) {
        const [one, other] = (ROUTER_STEPS[letter] as RouterStep)(router, naive, T + place * 400_000);
        answers.push(one);
        expected.push(other);
      }
      answers.push([router.halted, router.nextSequence, router.openDrift, router.inflightCount]);
      expected.push([naive.halted, naive.next, naive.open().length, naive.inflight.length]);
      // Comparing texts first keeps a hundred thousand comparisons quick; a difference is then reported in full.
      if (JSON.stringify(answers) !== JSON.stringify(expected)) expect(answers, String(sequence)).toEqual(expected);
    });
    expect(sequences).toBe(ROUTER_STEPS.length ** 5);
  });

  it("of starts, ends, pauses and missed slots of two strategies, six long, at three paces", () => {
    for (const pace of [2, 5, 11])
      everySequence(SCHEDULE_STEPS.length, 6, (sequence) => {
        const scheduler = new Scheduler({ now: 0, seed: 3 });
        const naive = new NaiveScheduler(0, 3);
        for (const spec of SPECS) {
          scheduler.register(spec);
          naive.register(spec, undefined);
        }
        for (const [place, letter] of sequence.entries())
          (SCHEDULE_STEPS[letter] as ScheduleStep)(scheduler, naive, (place + 1) * pace);
        const now = (sequence.length + 1) * pace;
        const seen = [scheduler.due(now), scheduler.nextWake(), Object.entries(scheduler.stats())];
        const expected = [naive.due(now), naive.nextWake(), naive.stats()];
        if (JSON.stringify(seen) !== JSON.stringify(expected))
          expect(seen, `${pace}: ${String(sequence)}`).toEqual(expected);
      });
  });

  it("of ticks in a window of three, seven long", () => {
    everySequence(TICKS.length, 7, (sequence) => {
      const metrics = new MetricsRecorder({ window: 3 });
      for (const letter of sequence) {
        const [latency, skipped] = TICKS[letter] as readonly [number, boolean];
        metrics.recordTick("s", latency, { skipped });
      }
      const kept = sequence.slice(-3).map((letter) => TICKS[letter] as readonly [number, boolean]);
      const sorted = kept.map(([latency]) => Math.max(0, latency)).toSorted((a, b) => a - b);
      const [low, middle, high] = sorted as [number, number, number];
      const line = metrics.snapshot(T);
      const rounded = (value: number): number => Number(value.toFixed(6));
      const seen = [line.ticks, line.avg_latency_s, line.p50_latency_s, line.p95_latency_s, line.skip_rate];
      const skips = kept.filter(([, skipped]) => skipped).length;
      const expected = [
        3,
        rounded((low + middle + high) / 3),
        middle,
        rounded(middle + 0.9 * (high - middle)),
        rounded(skips / 3),
      ];
      if (seen.join() !== expected.join()) expect(seen, String(sequence)).toEqual(expected);
    });
  });
});
