/**
 * Reversion to the mean inside bands: a limit bid at the lower band while it is flat, a limit offer at the mean while it holds.
 *
 * 1. Both rest at the venue and are placed afresh at each run, as the bands move.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

const strategy: Strategy = {
  defaults: { lookback: 20, width: 2 },
  parameters: {
    lookback: { type: "integer", min: 3, describe: "bars of the mean" },
    width: { type: "number", above: 0, describe: "standard deviations from the mean to the band" },
  },
  barsNeeded: ({ lookback }) => Number(lookback),
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const lookback = Number(context.params["lookback"]);
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const closes = context
        .bars(symbol)
        .slice(-lookback)
        .map((bar) => bar.close);
      if (closes.length < lookback) return [];
      const mean = closes.reduce((sum, close) => sum + close, 0) / lookback;
      const deviation = Math.sqrt(closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / lookback);
      const band = mean - Number(context.params["width"]) * deviation;
      const held = context.position(symbol);
      const because = { text: held > 0 ? "back at the mean" : "at the lower band", values: { mean, band } };
      const quantity = context.roundQuantity(
        symbol,
        context.sizing.dollarPerTrade / (band * context.unitValue(symbol)),
      );
      if (held <= 0 && (band <= 0 || deviation === 0)) return [{ cancelAll: true, symbol }];
      const order: StrategyAction =
        held > 0
          ? { symbol, quantity: -held, limitPrice: mean, reduceOnly: true, because }
          : { symbol, quantity, limitPrice: band, because };
      return [{ cancelAll: true, symbol }, order];
    });
  },
};

export default strategy;
