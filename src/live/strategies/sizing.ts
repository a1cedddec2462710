/**
 * From a signal to an order, as in Logos.
 *
 * 1. Target = signal × dollars a trade / close, within the largest position; the order is target − position, within the
 *    largest notional, cut to the lot toward zero; nothing is ordered below the symbol's minimums.
 * 2. While an order of the symbol works nothing is ordered: its fill is not yet in the position, and would be bought twice.
 */
import type { OrderIntent, StrategyContext } from "../../shared/strategy.ts";

const clip = (value: number, bound: number): number => Math.max(-bound, Math.min(bound, value));

/** A signal within [−cap, +cap]. */
export function capped(signal: number, cap: number): number {
  return clip(signal, cap);
}

/** The position that a signal asks for, in units of the symbol. */
export function targetOf(context: StrategyContext, signal: number, close: number): number {
  const wanted = (signal * context.sizing.dollarPerTrade) / close;
  const bound = context.sizing.maxPosition;
  return bound === undefined ? wanted : clip(wanted, bound);
}

/** The order that leads from the position to the target; null when there is nothing to order, and then nobody asks why. */
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
  const bounded = maxNotional === undefined ? wanted : clip(wanted, maxNotional / close);
  const quantity = context.roundQuantity(symbol, bounded);
  const minimums = context.minimums(symbol);
  if (quantity === 0 || Math.abs(quantity) < minimums.quantity || Math.abs(quantity) * close < minimums.notional)
    return null;
  const { text, values } = because();
  return { symbol, quantity, because: { text, values: { ...values, close, target, position } } };
}
