/** Buys or sells a unit at the market in each run up to a size, with a limit that rests far away and a stop under what is held. */
const cents = (price) => Math.round(price * 100) / 100;

export default {
  defaults: { side: 1, unit: 20, size: 60 },
  parameters: {
    side: { type: "integer", min: -1, max: 1, describe: "1 buys, -1 sells" },
    unit: { type: "integer", min: 1, max: 1_000, describe: "quantity of an order" },
    size: { type: "integer", min: 1, max: 10_000, describe: "the position that is built" },
  },
  barsNeeded: () => 1,
  onTick(context) {
    const { side, unit, size } = context.params;
    return context.symbols.flatMap((symbol) => {
      const close = context.bars(symbol).at(-1)?.close;
      if (close === undefined) return [];
      const held = context.position(symbol);
      const open = context.openOrders(symbol);
      const because = { text: "holds", values: { held } };
      const actions = [];
      if (Math.abs(held) < size && !open.some(({ type }) => type === "market"))
        actions.push({ symbol, quantity: side * unit, because });
      if (!open.some(({ type }) => type === "limit"))
        actions.push({ symbol, quantity: side * unit, limitPrice: cents(close * (1 - side * 0.03)), because });
      if (held !== 0 && !open.some(({ type }) => type === "stop")) {
        const stopPrice = cents(close * (1 - side * 0.05));
        actions.push({ symbol, quantity: -held, type: "stop", stopPrice, reduceOnly: true, because });
      }
      return actions;
    });
  },
};
