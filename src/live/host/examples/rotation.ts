/**
 * A momentum rotation: every so many runs it holds the symbols that rose most, with equal worth, and sells the others.
 *
 * 1. A rebalance is one basket, so the desk is never left half rebalanced by a guard.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

let runs = 0;

const strategy: Strategy<number> = {
  defaults: { lookback: 30, hold: 1, every: 5 },
  parameters: {
    lookback: { type: "integer", min: 1, describe: "bars over which the rise is taken" },
    hold: { type: "integer", min: 1, describe: "symbols that it holds" },
    every: { type: "integer", min: 1, describe: "runs from one rebalance to the next" },
  },
  barsNeeded: ({ lookback }) => Number(lookback) + 1,
  onStart: () => void (runs = 0),
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const lookback = Number(context.params["lookback"]);
    runs += 1;
    if ((runs - 1) % Number(context.params["every"]) !== 0 || context.openOrders().length > 0) return [];
    const risen = context.symbols.map((symbol) => {
      const closes = context.bars(symbol).map((bar) => bar.close);
      const [close, before] = [closes.at(-1) ?? Number.NaN, closes.at(-1 - lookback) ?? Number.NaN];
      return { symbol, close, rise: close / before - 1 };
    });
    if (risen.some(({ rise }) => !Number.isFinite(rise))) return [];
    const ranked = risen.toSorted((a, b) => b.rise - a.rise);
    const basket = `rebalance-${runs}`;
    return ranked.flatMap(({ symbol, close, rise }, rank): StrategyAction[] => {
      const worth = close * context.unitValue(symbol);
      const target = rank < Number(context.params["hold"]) ? context.sizing.dollarPerTrade / worth : 0;
      const change = target - context.position(symbol);
      const quantity = target === 0 ? change : context.roundQuantity(symbol, change);
      // A winner that is held already is left as it is.
      if (quantity === 0 || (target > 0 && context.position(symbol) > 0)) return [];
      return [
        { symbol, quantity, basket, because: { text: `rank ${rank + 1} of ${ranked.length}`, values: { rise } } },
      ];
    });
  },
  save: () => runs,
  load: (saved) => void (runs = saved),
};

export default strategy;
