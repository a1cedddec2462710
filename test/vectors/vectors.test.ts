/**
 * The recorded behaviour: every step of every case of `router.jsonl`, `scheduler.jsonl` and `metrics.jsonl`, and the state files.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  fromRouterState,
  MetricsRecorder,
  OrderRouter,
  readRouterState,
  Scheduler,
  toRouterState,
  writeRouterState,
  type StrategyStats,
} from "../../src/orchestrator/index.ts";
import { parseMoment } from "../../src/shared/time.ts";
import { missingVectors, vectorsFolder } from "../material.ts";

interface Request {
  readonly strategy_id: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
  readonly client_order_id: string;
  readonly idempotency_key: string | null;
  readonly timestamp: number;
}
interface Report {
  readonly order_id: string;
  readonly status: string;
  readonly filled_qty: number;
  readonly timestamp: number;
}
interface Spec {
  readonly name: string;
  readonly cadence: number;
  readonly time_budget: number;
  readonly jitter: number;
  readonly heartbeat_timeout: number;
}
/** One recorded step; which fields it has follows from `op`. */
interface Step {
  readonly op: string;
  readonly now: number;
  readonly expect: unknown;
  readonly rate_limit_per_sec: number;
  readonly max_inflight: number;
  readonly request: Request;
  readonly reports: readonly Report[];
  readonly seed: number;
  readonly name: string;
  readonly spec: Spec;
  readonly start_at: number;
  readonly window: number;
  readonly strategy: string;
  readonly latency_s: number;
  readonly skipped: boolean;
  readonly depth: number;
  readonly kind: string;
}
type File = Readonly<Record<string, unknown>>;
interface Case {
  readonly case: string;
  readonly steps: readonly Step[];
}

const casesOf = (file: string): Case[] =>
  vectorsFolder === null
    ? []
    : readFileSync(join(vectorsFolder, file), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Case);

const requestOf = (request: Request) => ({
  strategyId: request.strategy_id,
  symbol: request.symbol,
  quantity: request.quantity,
  price: request.price,
  clientOrderId: request.client_order_id,
  idempotencyKey: request.idempotency_key,
  timestamp: request.timestamp,
});

/** The seven shared fields with moments as integers; of rate counters those that still count, as the runner is free to drop the rest. */
function comparable(file: File, now: number) {
  const counting = Object.entries(file["rate_counters"] as Record<string, string[]>)
    .map(
      ([name, times]) =>
        [name, times.map((time) => parseMoment(time) as number).filter((at) => at >= now - 1_000_000)] as const,
    )
    .filter(([, times]) => times.length > 0);
  const orders = Object.entries(file["inflight"] as Record<string, Record<string, unknown>>).map(([id, order]) => [
    id,
    { ...order, timestamp: parseMoment(String(order["timestamp"])) },
  ]);
  return {
    rate_limit_per_sec: file["rate_limit_per_sec"],
    max_inflight: file["max_inflight"],
    next_sequence: file["next_sequence"],
    halted: file["halted"],
    rate_counters: Object.fromEntries(counting.toSorted()),
    inflight: Object.fromEntries(orders),
    idempotency: file["idempotency"],
  };
}

function runRouter(steps: readonly Step[]): number {
  let router = new OrderRouter();
  let latest = 0;
  let checks = 0;
  for (const [index, step] of steps.entries()) {
    const where = `step ${index} ${step.op}`;
    latest = Math.max(latest, (step as Partial<Step>).now ?? 0);
    if (step.op === "create") {
      router = new OrderRouter({ rateLimitPerSec: step.rate_limit_per_sec, maxInflight: step.max_inflight });
    } else if (step.op === "submit") {
      const { accepted, orderId, reason } = router.submit(requestOf(step.request), step.now);
      expect({ accepted, order_id: orderId, reason }, where).toEqual(step.expect);
      checks++;
    } else if (step.op === "reconcile") {
      const outcome = router.reconcile(
        step.reports.map((report) => ({
          orderId: report.order_id,
          status: report.status,
          filledQty: report.filled_qty,
          timestamp: report.timestamp,
        })),
      );
      const { resolved, unknownFills, remainingInflight } = outcome;
      const seen = {
        resolved,
        unknown_fills: unknownFills,
        remaining_inflight: remainingInflight,
        halted: router.halted,
      };
      expect(seen, where).toEqual(step.expect);
      checks++;
    } else if (step.op === "snapshot_and_restore") {
      const value = JSON.parse(JSON.stringify(toRouterState(router.snapshot()))) as Record<string, unknown>;
      expect(comparable(value, latest), where).toEqual(comparable(step.expect as File, latest));
      router = OrderRouter.restore(fromRouterState(value));
      checks++;
    } else throw new Error(`unknown step ${step.op}`);
  }
  return checks;
}

function runScheduler(steps: readonly Step[]): number {
  let scheduler = new Scheduler({ now: 0 });
  let checks = 0;
  for (const [index, step] of steps.entries()) {
    const where = `step ${index} ${step.op}`;
    const { name, now } = step;
    if (step.op === "create") scheduler = new Scheduler({ now, seed: step.seed });
    else if (step.op === "register") {
      const { spec } = step;
      scheduler.register(
        {
          name: spec.name,
          cadence: spec.cadence,
          timeBudget: spec.time_budget,
          jitter: spec.jitter,
          heartbeatTimeout: spec.heartbeat_timeout,
        },
        { startAt: step.start_at },
      );
      if (step.expect !== undefined)
        expect(scheduler.nextRun(spec.name), where).toBe((step.expect as { next_run: number }).next_run);
    } else if (step.op === "due") expect(scheduler.due(now), where).toEqual(step.expect);
    else if (step.op === "mark_start") scheduler.markStart(name, now);
    else if (step.op === "mark_finish") {
      scheduler.markFinish(name, now);
      const { nextRun, executions, overruns, skips, averageRuntime } = scheduler.stats()[name] as StrategyStats;
      const { avg_runtime_s, ...rest } = step.expect as { avg_runtime_s: number };
      expect({ next_run: nextRun, executions, overruns, skips }, where).toEqual(rest);
      expect(Math.abs((averageRuntime ?? 0) / 1e6 - avg_runtime_s), where).toBeLessThanOrEqual(1.001e-6);
    } else if (step.op === "record_heartbeat") scheduler.recordHeartbeat(name, now);
    else if (step.op === "watchdogs") {
      const seen = {
        late_heartbeats: scheduler.lateHeartbeats(now),
        running_over_budget: scheduler.runningOverBudget(now),
      };
      expect(seen, where).toEqual(step.expect);
    } else throw new Error(`unknown step ${step.op}`);
    if (step.expect !== undefined) checks++;
  }
  return checks;
}

function runMetrics(steps: readonly Step[]): number {
  let metrics = new MetricsRecorder();
  let checks = 0;
  for (const [index, step] of steps.entries()) {
    if (step.op === "create") metrics = new MetricsRecorder({ window: step.window });
    else if (step.op === "record_tick") metrics.recordTick(step.strategy, step.latency_s, { skipped: step.skipped });
    else if (step.op === "record_queue_depth") metrics.recordQueueDepth(step.depth);
    else if (step.op === "record_error") metrics.recordError(step.kind);
    else if (step.op === "snapshot") {
      const seen = metrics.snapshot((step as Partial<Step>).now ?? 0) as unknown as Record<string, unknown>;
      for (const [field, value] of Object.entries(step.expect as File)) {
        const where = `step ${index} ${field}`;
        if (typeof value === "number")
          expect(Math.abs((seen[field] as number) - value), where).toBeLessThanOrEqual(1.001e-6);
        else expect(seen[field], where).toEqual(value);
      }
      checks++;
    } else throw new Error(`unknown step ${step.op}`);
  }
  return checks;
}

describe("the recorded vectors", () => {
  const folder = vectorsFolder;
  if (folder === null) {
    it.skip(`all of them: ${missingVectors}`, () => undefined);
    return;
  }
  const runners = { "router.jsonl": runRouter, "scheduler.jsonl": runScheduler, "metrics.jsonl": runMetrics };
  for (const [file, run] of Object.entries(runners))
    for (const recorded of casesOf(file))
      it(`${file} ${recorded.case}`, () => {
        expect(run(recorded.steps)).toBeGreaterThan(0);
      });

  for (const file of readdirSync(join(folder, "router_state")))
    it(`router_state/${file} goes through this program and back`, () => {
      const text = readFileSync(join(folder, "router_state", file), "utf8");
      const value = JSON.parse(text) as Record<string, unknown>;
      const router = OrderRouter.restore(readRouterState(text, { fileName: file }));
      const written = JSON.parse(writeRouterState(router.snapshot())) as Record<string, unknown>;
      expect(comparable(written, 0)).toEqual(comparable(value, 0));
      expect(OrderRouter.restore(fromRouterState(value)).snapshot()).toEqual(router.snapshot());
      expect(OrderRouter.restore(fromRouterState(written)).snapshot()).toEqual(router.snapshot());
    });
});
