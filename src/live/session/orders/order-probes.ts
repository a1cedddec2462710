/**
 * What a probe says of orders: those that work, those that wait, flattens under way, and who holds what.
 *
 * 1. It reads and changes nothing; the lists are bounded.
 */
import { plain } from "../../../shared/decimal.ts";
import { orderTypeOf } from "../../../shared/orders.ts";
import type { Moment } from "../../../shared/time.ts";
import type { FlattenProbe, OwnerDay, OwnerPosition, QueuedProbe, WorkingOrderProbe } from "../state/order-api.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { typeOf } from "../state/open-order-views.ts";
import type { Core } from "../state/parts.ts";
import { MANUAL, UNATTRIBUTED } from "../state/read-model.ts";

/** Orders in flight, and queued items, that a probe lists. */
const PROBED_ORDERS_MAX = 2_000;

function probeOf(order: WorkingOrder): WorkingOrderProbe {
  const { orderId, clientOrderId, venueId, strategy, symbol, ordered, filled, price, limitPrice, state, at } = order;
  return {
    orderId,
    clientOrderId,
    venueId,
    strategy,
    symbol,
    quantity: ordered.toNumber(),
    filled: plain(filled),
    price,
    limitPrice,
    type: typeOf(order),
    stopPrice: order.stopPrice ?? null,
    trail: order.trail ?? null,
    timeInForce: order.timeInForce ?? "gtc",
    expiresAt: order.expiresAt ?? null,
    postOnly: order.postOnly === true,
    reduceOnly: order.reduceOnly === true,
    parentId: order.parent ?? null,
    oco: order.oco ?? null,
    state,
    inDoubt: order.inDoubt,
    at,
  };
}

function orderProbes(core: Core): WorkingOrderProbe[] {
  const orders: WorkingOrderProbe[] = [];
  for (const order of core.model.working.values()) {
    if (orders.length >= PROBED_ORDERS_MAX) break;
    orders.push(probeOf(order));
  }
  return orders;
}

function queuedProbes(core: Core): QueuedProbe[] {
  const items = [...core.model.open.queues.values()].flat().slice(0, PROBED_ORDERS_MAX);
  return items.map(({ queue, strategy, at, until, orders, replace }) => ({
    queue,
    strategy,
    at,
    until,
    orders: orders.map(({ clientOrderId, intent }) => ({
      clientOrderId,
      symbol: intent.symbol,
      quantity: intent.quantity,
      type: orderTypeOf(intent),
      limitPrice: intent.limitPrice ?? null,
      stopPrice: intent.stopPrice ?? null,
      trail: intent.trail ?? null,
      timeInForce: intent.timeInForce ?? "gtc",
    })),
    replaces: replace?.replace ?? null,
  }));
}

function flattenProbes(core: Core): FlattenProbe[] {
  return [...core.model.open.flattens.values()].map(({ flatten, scope, owner, operator, at, attempts }) => {
    const words = Object.values(attempts);
    const closed = words.filter((word) => word === "filled").length;
    return { flatten, scope, owner, operator, at, closed, sent: words.filter((word) => word === "sent").length };
  });
}

/** An average is a quotient; places beyond these say nothing to an eye. */
const AVERAGE_PLACES = 12;

/** Every owner's position that is not flat. */
function ownerPositions(core: Core): OwnerPosition[] {
  const outside = [MANUAL, UNATTRIBUTED].map((name) => ({ name, symbols: [...core.symbols.keys()] }));
  return [...core.desk.strategies, ...outside].flatMap(({ name: owner, symbols }) =>
    symbols.flatMap((symbol) => {
      const quantity = core.books.position(owner, symbol);
      if (quantity.isZero()) return [];
      const { average, unrealized } = core.books.heldBy(owner, symbol);
      const averagePrice = plain(average.toDecimalPlaces(AVERAGE_PLACES));
      return [
        {
          owner,
          symbol,
          quantity: plain(quantity),
          averagePrice,
          mark: core.market.mark(symbol)?.price ?? null,
          unrealized: unrealized === null ? null : plain(unrealized.toDecimalPlaces(AVERAGE_PLACES)),
        },
      ];
    }),
  );
}

/** What works, and what waits. */
export const openProbes = (core: Core) => ({ orders: orderProbes(core), queued: queuedProbes(core) });

/** Who holds what, and the flattens that are getting out of it. */
export const positionProbesByOwner = (core: Core, now: Moment) => ({
  flattens: flattenProbes(core),
  ownerPositions: ownerPositions(core),
  foreignRates: Object.fromEntries([...core.books.foreignRates()].map(([symbol, rate]) => [symbol, plain(rate)])),
  ownerDays: core.books.books().map(({ owner }): OwnerDay => ({
    owner,
    dayProfit: plain(core.books.dayProfitOf(owner, now)),
  })),
});
