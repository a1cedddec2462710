/**
 * A market maker: a post-only bid and offer around the mark, leaning against what it holds, moved by replaces.
 *
 * 1. Each side is one order, named by its symbol, side and moment; where it still works its price is replaced, else it is placed.
 */
import type { Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

const strategy: Strategy = {
  defaults: { half_spread: 10, lean: 5, most: 5 },
  parameters: {
    half_spread: { type: "number", above: 0, describe: "basis points from the mark to each quote" },
    lean: { type: "number", min: 0, describe: "basis points by which both quotes move for each unit held" },
    most: { type: "integer", min: 1, describe: "units that it holds at most, on either side" },
  },
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [half, lean, most] = ["half_spread", "lean", "most"].map((name) => Number(context.params[name])) as [
      number,
      number,
      number,
    ];
    return context.symbols.flatMap((symbol): StrategyAction[] => {
      const mark = context.mark(symbol);
      if (mark === undefined) return [];
      const unit = context.roundQuantity(symbol, context.sizing.dollarPerTrade / (mark * context.unitValue(symbol)));
      if (unit === 0) return [];
      const units = context.position(symbol) / unit;
      return [1, -1].flatMap((side): StrategyAction[] => {
        const works = context.openOrders(symbol).find((order) => order.quantity * side > 0);
        const limitPrice = mark * (1 - (side * half + lean * units) / 10_000);
        if (side * units >= most) return works === undefined ? [] : [{ cancel: works.orderId }];
        if (works !== undefined) return works.state === "accepted" ? [{ replace: works.orderId, limitPrice }] : [];
        const because = { text: side > 0 ? "bid" : "offer", values: { mark, units } };
        return [
          {
            symbol,
            quantity: side * unit,
            limitPrice,
            postOnly: true,
            clientOrderId: `${symbol}-${side}-${context.now}`,
            because,
          },
        ];
      });
    });
  },
};

export default strategy;
