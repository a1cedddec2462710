/**
 * An opening-range breakout: once the day's first bars have passed, a buy stop at their high for the day, with a bracket: a stop at their
 * low and a target twice the range above.
 *
 * 1. One entry a day: the order's id names the day, so a second request is the same order.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

const DAY = 86_400_000_000;

const strategy: Strategy = {
  defaults: { bars: 6, reward: 2 },
  parameters: {
    bars: { type: "integer", min: 1, max: 400, describe: "bars of the opening range" },
    reward: { type: "number", above: 0, describe: "ranges from the entry to the target" },
  },
  barsNeeded: () => 1_500,
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [count, reward] = [Number(context.params["bars"]), Number(context.params["reward"])];
    const day = Math.floor(context.now / DAY);
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const today = context.bars(symbol).filter((bar) => Math.floor((bar.at - 1) / DAY) === day);
      if (today.length < count || context.position(symbol) !== 0 || context.openOrders(symbol).length > 0) return [];
      const opening = today.slice(0, count);
      const high = Math.max(...opening.map((bar) => bar.high));
      const low = Math.min(...opening.map((bar) => bar.low));
      if (high === low) return [];
      const quantity = context.roundQuantity(
        symbol,
        context.sizing.dollarPerTrade / (high * context.unitValue(symbol)),
      );
      const target = { limitPrice: high + reward * (high - low), timeInForce: "day" } as const;
      const attach = { stop: { stopPrice: low, timeInForce: "day" } as const, target };
      const because = { text: "above the opening range", values: { high, low } };
      const clientOrderId = `${symbol}-${day}`;
      return [{ symbol, quantity, type: "stop", stopPrice: high, timeInForce: "day", clientOrderId, attach, because }];
    });
  },
};

export default strategy;
