/**
 * From a signal to an order, as in Logos.
 *
 * 1. Target = signal × dollars a trade / value of a unit (close × multiplier × rate), within the largest position; the order is
 *    target − position, within the largest notional, cut to the lot toward zero; nothing is ordered below the symbol's minimums.
 * 2. While an order of the symbol works nothing is ordered: its fill is not yet in the position, and would be bought twice.
 */
import type { OrderIntent, StrategyContext } from "../../shared/strategy.ts";

const clip = (value: number, bound: number): number => Math.max(-bound, Math.min(bound, value));

/** A signal within [−cap, +cap]. */
export function capped(signal: number, cap: number): number {
  return clip(signal, cap);
}

/** The value of one unit at a price, as a size in the account's currency. */
const worthOf = (context: StrategyContext, symbol: string, close: number): number =>
  Math.abs(close * context.unitValue(symbol));

/** The position that a signal asks for, in units of the symbol; none at a price of zero, which says nothing of its value. */
export function targetOf(context: StrategyContext, symbol: string, signal: number, close: number): number {
  const worth = worthOf(context, symbol, close);
  if (worth === 0) return 0;
  const wanted = (signal * context.sizing.dollarPerTrade) / worth;
  const bound = context.sizing.maxPosition;
  return bound === undefined ? wanted : clip(wanted, bound);
}

/** The order that leads from the position to the target; null when there is nothing to order, and then no reason is made. */
export function orderToward(
  context: StrategyContext,
  symbol: string,
  target: number,
  close: number,
  because: () => OrderIntent["because"],
): OrderIntent | null {
  if (context.openOrders(symbol).length > 0) return null;
  const position = context.position(symbol);
  const { maxNotional } = context.sizing;
  const wanted = target - position;
  const worth = worthOf(context, symbol, close);
  const bounded = maxNotional === undefined || worth === 0 ? wanted : clip(wanted, maxNotional / worth);
  const quantity = context.roundQuantity(symbol, bounded);
  const minimums = context.minimums(symbol);
  if (quantity === 0 || Math.abs(quantity) < minimums.quantity || Math.abs(quantity) * worth < minimums.notional)
    return null;
  const { text, values } = because();
  return { symbol, quantity, because: { text, values: { ...values, close, target, position } } };
}
