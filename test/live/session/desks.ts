/**
 * Desks for tests: small, complete, and easy to vary.
 */
import type { Desk, BrokerConfig, RiskLimits, StrategyConfig } from "../../../src/shared/desk.ts";
import { HOUR, MILLISECOND, MINUTE, SECOND, type Duration } from "../../../src/shared/time.ts";

export const NO_LIMITS: RiskLimits = {
  maxNotional: null,
  maxPosition: null,
  maxPositionBySymbol: {},
  portfolioGrossCap: null,
  perAssetCap: null,
  assetClassCaps: {},
  perTradeRiskCap: null,
  portfolioDrawdownCap: null,
  cooldown: (5 * MINUTE) as Duration,
  dailyPortfolioLossCap: null,
  strategyDailyLossCap: null,
  turnoverWarn: null,
  turnoverBlock: null,
  capacityWarn: null,
  capacityLimit: null,
  capacityBars: 20,
  sessionDrawdownLimit: null,
  rejectLimit: null,
  rejectWindow: MINUTE,
  dataStale: null,
};

export const SYMBOLS = ["AAA", "BBB", "CCC", "DDD"] as const;

/** A strategy of a test desk. */
export function strategyOf(
  name: string,
  module: string,
  symbols: readonly string[],
  more: Partial<StrategyConfig> = {},
): StrategyConfig {
  return {
    name,
    module,
    symbols,
    cadence: (30 * SECOND) as Duration,
    timeBudget: (5 * SECOND) as Duration,
    jitter: (3 * SECOND) as Duration,
    heartbeatTimeout: (90 * SECOND) as Duration,
    anchor: "finish",
    params: {},
    group: "default",
    ...more,
  };
}

/** Four symbols, four strategies, a synthetic market, the virtual clock at full speed. */
export function deskOf(more: Partial<Desk> = {}): Desk {
  return {
    name: "test desk",
    source: "test",
    seed: "7",
    broker: {
      kind: "paper",
      currency: "USD",
      cash: "1000000",
      slippageBps: 1,
      feeBps: 0.5,
      latency: 0 as Duration,
      partialFillShare: null,
      faults: { reject: 0, dropAck: 0, duplicateFill: 0, delayFill: 0, unknownFill: 0 },
    },
    feed: {
      kind: "synthetic",
      barInterval: MINUTE,
      markInterval: (5 * SECOND) as Duration,
      warmupBars: 120,
      symbols: SYMBOLS.map((symbol, index) => ({
        symbol,
        assetClass: index < 2 ? "equity" : "crypto",
        currency: "USD",
        pricePrecision: 2,
        quantityPrecision: 2,
        lotSize: "0.01",
        minQuantity: "0.01",
        minNotional: "1",
        startPrice: 50 * (index + 1),
        volatility: 0.6,
        drift: 0,
        volume: 10_000,
      })),
    },
    clock: { kind: "virtual", start: null, speed: "max" },
    orchestrator: {
      rateLimitPerSec: 5,
      maxInflight: 256,
      snapshotInterval: (30 * SECOND) as Duration,
      metricsInterval: (5 * SECOND) as Duration,
      metricsWindow: 200,
      equityInterval: (10 * SECOND) as Duration,
      deadlineFactor: 3,
      quarantineAfter: 3,
    },
    slo: { latencyP95Ms: 1_000, skipRate: 0.05, queueDepth: 100, errors: 10 },
    limits: NO_LIMITS,
    runtime: { median: 200_000 as Duration, sigma: 0.5, slowShare: 0.01, slowFactor: 40 },
    dollarPerTrade: 10_000,
    strategies: [
      strategyOf("revert-a", "mean_reversion", ["AAA"], { params: { z_entry: 1 } }),
      strategyOf("momentum-b", "momentum", ["BBB"], { params: { fast: 3, slow: 9 } }),
      strategyOf("carry-c", "carry", ["CCC"], { params: { entry_threshold: 0.0001 } }),
      strategyOf("pairs-cd", "pairs", ["CCC", "DDD"], { params: { z_entry: 1 } }),
    ],
    ...more,
  };
}

export const TEST_LENGTH = HOUR;

/** A venue that does what it is asked. */
export const NO_FAULTS = { reject: 0, dropAck: 0, duplicateFill: 0, delayFill: 0, unknownFill: 0 };

/** A desk with another venue. */
export function withBroker(more: Partial<BrokerConfig>, rest: Partial<Desk> = {}): Desk {
  const desk = deskOf(rest);
  return { ...desk, broker: { ...desk.broker, ...more } };
}

/** Desks on which much goes another way than it should, by what does. */
export const VARIED_DESKS: readonly (readonly [string, Desk])[] = [
  ["a quiet venue", deskOf()],
  ["partial fills", withBroker({ partialFillShare: 0.002 })],
  ["lost acknowledgements", withBroker({ faults: { ...NO_FAULTS, dropAck: 0.4 } })],
  [
    "fills reported late",
    withBroker({ faults: { ...NO_FAULTS, delayFill: 0.4 }, latency: (700 * MILLISECOND) as Duration }),
  ],
  ["fills reported twice", withBroker({ faults: { ...NO_FAULTS, duplicateFill: 0.5 } })],
  [
    "refusals and everything else",
    withBroker({
      partialFillShare: 0.003,
      latency: (150 * MILLISECOND) as Duration,
      faults: { reject: 0.1, dropAck: 0.2, duplicateFill: 0.2, delayFill: 0.2, unknownFill: 0 },
    }),
  ],
  ["a stray fill that halts", withBroker({ faults: { ...NO_FAULTS, unknownFill: 0.05 } })],
  ["long runs", deskOf({ runtime: { median: 3_000_000 as Duration, sigma: 1, slowShare: 0.2, slowFactor: 6 } })],
  ["limits that bite", deskOf({ limits: { ...NO_LIMITS, maxNotional: "6000", portfolioGrossCap: 0.02 } })],
];
