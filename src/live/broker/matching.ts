/**
 * The paper venue's matching: what a bar or a mark does to the open orders of its symbol. It decides and
 * keeps no record; a sink gets the results.
 *
 * 1. By bars an order acts where the path of `bar-path.ts` reaches it; at one price, orders act as they were placed, targets of brackets
 *    last. An order fills at most once in a bar. By marks every order looks at the one price.
 * 2. A bar is applied to orders that were accepted before it opened. A decision takes its time: an order accepted in the first quarter of
 *    a bar, and within 15 seconds where the bar is shorter than a day, counts as given on the close before it; a later one waits for the
 *    next bar. The bar of a day spans hours in which its market is closed. A mark is applied to orders accepted before it.
 * 3. A fill has its consequences at that point of the path: children of a bracket begin to work, siblings are cut or canceled, the others
 *    of an OCO group are canceled. What begins to work there takes part in the rest of the path.
 * 4. An order ends once.
 */
import { Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { BrokerConfig } from "../../shared/desk.ts";
import type { Bar, Mark, SymbolMeta } from "../../shared/market.ts";
import { ORDER_TYPES } from "../../shared/orders.ts";
import { DAY, SECOND } from "../../shared/time.ts";
import { pathOf, touchOf, trailedStop } from "./bar-path.ts";
import { fillSize, limitPrice, marketPrice, tickOf, type PriceRange } from "./fill-rules.ts";
import { OrderBook } from "./order-book.ts";
import { buys, isImmediate, signed, waitsForTrigger, type VenueOrder } from "./venue-order.ts";

/** Which share of a bar counts as its open, for what was decided on the close before it. */
const OPENING_SHARE = 0.25;
/** How long that is at most, for a bar shorter than a day: an open that is long past is no price to trade at. */
const OPENING_MAX = 15 * SECOND;

/** The last moment at which an order counts as given on the close before a bar. */
function openingOf(opensAt: number, closesAt: number): number {
  const share = (closesAt - opensAt) * OPENING_SHARE;
  return opensAt + (closesAt - opensAt < DAY ? Math.min(share, OPENING_MAX) : share);
}

export type OrderUpdate = "released" | "cut" | "triggered" | "trailed";

/** Who keeps what the matching decides. Orders are changed already when it is called. */
export interface MatchSink {
  /** A fill, signed; `marketAt` is the price of the path or the mark that made it. */
  fill(order: VenueOrder, quantity: Decimal, price: Decimal, marketAt: Decimal, at: number): void;
  /** An end that is not by fills alone; the order has its status and reason. */
  ended(order: VenueOrder, at: number): void;
  updated(order: VenueOrder, change: OrderUpdate, at: number): void;
  /** The signed position that a reduce-only order of this owner may reduce. */
  held(owner: string | undefined, symbol: string): Decimal;
}

export type MatchRules = Pick<BrokerConfig, "slippageBps" | "partialFillShare" | "limitTouch">;

/** One bar or one mark on its way through the orders. */
interface Pass {
  readonly at: number;
  readonly meta: SymbolMeta;
  /** Null where volume caps nothing. */
  readonly volume: number | null;
  /** The bar's; null by marks. */
  readonly range: PriceRange | null;
  /** Ask less bid; zero where it is not known. */
  readonly spread: Decimal;
  readonly beyond: Decimal;
  readonly orders: VenueOrder[];
  /** Those that have filled in this bar. */
  readonly done: Set<VenueOrder>;
  /** The present move of the price, and the orders that it reaches, nearest first. */
  from: Decimal;
  to: Decimal;
  queue: Candidate[];
  next: number;
}

interface Candidate {
  readonly order: VenueOrder;
  readonly price: Decimal;
  /** True where the move came to the price; false where the price was there, or beyond it, at the move's beginning. */
  readonly reached: boolean;
}

const spreadOf = ({ spread }: Pick<Bar, "spread">): Decimal => (spread === undefined ? ZERO : decimal(spread));
const isTarget = ({ parentId, terms }: VenueOrder): number =>
  parentId !== null && ORDER_TYPES[terms.type].bracket === "target" ? 1 : 0;

export class MatchingEngine {
  readonly book = new OrderBook();
  readonly #rules: MatchRules;
  readonly #sink: MatchSink;

  constructor(rules: MatchRules, sink: MatchSink) {
    this.#rules = rules;
    this.#sink = sink;
  }

  /** Applies a bar; `opensAt` is its beginning, or null where that is not known. */
  onBar(bar: Bar, opensAt: number | null, meta: SymbolMeta): void {
    const path = pathOf(bar);
    const range = { low: decimal(bar.exact?.low ?? bar.low), high: decimal(bar.exact?.high ?? bar.high) };
    const opening = opensAt === null ? bar.at : openingOf(opensAt, bar.at);
    const orders: VenueOrder[] = [];
    for (const order of this.book.each(bar.symbol))
      if (bar.at > order.since && order.since <= opening && this.#mayAct(order, range)) orders.push(order);
    if (orders.length === 0) return;
    const beyond = this.#rules.limitTouch === "through" ? tickOf(meta) : ZERO;
    const volume = bar.volume > 0 ? bar.volume : null;
    this.#walk(path, { at: bar.at, meta, volume, range, spread: spreadOf(bar), beyond, orders });
  }

  onMark(mark: Mark, meta: SymbolMeta): void {
    const orders = this.book.openOf(mark.symbol).filter((order) => order.state !== "held" && mark.at > order.since);
    if (orders.length === 0) return;
    this.#walk([decimal(mark.exact ?? mark.price)], {
      at: mark.at,
      meta,
      volume: mark.volume,
      range: null,
      spread: spreadOf(mark),
      beyond: ZERO,
      orders,
    });
  }

  /** Ends open orders whose last moment is before `at`. */
  expireBefore(at: number): void {
    for (const order of this.book.expiredBefore(at))
      this.end(order, "expired", "expired", order.terms.expiresAt as number);
  }

  /** Ends an order that is open, with what follows for its bracket. */
  end(order: VenueOrder, status: "canceled" | "expired", reason: string, at: number): void {
    if (order.status !== "open") return;
    order.status = status;
    order.reason = reason;
    this.#sink.ended(order, at);
    this.#over(order, at);
  }

  /** Makes a child that its parent's fills give something to do a working one, as it becomes known at a price. */
  release(child: VenueOrder, price: Decimal | null, at: number, meta: SymbolMeta): void {
    child.state = "working";
    child.since = at;
    const { trail } = child.terms;
    if (trail !== undefined && price !== null) child.stopPrice = trailedStop(child, trail, price, tickOf(meta));
    this.#sink.updated(child, "released", at);
  }

  /** Whether a bar could do anything to an order, so that the many that it cannot are not walked. */
  #mayAct(order: VenueOrder, { low, high }: PriceRange): boolean {
    if (order.state === "held") return false;
    if (isImmediate(order) || order.terms.trail !== undefined) return true;
    if (waitsForTrigger(order))
      return order.stopPrice !== null && (buys(order) ? high.gte(order.stopPrice) : low.lte(order.stopPrice));
    return order.limitPrice === null || (buys(order) ? low.lte(order.limitPrice) : high.gte(order.limitPrice));
  }

  #walk(path: readonly Decimal[], start: Omit<Pass, "done" | "from" | "to" | "queue" | "next">): void {
    const [first] = path as [Decimal];
    const pass: Pass = { ...start, done: new Set(), from: first, to: first, queue: [], next: 0 };
    const before = new Map<VenueOrder, Decimal | null>();
    for (const order of pass.orders) if (order.terms.trail !== undefined) before.set(order, order.stopPrice);
    const asked = [...pass.orders];
    this.#move(first, first, pass);
    // Their first chance is over. A stop's comes when it triggers.
    for (const order of asked)
      if (isImmediate(order) && !waitsForTrigger(order)) this.end(order, "canceled", order.terms.timeInForce, pass.at);
    for (const order of pass.orders) this.#follow(order, first, pass);
    for (let index = 1; index < path.length; index += 1) {
      this.#move(path[index - 1] as Decimal, path[index] as Decimal, pass);
      for (const order of pass.orders) this.#follow(order, pass.to, pass);
    }
    for (const order of pass.orders) {
      if (order.status !== "open" || !waitsForTrigger(order) || order.terms.trail === undefined) continue;
      const known = before.get(order);
      if (known !== undefined && order.stopPrice !== null && known?.equals(order.stopPrice) !== true) {
        order.since = pass.at;
        this.#sink.updated(order, "trailed", pass.at);
      }
    }
  }

  /** Moves the price; each order that the move reaches acts there, and what that sets free may act on the rest of the move. */
  #move(from: Decimal, to: Decimal, pass: Pass): void {
    pass.from = from;
    pass.to = to;
    pass.next = 0;
    pass.queue = [];
    for (const order of pass.orders) {
      const candidate = this.#candidate(order, pass);
      if (candidate !== null) pass.queue.push(candidate);
    }
    if (pass.queue.length > 1) pass.queue.sort((a, b) => this.#order(a, b, pass));
    for (; pass.next < pass.queue.length;) {
      const candidate = pass.queue[pass.next] as Candidate;
      pass.next += 1;
      pass.from = candidate.price;
      this.#act(candidate, pass);
    }
  }

  #candidate(order: VenueOrder, pass: Pass): Candidate | null {
    if (order.status !== "open" || order.state === "held" || pass.done.has(order)) return null;
    const price = touchOf(order, pass.from, pass.to, pass.beyond);
    return price === null ? null : { order, price, reached: !price.equals(pass.from) };
  }

  #order(one: Candidate, other: Candidate, { from, to }: Pass): number {
    const way = to.gte(from) ? one.price.comparedTo(other.price) : other.price.comparedTo(one.price);
    return way || isTarget(one.order) - isTarget(other.order) || one.order.number - other.order.number;
  }

  /** Lets an order take part in the rest of the present move. */
  #join(order: VenueOrder, pass: Pass): void {
    const candidate = this.#candidate(order, pass);
    if (candidate === null) return;
    let place = pass.queue.length;
    while (place > pass.next && this.#order(candidate, pass.queue[place - 1] as Candidate, pass) < 0) place -= 1;
    pass.queue.splice(place, 0, candidate);
  }

  #act({ order, price, reached }: Candidate, pass: Pass): void {
    if (order.status !== "open" || order.state === "held" || pass.done.has(order)) return;
    if (waitsForTrigger(order)) {
      order.state = "triggered";
      order.since = pass.at;
      this.#sink.updated(order, "triggered", pass.at);
      if (order.limitPrice !== null) {
        const candidate = this.#candidate(order, pass);
        if (candidate?.reached === false) this.#fill(order, price, price, pass);
        else if (isImmediate(order)) this.end(order, "canceled", order.terms.timeInForce, pass.at);
        else this.#join(order, pass);
        return;
      }
    }
    // The path passes the limit itself, also where it has to go a tick through it.
    this.#fill(order, price, reached && order.limitPrice !== null ? order.limitPrice : price, pass);
  }

  /** Fills what the bar or the mark gives. `marketAt` is where the price is, `base` what the fill's price is made from. */
  #fill(order: VenueOrder, marketAt: Decimal, base: Decimal, pass: Pass): void {
    const { at, meta, range } = pass;
    pass.done.add(order);
    const { reduceOnly, owner, timeInForce } = order.terms;
    const remaining = this.book.remaining(order);
    const reducible = reduceOnly === true ? this.#reducible(order) : remaining;
    if (reducible.isZero()) return this.end(order, "canceled", "reduce_only", at);
    const wanted = Decimal.min(remaining, reducible);
    const size = pass.volume === null ? wanted : fillSize(wanted, pass.volume, this.#rules, meta);
    if (timeInForce === "fok" && size.lt(wanted)) return this.end(order, "canceled", "fok", at);
    if (size.gt(ZERO)) {
      const { limitPrice: limit } = order;
      const paid =
        limit === null
          ? marketPrice(buys(order), base, this.#rules, meta, range, pass.spread)
          : limitPrice(buys(order), limit, base, this.#rules, meta, range);
      this.#filled(order, signed(order, size), paid, marketAt, pass);
    }
    if (isImmediate(order)) this.end(order, "canceled", timeInForce, at);
    if (reduceOnly === true && this.#sink.held(owner, order.symbol).isZero())
      this.end(order, "canceled", "reduce_only", at);
  }

  /** How much a reduce-only order may fill without making its owner's position larger or turning it. */
  #reducible(order: VenueOrder): Decimal {
    const held = this.#sink.held(order.terms.owner, order.symbol);
    return held.isNegative() === buys(order) ? held.abs() : ZERO;
  }

  #filled(order: VenueOrder, quantity: Decimal, paid: Decimal, price: Decimal, pass: Pass): void {
    const { at, meta } = pass;
    order.filled = order.filled.plus(quantity);
    order.since = at;
    if (order.filled.equals(order.quantity)) order.status = "filled";
    this.#sink.fill(order, quantity, paid, price, at);
    for (const other of this.book.groupedWith(order)) this.end(other, "canceled", "oco", at);
    for (const child of this.book.childrenOf(order)) {
      if (child.status !== "open" || this.book.remaining(child).isZero()) continue;
      const worked = child.state !== "held";
      if (worked) {
        child.since = at;
        this.#sink.updated(child, "released", at);
        continue;
      }
      this.release(child, price, at, meta);
      pass.orders.push(child);
      this.#join(child, pass);
    }
    for (const one of order.parentId === null ? [] : [...this.book.siblingsOf(order), order])
      if (one.status === "open") this.#cut(one, one !== order, pass);
    if (order.status === "filled") this.#over(order, at);
  }

  /** A child after a fill of its bracket's: smaller, idle until the parent fills more, or over. */
  #cut(child: VenueOrder, report: boolean, pass: Pass): void {
    const { at } = pass;
    if (this.book.remaining(child).isZero()) {
      if (this.book.parentOf(child)?.status !== "open") return this.end(child, "canceled", "bracket", at);
      this.#follow(child, pass.from, pass);
      child.state = "held";
    }
    child.since = Math.max(child.since, at);
    if (report) this.#sink.updated(child, "cut", at);
  }

  /** What the end of an order means for its bracket: children that have nothing to work for, and never will, end with it. */
  #over(order: VenueOrder, at: number): void {
    for (const child of this.book.childrenOf(order))
      if (child.status === "open" && this.book.remaining(child).isZero())
        this.end(child, "canceled", order.filled.isZero() ? "parent_ended" : "bracket", at);
    this.book.remove(order);
  }

  /** A trailing stop that waits follows the price to where it is. */
  #follow(order: VenueOrder, price: Decimal, { meta }: Pass): void {
    const { trail } = order.terms;
    if (trail === undefined || order.status !== "open" || !waitsForTrigger(order) || order.state === "held") return;
    order.stopPrice = trailedStop(order, trail, price, tickOf(meta));
  }
}
