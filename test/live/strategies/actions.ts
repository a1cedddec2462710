/**
 * What a run returned, for tests that look at its orders alone.
 *
 * 1. Cancels and replaces are left out.
 */
import type { OpenOrder, OrderIntent, StrategyAction } from "../../../src/shared/strategy.ts";
import type { Moment } from "../../../src/shared/time.ts";

export const ordersIn = (actions: readonly StrategyAction[]): OrderIntent[] =>
  actions.filter((action): action is OrderIntent => "because" in action);

/** A market order that works. */
export const openOrder = (orderId: string, symbol: string, quantity: number): OpenOrder => ({
  orderId,
  clientOrderId: orderId,
  symbol,
  quantity,
  filled: 0,
  type: "market",
  timeInForce: "gtc",
  state: "accepted",
  placedAt: 1 as Moment,
  expiresAt: null,
});
