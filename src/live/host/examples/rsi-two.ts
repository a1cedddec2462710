/**
 * A two-bar RSI with a time exit: buys a sharp fall in a rising market, and sells after so many bars or above the short mean.
 *
 * 1. The bar of the entry is remembered, so the time exit holds over a restart.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

let since: Record<string, number> = {};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** 100 where nothing fell, 0 where nothing rose, over the last two changes. */
function rsi(closes: readonly number[]): number {
  const changes = [1, 2].map((back) => (closes.at(-back) ?? 0) - (closes.at(-back - 1) ?? 0));
  const up = changes.reduce((sum, change) => sum + Math.max(0, change), 0);
  const down = changes.reduce((sum, change) => sum - Math.min(0, change), 0);
  return up + down === 0 ? 50 : (100 * up) / (up + down);
}

const strategy: Strategy<typeof since> = {
  defaults: { trend: 50, below: 10, bars: 5 },
  parameters: {
    trend: { type: "integer", min: 6, describe: "bars of the mean above which it buys" },
    below: { type: "number", above: 0, describe: "the RSI under which it buys" },
    bars: { type: "integer", min: 1, describe: "bars after which it sells" },
  },
  barsNeeded: ({ trend }) => Math.max(Number(trend), 200),
  onStart: () => void (since = {}),
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [trend, below, longest] = ["trend", "below", "bars"].map((name) => Number(context.params[name])) as [
      number,
      number,
      number,
    ];
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const bars = context.bars(symbol);
      const closes = bars.map((bar) => bar.close);
      const close = closes.at(-1);
      if (close === undefined || closes.length < trend || context.openOrders(symbol).length > 0) return [];
      const held = context.position(symbol);
      const value = rsi(closes);
      const because = { text: held > 0 ? "time or target" : "a sharp fall", values: { rsi: value, close } };
      if (held > 0) {
        const passed = bars.filter((bar) => bar.at > (since[symbol] ?? 0)).length;
        return passed < longest && close <= mean(closes.slice(-5))
          ? []
          : [{ symbol, quantity: -held, reduceOnly: true, because }];
      }
      if (value >= below || close <= mean(closes.slice(-trend))) return [];
      since = { ...since, [symbol]: bars.at(-1)?.at ?? 0 };
      const quantity = context.roundQuantity(
        symbol,
        context.sizing.dollarPerTrade / (close * context.unitValue(symbol)),
      );
      return [{ symbol, quantity, because }];
    });
  },
  save: () => since,
  load: (saved) => void (since = saved),
};

export default strategy;
