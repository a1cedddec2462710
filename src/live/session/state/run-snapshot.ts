/**
 * What a run of a strategy sees: bars, marks, positions, open orders and what happened to its orders since its run before.
 *
 * 1. It is a function of the parts and the moment, so a recovery makes the same snapshot again.
 */
import { decimal } from "../../../shared/decimal.ts";
import type { Bar } from "../../../shared/market.ts";
import type { Moment } from "../../../shared/time.ts";
import type { RunSnapshot } from "../../strategies/run-types.ts";
import { openOrdersOf } from "./open-order-views.ts";
import type { Core } from "./parts.ts";

/** What a run sees at this moment. */
export function runSnapshotOf(core: Core, strategy: string, run: number, now: Moment): RunSnapshot {
  const { config, fillsTold: fills, updatesTold: updates } = core.model.strategy(strategy);
  const { symbols } = config;
  const marks: Record<string, number> = {};
  const positions: Record<string, number> = {};
  const bars: Record<string, readonly Bar[]> = {};
  for (const symbol of symbols) {
    bars[symbol] = core.market.bars(symbol);
    const mark = core.market.mark(symbol);
    if (mark !== null) marks[symbol] = mark.price;
    const position = core.books.position(strategy, symbol);
    positions[symbol] = position.isZero() ? 0 : position.toNumber();
  }
  const openOrders = openOrdersOf(core, strategy);
  const bar = core.market.newestBarAt(symbols);
  const unitValues = unitValuesOf(core, symbols);
  return {
    strategy,
    run,
    now,
    bars,
    marks,
    positions,
    ...(unitValues === null ? {} : { unitValues }),
    openOrders,
    fills,
    updates,
    bar,
  };
}

const ONE = decimal(1);

/** Multiplier times rate of the symbols for which that is not 1; null where there are none. */
function unitValuesOf(core: Core, symbols: readonly string[]): Record<string, number> | null {
  const found: Record<string, number> = {};
  for (const symbol of symbols) {
    const { multiplier = "1" } = core.symbols.get(symbol) ?? {};
    if (multiplier === "1" && core.desk.fx === undefined) continue;
    const value = core.books.notional(symbol, ONE, ONE).toNumber();
    if (value !== 1) found[symbol] = value;
  }
  return Object.keys(found).length === 0 ? null : found;
}
