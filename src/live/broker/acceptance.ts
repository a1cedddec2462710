/**
 * What the paper venue does with an order that comes in: its prices and size as the symbol has them, or why it is refused.
 *
 * 1. A limit is rounded toward what its owner asked for, a stop away from the price. So no fill is worse than a limit, and no stop
 *    triggers early.
 * 2. Nothing is changed here; the venue keeps what this makes.
 */
import { decimal, roundDownToStep, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import { orderTypeOf, termsFault } from "../../shared/orders.ts";
import type { OrderChange, PlaceOrder } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";
import { trailedStop } from "./bar-path.ts";
import { limitOf, minimumRefusal, stopOf, tickOf, type Refusal } from "./fill-rules.ts";
import { refusalColumn } from "./venue-store.ts";
import { buys, waitsForTrigger, type VenueOrder, type VenueTerms } from "./venue-order.ts";

/** What a venue is asked to do. */
export type Command =
  | { readonly kind: "place"; readonly order: PlaceOrder }
  | { readonly kind: "cancel"; readonly venueId: string; readonly at: Moment }
  | { readonly kind: "replace"; readonly venueId: string; readonly change: OrderChange; readonly at: Moment };

/** What the venue knows when an order comes in. */
export interface Scene {
  readonly meta: SymbolMeta | undefined;
  readonly mark: Decimal | null;
  readonly parent: VenueOrder | undefined;
}

function termsOf(order: PlaceOrder): VenueTerms {
  const { trail, expiresAt, postOnly, reduceOnly, owner, ocoGroup } = order;
  return {
    type: orderTypeOf(limited(order)),
    timeInForce: order.timeInForce ?? "gtc",
    ...(trail === undefined ? {} : { trail }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(postOnly === true ? { postOnly } : {}),
    ...(reduceOnly === true ? { reduceOnly } : {}),
    ...(owner === undefined ? {} : { owner }),
    ...(ocoGroup === undefined ? {} : { ocoGroup }),
  };
}

function limited({
  limitPrice,
  ...terms
}: PlaceOrder): Omit<PlaceOrder, "limitPrice"> & { readonly limitPrice?: string } {
  return limitPrice === null ? terms : { ...terms, limitPrice };
}

const wouldTake = (order: Pick<VenueOrder, "quantity">, limit: Decimal | null, mark: Decimal | null): boolean =>
  limit !== null && mark !== null && (buys(order) ? mark.lte(limit) : mark.gte(limit));

/** Why a child is not taken: its bracket's parent is not there, of another symbol or side, or over without a fill. */
function parentRefusal(order: PlaceOrder, quantity: Decimal, parent: VenueOrder | undefined): Refusal | null {
  if (order.parentId === undefined) return null;
  if (parent === undefined) return { reason: "no_such_parent" };
  if (parent.status === "rejected") return { reason: "parent_rejected" };
  if (parent.status !== "open" && parent.filled.isZero()) return { reason: "parent_ended" };
  const sound = parent.symbol === order.symbol && parent.quantity.isNegative() !== quantity.isNegative();
  return sound ? null : { reason: "invalid_order" };
}

/** The order as the venue keeps it. `injected`: it is refused although it is sound. */
export function received(order: PlaceOrder, number: number, scene: Scene, injected: boolean): VenueOrder {
  const { meta, mark, parent } = scene;
  const asked = decimal(order.quantity);
  const quantity = meta === undefined ? asked : roundDownToStep(asked, decimal(meta.lotSize));
  const limit = order.limitPrice === null || meta === undefined ? null : limitOf(order.limitPrice, quantity, meta);
  const stop = order.stopPrice === undefined || meta === undefined ? null : stopOf(order.stopPrice, quantity, meta);
  const terms = termsOf(order);
  const refusal = (): Refusal | null => {
    if (meta === undefined) return { reason: "unknown_symbol" };
    if (termsFault(limited(order)) !== null) return { reason: "invalid_order" };
    return (
      minimumRefusal(quantity, asked, limit ?? stop ?? mark, meta) ??
      parentRefusal(order, quantity, parent) ??
      (terms.postOnly === true && wouldTake({ quantity }, limit, mark) ? { reason: "would_take" } : null) ??
      (injected ? { reason: "injected_reject" } : null)
    );
  };
  const refused = refusal();
  const taken: VenueOrder = {
    number,
    venueId: order.venueId,
    symbol: order.symbol,
    parentId: order.parentId ?? null,
    terms,
    placedAt: order.at,
    refusal: refused === null ? null : refusalColumn(refused),
    quantity,
    filled: ZERO,
    limitPrice: limit,
    stopPrice: stop,
    status: refused === null ? "open" : "rejected",
    state: order.parentId === undefined ? "working" : "held",
    since: order.at,
    reason: refused?.reason ?? null,
  };
  const { trail } = terms;
  if (trail !== undefined && refused === null && meta !== undefined && mark !== null && taken.state === "working")
    taken.stopPrice = trailedStop(taken, trail, mark, tickOf(meta));
  return taken;
}

/** What a replace makes of an open order, or why it is refused. The order itself stays as it is. */
export function replaced(
  order: VenueOrder,
  change: OrderChange,
  meta: SymbolMeta,
  mark: Decimal | null,
): Refusal | Pick<VenueOrder, "quantity" | "limitPrice" | "stopPrice"> {
  const isPriced = {
    limit: order.limitPrice !== null,
    stop: waitsForTrigger(order) && order.terms.trail === undefined,
  };
  if ((change.limitPrice !== undefined && !isPriced.limit) || (change.stopPrice !== undefined && !isPriced.stop))
    return { reason: "price_not_taken" };
  if (change.quantity !== undefined && order.parentId !== null) return { reason: "quantity_of_parent" };
  const asked = change.quantity === undefined ? order.quantity : decimal(change.quantity);
  const quantity = roundDownToStep(asked, decimal(meta.lotSize));
  if (quantity.isNegative() !== order.quantity.isNegative() || quantity.abs().lte(order.filled.abs()))
    return { reason: "below_filled_quantity" };
  const limitPrice = change.limitPrice === undefined ? order.limitPrice : limitOf(change.limitPrice, quantity, meta);
  const stopPrice = change.stopPrice === undefined ? order.stopPrice : stopOf(change.stopPrice, quantity, meta);
  const refusal = minimumRefusal(quantity, asked, limitPrice ?? stopPrice ?? mark, meta);
  if (refusal !== null) return refusal;
  return order.terms.postOnly === true && wouldTake(order, limitPrice, mark)
    ? { reason: "would_take" }
    : { quantity, limitPrice, stopPrice };
}
