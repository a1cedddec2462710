/**
 * A spread of two symbols: sells the dear one and buys the cheap one when their ratio is far from its mean, and closes both when it is
 * back.
 *
 * 1. Both legs are one basket: the guards accept both, or none.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

const strategy: Strategy = {
  defaults: { lookback: 60, enter: 2, leave: 0.5 },
  parameters: {
    lookback: { type: "integer", min: 5, describe: "bars of the ratio's mean" },
    enter: { type: "number", above: 0, describe: "deviations at which it enters" },
    leave: { type: "number", min: 0, below: "enter", describe: "deviations at which it closes" },
  },
  barsNeeded: ({ lookback }) => Number(lookback),
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [first, second] = context.symbols;
    const lookback = Number(context.params["lookback"]);
    if (first === undefined || second === undefined || context.openOrders().length > 0) return [];
    const [a, b] = [first, second].map((symbol) =>
      context
        .bars(symbol)
        .slice(-lookback)
        .map((bar) => bar.close),
    ) as [number[], number[]];
    if (a.length < lookback || b.length < lookback) return [];
    const ratios = a.map((close, index) => Math.log(close / (b[index] ?? close)));
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / lookback;
    const deviation = Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / lookback);
    if (deviation === 0) return [];
    const z = ((ratios.at(-1) ?? mean) - mean) / deviation;
    const because = { text: "the spread against its mean", values: { z } };
    const basket = `spread-${context.now}`;
    const held = [first, second].map((symbol) => ({ symbol, quantity: -context.position(symbol) }));
    if (held.some(({ quantity }) => quantity !== 0)) {
      if (Math.abs(z) > Number(context.params["leave"])) return [];
      return held.filter(({ quantity }) => quantity !== 0).map((leg) => ({ ...leg, basket, because }));
    }
    if (Math.abs(z) < Number(context.params["enter"])) return [];
    const size = (symbol: string, close: number): number =>
      context.roundQuantity(symbol, context.sizing.dollarPerTrade / (close * context.unitValue(symbol)));
    const side = z > 0 ? -1 : 1;
    return [
      { symbol: first, quantity: side * size(first, a.at(-1) ?? 1), basket, because },
      { symbol: second, quantity: -side * size(second, b.at(-1) ?? 1), basket, because },
    ];
  },
};

export default strategy;
