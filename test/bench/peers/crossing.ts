/**
 * One moving-average strategy that orders on every bar: what `nautilus.py` runs, as this program runs it.
 *
 * 1. It is long while the mean of the last `FAST` closes is above that of the last `SLOW`, else short, by 10 and 20 shares in turn.
 * 2. Closes are compared in whole cents, so that both programs decide the same.
 */
import type { OrderIntent, Strategy } from "../../../src/shared/strategy.ts";

const FAST = 5;
const SLOW = 20;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const strategy: Strategy = {
  defaults: {},
  parameters: {},
  barsNeeded: () => SLOW,
  onTick(context): readonly OrderIntent[] {
    const [symbol = ""] = context.symbols;
    const closes = context.bars(symbol).map(({ close }) => Math.round(close * 100));
    if (closes.length < SLOW) return [];
    const fast = sum(closes.slice(-FAST)) * SLOW;
    const slow = sum(closes.slice(-SLOW)) * FAST;
    const position = context.position(symbol);
    const size = Math.abs(position) === 10 ? 20 : 10;
    const because = { text: "the fast mean against the slow one", values: { fast, slow } };
    return [{ symbol, quantity: (fast > slow ? size : -size) - position, because }];
  },
};

export default strategy;
