/**
 * Probes for tests: a session's snapshot with a few strategies, from which a test changes what it is about.
 */
import type { SessionProbe, StrategyProbe } from "../../../src/live/session/state/api.ts";
import { sessionId } from "../../../src/shared/ids.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { moment, SECOND } from "../../../src/shared/time.ts";
import type { Duration, Moment } from "../../../src/shared/time.ts";
import { NO_LIMITS } from "../../live/session/desks.ts";
import { CADENCE, START, STRATEGIES, SYMBOLS } from "./journal.ts";

const seconds = (count: number): Duration => (count * SECOND) as Duration;

export function strategyProbe(name: string, change: Partial<StrategyProbe> = {}): StrategyProbe {
  return {
    name,
    module: "momentum",
    group: "default",
    haltedBy: null,
    symbols: ["AAPL"],
    state: "waiting",
    reason: null,
    cadence: CADENCE,
    budget: seconds(5),
    jitter: seconds(3),
    anchor: "finish",
    heartbeatTimeout: seconds(60),
    nextRun: moment(START + CADENCE),
    next: [{ at: moment(START + CADENCE), planned: moment(START + CADENCE), jitter: 0 as Duration }],
    lastRun: START,
    runningSince: null,
    lastRuntime: seconds(1),
    averageRuntime: seconds(1),
    executions: 1,
    overruns: 0,
    skips: 0,
    failures: 0,
    failing: false,
    lastHeartbeat: START,
    heartbeatLate: false,
    overBudget: false,
    orders: 0,
    fills: 0,
    rejections: 0,
    lastSignal: null,
    lastError: null,
    ...change,
  };
}

export function probe(change: Partial<SessionProbe> = {}): SessionProbe {
  return {
    id: sessionId("2026-11-23_0930_basket_book"),
    light: false,
    state: "running",
    paused: false,
    failure: null,
    clock: "virtual",
    speed: 10,
    now: START,
    startedAt: START,
    endsAt: null,
    feed: { lastAt: START, age: 0 as Duration, stale: false, ended: false, sources: [] },
    journal: { position: 1, committed: 1, commitAgeMs: 3 },
    snapshot: { at: null, age: null, every: seconds(30) },
    haltReasons: [],
    haltedScopes: [],
    drift: [],
    resumes: [],
    strategies: STRATEGIES.map((name) => strategyProbe(name)),
    router: {
      halted: false,
      nextOrderId: "ROUTER-00000001",
      rateLimitPerSec: 5,
      maxInflight: 256,
      inflight: 0,
      keys: 0,
      accepted: 0,
      refused: 0,
      rejected: 0,
      replays: 0,
      conflicts: 0,
      rejections: {},
      windows: STRATEGIES.map((strategy) => ({ strategy, used: 0, limit: 5, freeAt: null })),
      orders: [],
      queued: [],
    },
    flattens: [],
    ownerPositions: [],
    ownerDays: [],
    foreignRates: {},
    metrics: { latest: null, at: null },
    account: {
      currency: "USD",
      equity: "100000",
      equityStart: "100000",
      cash: "100000",
      pnl: "0",
      realized: "0",
      unrealized: "0",
      fees: "0",
      gross: "0",
      net: "0",
      drawdown: 0,
      drawdownMax: 0,
    },
    books: STRATEGIES.map((owner) => ({ owner, realized: "0", unrealized: "0", fees: "0", pnl: "0" })),
    positions: SYMBOLS.map((symbol) => ({
      symbol,
      assetClass: "equity",
      quantity: "0",
      averagePrice: "0",
      mark: 100,
      markAt: START,
      value: "0",
      share: 0,
    })),
    venuePositions: null,
    limits: NO_LIMITS,
    headroom: [{ guard: "portfolio_gross_cap", scope: "portfolio", value: "0", limit: "2", used: 0 }],
    counts: { runs: 0, orders: 0, fills: 0, rejections: 0, driftOpen: 0, late: 0, quarantined: 0 },
    ...change,
  };
}

export const at = (offsetSeconds: number): Moment => moment(START + offsetSeconds * SECOND);

/** What the projections ask of a desk. */
export const DESK = {
  name: "test desk",
  source: "demo",
  seed: "9402",
  feed: {
    kind: "replay",
    files: [],
    symbol: null,
    timeZone: "UTC",
    dateFormat: null,
    symbols: {
      AAPL: {
        symbol: "AAPL",
        assetClass: "equity",
        currency: "USD",
        pricePrecision: 2,
        quantityPrecision: 0,
        lotSize: "1",
        minQuantity: "1",
        minNotional: "1",
      },
    },
  },
  slo: { latencyP95Ms: 250, skipRate: 0.05, queueDepth: 64, errors: 20 },
  orchestrator: {
    rateLimitPerSec: 5,
    maxInflight: 256,
    snapshotInterval: seconds(30),
    metricsInterval: seconds(5),
    metricsWindow: 200,
    equityInterval: seconds(5),
    deadlineFactor: 3,
    quarantineAfter: 3,
  },
  strategies: STRATEGIES.map((name) => ({
    name,
    module: "momentum",
    symbols: ["AAPL"],
    cadence: CADENCE,
    timeBudget: seconds(5),
    jitter: seconds(3),
    heartbeatTimeout: seconds(60),
    anchor: "finish",
    params: {},
    group: "default",
  })),
} as const satisfies Pick<Desk, "name" | "source" | "seed" | "feed" | "slo" | "orchestrator" | "strategies">;
