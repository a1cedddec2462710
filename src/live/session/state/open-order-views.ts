/**
 * A strategy's open orders as its run sees them: those that work or are on their way, then those that wait in its queue.
 *
 * 1. It is made from the read model alone, so a run that is repeated sees the same.
 */
import { orderTypeOf } from "../../../shared/orders.ts";
import type { OpenOrder } from "../../../shared/strategy.ts";
import type { QueueItem } from "./open-orders.ts";
import type { WorkingOrder } from "./working-orders.ts";
import type { Core } from "./parts.ts";

/** The type of an order that works. */
export const typeOf = ({ type, limitPrice }: Pick<WorkingOrder, "type" | "limitPrice">): OpenOrder["type"] =>
  orderTypeOf({ ...(type === undefined ? {} : { type }), ...(limitPrice === null ? {} : { limitPrice }) });

function workingView(order: WorkingOrder): OpenOrder {
  const { orderId, clientOrderId, symbol, ordered, filled, limitPrice, stopPrice, trail, parent, state, at } = order;
  return {
    orderId,
    clientOrderId,
    symbol,
    quantity: ordered.toNumber(),
    filled: filled.toNumber(),
    type: typeOf(order),
    ...(limitPrice === null ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    ...(trail === undefined ? {} : { trail }),
    timeInForce: order.timeInForce ?? "gtc",
    state,
    placedAt: at,
    expiresAt: order.expiresAt ?? null,
    ...(parent === undefined ? {} : { parentId: parent }),
  };
}

function queuedViews({ queue, orders, at, until }: QueueItem): OpenOrder[] {
  return orders.map(({ intent, clientOrderId }) => {
    const { symbol, quantity, limitPrice, stopPrice, trail } = intent;
    return {
      orderId: queue,
      clientOrderId,
      symbol,
      quantity,
      filled: 0,
      type: orderTypeOf(intent),
      ...(limitPrice === undefined ? {} : { limitPrice }),
      ...(stopPrice === undefined ? {} : { stopPrice }),
      ...(trail === undefined ? {} : { trail }),
      timeInForce: intent.timeInForce ?? "gtc",
      state: "queued" as const,
      placedAt: at,
      expiresAt: until,
    };
  });
}

/** In order of acceptance, the queue behind. */
export function openOrdersOf(core: Core, strategy: string): OpenOrder[] {
  const open: OpenOrder[] = [];
  for (const order of core.model.open.index.ofStrategy(strategy).values()) open.push(workingView(order));
  for (const item of core.model.open.queues.get(strategy) ?? []) open.push(...queuedViews(item));
  return open;
}
