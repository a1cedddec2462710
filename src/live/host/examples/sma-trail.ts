/**
 * A moving-average crossover with a trailing stop: buys when the fast mean crosses above the slow one, and lets a trailing stop take the
 * position out; a cross below takes it out at the market.
 *
 * 1. The trailing stop is the entry's bracket, so it works from the entry's fill on, for what was filled.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const strategy: Strategy = {
  defaults: { fast: 10, slow: 30, trail: 3 },
  parameters: {
    fast: { type: "integer", min: 2, below: "slow", describe: "bars of the fast mean" },
    slow: { type: "integer", min: 3, describe: "bars of the slow mean" },
    trail: { type: "number", above: 0, describe: "percent that the stop trails behind the best price" },
  },
  barsNeeded: ({ slow }) => Number(slow) + 1,
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [fast, slow, percent] = ["fast", "slow", "trail"].map((name) => Number(context.params[name])) as [
      number,
      number,
      number,
    ];
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const closes = context.bars(symbol).map((bar) => bar.close);
      if (closes.length <= slow) return [];
      const above = (back: number): boolean => {
        const until = closes.slice(0, closes.length - back);
        return mean(until.slice(-fast)) > mean(until.slice(-slow));
      };
      const because = { text: `the ${fast}-bar mean against the ${slow}-bar mean`, values: { now: String(above(0)) } };
      const held = context.position(symbol);
      if (held > 0 && !above(0))
        return [
          { cancelAll: true, symbol },
          { symbol, quantity: -held, reduceOnly: true, because },
        ];
      if (held !== 0 || !above(0) || above(1) || context.openOrders(symbol).length > 0) return [];
      const worth = (closes.at(-1) ?? 0) * context.unitValue(symbol);
      const quantity = context.roundQuantity(symbol, context.sizing.dollarPerTrade / worth);
      return [{ symbol, quantity, because, attach: { stop: { type: "trailing_stop", trail: { percent } } } }];
    });
  },
};

export default strategy;
