/**
 * A channel breakout that pyramids: a buy stop at the channel's high, further units half an average range apart, and a sell stop at the low
 * of a shorter channel, which rises with it.
 *
 * 1. Its stops are placed afresh at each run: what has not triggered is canceled first.
 * 2. An order is one unit, in however many parts it fills.
 */
import type { Strategy, StrategyAction, StrategyContext, StrategyFill } from "../../../shared/strategy.ts";

interface Units {
  readonly count: number;
  /** The order and the price of the newest one. */
  readonly order: string | null;
  readonly price: number;
}
const NONE: Units = { count: 0, order: null, price: 0 };

let bought: Record<string, Units> = {};

const strategy: Strategy<typeof bought> = {
  defaults: { entry: 20, exit: 10, units: 4 },
  parameters: {
    entry: { type: "integer", min: 2, max: 1_000, describe: "bars of the channel whose high is bought" },
    exit: { type: "integer", min: 2, max: 1_000, describe: "bars of the channel whose low is sold" },
    units: { type: "integer", min: 1, describe: "units that it buys at most" },
  },
  barsNeeded: ({ entry, exit }) => Math.max(Number(entry), Number(exit)),
  onStart: () => void (bought = {}),
  onFill({ orderId, symbol, quantity, price }: StrategyFill): void {
    const { count, order } = bought[symbol] ?? NONE;
    const more = quantity > 0 && (orderId === null || orderId !== order) ? 1 : 0;
    bought = { ...bought, [symbol]: quantity > 0 ? { count: count + more, order: orderId, price } : NONE };
  },
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const { entry, exit, units } = context.params;
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const bars = context.bars(symbol).slice(-Number(entry));
      if (bars.length < Number(entry)) return [];
      const high = Math.max(...bars.map((bar) => bar.high));
      const low = Math.min(
        ...context
          .bars(symbol)
          .slice(-Number(exit))
          .map((bar) => bar.low),
      );
      const range = bars.reduce((sum, bar) => sum + bar.high - bar.low, 0) / bars.length;
      const held = context.position(symbol);
      const { count, price } = held > 0 ? (bought[symbol] ?? NONE) : NONE;
      const stopPrice = count === 0 ? high : Math.max(high, price + range / 2);
      const quantity = context.roundQuantity(
        symbol,
        context.sizing.dollarPerTrade / (stopPrice * context.unitValue(symbol)),
      );
      const because = { text: `unit ${count + 1} of a breakout`, values: { high, low, range } };
      const buy: StrategyAction[] =
        count < Number(units) ? [{ symbol, quantity, type: "stop", stopPrice, because }] : [];
      const sell: StrategyAction[] =
        held > 0 ? [{ symbol, quantity: -held, type: "stop", stopPrice: low, reduceOnly: true, because }] : [];
      return [{ cancelAll: true, symbol }, ...buy, ...sell];
    });
  },
  save: () => bought,
  load: (saved) => void (bought = saved),
};

export default strategy;
