/**
 * A view of the session for display: everything that a view shows and the journal's entries do not say.
 *
 * 1. It reads and changes nothing; its cost follows the number of strategies and symbols, never the session's length.
 */
import { orderIdOf } from "../../../orchestrator/index.ts";
import { decimal, plain } from "../../../shared/decimal.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import { between } from "../../../shared/time.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import { calendarOf, plannedAfter } from "../../calendar/index.ts";
import type { PositionProbe, SessionProbe, SessionState, StrategyProbe } from "../state/api.ts";
import { openProbes, positionProbesByOwner } from "../orders/order-probes.ts";
import type { Core } from "../state/parts.ts";
import { sumOf } from "../state/rejections.ts";
import type { StrategyModel } from "../state/read-model.ts";

/** Coming runs of a strategy that a probe lists. */
const NEXT_RUNS = 3;

interface Standing {
  readonly light: boolean;
  readonly state: SessionState;
  readonly paused: boolean;
  readonly failure: ErrorShape | null;
  readonly endsAt: Moment | null;
}

/** The view at the session's present moment. */
export function probeOf(core: Core, standing: Standing): SessionProbe {
  const { model, router, ledger, desk, feed, market } = core;
  const now = (
    standing.state === "running" || standing.state === "paused" || standing.state === "halted"
      ? Math.max(core.now, core.clock.now())
      : core.now
  ) as Moment;
  const strategies = strategyProbes(core, now);
  const figures = core.books.figures();
  const equityStart = model.equityStart ?? desk.broker.cash;
  const lastAt = market.lastAt;
  const age = lastAt === null ? null : between(lastAt, now);
  const { dataStale } = core.risk.limits;
  const [rejected, refused] = [sumOf(model.rejections), sumOf(model.refusals)];
  return {
    id: core.id,
    ...standing,
    clock: core.clock.kind,
    speed: core.clock.speed,
    now,
    startedAt: core.startedAt,
    feed: {
      lastAt,
      age,
      stale: age !== null && dataStale !== null && age > dataStale,
      ended: feed.nextAt() === null,
      sources: feed.sources,
    },
    journal: { position: ledger.position, committed: ledger.committed, commitAgeMs: ledger.commitAgeMs },
    snapshot: {
      at: model.lastSnapshotAt,
      age: model.lastSnapshotAt === null ? null : between(model.lastSnapshotAt, now),
      every: desk.orchestrator.snapshotInterval,
    },
    haltReasons: model.haltReasons,
    haltedScopes: model.switches.state(),
    drift: [...model.drift.values()],
    resumes: [...model.resumes],
    strategies,
    router: {
      halted: router.halted,
      nextOrderId: orderIdOf(router.nextSequence),
      rateLimitPerSec: router.rateLimitPerSec,
      maxInflight: router.maxInflight,
      inflight: router.inflightCount,
      keys: router.keys,
      accepted: model.orders,
      refused,
      rejected,
      replays: model.replays,
      conflicts: router.counters.conflicts,
      rejections: { ...model.rejections },
      windows: desk.strategies.map(({ name }) => ({ strategy: name, ...router.rateWindow(name, now) })),
      ...openProbes(core),
    },
    ...positionProbesByOwner(core, now),
    metrics: { latest: model.lastMetrics, at: model.lastMetricsAt },
    account: {
      currency: desk.broker.currency,
      ...figures,
      equityStart,
      pnl: plain(decimal(figures.equity).minus(equityStart)),
      drawdownMax: Math.min(model.drawdownMax, figures.drawdown),
    },
    books: core.books.books(),
    positions: positionProbes(core, figures.equity),
    headroom: core.risk.headroom(now),
    limits: core.risk.limits,
    venuePositions: core.venuePositions,
    counts: {
      runs: model.runs,
      orders: model.orders,
      fills: model.fills,
      rejections: rejected + refused,
      driftOpen: model.driftOpen,
      late: strategies.filter((strategy) => strategy.heartbeatLate).length,
      quarantined: strategies.filter((strategy) => strategy.state === "quarantined").length,
    },
  };
}

function positionProbes(core: Core, equity: string): PositionProbe[] {
  const total = decimal(equity);
  return [...core.books.positions()].map(([symbol, quantity]) => {
    const mark = core.market.mark(symbol);
    const value = mark === null ? null : core.books.value(symbol);
    return {
      symbol,
      assetClass: core.symbols.get(symbol)?.assetClass ?? "unknown",
      quantity: plain(quantity),
      averagePrice: plain(core.books.averagePrice(symbol)),
      mark: mark?.price ?? null,
      markAt: mark?.at ?? null,
      value: value === null ? null : plain(value),
      share: value === null || !total.isPositive() ? null : value.div(total).toNumber(),
    };
  });
}

function strategyProbes(core: Core, now: Moment): StrategyProbe[] {
  const stats = core.scheduler.stats();
  const over = new Set(core.scheduler.runningOverBudget(now));
  const late = new Set(core.scheduler.lateHeartbeats(now));
  const inFlight = new Set(core.model.open.index.strategies());
  return core.desk.strategies.map((config): StrategyProbe => {
    const { name } = config;
    const model = core.model.strategy(name);
    const stat = stats[name];
    // A strategy that waits for a run that is still ahead is silent because nothing is asked of it: that is not late.
    const expected = model.open !== null || (stat !== undefined && stat.nextRun <= now && model.runs > 0);
    const heartbeatLate = late.has(name) && expected && model.standing === "active";
    const paused = model.standing !== "active";
    const next = paused ? [] : nextRunsOf(core, name, model);
    const marks = { overBudget: over.has(name), heartbeatLate, inFlight: inFlight.has(name) };
    return {
      name,
      module: config.module,
      group: config.group,
      symbols: config.symbols,
      haltedBy: core.model.switches.over(config)?.scope ?? null,
      state: stateOf(model, marks),
      reason: model.reason,
      cadence: config.cadence,
      budget: config.timeBudget,
      jitter: config.jitter,
      anchor: config.anchor,
      heartbeatTimeout: config.heartbeatTimeout,
      nextRun: paused || model.open !== null || config.runsAt === "bar" ? null : (next[0]?.at ?? stat?.nextRun ?? null),
      next,
      lastRun: stat?.lastRun ?? null,
      runningSince: model.open?.started ?? null,
      lastRuntime: model.lastRuntime,
      averageRuntime: stat?.averageRuntime ?? null,
      executions: stat?.executions ?? 0,
      overruns: stat?.overruns ?? 0,
      skips: stat?.skips ?? 0,
      failures: model.failures,
      failing: model.failing,
      lastHeartbeat: stat?.lastHeartbeat ?? null,
      heartbeatLate,
      overBudget: marks.overBudget,
      orders: model.orders,
      fills: model.fills,
      rejections: model.rejections,
      lastSignal: model.lastSignal,
      lastError: model.lastError,
    };
  });
}

function nextRunsOf(core: Core, name: string, model: StrategyModel): StrategyProbe["next"] {
  // The close of a bar is not known in advance.
  if (model.open !== null || model.config.runsAt === "bar") return [];
  const calendar = calendarOf(model.config);
  const hoursAt = calendar === null ? undefined : (at: number) => calendar.spanAt(at);
  const after = (at: number) => plannedAfter(model.config, core.startedAt, { due: at, started: at, finished: at });
  return core.scheduler.nextRuns(name, NEXT_RUNS, hoursAt, after).map(({ at, planned }) => ({
    at,
    planned,
    jitter: (at - planned) as Duration,
  }));
}

function stateOf(
  model: StrategyModel,
  marks: { readonly overBudget: boolean; readonly heartbeatLate: boolean; readonly inFlight: boolean },
): StrategyProbe["state"] {
  if (model.standing !== "active") return model.standing;
  if (marks.overBudget) return "over_budget";
  if (marks.heartbeatLate) return "late";
  if (model.open !== null) return "running";
  return marks.inFlight ? "in_flight" : "waiting";
}
