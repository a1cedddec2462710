/**
 * What Schedule and Metrics show: strategies, their runs past and next, and the numbers over time.
 *
 * 1. A run is known by `strategy#run`, a skipped slot by `strategy@moment`, a sample by its number.
 */
import * as z from "zod/mini";
import { TICK_CLASSES } from "../ticks.ts";
import { at, maybeAt, maybeText, count, ScopeSchema, StrategyStateSchema } from "./parts.ts";

/** Stream `schedule`. Runs: the newest 3,000 of all strategies and no older than 30 minutes of session time. */
const RunOutcomeSchema = z.enum(["ok", "overrun", "threw", "timed_out", "ended", "abandoned", "bad_result"]);

export const ScheduleViewSchema = z.object({
  now: at,
  rows: z.record(
    z.string(),
    z.object({
      name: z.string(),
      module: z.string(),
      group: z.string(),
      symbols: z.array(z.string()),
      /** What halts its orders besides the whole session: its own switch or its group's. */
      haltedBy: z.nullable(ScopeSchema),
      state: StrategyStateSchema,
      /** Why it is in this state, else why its newest run failed; null once neither holds. */
      reason: maybeText,
      /** Since when the reason holds. */
      reasonAt: maybeAt,
      /** True while its newest finished run is one that failed. */
      failing: z.boolean(),
      cadence: z.number(),
      budget: z.number(),
      jitter: z.number(),
      anchor: z.enum(["finish", "slot"]),
      heartbeatTimeout: z.number(),
      nextRun: maybeAt,
      lastRun: maybeAt,
      runningSince: maybeAt,
      lastRuntime: z.nullable(z.number()),
      /** Run times are drawn from the seed. */
      simulated: z.optional(z.boolean()),
      averageRuntime: z.nullable(z.number()),
      executions: count,
      overruns: count,
      skips: count,
      failures: count,
      lastHeartbeat: maybeAt,
      heartbeatLate: z.boolean(),
    }),
  ),
  /** Keyed by `strategy#run`. `finished` null while it runs. */
  runs: z.record(
    z.string(),
    z.object({
      strategy: z.string(),
      planned: at,
      due: at,
      started: at,
      finished: maybeAt,
      outcome: z.nullable(RunOutcomeSchema),
      orders: count,
      message: maybeText,
    }),
  ),
  /** Slots passed over. Keyed by `strategy@moment`. */
  skipped: z.record(z.string(), z.object({ strategy: z.string(), at, reason: z.string() })),
  /** The exact next runs of each strategy: [moment, planned, jitter]. At most three each. */
  next: z.record(z.string(), z.array(z.tuple([at, at, z.number()]))),
});

/** Stream `ticks`. Rows: the newest 500 of each class, a run as `strategy#run`, a passed slot as `strategy@moment`. */
export const TicksViewSchema = z.object({
  /** Why the ledger ends early; null while it holds. */
  problem: maybeText,
  /** By strategy: how many there are of each class, in the order of `TICK_CLASSES`. */
  counts: z.record(z.string(), z.tuple([count, count, count, count, count, count])),
  rows: z.record(
    z.string(),
    z.object({
      strategy: z.string(),
      run: z.nullable(z.number()),
      planned: at,
      due: maybeAt,
      started: maybeAt,
      finished: maybeAt,
      class: z.enum(TICK_CLASSES),
      outcome: z.nullable(RunOutcomeSchema),
      why: maybeText,
    }),
  ),
});

/** Stream `metrics`. Samples: the newest 1,440, keyed by their number. */
export const MetricsViewSchema = z.object({
  now: at,
  window: count,
  n: count,
  everyS: z.number(),
  latest: z.nullable(
    z.object({
      at,
      p50Ms: z.number(),
      p95Ms: z.number(),
      p99Ms: z.number(),
      maxMs: z.number(),
      averageMs: z.number(),
      skipRate: z.number(),
      queueDepthMax: z.number(),
    }),
  ),
  errors: z.record(z.string(), count),
  /**
   * [moment, p50 ms, p95 ms, p99 ms, skip rate, queue depth, and of the interval: errors, runs, orders, fills]. An older sample stands for
   * several: it has the highest of each figure, and after them the lowest runs, orders and fills of one interval.
   */
  samples: z.record(
    z.string(),
    z.tuple([
      at,
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
    ]),
  ),
});
