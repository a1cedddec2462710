/**
 * Enters with the last bar's direction while flat and without orders: every other time by a limit order for the day. A stop, or a trailing
 * stop, and a target are attached.
 */
let entries = 0;

const cents = (price) => Math.round(price * 100) / 100;

export default {
  defaults: { size: 50, trail: 0 },
  parameters: {
    size: { type: "integer", min: 1, max: 1_000, describe: "quantity of an entry" },
    trail: { type: "number", min: 0, max: 100, describe: "how far the stop trails, in percent; 0: it stays" },
  },
  barsNeeded: () => 2,
  onTick(context) {
    const [symbol] = context.symbols;
    const bar = context.bars(symbol).at(-1);
    if (bar === undefined || context.position(symbol) !== 0) return [];
    const open = context.openOrders(symbol);
    const entry = open.find((order) => order.parentId === null);
    // A limit order that the market has left behind gives way to the next entry.
    if (entry !== undefined) return [{ cancel: entry.orderId }];
    if (open.length > 0) return [];
    entries += 1;
    const side = bar.close >= bar.open ? 1 : -1;
    const at = (share) => cents(bar.close * (1 + side * share));
    const { size, trail } = context.params;
    const stop = trail > 0 ? { trail: { percent: trail } } : { stopPrice: at(-0.003) };
    const limit = entries % 2 === 0 ? { limitPrice: at(-0.0005), timeInForce: "day" } : {};
    const because = { text: "the last bar's direction", values: { open: bar.open, close: bar.close } };
    return [{ symbol, quantity: side * size, ...limit, because, attach: { stop, target: { limitPrice: at(0.004) } } }];
  },
  save: () => entries,
  load: (state) => void (entries = state),
};
