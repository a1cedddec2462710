/**
 * The bound on a strategy's orders that work or wait.
 *
 * 1. A bracket counts with its children, and a queued basket with each of its orders: what is accepted never exceeds the bound.
 * 2. What was queued within the bound is not refused for its own place when its turn comes.
 */
import type { OrderIntent } from "../../../shared/strategy.ts";
import type { OpenOrders } from "../state/open-orders.ts";

/** Orders of one strategy that may work or wait at once. */
const WORKING_ORDERS_MAX = 10_000;

/** Where an order is in its unit: the orders ahead of it, and the queue's item that it comes from. */
export interface Spot {
  readonly queue: string | null;
  readonly ahead: number;
}

/** How many orders an intent is: itself and its bracket's children. */
const ordersOf = ({ attach = {} }: OrderIntent): number =>
  1 + [attach.stop, attach.target].filter((child) => child !== undefined).length;

/** The refusal of an order that would be one too many; null where it fits. */
export function boundRefusal(
  orders: Pick<OpenOrders, "index" | "queues">,
  strategy: string,
  intent: OrderIntent,
  spot: Spot,
): { readonly reason: string; readonly detail: string; readonly value: string; readonly limit: string } | null {
  const open = openOf(orders, strategy, spot);
  if (open + ordersOf(intent) <= WORKING_ORDERS_MAX) return null;
  const detail = `A strategy has at most ${WORKING_ORDERS_MAX} orders that work or wait; cancel some first.`;
  return { reason: "working_orders_limit", detail, value: String(open), limit: String(WORKING_ORDERS_MAX) };
}

function openOf(orders: Pick<OpenOrders, "index" | "queues">, strategy: string, { queue, ahead }: Spot): number {
  let count = ahead + orders.index.ofStrategy(strategy).size;
  for (const item of orders.queues.get(strategy) ?? [])
    if (item.queue !== queue) for (const { intent } of item.orders) count += ordersOf(intent);
  return count;
}
