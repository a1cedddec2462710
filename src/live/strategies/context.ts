/**
 * The context that a run gets: an immutable snapshot with a few conveniences.
 *
 * 1. Everything in it is of the moment at which the run started.
 * 2. The random stream follows from the seed, the strategy and the run's number, so a run that is repeated after a crash
 *    draws the same numbers.
 */
import { createStream, type Stream } from "../../orchestrator/common/random.ts";
import { decimal, roundDownToStep } from "../../shared/decimal.ts";
import type { Bar, SymbolMeta } from "../../shared/market.ts";
import type { Parameters, SizingLimits, StrategyContext } from "../../shared/strategy.ts";
import type { RunSnapshot } from "./run-types.ts";

export interface ContextSettings {
  readonly symbols: readonly string[];
  readonly params: Parameters;
  readonly sizing: SizingLimits;
  readonly seed: string;
  readonly metaOf: (symbol: string) => SymbolMeta | undefined;
  /** The most bars that it sees: as many as it asked for, whatever its neighbours want. */
  readonly barsMax?: number;
  /** Where a run's heartbeats go. */
  readonly heartbeat?: () => void;
}

function newest(bars: readonly Bar[], count: number | undefined): readonly Bar[] {
  if (count === undefined || bars.length <= count) return bars;
  // Engines slice a frozen list ten times slower than this.
  const kept: Bar[] = [];
  for (let index = bars.length - count; index < bars.length; index += 1) kept.push(bars[index] as Bar);
  return kept;
}

/** A quantity cut to a lot. What is smaller than one lot, most of what strategies ask about, needs no exact division. */
function cutToLot(quantity: number, lotSize: string): number {
  if (Math.abs(quantity) < Number(lotSize)) return quantity < 0 ? -0 : 0;
  return roundDownToStep(decimal(quantity), decimal(lotSize)).toNumber();
}

/** A symbol's value; a name that every object has, as `constructor`, is no symbol. */
function valueOf<T>(values: Readonly<Record<string, T>> | undefined, symbol: string): T | undefined {
  return values !== undefined && Object.hasOwn(values, symbol) ? values[symbol] : undefined;
}

/** The context of one run. */
export function contextOf(snapshot: RunSnapshot, settings: ContextSettings): StrategyContext {
  let stream: Stream | null = null;
  return Object.freeze({
    now: snapshot.now,
    symbols: settings.symbols,
    params: settings.params,
    sizing: settings.sizing,
    bars: (symbol: string) => newest(valueOf(snapshot.bars, symbol) ?? [], settings.barsMax),
    mark: (symbol: string) => valueOf(snapshot.marks, symbol),
    position: (symbol: string) => valueOf(snapshot.positions, symbol) ?? 0,
    unitValue: (symbol: string) => valueOf(snapshot.unitValues, symbol) ?? 1,
    openOrders: (symbol?: string) =>
      symbol === undefined ? snapshot.openOrders : snapshot.openOrders.filter((order) => order.symbol === symbol),
    roundQuantity: (symbol: string, quantity: number) => {
      const meta = settings.metaOf(symbol);
      if (!Number.isFinite(quantity)) return 0;
      return meta === undefined ? quantity : cutToLot(quantity, meta.lotSize);
    },
    minimums: (symbol: string) => {
      const meta = settings.metaOf(symbol);
      return { quantity: Number(meta?.minQuantity ?? 0), notional: Number(meta?.minNotional ?? 0) };
    },
    random: () => {
      stream ??= createStream(settings.seed, `strategy:${snapshot.strategy}:${snapshot.run}`);
      return stream.next();
    },
    heartbeat: () => settings.heartbeat?.(),
  });
}
