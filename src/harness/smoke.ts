/**
 * The smoke: a seeded cohort of strategies through scheduler, router and metrics, as fast as virtual time goes.
 *
 * 1. The same options give the same lines and the same summary, on any machine; nothing here reads a clock.
 * 2. Overruns, replays and fills are drawn from the seed; every order is reconciled, so the router ends with none in flight.
 * 3. A fill that the router does not know is counted and never explained away: the verdict is then `unknown_fills`.
 */
import { createStream, MetricsRecorder, OrderRouter, Scheduler } from "../orchestrator/index.ts";
import type { OrderId } from "../shared/ids.ts";
import { between, later, MILLISECOND, MINUTE, moment, SECOND, type Duration, type Moment } from "../shared/time.ts";

export interface SmokeLimits {
  /** The 95th percentile of tick latency, seconds. */
  readonly latencyP95S: number;
  /** Skipped ticks as a share of all. */
  readonly skipRate: number;
  readonly queueDepth: number;
  /** Errors of every kind together. */
  readonly errors: number;
}

export interface SmokeOptions {
  readonly strategies: number;
  readonly duration: Duration;
  readonly cadence: Duration;
  readonly timeBudget: Duration;
  readonly jitter: Duration;
  readonly seed: string;
  readonly limits: SmokeLimits;
  /** Shares of one: runs past their budget, orders submitted twice, fills without an order. */
  readonly overrunShare: number;
  readonly replayShare: number;
  readonly unknownFillShare: number;
}

export const SMOKE_DEFAULTS: SmokeOptions = {
  strategies: 50,
  duration: (15 * MINUTE) as Duration,
  cadence: (20 * SECOND) as Duration,
  timeBudget: (3 * SECOND) as Duration,
  jitter: (2 * SECOND) as Duration,
  seed: "9402",
  limits: { latencyP95S: 3, skipRate: 0.05, queueDepth: 256, errors: 0 },
  overrunShare: 0.01,
  replayShare: 0.05,
  unknownFillShare: 0,
};

/** The virtual moment at which every smoke begins: 2024-01-01T09:30:00Z. */
const START = moment(1_704_101_400_000_000);
const STEP = (100 * MILLISECOND) as Duration;
const METRICS_EVERY = (5 * SECOND) as Duration;
const SYMBOLS = ["AAPL", "MSFT", "NVDA", "SPY", "BTC-USD", "EURUSD"] as const;

/** An order that no smoke is long enough to reach. */
const UNORDERED = "ROUTER-99999999" as OrderId;

export interface SloVerdict {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly kept: boolean;
}

export interface SmokeSummary {
  readonly seed: string;
  readonly strategies: number;
  readonly duration_min: number;
  readonly cadence_s: number;
  readonly time_budget_s: number;
  readonly jitter_s: number;
  readonly runs: number;
  readonly overruns: number;
  readonly skips: number;
  readonly orders_accepted: number;
  readonly orders_rejected: Readonly<Record<string, number>>;
  readonly replays: number;
  readonly fills: number;
  readonly unknown_fills: number;
  readonly remaining_inflight: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** The cohort as its scheduler counted it; `skip_rate` is skips by executions, rounded to six places. */
  readonly scheduler: {
    readonly strategies: number;
    readonly executions: number;
    readonly skips: number;
    readonly overruns: number;
    readonly skip_rate: number;
  };
  /** The router at the end. */
  readonly router: {
    readonly halted: boolean;
    readonly pending_orders: number;
    readonly rejection_counts: Readonly<Record<string, number>>;
    readonly unknown_fills: number;
  };
  readonly slo: readonly SloVerdict[];
  readonly verdict: "passed" | "slo_broken" | "unknown_fills";
}

export interface SmokeResult {
  /** Lines of `metrics.jsonl`, without their line ends. */
  readonly lines: readonly string[];
  readonly summary: SmokeSummary;
}

interface Finish {
  readonly at: Moment;
  readonly due: Moment;
  readonly index: number;
}

interface Report {
  readonly orderId: OrderId;
  readonly status: "filled";
  readonly filledQty: number;
  timestamp: Moment;
}

interface Cohort {
  readonly options: SmokeOptions;
  readonly scheduler: Scheduler;
  readonly router: OrderRouter;
  readonly metrics: MetricsRecorder;
  readonly random: { next(): number };
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Runs that end in a step, by the step's number. */
  readonly finishing: Map<number, Finish[]>;
  /** The fills of the step's orders, reported at the next step with its moment. */
  working: Report[];
  readonly rejected: Map<string, number>;
  readonly orderNumbers: number[];
  runs: number;
  overruns: number;
  skips: number;
  accepted: number;
  replays: number;
  fills: number;
  unknownFills: number;
  /** The most orders in flight at the end of a step. */
  depthMax: number;
}

function createCohort(options: SmokeOptions): Cohort {
  const scheduler = new Scheduler({ now: START, seed: options.seed });
  const names = Array.from({ length: options.strategies }, (_, index) => `smoke_${String(index + 1).padStart(4, "0")}`);
  for (const [index, name] of names.entries())
    scheduler.register(
      { name, cadence: options.cadence, timeBudget: options.timeBudget, jitter: options.jitter },
      { startAt: later(START, Math.floor((options.cadence * index) / names.length) as Duration) },
    );
  return {
    options,
    scheduler,
    router: new OrderRouter({ rateLimitPerSec: 5, maxInflight: Math.max(256, options.strategies) }),
    metrics: new MetricsRecorder(),
    random: createStream(options.seed, "smoke"),
    names,
    indexOf: new Map(names.map((name, index) => [name, index])),
    finishing: new Map(),
    working: [],
    rejected: new Map(),
    orderNumbers: names.map(() => 0),
    runs: 0,
    overruns: 0,
    skips: 0,
    accepted: 0,
    replays: 0,
    fills: 0,
    unknownFills: 0,
    depthMax: 0,
  };
}

/** Every order of the step before is filled whole; now and then a fill comes that has no order. */
function settle(cohort: Cohort, now: Moment): void {
  const reports = cohort.working;
  if (reports.length === 0) return;
  for (const report of reports) report.timestamp = now;
  if (cohort.options.unknownFillShare > 0 && cohort.random.next() < cohort.options.unknownFillShare)
    reports.push({ orderId: UNORDERED, status: "filled", filledQty: 1, timestamp: now });
  const result = cohort.router.reconcile(reports);
  cohort.fills += result.resolved.length;
  cohort.unknownFills += result.unknownFills.length;
  cohort.working = [];
}

function submit(cohort: Cohort, index: number, now: Moment): void {
  const { random, router } = cohort;
  const strategyId = cohort.names[index] as string;
  const number = (cohort.orderNumbers[index] as number) + 1;
  cohort.orderNumbers[index] = number;
  const side = random.next() < 0.5 ? 1 : -1;
  const request = {
    strategyId,
    symbol: SYMBOLS[(index + number) % SYMBOLS.length] as string,
    quantity: side * (1 + Math.floor(random.next() * 10)),
    price: 50 + Math.floor(random.next() * 20_000) / 100,
    clientOrderId: `${strategyId}-${number}`,
  };
  const decision = router.submit(request, now);
  if (decision.accepted && decision.orderId !== null) {
    cohort.accepted += 1;
    const { orderId } = decision;
    cohort.working.push({ orderId, status: "filled", filledQty: Math.abs(request.quantity), timestamp: now });
  } else {
    cohort.rejected.set(decision.reason, (cohort.rejected.get(decision.reason) ?? 0) + 1);
    cohort.metrics.recordError(decision.reason);
  }
  if (random.next() < cohort.options.replayShare) {
    router.submit(request, now);
    cohort.replays += 1;
  }
}

function finishRuns(cohort: Cohort, step: number): void {
  const ending = cohort.finishing.get(step);
  if (ending === undefined) return;
  cohort.finishing.delete(step);
  ending.sort((a, b) => a.at - b.at || a.index - b.index);
  for (const { at, due, index } of ending) {
    const name = cohort.names[index] as string;
    const finish = cohort.scheduler.markFinish(name, at);
    cohort.runs += 1;
    if (finish.overrun) cohort.overruns += 1;
    cohort.skips += finish.skips;
    cohort.metrics.recordTick(name, between(due, at) / SECOND, { skipped: finish.overrun });
    submit(cohort, index, at);
  }
}

function startRuns(cohort: Cohort, now: Moment): void {
  const { options, random } = cohort;
  for (const name of cohort.scheduler.due(now)) {
    const due = cohort.scheduler.nextRun(name);
    cohort.scheduler.markStart(name, now);
    cohort.scheduler.recordHeartbeat(name, now);
    const slow = random.next() < options.overrunShare;
    const share = slow ? 1.05 + random.next() : 0.02 + 0.3 * random.next() ** 2;
    const runtime = Math.round(options.timeBudget * share) as Duration;
    const at = later(now, runtime);
    const step = Math.ceil((at - START) / STEP);
    const ending = cohort.finishing.get(step);
    const finish = { at, due, index: cohort.indexOf.get(name) as number };
    if (ending === undefined) cohort.finishing.set(step, [finish]);
    else ending.push(finish);
  }
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

function judge(limits: SmokeLimits, line: Readonly<Record<string, unknown>>, cohort: Cohort): SloVerdict[] {
  const errors = [...cohort.rejected.values()].reduce((sum, count) => sum + count, 0);
  const rows: readonly (readonly [string, number, number])[] = [
    ["p95_latency_s", Number(line["p95_latency_s"]), limits.latencyP95S],
    ["skip_rate", cohort.runs === 0 ? 0 : cohort.overruns / cohort.runs, limits.skipRate],
    // The line's own greatest depth is that of its window; the limit is one on the whole run.
    ["queue_depth_max", cohort.depthMax, limits.queueDepth],
    ["errors", errors, limits.errors],
  ];
  return rows.map(([name, value, limit]) => ({
    name,
    value: rounded(value),
    limit,
    kept: value <= limit,
  }));
}

function summarise(cohort: Cohort, line: Readonly<Record<string, unknown>>): SmokeSummary {
  const { options } = cohort;
  const slo = judge(options.limits, line, cohort);
  const rejections = Object.fromEntries([...cohort.rejected].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    seed: options.seed,
    strategies: options.strategies,
    duration_min: options.duration / MINUTE,
    cadence_s: options.cadence / SECOND,
    time_budget_s: options.timeBudget / SECOND,
    jitter_s: options.jitter / SECOND,
    runs: cohort.runs,
    overruns: cohort.overruns,
    skips: cohort.skips,
    orders_accepted: cohort.accepted,
    orders_rejected: rejections,
    replays: cohort.replays,
    fills: cohort.fills,
    unknown_fills: cohort.unknownFills,
    remaining_inflight: cohort.router.inflightCount,
    metrics: line,
    scheduler: schedulerFigures(cohort.scheduler),
    router: {
      halted: cohort.router.halted,
      pending_orders: cohort.router.inflightCount,
      rejection_counts: rejections,
      unknown_fills: cohort.unknownFills,
    },
    slo,
    verdict: cohort.unknownFills > 0 ? "unknown_fills" : slo.every((row) => row.kept) ? "passed" : "slo_broken",
  };
}

function schedulerFigures(scheduler: Scheduler): SmokeSummary["scheduler"] {
  const figures = { executions: 0, skips: 0, overruns: 0 };
  for (const stats of Object.values(scheduler.stats())) {
    figures.executions += stats.executions;
    figures.skips += stats.skips;
    figures.overruns += stats.overruns;
  }
  const { executions, skips } = figures;
  const strategies = scheduler.names().length;
  return { strategies, ...figures, skip_rate: executions === 0 ? 0 : rounded(skips / executions) };
}

/** Runs the cohort from its first moment to its last. Throws a RangeError for options that the scheduler refuses. */
export function runSmoke(options: SmokeOptions): SmokeResult {
  const cohort = createCohort(options);
  const lines: string[] = [];
  const steps = Math.ceil(options.duration / STEP);
  const stepsPerLine = METRICS_EVERY / STEP;
  for (let step = 0; step <= steps; step += 1) {
    const now = later(START, (step * STEP) as Duration);
    settle(cohort, now);
    finishRuns(cohort, step);
    startRuns(cohort, now);
    const depth = cohort.router.inflightCount;
    cohort.depthMax = Math.max(cohort.depthMax, depth);
    cohort.metrics.recordQueueDepth(depth);
    if (step > 0 && step % stepsPerLine === 0) lines.push(JSON.stringify(cohort.metrics.snapshot(now)));
  }
  const end = later(START, options.duration);
  settle(cohort, later(end, STEP));
  const last = cohort.metrics.snapshot(end);
  return { lines, summary: summarise(cohort, last as unknown as Readonly<Record<string, unknown>>) };
}
