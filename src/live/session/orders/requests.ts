/**
 * Decides on cancels and replaces of open orders: a strategy's own, and an operator's of any.
 *
 * 1. A cancel passes every guard, every halt and the rate window. It is sent once: a second one is refused while the first is pending.
 * 2. A replace is judged as the order that it would leave behind, with the old one taken out, and takes a place in the rate window.
 *    Refused, the order stays as it is. One that only lowers the quantity, at the same prices, needs no guard.
 * 3. The order by which a flatten closes a position is not its strategy's to cancel or replace.
 * 4. Every request is journaled, with the code of its refusal where it is not sent.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import { hasEnded } from "../../../shared/order-state.ts";
import { ORDER_TYPES, orderTypeOf } from "../../../shared/orders.ts";
import { orderId as asOrderId } from "../../../shared/ids.ts";
import type { OrderChange } from "../../../shared/ports.ts";
import type { ReplaceIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { GuardReading, ReplaceRequestEntry } from "../../../store/journal/entries.ts";
import { refusedOrder, replaceRequested } from "../state/effects.ts";
import type { QueueItem } from "../state/open-orders.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import type { RunOf } from "./run-of.ts";
import { enqueue, paceOf } from "./pace.ts";
import type { Core } from "../state/parts.ts";
import type { Sending } from "./sending.ts";
import { heldBack } from "../state/scope-halts.ts";

/** What a request on an open order comes to. */
export interface RequestOutcome {
  readonly sending: Sending[];
  /** `requested`, `canceled` for what waited in a queue, `queued`, `placement_unknown`, or the code of the refusal. */
  readonly reason: string;
  readonly detail: string | null;
}

interface Named {
  readonly named: string;
  readonly strategy: string;
  readonly run: number | null;
  readonly operator: string | null;
}

function namedBy(run: RunOf, named: string, order: WorkingOrder | undefined): Named {
  const { operator } = run;
  const strategy = order?.strategy ?? run.strategy;
  return { named, strategy, run: operator === undefined ? run.run : null, operator: operator ?? null };
}

const subject = (order: WorkingOrder | undefined) => ({
  orderId: order === undefined ? null : asOrderId(order.orderId),
  venueId: order === undefined ? null : order.venueId,
  symbol: order?.symbol ?? null,
});

interface Refusal {
  readonly reason: string;
  readonly detail: string | null;
}

const UNKNOWN = (id: string): Refusal => ({
  reason: "unknown_order",
  detail: `${id} is no open order; it may have filled or ended already, or it is another strategy's.`,
});

/** Why a replace finds no open order: it waits in a queue, or there is none. */
function notOpen(core: Core, run: RunOf, id: string): Refusal {
  const waiting = core.model.open.findQueued(run.operator === undefined ? run.strategy : null, id);
  if (waiting === undefined) return UNKNOWN(id);
  return {
    reason: "order_queued",
    detail: `${id} waits in the queue as ${waiting.queue}; cancel it there and place another.`,
  };
}

/** A strategy does not touch the order by which a flatten closes its position; an operator may. */
function flattenRefusal(run: RunOf, { flatten }: WorkingOrder): Refusal | null {
  if (flatten === undefined || run.operator !== undefined) return null;
  return { reason: "flatten_pending", detail: `It closes a position for ${flatten}; only an operator cancels it.` };
}

/** Why an open order takes no cancel now, or null. */
function cancelRefusal(order: WorkingOrder): Refusal | null {
  if (order.request?.kind === "cancel" || order.cancelWanted)
    return { reason: "cancel_pending", detail: "A cancel of it was asked for before and has no answer yet." };
  if (!order.confirmed && order.inDoubt)
    return {
      reason: "placement_unknown",
      detail: "The venue has not said whether it has the order; the cancel is sent as soon as it does.",
    };
  return null;
}

/** Asks for the cancel of one order. `named` is the id that was given, of an open or a queued order. */
export function decideCancel(core: Core, run: RunOf, named: string, at: Moment): RequestOutcome {
  const owner = run.operator === undefined ? run.strategy : null;
  const order = core.model.open.find(owner, named);
  if (order === undefined) {
    const waiting = core.model.open.findQueued(owner, named);
    if (waiting !== undefined) return unqueue(core, run, waiting, at);
  }
  return cancelOne(core, run, named, order, at);
}

function unqueue(core: Core, run: RunOf, { queue, strategy }: QueueItem, at: Moment): RequestOutcome {
  const operator = run.operator ?? null;
  core.ledger.add({ kind: "queue", event: "canceled", queue, strategy, reason: "canceled", operator }, at);
  return { sending: [], reason: "canceled", detail: null };
}

function cancelOne(core: Core, run: RunOf, named: string, order: WorkingOrder | undefined, at: Moment): RequestOutcome {
  const refusal = order === undefined ? UNKNOWN(named) : (flattenRefusal(run, order) ?? cancelRefusal(order));
  const { reason, detail } = refusal ?? { reason: "requested", detail: null };
  const request = { ...namedBy(run, named, order), ...subject(order) };
  core.ledger.add({ kind: "cancel_request", ...request, sent: refusal === null, reason, detail }, at);
  if (refusal !== null || order === undefined) return { sending: [], reason, detail };
  const { orderId, venueId } = order;
  const by = run.operator ?? run.strategy;
  return { sending: [{ kind: "cancel", orderId: asOrderId(orderId), venueId, by }], reason, detail };
}

/** Asks for the cancel of every open and queued order that `within` names; those that are being canceled already are left alone. */
export function cancelWithin(
  core: Core,
  run: RunOf,
  within: (order: Pick<WorkingOrder, "strategy" | "symbol" | "flatten">) => boolean,
  at: Moment,
): Sending[] {
  const { queues, working } = core.model.open;
  const held = (item: QueueItem): boolean =>
    item.orders.some(({ intent }) => within({ strategy: item.strategy, symbol: intent.symbol })) ||
    (item.replace !== undefined && replaced(core, item, within));
  for (const item of [...queues.values()].flat()) if (held(item)) unqueue(core, run, item, at);
  return [...working.values()].flatMap((order) => {
    const pending = order.request?.kind === "cancel" || order.cancelWanted;
    if (pending || hasEnded(order.state) || !within(order) || flattenRefusal(run, order) !== null) return [];
    return cancelOne(core, run, order.orderId, order, at).sending;
  });
}

function replaced(
  core: Core,
  item: QueueItem,
  within: (order: { readonly strategy: string; readonly symbol: string }) => boolean,
): boolean {
  const order = core.model.open.find(item.strategy, item.replace?.replace ?? "");
  return order !== undefined && within(order);
}

/** Cancels that waited for their order's placement to be known, and can go now. */
export function cancelsWanted(core: Core, at: Moment): Sending[] {
  const sending: Sending[] = [];
  for (const order of core.model.open.index.wanted()) {
    if (order.inDoubt || !order.confirmed) continue;
    const { orderId, venueId, strategy } = order;
    const request = { ...subject(order), named: orderId, strategy, run: null, operator: null };
    core.ledger.add({ kind: "cancel_request", ...request, sent: true, reason: "requested", detail: null }, at);
    sending.push({ kind: "cancel", orderId: asOrderId(orderId), venueId, by: strategy });
  }
  return sending;
}

/** What is wrong with a replace before any guard is asked, or null. */
function replaceFault(
  core: Core,
  order: WorkingOrder,
  { quantity, limitPrice, stopPrice }: ReplaceIntent,
): Refusal | null {
  if (order.request !== null || order.cancelWanted)
    return {
      reason: order.request?.kind === "replace" ? "replace_pending" : "cancel_pending",
      detail: "A request on it has no answer yet; ask again once it has.",
    };
  if (!order.confirmed)
    return { reason: "placement_unknown", detail: "The venue has not said whether it has the order." };
  const type = orderTypeOf({
    ...(order.type === undefined ? {} : { type: order.type }),
    ...(order.limitPrice === null ? {} : { limitPrice: order.limitPrice }),
  });
  for (const [field, price] of Object.entries({ limitPrice, stopPrice }))
    if (price !== undefined && !ORDER_TYPES[type].needs.some((need) => need === field))
      return { reason: "field_not_taken", detail: `${field} is not taken by a ${type} order.` };
    else if (price !== undefined && price <= 0 && core.symbols.get(order.symbol)?.allowNegativePrices !== true)
      return { reason: "invalid_replace", detail: `${field} is ${price}; the prices of ${order.symbol} are above 0.` };
  if (quantity === undefined) return null;
  if (order.parent !== undefined)
    return {
      reason: "field_not_taken",
      detail: "A bracket's child is for what its parent has filled: replace its prices only.",
    };
  const asked = decimal(quantity);
  if (asked.isNegative() !== order.ordered.isNegative())
    return {
      reason: "invalid_replace",
      detail: "A replace does not turn an order's side: cancel it and place another.",
    };
  if (asked.abs().lte(order.filled.abs()))
    return {
      reason: "below_filled",
      detail: `${plain(order.filled)} is filled already, and the quantity counts that.`,
    };
  return null;
}

/**
 * Whether a replace needs no guard: the prices stay, and the quantity does not grow. A sell limit that is lowered towards the market may
 * trade at once, just as a buy that is raised, so any new price is judged.
 */
function onlySmaller(order: WorkingOrder, { quantity, limitPrice, stopPrice }: ReplaceIntent): boolean {
  const smaller = quantity === undefined || decimal(quantity).abs().lte(order.ordered.abs());
  const samePrices =
    (limitPrice ?? order.limitPrice) === order.limitPrice && (stopPrice ?? order.stopPrice) === order.stopPrice;
  return smaller && samePrices;
}

const changeOf = ({ quantity, limitPrice, stopPrice }: ReplaceIntent): OrderChange => ({
  ...(quantity === undefined ? {} : { quantity: plain(decimal(quantity)) }),
  ...(limitPrice === undefined ? {} : { limitPrice: plain(decimal(limitPrice)) }),
  ...(stopPrice === undefined ? {} : { stopPrice: plain(decimal(stopPrice)) }),
});

interface Judged {
  readonly refusal: (Refusal & Partial<Pick<ReplaceRequestEntry, "value" | "limit" | "freeAt">>) | null;
  readonly guards: readonly GuardReading[];
}

/** The guards' answer to the order that a replace would leave, as if the old one were gone. */
function judgeReplace(core: Core, order: WorkingOrder, change: ReplaceIntent, at: Moment): Judged {
  const { strategy, symbol } = order;
  if (onlySmaller(order, change)) return { refusal: null, guards: [] };
  if (core.router.halted) return { refusal: { reason: "router_halted", detail: null }, guards: [] };
  const held = heldBack(core, { strategy, symbol, clientOrderId: "", idempotencyKey: "" });
  if (held !== null) return { refusal: held, guards: [] };
  if (order.reduceOnly === true || order.parent !== undefined) return { refusal: null, guards: [] };
  const quantity = decimal(change.quantity ?? order.quantity)
    .minus(order.filled)
    .toNumber();
  const price = change.limitPrice ?? change.stopPrice ?? order.price;
  core.model.open.hidden = order.orderId;
  try {
    return core.risk.check({ strategy, symbol, quantity, price }, at);
  } finally {
    core.model.open.hidden = null;
  }
}

/** Asks for a replace of an open order. */
export function decideReplace(
  core: Core,
  run: RunOf,
  change: ReplaceIntent,
  at: Moment,
  queue: string | null = null,
): RequestOutcome {
  const order = core.model.open.find(run.operator === undefined ? run.strategy : null, change.replace);
  const fault =
    order === undefined
      ? notOpen(core, run, change.replace)
      : (flattenRefusal(run, order) ?? replaceFault(core, order, change));
  const judged: Judged =
    order === undefined || fault !== null ? { refusal: fault, guards: [] } : judgeReplace(core, order, change, at);
  if (order !== undefined && judged.refusal === null && queue === null && waits(core, order, run, change, at))
    return { sending: [], reason: "queued", detail: null };
  const refusal = judged.refusal ?? (order === undefined ? null : windowRefusal(core, order.strategy, at));
  const { reason, detail } = refusal ?? { reason: "requested", detail: null };
  const { value = null, limit = null, freeAt = null } = refusal ?? {};
  const entry: ReplaceRequestEntry = {
    kind: "replace_request",
    ...namedBy(run, change.replace, order),
    ...subject(order),
    sent: refusal === null,
    reason,
    detail,
    change: changeOf(change),
    guards: judged.guards,
    value,
    limit,
    freeAt,
    ...(queue === null ? {} : { queue }),
  };
  if (entry.sent) replaceRequested(core, entry, at);
  else refusedOrder(core, reason, at);
  core.ledger.add(entry, at);
  if (!entry.sent || order === undefined) return { sending: [], reason, detail };
  const { orderId, venueId } = order;
  return { sending: [{ kind: "replace", orderId: asOrderId(orderId), venueId, change: entry.change }], reason, detail };
}

/** Puts a replace into its strategy's queue where the window is full or others wait; true where it waits. */
function waits(core: Core, order: WorkingOrder, run: RunOf, replace: ReplaceIntent, at: Moment): boolean {
  const { strategy } = order;
  if (paceOf(core, strategy).pace !== "queue") return false;
  const { freeAt } = core.router.rateWindow(strategy, at);
  if (freeAt === null && (core.model.open.queues.get(strategy)?.length ?? 0) === 0) return false;
  enqueue(core, { ...run, strategy }, { orders: [], replace }, freeAt, at);
  return true;
}

function windowRefusal(core: Core, strategy: string, at: Moment): Judged["refusal"] {
  const { used, limit, freeAt } = core.router.rateWindow(strategy, at);
  if (freeAt === null) return null;
  return { reason: "rate_limited", detail: null, value: String(used), limit: String(limit), freeAt };
}
