/**
 * The made-up market of a check: two symbols, bars of a minute, a venue that fills along them, and no limits.
 *
 * 1. It is the same at each check.
 */
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import type { Parameters } from "../../shared/strategy.ts";
import { limitsUnset } from "../../store/index.ts";
import { MILLISECOND, MINUTE, SECOND, type Duration, type Moment } from "../../shared/time.ts";

/** Runs of a check without a desk. */
export const RUNS = 60;
/** What such a desk says that it comes from. */
export const CHECK_SOURCE = "check";
/** The name that the strategy has in it. */
export const CHECKED = "checked";
const SYMBOLS = ["AAA", "BBB"];
const START = 1_767_623_400_000_000 as Moment;
/** What the machine's wall clock reads in every session of a check, in milliseconds. */
export const WALL_MS = START / MILLISECOND;

const strategyOf = (module: string, params: Parameters): StrategyConfig => ({
  name: CHECKED,
  module,
  symbols: SYMBOLS,
  cadence: MINUTE,
  timeBudget: SECOND,
  jitter: 0 as Duration,
  heartbeatTimeout: (2 * MINUTE) as Duration,
  anchor: "slot",
  params,
  group: "default",
});

/** The desk of a check that names none. */
export function madeUpDesk(module: string, params: Parameters): Desk {
  return {
    name: "check",
    source: CHECK_SOURCE,
    seed: "check",
    broker: {
      kind: "paper",
      fillModel: "bars",
      currency: "USD",
      cash: "1000000",
      slippageBps: 0,
      feeBps: 0,
      latency: 0 as Duration,
      partialFillShare: null,
      faults: { reject: 0, dropAck: 0, duplicateFill: 0, delayFill: 0, unknownFill: 0 },
    },
    feed: {
      kind: "synthetic",
      barInterval: MINUTE,
      markInterval: MINUTE,
      warmupBars: 2_000,
      symbols: SYMBOLS.map((symbol) => ({
        symbol,
        assetClass: "equity",
        currency: "USD",
        pricePrecision: 2,
        quantityPrecision: 2,
        lotSize: "0.01",
        minQuantity: "0.01",
        minNotional: "1",
        startPrice: 100,
        volatility: 0.6,
        drift: 0,
        volume: 10_000,
      })),
    },
    clock: { kind: "virtual", start: START, speed: "max" },
    orchestrator: {
      rateLimitPerSec: 1_000,
      maxInflight: 10_000,
      snapshotInterval: MINUTE,
      metricsInterval: MINUTE,
      metricsWindow: 200,
      equityInterval: MINUTE,
      deadlineFactor: 3,
      quarantineAfter: 3,
      pace: "queue",
    },
    slo: { latencyP95Ms: 1_000, skipRate: 1, queueDepth: 10_000, errors: 1_000 },
    limits: limitsUnset(),
    runtime: { median: MILLISECOND, sigma: 0, slowShare: 0, slowFactor: 1 },
    dollarPerTrade: 10_000,
    strategies: [strategyOf(module, params)],
  };
}
