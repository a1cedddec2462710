/**
 * The rows of the working orders: what works at the broker, then what waits in the strategies' queues.
 *
 * 1. A queued replace is a row of the order that it changes, under the queue's id, by which it is canceled.
 */
import type { OrderState, RouterView } from "../../shared/contract/views.ts";

type Inflight = RouterView["inflight"][string];

/** A working order, or one that waits in its strategy's queue. */
export interface WorkingRow extends Omit<Inflight, "state"> {
  readonly state: OrderState;
  /** Until when a waiting one may wait; null for a working one. */
  readonly until: number | null;
  /** The working order itself; null for one that waits. */
  readonly order: Inflight | null;
}

/** What waits in a queue, as rows beside the working orders. */
function queuedRows({ queue, strategy, at, until, orders }: RouterView["queued"][string]): WorkingRow[] {
  return orders.map((order) => ({
    ...order,
    orderId: queue,
    strategy,
    filled: 0,
    price: 0,
    expiresAt: null,
    postOnly: false,
    reduceOnly: false,
    parentId: null,
    state: "queued",
    inDoubt: false,
    at,
    until,
    order: null,
  }));
}

/** A replace that waits in a queue, as a row of the order that it changes. */
function queuedReplace(
  { queue, strategy, at, until, replaces }: RouterView["queued"][string],
  inflight: readonly Inflight[],
): WorkingRow[] {
  const order = inflight.find(
    (one) => one.orderId === replaces || (one.strategy === strategy && one.clientOrderId === replaces),
  );
  if (replaces === null || order === undefined) return [];
  const clientOrderId = `replace of ${order.clientOrderId}`;
  return [{ ...order, orderId: queue, clientOrderId, state: "queued", inDoubt: false, at, until, order: null }];
}

/** The rows of a router's view: orders that work, then what waits. */
export function workingRows(view: Pick<RouterView, "inflight" | "queued">): WorkingRow[] {
  const inflight = Object.values(view.inflight);
  const working = inflight.map((order): WorkingRow => ({ ...order, until: null, order }));
  const waiting = Object.values(view.queued).flatMap((item) => [...queuedRows(item), ...queuedReplace(item, inflight)]);
  return [...working, ...waiting];
}
