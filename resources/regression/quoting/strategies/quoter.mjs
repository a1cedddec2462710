/**
 * A bid and an ask around the last close. A quote that works is moved by a replace in even minutes, and taken back by a cancel and
 * placed again in odd ones.
 */
let runs = 0;

const cents = (price) => Math.round(price * 100) / 100;

export default {
  defaults: { size: 40, limit: 120 },
  parameters: {
    size: { type: "integer", min: 1, max: 1_000, describe: "quantity of a quote" },
    limit: { type: "integer", min: 1, max: 10_000, describe: "the largest position that a quote may add to" },
  },
  barsNeeded: () => 1,
  onTick(context) {
    runs += 1;
    const [symbol] = context.symbols;
    const close = context.bars(symbol).at(-1)?.close;
    if (close === undefined) return [];
    const open = context.openOrders(symbol);
    const held = context.position(symbol);
    return [1, -1].flatMap((side) => {
      const limitPrice = cents(close * (1 - side * 0.0008));
      const quote = open.find((order) => Math.sign(order.quantity) === side);
      if (quote !== undefined && runs % 2 === 0) return [{ replace: quote.orderId, limitPrice }];
      const because = { text: side > 0 ? "bid" : "ask", values: { close } };
      const order = { symbol, quantity: side * context.params.size, limitPrice, because };
      const fresh = held * side < context.params.limit ? [order] : [];
      return quote === undefined ? fresh : [{ cancel: quote.orderId }, ...fresh];
    });
  },
  save: () => runs,
  load: (state) => void (runs = state),
};
