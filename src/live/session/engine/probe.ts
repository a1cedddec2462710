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
import type { StrategyTally } from "../state/tally.ts";

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
  const { tally, router, ledger, desk, feed, market } = core;
  const now = (
    standing.state === "running" || standing.state === "paused" || standing.state === "halted"
      ? Math.max(core.now, core.clock.now())
      : core.now
  ) as Moment;
  const strategies = strategyProbes(core, now);
  const figures = core.books.figures();
  const equityStart = tally.equityStart ?? desk.broker.cash;
  const lastAt = market.lastAt;
  const age = lastAt === null ? null : between(lastAt, now);
  const { dataStale } = core.risk.limits;
  const [rejected, refused] = [sumOf(tally.rejections), sumOf(tally.refusals)];
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
      at: tally.lastSnapshotAt,
      age: tally.lastSnapshotAt === null ? null : between(tally.lastSnapshotAt, now),
      every: desk.orchestrator.snapshotInterval,
    },
    haltReasons: tally.haltReasons,
    haltedScopes: tally.switches.state(),
    drift: [...tally.drift.values()],
    resumes: [...tally.resumes],
    strategies,
    router: {
      halted: router.halted,
      nextOrderId: orderIdOf(router.nextSequence),
      rateLimitPerSec: router.rateLimitPerSec,
      maxInflight: router.maxInflight,
      inflight: router.inflightCount,
      keys: router.keys,
      accepted: tally.orders,
      refused,
      rejected,
      replays: tally.replays,
      conflicts: router.counters.conflicts,
      rejections: { ...tally.rejections },
      windows: desk.strategies.map(({ name }) => ({ strategy: name, ...router.rateWindow(name, now) })),
      ...openProbes(core),
    },
    ...positionProbesByOwner(core, now),
    metrics: { latest: tally.lastMetrics, at: tally.lastMetricsAt },
    account: {
      currency: desk.broker.currency,
      ...figures,
      equityStart,
      pnl: plain(decimal(figures.equity).minus(equityStart)),
      drawdownMax: Math.min(tally.drawdownMax, figures.drawdown),
    },
    books: core.books.books(),
    positions: positionProbes(core, figures.equity),
    headroom: core.risk.headroom(now),
    limits: core.risk.limits,
    venuePositions: core.venuePositions,
    counts: {
      runs: tally.runs,
      orders: tally.orders,
      fills: tally.fills,
      rejections: rejected + refused,
      driftOpen: tally.driftOpen,
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
  const inFlight = new Set(core.tally.open.index.strategies());
  return core.desk.strategies.map((config): StrategyProbe => {
    const { name } = config;
    const tally = core.tally.strategy(name);
    const stat = stats[name];
    // A strategy that waits for a run that is still ahead is silent because nothing is asked of it: that is not late.
    const expected = tally.open !== null || (stat !== undefined && stat.nextRun <= now && tally.runs > 0);
    const heartbeatLate = late.has(name) && expected && tally.standing === "active";
    const paused = tally.standing !== "active";
    const next = paused ? [] : nextRunsOf(core, name, tally);
    const marks = { overBudget: over.has(name), heartbeatLate, inFlight: inFlight.has(name) };
    return {
      name,
      module: config.module,
      group: config.group,
      symbols: config.symbols,
      haltedBy: core.tally.switches.over(config)?.scope ?? null,
      state: stateOf(tally, marks),
      reason: tally.reason,
      cadence: config.cadence,
      budget: config.timeBudget,
      jitter: config.jitter,
      anchor: config.anchor,
      heartbeatTimeout: config.heartbeatTimeout,
      nextRun: paused || tally.open !== null || config.runsAt === "bar" ? null : (next[0]?.at ?? stat?.nextRun ?? null),
      next,
      lastRun: stat?.lastRun ?? null,
      runningSince: tally.open?.started ?? null,
      lastRuntime: tally.lastRuntime,
      averageRuntime: stat?.averageRuntime ?? null,
      executions: stat?.executions ?? 0,
      overruns: stat?.overruns ?? 0,
      skips: stat?.skips ?? 0,
      failures: tally.failures,
      failing: tally.failing,
      lastHeartbeat: stat?.lastHeartbeat ?? null,
      heartbeatLate,
      overBudget: marks.overBudget,
      orders: tally.orders,
      fills: tally.fills,
      rejections: tally.rejections,
      lastSignal: tally.lastSignal,
      lastError: tally.lastError,
    };
  });
}

function nextRunsOf(core: Core, name: string, tally: StrategyTally): StrategyProbe["next"] {
  // The close of a bar is not known in advance.
  if (tally.open !== null || tally.config.runsAt === "bar") return [];
  const calendar = calendarOf(tally.config);
  const hoursAt = calendar === null ? undefined : (at: number) => calendar.spanAt(at);
  const after = (at: number) => plannedAfter(tally.config, core.startedAt, { due: at, started: at, finished: at });
  return core.scheduler.nextRuns(name, NEXT_RUNS, hoursAt, after).map(({ at, planned }) => ({
    at,
    planned,
    jitter: (at - planned) as Duration,
  }));
}

function stateOf(
  tally: StrategyTally,
  marks: { readonly overBudget: boolean; readonly heartbeatLate: boolean; readonly inFlight: boolean },
): StrategyProbe["state"] {
  if (tally.standing !== "active") return tally.standing;
  if (marks.overBudget) return "over_budget";
  if (marks.heartbeatLate) return "late";
  if (tally.open !== null) return "running";
  return marks.inFlight ? "in_flight" : "waiting";
}
