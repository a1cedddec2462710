/** Bars and contexts for strategies in tests. */
import type { RunSnapshot } from "../../../src/live/strategies/run-types.ts";
import { contextOf, type ContextSettings } from "../../../src/live/strategies/context.ts";
import type { Bar, SymbolMeta } from "../../../src/shared/market.ts";
import type { Parameters, StrategyContext } from "../../../src/shared/strategy.ts";
import { DAY, moment } from "../../../src/shared/time.ts";

export const T0 = moment(20_000 * DAY);

export const barsOf = (symbol: string, closes: readonly number[]): Bar[] =>
  closes.map((close, index) => ({
    symbol,
    at: moment(T0 + index * 60_000_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  }));

export const metaOf = (symbol: string, more: Partial<SymbolMeta> = {}): SymbolMeta => ({
  symbol,
  assetClass: "equity",
  currency: "USD",
  pricePrecision: 2,
  quantityPrecision: 3,
  lotSize: "0.001",
  minQuantity: "0",
  minNotional: "0",
  ...more,
});

export interface Scene {
  readonly closes: Readonly<Record<string, readonly number[]>>;
  readonly params: Parameters;
  readonly positions?: Readonly<Record<string, number>>;
  readonly openOrders?: RunSnapshot["openOrders"];
  readonly sizing?: ContextSettings["sizing"];
  readonly meta?: Partial<SymbolMeta>;
  readonly seed?: string;
  readonly run?: number;
}

export function runSnapshotOf(scene: Scene, strategy = "test"): RunSnapshot {
  const bars = Object.fromEntries(
    Object.entries(scene.closes).map(([symbol, closes]) => [symbol, barsOf(symbol, closes)]),
  );
  return {
    strategy,
    run: scene.run ?? 1,
    now: T0,
    bars,
    marks: {},
    positions: scene.positions ?? {},
    openOrders: scene.openOrders ?? [],
    fills: [],
    updates: [],
    bar: null,
  };
}

export function sceneContext(scene: Scene): StrategyContext {
  return contextOf(runSnapshotOf(scene), {
    symbols: Object.keys(scene.closes),
    params: scene.params,
    sizing: scene.sizing ?? { dollarPerTrade: 10_000 },
    seed: scene.seed ?? "7",
    metaOf: (symbol) => metaOf(symbol, scene.meta),
  });
}
