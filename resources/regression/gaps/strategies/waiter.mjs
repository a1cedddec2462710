/**
 * Orders that wait away from the price, so that bars open beyond them: a bid and an offer that are limits, and a pair of stops of which
 * one's fill cancels the other. What is held is given back by a limit for the day, and at the market once it is too much.
 */
let runs = 0;

const cents = (price) => Math.round(price * 100) / 100;

export default {
  defaults: { size: 60, away: 0.004, limit: 240, stopLimit: false },
  parameters: {
    size: { type: "integer", min: 1, max: 1_000, describe: "quantity of an order" },
    away: { type: "number", above: 0, max: 0.1, describe: "distance from the close, a share of it" },
    limit: { type: "integer", min: 1, max: 10_000, describe: "the largest position that an order may add to" },
    stopLimit: { type: "boolean", describe: "stops become limits at their trigger" },
  },
  barsNeeded: () => 1,
  onTick(context) {
    runs += 1;
    const [symbol] = context.symbols;
    const close = context.bars(symbol).at(-1)?.close;
    if (close === undefined || runs % 5 !== 1) return [];
    const { size, away, limit, stopLimit } = context.params;
    const held = context.position(symbol);
    const because = (text) => ({ text, values: { close, held } });
    const actions = [{ cancelAll: true }];
    for (const side of [1, -1]) {
      const quantity = side * size;
      const better = cents(close * (1 - side * away));
      const worse = cents(close * (1 + side * away));
      if (held * side >= limit) continue;
      actions.push({ symbol, quantity, limitPrice: better, because: because("waits for a better price") });
      const terms = stopLimit ? { type: "stop_limit", limitPrice: cents(worse + side * 0.05) } : { type: "stop" };
      actions.push({ symbol, quantity, ...terms, stopPrice: worse, oco: `break ${runs}`, because: because("breaks out") });
    }
    if (Math.abs(held) >= limit)
      actions.push({ symbol, quantity: -held, reduceOnly: true, because: because("holds too much") });
    else if (held !== 0) {
      const limitPrice = cents(close * (1 + Math.sign(held) * away * 0.5));
      const terms = { timeInForce: "gtd", expiresAt: context.now + 150_000_000, reduceOnly: true };
      actions.push({ symbol, quantity: -held, limitPrice, ...terms, because: because("gives back") });
    }
    return actions;
  },
  save: () => runs,
  load: (state) => void (runs = state),
};
