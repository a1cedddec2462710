/**
 * Decides on orders: kill switches, guards, pace, router. What is accepted is journaled and handed back to be sent.
 *
 * 1. A decision is added to the ledger before anything is sent; the caller commits before it sends.
 * 2. What is asked while the router is halted is answered by the router alone, and what is asked by a halted strategy, group or symbol by
 *    its kill switch: no guard is shown for an order that could not pass.
 * 3. Orders of one unit, a basket or a bracket with its children, are accepted together or not at all.
 * 4. Where the pace is `queue` the router is not asked while a window is full, so that it remembers no refusal under a key that may
 *    be asked for again.
 */
import { decimal, plain, ZERO } from "../../../shared/decimal.ts";
import type { OrderIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { GuardReading, OrderEntry, QueuedOrder } from "../../../store/journal/entries.ts";
import type { OrderPreview } from "../state/order-api.ts";
import { refusedOrder, submitted } from "../state/effects.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { boundRefusal, type Spot } from "./order-bound.ts";
import { enqueue, paceOf, queuedTwin } from "./pace.ts";
import type { Core } from "../state/parts.ts";
import { rateRefusal } from "../state/rate-check.ts";
import type { RunOf } from "./run-of.ts";
import type { Sending } from "./sending.ts";
import { heldBack } from "../state/scope-halts.ts";
import { bracketFault, childIntent, entryTerms, placeOrderOf, referenceOf } from "./terms.ts";
import { NO_TERMS } from "../state/open-orders.ts";

/** The refusal of an order whose symbol has no price yet; the router never sees it. */
export const NO_PRICE = "no_price";
/** The router's own refusals: a recovery asks it again for these, and not for those of risk. */
export const ROUTER_REFUSALS: ReadonlySet<string> = new Set([
  "invalid_order",
  "idempotency_conflict",
  "router_halted",
  "rate_limited",
  "inflight_limit",
]);
/** An order's entry while it is written. */
type Draft = { -readonly [Key in keyof OrderEntry]: OrderEntry[Key] };

/** An order of a unit with its decision so far. */
interface Leg {
  readonly intent: OrderIntent;
  readonly parent: Leg | null;
  /** Filled in as it is judged and decided; in the ledger it changes no more. */
  entry: Draft;
  /** The router knows its key: the order is answered from memory, and nothing new is judged. */
  readonly known: boolean;
  refused: boolean;
}

/** Decides on one order with its bracket, or on a basket. Adds the decisions to the ledger; answers what is to be sent. */
export function decideUnit(
  core: Core,
  run: RunOf,
  orders: readonly QueuedOrder[],
  at: Moment,
  queue: string | null = null,
): Sending[] {
  if (queue === null && repeatsQueued(core, run, orders, at)) return [];
  const legs = orders.flatMap((order) => legsOf(core, run, order, at));
  judge(core, legs, at, queue);
  const fresh = legs.filter((leg) => !leg.known);
  if (fresh.every((leg) => !leg.refused)) {
    const waits = makeRoom(core, run, orders, fresh, at, queue);
    if (waits) return [];
  }
  return legs.flatMap((leg) => settle(core, leg, at, queue));
}

/** What would be said to a unit now, without asking the router; nothing is journaled. */
export function previewUnit(core: Core, run: RunOf, orders: readonly QueuedOrder[], at: Moment): OrderPreview {
  const legs = orders.flatMap((order) => legsOf(core, run, order, at));
  judge(core, legs, at);
  const first = legs.find((leg) => leg.refused) ?? legs[0];
  const window = core.router.rateWindow(run.strategy, at, Math.min(legs.length, core.router.rateLimitPerSec));
  const halted = core.router.halted;
  const refused = halted || first?.refused === true;
  const { guards = [], reason = "", detail = null, quantity = 0, price = 0, expiresAt = null } = first?.entry ?? {};
  return {
    passes: !refused,
    reason: refused ? (halted ? "router_halted" : reason) : null,
    detail: refused ? detail : null,
    guards,
    quantity,
    price,
    expiresAt,
    waitsUntil: refused ? null : window.freeAt,
  };
}

/** A key or an id that waits in the queue is answered with that: the order is asked for once. */
function repeatsQueued(core: Core, run: RunOf, orders: readonly QueuedOrder[], at: Moment): boolean {
  const twins = orders.map((order) => queuedTwin(core, run.strategy, order));
  if (twins.length === 0 || twins.some((twin) => twin === null)) return false;
  for (const [index, order] of orders.entries()) {
    const { entry } = legOf(core, run, order, null, at);
    const detail = `It waits in the queue as ${twins[index] ?? ""}.`;
    core.ledger.add({ ...entry, replay: true, reason: "queued", by: "session", detail }, at);
  }
  return true;
}

function legsOf(core: Core, run: RunOf, order: QueuedOrder, at: Moment): Leg[] {
  const parent = legOf(core, run, order, null, at);
  const { attach } = order.intent;
  if (attach === undefined) return [parent];
  const children = (["stop", "target"] as const).flatMap((role) => {
    const child = attach[role];
    if (child === undefined) return [];
    const intent = childIntent(parent.intent, role, child);
    const clientOrderId = child.clientOrderId ?? `${order.clientOrderId}.${role}`;
    return [legOf(core, run, { intent, clientOrderId }, parent, at, role)];
  });
  return [parent, ...children];
}

/** An order as its entry says it before any answer. */
function legOf(
  core: Core,
  run: RunOf,
  { intent, clientOrderId }: QueuedOrder,
  parent: Leg | null,
  at: Moment,
  role?: "stop" | "target",
): Leg {
  const { strategy, operator, flatten } = run;
  const { symbol, quantity: asked, because, oco, basket } = intent;
  const mark = core.market.mark(symbol)?.price ?? null;
  const limitPrice = intent.limitPrice ?? null;
  const idempotencyKey = intent.idempotencyKey ?? null;
  const key = idempotencyKey ?? `${strategy}:${clientOrderId}`;
  const known = core.router.decisionOf(key);
  const reference = referenceOf(intent, null);
  const price = reference ?? (known === undefined ? mark : referencePrice(core, key, known.orderId, mark)) ?? 0;
  const quantity = parent === null && known === undefined ? cutToHeld(core, strategy, intent) : asked;
  const entry: Draft = {
    kind: "order",
    strategy,
    symbol,
    quantity,
    price,
    limitPrice,
    clientOrderId,
    idempotencyKey,
    because,
    mark,
    run: run.run,
    bar: run.bar,
    guards: NO_GUARDS,
    accepted: false,
    orderId: null,
    reason: "",
    detail: null,
    replay: false,
    value: null,
    limit: null,
    freeAt: null,
  };
  // Most orders have none of the rest, and an empty object is not copied for nothing.
  const terms = entryTerms(core, strategy, intent, at);
  if (terms !== NO_TERMS) Object.assign(entry, terms);
  const rest = { asked: quantity === asked ? undefined : asked, role, oco, basket, operator, flatten };
  for (const name of REST) if (rest[name] !== undefined) Object.assign(entry, { [name]: rest[name] });
  return { intent, parent, entry, known: known !== undefined, refused: false };
}

/** A reduce-only order's quantity, cut to what its strategy holds; as it is where it would not reduce. */
function cutToHeld(core: Core, strategy: string, { symbol, quantity, reduceOnly }: OrderIntent): number {
  if (reduceOnly !== true) return quantity;
  const held = core.books.position(strategy, symbol);
  if (held.isZero() || held.isNegative() === quantity < 0) return quantity;
  return held.abs().lt(Math.abs(quantity)) ? held.negated().toNumber() : quantity;
}

/**
 * The price that a market order, or a trailing stop, is submitted with under a key that the router knows: the one that the key was decided
 * on. Its price is a reference, so a mark that moved since makes no other order of it. A limit order that still works under the key is
 * another order than this one: its key is in conflict.
 */
function referencePrice(core: Core, key: string, orderId: string | null, mark: number | null): number | null {
  const working = orderId === null ? undefined : core.model.working.get(orderId);
  const priced =
    working !== undefined &&
    working.type !== "trailing_stop" &&
    (working.limitPrice !== null || working.stopPrice !== undefined);
  return priced ? mark : (core.router.decidedPrice(key) ?? mark);
}

interface Refusal {
  readonly reason: string;
  readonly detail: string | null;
  readonly value?: string | null;
  readonly limit?: string | null;
  readonly freeAt?: Moment | null;
  readonly largest?: string;
}

function refuse(leg: Leg, refusal: Refusal, guards: readonly GuardReading[] = []): void {
  leg.entry = { ...leg.entry, guards, by: "session", ...refusal };
  leg.refused = true;
}

/** Judges every order of a unit as if those before it worked already; one refusal refuses all. */
function judge(core: Core, legs: readonly Leg[], at: Moment, queue: string | null = null): void {
  const beside: WorkingOrder[] = [];
  let ahead = 0;
  try {
    for (const leg of legs) {
      core.model.open.tentative = [...beside];
      judgeOne(core, leg, at, { queue, ahead });
      if (!leg.known) ahead += 1;
      if (!leg.refused && legs.length > 1 && leg.parent === null) beside.push(asWorking(leg.entry));
    }
  } finally {
    core.model.open.tentative = [];
  }
  const first = legs.find((leg) => leg.refused);
  if (first === undefined) return;
  const { clientOrderId, reason } = first.entry;
  for (const leg of legs) {
    if (leg.refused || leg.known) continue;
    const inBasket = leg.entry.basket !== undefined && leg.parent === null;
    const detail = `${clientOrderId} was refused: ${reason}.`;
    refuse(leg, { reason: inBasket ? "basket_refused" : "bracket_refused", detail }, leg.entry.guards);
  }
}

function asWorking({ strategy, symbol, quantity, price, limitPrice, clientOrderId }: OrderEntry): WorkingOrder {
  const order = { orderId: "", venueId: "", clientOrderId, strategy, symbol, quantity, price, limitPrice };
  const state = { state: "pending_new", confirmed: false, inDoubt: false, request: null, cancelWanted: false } as const;
  return { ...order, ...state, ordered: decimal(quantity), filled: ZERO, at: 0 as Moment };
}

function judgeOne(core: Core, leg: Leg, at: Moment, spot: Spot): void {
  const { intent, entry, known, parent } = leg;
  const { strategy, symbol, quantity, price } = entry;
  if (parent !== null) return known ? refuse(leg, takenId(entry)) : undefined;
  if (!known && referenceOf(intent, entry.mark) === null)
    return refuse(leg, { reason: NO_PRICE, detail: `${symbol} has no price yet, so the order's value is not known.` });
  const unvalued = known ? null : rateRefusal(core, symbol, quantity, at);
  if (unvalued !== null) return refuse(leg, unvalued);
  const held = entry.flatten === undefined ? heldBack(core, entry) : null;
  if (held !== null) return refuse(leg, held);
  if (known || (core.router.halted && entry.flatten === undefined)) return;
  const fault = faultOf(core, leg, at, spot);
  if (fault !== null) return refuse(leg, fault);
  if (entry.flatten !== undefined) return;
  const { guards, refusal } = core.risk.check({ strategy, symbol, quantity, price }, at);
  if (refusal === null) {
    entry.guards = guards;
    return;
  }
  const { largest, ...facts } = refusal;
  refuse(leg, { ...facts, ...(largest === null ? {} : { largest }) }, guards);
}

const takenId = ({ clientOrderId }: OrderEntry): Refusal => ({
  reason: "idempotency_conflict",
  detail: `${clientOrderId} is an order already, so no bracket can have a child of that id.`,
});

/** What the session itself has against an order, before any guard. */
function faultOf(core: Core, { intent, entry }: Leg, at: Moment, spot: Spot): Refusal | null {
  const { strategy, symbol, quantity, expiresAt } = entry;
  if (intent.reduceOnly === true) {
    const held = core.books.position(strategy, symbol);
    if (held.isZero() || held.isNegative() === quantity < 0) {
      const detail = `${strategy} holds ${plain(held)} ${symbol}, so there is nothing that the order could reduce.`;
      return { reason: "nothing_to_reduce", detail, value: plain(held), limit: "0" };
    }
  }
  const sides = bracketFault(intent, entry.mark);
  if (sides !== null) return { reason: "bracket_wrong_side", detail: sides };
  if (expiresAt !== undefined && expiresAt <= at)
    return { reason: "already_expired", detail: "Its expiresAt is not after the moment of the decision." };
  return boundRefusal(core.model.open, strategy, intent, spot);
}

/** Sees to it that every new order of a unit has its place; true where the unit waits in the queue instead. */
function makeRoom(
  core: Core,
  run: RunOf,
  orders: readonly QueuedOrder[],
  fresh: readonly Leg[],
  at: Moment,
  queue: string | null,
): boolean {
  const places = fresh.length;
  if (places === 0 || core.router.halted || run.flatten !== undefined) return false;
  const { pace } = paceOf(core, run.strategy);
  const { inflightCount, maxInflight, rateLimitPerSec } = core.router;
  const { used, limit, freeAt } = core.router.rateWindow(run.strategy, at, Math.min(places, rateLimitPerSec));
  const together = places > 1 || pace === "queue";
  const refuseAll = (refusal: Refusal): false => {
    for (const leg of fresh) refuse(leg, refusal, leg.entry.guards);
    return false;
  };
  if (together && inflightCount + places > maxInflight)
    return refuseAll({
      reason: "inflight_limit",
      detail: null,
      value: String(inflightCount),
      limit: String(maxInflight),
    });
  if (places > limit) {
    const detail = `${places} orders that go together never fit in a window of ${limit} a second.`;
    return refuseAll({ reason: "rate_limited", detail, value: String(places), limit: String(limit) });
  }
  const behind = queue === null && (core.model.open.queues.get(run.strategy)?.length ?? 0) > 0;
  if (pace === "queue" && (freeAt !== null || behind)) {
    enqueue(core, run, { orders }, freeAt, at);
    return true;
  }
  if (freeAt === null || places === 1) return false;
  return refuseAll({ reason: "rate_limited", detail: null, value: String(used), limit: String(limit), freeAt });
}

/** Journals what is decided, and asks the router where nothing has refused yet. */
function settle(core: Core, leg: Leg, at: Moment, queue: string | null): Sending[] {
  const parent = leg.parent?.entry ?? null;
  const waited = queue === null ? {} : { queue };
  if (leg.refused) {
    refusedOrder(core, leg.entry.reason, at);
    core.ledger.add({ ...unmarked(leg.entry), ...waited }, at);
    return [];
  }
  const { entry } = leg;
  if (parent !== null) entry.parent = parent.orderId;
  const { decision, replay, detail, value, limit, freeAt } = submitted(core, entry, at);
  const { accepted, orderId, reason } = decision;
  entry.accepted = accepted;
  entry.orderId = orderId;
  entry.reason = reason;
  entry.detail = detail;
  entry.replay = replay;
  entry.value = value === null ? null : String(value);
  entry.limit = limit === null ? null : String(limit);
  entry.freeAt = freeAt;
  if (queue !== null) entry.queue = queue;
  core.ledger.add(entry, at);
  if (!accepted || replay || orderId === null) return [];
  const order = placeOrderOf(core, entry, orderId, at);
  core.ledger.add({ kind: "send", orderId, venueId: order.venueId }, at);
  return [{ kind: "place", orderId, order, parent: parent?.orderId ?? null }];
}

/** Only what the router would answer otherwise is marked as the session's own answer. */
function unmarked(entry: OrderEntry): OrderEntry {
  if (ROUTER_REFUSALS.has(entry.reason)) return entry;
  const { by: _by, ...rest } = entry;
  return rest;
}

const NO_GUARDS: readonly GuardReading[] = [];

/** What few orders have, in the order in which an entry has it. */
const REST = ["asked", "role", "oco", "basket", "operator", "flatten"] as const;
