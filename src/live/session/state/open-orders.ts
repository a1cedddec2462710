/**
 * The orders that have not ended: in flight, working at the venue, or waiting in a queue; and the flattens under way.
 *
 * 1. It is part of the read model: a pure fold of the journal's entries, the same live and in a recovery.
 * 2. An order's state follows the one state machine (`shared/order-state.ts`); `inDoubt` says beside it that the outcome of its newest
 *    request is not known and is asked about.
 * 3. Every change of an order is reported to its strategy once, in the order of the entries.
 */
import { type Decimal, decimal, ZERO } from "../../../shared/decimal.ts";
import { hasEnded, stateAfter, type OrderState } from "../../../shared/order-state.ts";
import type { OrderUpdate, ReplaceIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type {
  EntryTerms,
  FlattenEntry,
  FlattenScope,
  JournalEntry,
  OrderEntry,
  QueueEntry,
  QueuedOrder,
} from "../../../store/journal/entries.ts";
import { orderEventOf } from "../../../store/journal/order-events.ts";
import { OrderIndex, type WorkingOrder } from "./working-orders.ts";

/** What an order fills at most before it is filled. */
export const takenBy = ({ taken, ordered }: WorkingOrder): Decimal => (taken === undefined ? ordered : decimal(taken));

export interface QueueItem {
  readonly queue: string;
  readonly strategy: string;
  readonly run: number;
  readonly bar: Moment | null;
  readonly at: Moment;
  readonly until: Moment;
  readonly orders: readonly QueuedOrder[];
  readonly replace?: ReplaceIntent;
  readonly operator: string | null;
}

export interface Flatten {
  readonly flatten: string;
  readonly scope: FlattenScope;
  readonly owner: string | null;
  readonly shutsGate: boolean;
  readonly operator: string;
  readonly note: string;
  readonly at: Moment;
  /** `owner\nsymbol` → what became of the newest order that was to close it. */
  attempts: Readonly<Record<string, string>>;
}

export const attemptKey = (owner: string, symbol: string): string => `${owner}\n${symbol}`;

type OrderMoved = Extract<
  JournalEntry,
  { kind: "ack" | "fill" | "closed" | "cancel_request" | "cancel" | "replace_request" | "replace" | "updated" }
>;

type Tell = (strategy: string, update: OrderUpdate) => void;

const NO_FIGURES = { detail: null, value: null, limit: null, freeAt: null } as const;

export class OpenOrders {
  readonly working = new Map<string, WorkingOrder>();
  /** By strategy, the oldest first. */
  readonly queues = new Map<string, QueueItem[]>();
  readonly flattens = new Map<string, Flatten>();
  queueNumber = 0;
  flattenNumber = 0;
  /** Orders that a check puts beside those that work, while it judges several as one; no entry holds them. */
  tentative: readonly WorkingOrder[] = [];
  /** An order that a check leaves out, because it judges what would take its place. */
  hidden: string | null = null;
  /** The working orders by what a pass asks about them. */
  readonly index = new OrderIndex();
  readonly #byClientId = new Map<string, string>();
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** An open order of a strategy by the router's id or the strategy's own; of any strategy where `strategy` is null. */
  find(strategy: string | null, id: string): WorkingOrder | undefined {
    const own = this.working.get(id);
    if (own !== undefined) return strategy === null || own.strategy === strategy ? own : undefined;
    if (strategy !== null) return this.working.get(this.#byClientId.get(`${strategy}\n${id}`) ?? "");
    for (const order of this.working.values()) if (order.clientOrderId === id) return order;
    return undefined;
  }

  /** The queue's item that holds an order of a strategy, by the queue's id or the order's own. */
  findQueued(strategy: string | null, id: string): QueueItem | undefined {
    const named = (item: QueueItem): boolean =>
      item.queue === id || item.orders.some(({ clientOrderId }) => clientOrderId === id);
    for (const [owner, items] of this.queues)
      if (strategy === null || strategy === owner) {
        const found = items.find(named);
        if (found !== undefined) return found;
      }
    return undefined;
  }

  /** Puts an order in doubt, where a start finds that only the venue knows what became of it. */
  doubt(order: WorkingOrder): void {
    order.inDoubt = true;
    this.index.file(order);
  }

  add(order: WorkingOrder): void {
    this.working.set(order.orderId, order);
    this.index.add(order);
    this.#byClientId.set(`${order.strategy}\n${order.clientOrderId}`, order.orderId);
  }

  /** What was known before is void: a router snapshot took its place. */
  clear(): void {
    for (const order of this.working.values()) this.index.leave(order);
    this.working.clear();
    this.#byClientId.clear();
    this.queues.clear();
    this.flattens.clear();
  }

  /** A decision on an order: it joins the working ones, or its refusal is reported. */
  decided(entry: OrderEntry & { readonly at: Moment }): void {
    if (entry.queue !== undefined) this.#dequeue(entry.strategy, entry.queue);
    if (entry.flatten !== undefined) this.#attempt(entry.flatten, entry, entry.accepted ? "sent" : entry.reason);
    if (entry.replay) return;
    if (entry.accepted && entry.orderId !== null) this.add(workingOf(entry, entry.orderId));
    else {
      const { clientOrderId, symbol, reason, detail, value, limit, freeAt, at } = entry;
      const refusal = { orderId: null, clientOrderId, symbol, reason, detail, value, limit, freeAt, at };
      this.#tell(entry.strategy, { request: "order", state: "rejected", ...refusal });
    }
  }

  queued(entry: QueueEntry & { readonly at: Moment }): void {
    const { queue, strategy, at, reason, item, operator } = entry;
    const found = item === undefined ? this.findQueued(strategy, queue) : undefined;
    if (item === undefined) this.#dequeue(strategy, queue);
    else {
      const { freeAt: _freeAt, ...rest } = item;
      const items = this.queues.get(strategy) ?? [];
      this.queues.set(strategy, [...items, { queue, strategy, at, operator, ...rest }]);
      this.queueNumber += 1;
    }
    const state = entry.event === "added" ? "queued" : entry.event;
    this.#tellOfReplace((item ?? found)?.replace, entry);
    for (const { intent, clientOrderId } of (item ?? found)?.orders ?? []) {
      const figures = { ...NO_FIGURES, freeAt: item?.freeAt ?? null };
      const order = { orderId: queue, clientOrderId, symbol: intent.symbol };
      this.#tell(strategy, { request: "order", state, reason, ...order, ...figures, at });
    }
  }

  /** What became of a replace that waits or waited; its order is as it was. */
  #tellOfReplace(replace: ReplaceIntent | undefined, entry: QueueEntry & { readonly at: Moment }): void {
    if (replace === undefined) return;
    const { strategy, item, at } = entry;
    const order = this.find(strategy, replace.replace);
    const named = { orderId: order?.orderId ?? null, clientOrderId: replace.replace, symbol: order?.symbol ?? null };
    const reason = entry.event === "added" ? "queued" : entry.reason;
    const figures = { ...NO_FIGURES, freeAt: item?.freeAt ?? null };
    this.#tell(strategy, { request: "replace", ...named, state: order?.state ?? null, reason, ...figures, at });
  }

  #dequeue(strategy: string, queue: string): void {
    const left = (this.queues.get(strategy) ?? []).filter((item) => item.queue !== queue);
    if (left.length === 0) this.queues.delete(strategy);
    else this.queues.set(strategy, left);
  }

  /** Moves the order that an entry names; answers it where the entry ended it. */
  move(entry: OrderMoved): WorkingOrder | null {
    if (entry.kind === "replace_request" && entry.queue !== undefined) this.#dequeue(entry.strategy, entry.queue);
    const order = entry.orderId === null ? undefined : this.working.get(entry.orderId);
    if (order !== undefined) {
      takeOver(order, entry);
      // A cancel that is refused leaves the order to the replace that was under way before it.
      const replaceAgain = entry.kind === "cancel" && order.request?.kind === "replace";
      const event = replaceAgain ? "replace_requested" : orderEventOf(entry);
      if (event !== null) order.state = stateAfter(order.state, event, !order.filled.isZero());
      this.index.file(order);
    }
    this.#report(entry, order);
    if (order === undefined || !hasEnded(order.state)) return null;
    this.#end(order, entry);
    return order;
  }

  #end(order: WorkingOrder, entry: OrderMoved): void {
    this.working.delete(order.orderId);
    this.index.leave(order);
    const key = `${order.strategy}\n${order.clientOrderId}`;
    if (this.#byClientId.get(key) === order.orderId) this.#byClientId.delete(key);
    if (order.flatten === undefined) return;
    const reason = order.state === "filled" ? "filled" : "reason" in entry ? entry.reason : order.state;
    this.#attempt(
      order.flatten,
      order,
      entry.kind === "ack" && "reason" in entry.outcome ? entry.outcome.reason : reason,
    );
  }

  #report(entry: OrderMoved, order: WorkingOrder | undefined): void {
    const { at } = entry;
    if (entry.kind === "cancel_request" || entry.kind === "replace_request") {
      if (entry.sent || entry.operator !== null) return;
      const { named, reason, detail, symbol, orderId, strategy } = entry;
      const request = entry.kind === "cancel_request" ? "cancel" : "replace";
      const figures = "guards" in entry ? { value: entry.value, limit: entry.limit, freeAt: entry.freeAt } : {};
      const update = {
        request,
        orderId,
        clientOrderId: named,
        symbol,
        state: order?.state ?? null,
        reason,
        at,
      } as const;
      this.#tell(strategy, { ...NO_FIGURES, ...figures, ...update, detail });
      return;
    }
    if (order === undefined) return;
    const { orderId, clientOrderId, symbol, state, strategy } = order;
    const reason = reasonOf(entry, state);
    if (reason === null) return;
    const request = entry.kind === "cancel" ? "cancel" : entry.kind === "replace" ? "replace" : "order";
    this.#tell(strategy, { request, orderId, clientOrderId, symbol, state, reason, ...NO_FIGURES, at });
  }

  flatten(entry: FlattenEntry & { readonly at: Moment }): void {
    if (entry.event === "ended") {
      this.flattens.delete(entry.flatten);
      return;
    }
    const { flatten, scope, owner, shutsGate, operator, note, at } = entry;
    this.flattenNumber += 1;
    this.flattens.set(flatten, { flatten, scope, owner, shutsGate, operator, note, at, attempts: {} });
  }

  #attempt(
    flatten: string,
    { strategy, symbol }: { readonly strategy: string; readonly symbol: string },
    what: string,
  ) {
    const found = this.flattens.get(flatten);
    if (found === undefined) return;
    found.attempts = { ...found.attempts, [attemptKey(strategy, symbol)]: what };
  }
}

function workingOf(entry: OrderEntry & { readonly at: Moment }, orderId: string): WorkingOrder {
  const { clientOrderId, strategy, symbol, quantity, price, limitPrice, at, parent, role, oco, flatten } = entry;
  return {
    orderId,
    venueId: "",
    clientOrderId,
    strategy,
    symbol,
    quantity,
    ordered: decimal(quantity),
    filled: ZERO,
    price,
    limitPrice,
    ...termsOf(entry),
    ...(parent === undefined || parent === null ? {} : { parent }),
    ...(role === undefined ? {} : { role }),
    ...(oco === undefined ? {} : { oco }),
    ...(flatten === undefined ? {} : { flatten }),
    state: "pending_new",
    at,
    confirmed: false,
    inDoubt: false,
    request: null,
    cancelWanted: false,
  };
}

const TERMS = ["type", "stopPrice", "trail", "timeInForce", "expiresAt", "postOnly", "reduceOnly"] as const;

/** The terms of an order that has none. */
export const NO_TERMS: EntryTerms = Object.freeze({});

/** The terms that are there, and no others. */
export function termsOf(terms: EntryTerms): EntryTerms {
  let found: Record<string, unknown> | null = null;
  for (const name of TERMS) if (terms[name] !== undefined) (found ??= {})[name] = terms[name];
  return found ?? NO_TERMS;
}

/** What an entry says of an order besides its state. */
function takeOver(order: WorkingOrder, entry: OrderMoved): void {
  switch (entry.kind) {
    case "ack": {
      const { outcome } = entry;
      order.inDoubt = outcome.outcome === "unknown";
      order.confirmed = outcome.outcome === "accepted";
      if (outcome.outcome === "accepted" && order.parent !== undefined) order.taken = outcome.quantity;
      if (outcome.outcome === "accepted")
        takeTerms(order, { quantity: outcome.quantity, stopPrice: outcome.stopPrice });
      return;
    }
    case "fill":
      order.filled = order.filled.plus(decimal(entry.quantity));
      order.confirmed = true;
      // A fill says that the venue has the order; of a cancel or a replace it says nothing.
      if (order.request === null) order.inDoubt = false;
      return;
    case "cancel_request":
      if (entry.sent) {
        const change = order.request?.change ?? null;
        if (change !== null) order.undecided = change;
        order.request = { kind: "cancel", change: null };
      }
      // A further cancel that is refused leaves the one that waits as it is.
      order.cancelWanted = !entry.sent && (order.cancelWanted || entry.reason === "placement_unknown");
      return;
    case "replace_request":
      if (entry.sent) order.request = { kind: "replace", change: entry.change };
      return;
    case "cancel":
    case "replace":
      return answerRequest(order, entry);
    case "updated":
      return takeTerms(order, entry);
    case "closed":
      return;
  }
}

function answerRequest(order: WorkingOrder, entry: Extract<OrderMoved, { kind: "cancel" | "replace" }>): void {
  const { outcome } = entry;
  // A journal of an older version has answers without requests.
  if (order.request === null) return;
  if (entry.kind === "replace" && outcome.outcome === "accepted") {
    order.replaced = true;
    takeTerms(order, outcome);
  }
  if (entry.kind === "replace" && order.request.kind === "cancel") {
    // The cancel that followed it has an answer of its own.
    if (outcome.outcome !== "unknown") delete order.undecided;
    return;
  }
  order.inDoubt = outcome.outcome === "unknown";
  if (outcome.outcome === "unknown") return;
  // An accepted cancel is carried out when the venue reports the order's end.
  if (entry.kind === "cancel" && outcome.outcome === "accepted") return;
  const { undecided } = order;
  delete order.undecided;
  order.request = undecided === undefined ? null : { kind: "replace", change: undecided };
  order.inDoubt = undecided !== undefined;
}

function takeTerms(
  order: WorkingOrder,
  at: { readonly quantity: string; readonly limitPrice?: string | null; readonly stopPrice?: string | undefined },
): void {
  order.ordered = decimal(at.quantity);
  if (at.limitPrice !== undefined) {
    order.quantity = Number(at.quantity);
    order.limitPrice = at.limitPrice === null ? null : Number(at.limitPrice);
    if (order.limitPrice !== null) order.price = order.limitPrice;
  }
  if (at.stopPrice !== undefined) order.stopPrice = Number(at.stopPrice);
}

/** Why an order is in its state, for its strategy; null where there is nothing to report. */
function reasonOf(entry: OrderMoved, state: OrderState): string | null {
  switch (entry.kind) {
    case "ack":
      if (entry.outcome.outcome === "accepted") return "accepted";
      return entry.outcome.reason;
    case "fill":
      return entry.verdict === "booked" ? state : null;
    case "closed":
      return entry.reason;
    case "cancel":
      return entry.outcome.outcome === "accepted" ? null : entry.outcome.reason;
    case "replace":
      return entry.outcome.outcome === "accepted" ? "replaced" : entry.outcome.reason;
    case "updated":
      return entry.change === "trailed" ? null : entry.change;
    default:
      return null;
  }
}
