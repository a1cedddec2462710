/**
 * The paper broker: a venue on this machine, with its own account and its own database.
 *
 * 1. It outlives the console: what it has taken, filled or closed is durable before it answers or reports.
 * 2. A venue id placed twice is one order; the second time gets the first one's answer.
 * 3. Everything drawn comes from the seed and the order's number at the venue, so equal runs see equal faults, and a
 *    restart does not draw again.
 * 4. Commands of one turn of the loop are one transaction, and so are the fills of one market update.
 * 5. A fill or a change that could not be written is not told, and the venue then answers nothing more until it is opened again:
 *    what it has in memory is no longer what it has on the disk. A query that fails is an answer of its own, never "nothing".
 * 6. A limit is rounded toward what its owner asked for: a buy's down, a sell's up. So no fill is worse than it.
 *
 * Faults that can be injected: a refusal, a lost acknowledgement (the order is live), a fill reported twice, a fill reported
 * late, and a fill that nobody ordered. What it never does: lose an order, change a price afterwards, or answer "absent" for
 * an order that it has.
 */
import { decimal, plain, roundDownToStep, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { PaperBrokerConfig } from "../../shared/desk.ts";
import type { FeedEvent, Mark, SymbolMeta } from "../../shared/market.ts";
import { termsFault } from "../../shared/orders.ts";
import type {
  BrokerAccount,
  BrokerAdapter,
  BrokerEvent,
  BrokerFill,
  BrokerOrder,
  CommandOutcome,
  Lookup,
  OrderChange,
  PlaceOrder,
} from "../../shared/ports.ts";
import { later, SECOND, type Duration, type Moment } from "../../shared/time.ts";
import { faultsOf, type Faults } from "./faults.ts";
import { feeOf, fillPrice, fillSize, limitOf, minimumRefusal, type Refusal } from "./fill-rules.ts";
import {
  refusalOf,
  refusalColumn,
  VenueStore,
  type VenueAccount,
  type VenueFill,
  type VenueOrder,
} from "./venue-store.ts";

/** How late a delayed fill is told. */
const DELAY = (30 * SECOND) as Duration;

interface Waiting {
  readonly order: PlaceOrder;
  readonly resolve: (outcome: CommandOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Pending {
  readonly at: Moment;
  readonly event: BrokerEvent;
}

export interface PaperBrokerOptions {
  /** The database's path. */
  readonly path: string;
  readonly config: PaperBrokerConfig;
  readonly seed: string;
  readonly symbols: Iterable<SymbolMeta>;
  /** Fills from one row of the account to the next. */
  readonly accountEvery?: number;
}

/** A venue that opens adds up at most about as many fills. */
const ACCOUNT_FILLS = 10_000;

export class PaperBroker implements BrokerAdapter {
  readonly name = "paper";
  readonly paper = true;
  readonly #config: PaperBrokerConfig;
  readonly #seed: string;
  readonly #store: VenueStore;
  readonly #symbols: ReadonlyMap<string, SymbolMeta>;
  /** Open orders by symbol, in the order in which they were placed. */
  readonly #resting = new Map<string, VenueOrder[]>();
  readonly #positions = new Map<string, Decimal>();
  readonly #marks = new Map<string, Decimal>();
  /** When each order that fills in parts last did: marks up to then are heard again after a restart, and fill nothing twice. */
  readonly #filledUntil = new Map<string, number>();
  #cash: Decimal;
  #orderNumber: number;
  #cursor = 0;
  readonly #accountEvery: number;
  /** The fill behind which the account was last written. */
  #accountCursor = 0;
  #waiting: Waiting[] = [];
  #pending: Pending[] = [];
  /** Why memory and disk no longer agree; null while they do. */
  #broken: Error | null = null;

  constructor(options: PaperBrokerOptions) {
    this.#config = options.config;
    this.#seed = options.seed;
    this.#store = new VenueStore(options.path);
    this.#symbols = new Map([...options.symbols].map((meta) => [meta.symbol, meta]));
    this.#cash = decimal(options.config.cash);
    this.#orderNumber = this.#store.lastOrderNumber();
    const open = this.#store.openOrders();
    for (const order of open) this.#rest(order);
    const resting = new Set(open.map((order) => order.venueId));
    this.#accountEvery = options.accountEvery ?? ACCOUNT_FILLS;
    const account = this.#store.account();
    if (account !== null) this.#putBack(account, resting);
    for (const fill of this.#store.fillsAfter(this.#cursor)) {
      this.#settle(fill);
      if (resting.has(fill.venueId)) this.#filledUntil.set(fill.venueId, fill.at);
    }
  }

  placeOrder(order: PlaceOrder): Promise<CommandOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#placeWaiting());
      this.#waiting.push({ order, resolve, reject });
    });
  }

  async cancelOrder(venueId: string, at: Moment): Promise<CommandOutcome> {
    const order = this.#store.order(venueId);
    if (order === null) return { outcome: "refused", reason: "no_such_order" };
    if (order.status !== "open") return { outcome: "refused", reason: `order_${order.status}` };
    const live = this.#live(order);
    live.status = "canceled";
    this.#write([live], []);
    this.#unrest(live);
    this.#filledUntil.delete(venueId);
    this.#report(at, { kind: "closed", venueId, status: "canceled", reason: "canceled", at });
    return { outcome: "accepted", quantity: live.quantity, limitPrice: live.limitPrice };
  }

  async replaceOrder(venueId: string, change: OrderChange, _at: Moment): Promise<CommandOutcome> {
    const order = this.#store.order(venueId);
    if (order === null) return { outcome: "refused", reason: "no_such_order" };
    if (order.status !== "open") return { outcome: "refused", reason: `order_${order.status}` };
    const meta = this.#symbols.get(order.symbol) as SymbolMeta;
    const asked = decimal(change.quantity ?? order.quantity);
    const quantity = roundDownToStep(asked, decimal(meta.lotSize));
    const filled = decimal(order.filled);
    if (quantity.isNegative() !== decimal(order.quantity).isNegative() || quantity.abs().lte(filled.abs()))
      return { outcome: "refused", reason: "below_filled_quantity" };
    if (change.stopPrice !== undefined || (change.limitPrice !== undefined && order.limitPrice === null))
      return { outcome: "refused", reason: "price_not_taken" };
    const asLimit = change.limitPrice ?? order.limitPrice;
    const limitPrice = asLimit === null ? null : limitOf(asLimit, quantity, meta);
    const refusal = minimumRefusal(quantity, asked, limitPrice ?? this.#marks.get(order.symbol) ?? null, meta);
    if (refusal !== null) return { outcome: "refused", ...refusal };
    const live = this.#live(order);
    live.quantity = plain(quantity);
    live.limitPrice = limitPrice === null ? null : plain(limitPrice);
    this.#write([live], []);
    return { outcome: "accepted", quantity: live.quantity, limitPrice: live.limitPrice };
  }

  async openOrders(): Promise<Lookup<readonly BrokerOrder[]>> {
    return this.#lookup(() => this.#store.openOrders().map(brokerOrderOf));
  }

  async orderByClientId(venueId: string): Promise<Lookup<BrokerOrder | null>> {
    return this.#lookup(() => {
      const order = this.#store.order(venueId);
      return order === null ? null : brokerOrderOf(order);
    });
  }

  async fillsSince(cursor: number): Promise<Lookup<readonly BrokerFill[]>> {
    const told = (fill: VenueFill): BrokerFill => {
      const order = this.#config.faults.delayFill > 0 ? this.#store.order(fill.venueId) : null;
      return { ...brokerFillOf(fill), toldAt: this.#toldAt(fill.at as Moment, order?.number ?? null) };
    };
    return this.#lookup(() => this.#store.fillsAfter(cursor).map(told));
  }

  async positions(): Promise<Lookup<Readonly<Record<string, string>>>> {
    return this.#lookup(() => {
      const held = [...this.#positions].filter(([, quantity]) => !quantity.isZero());
      return Object.fromEntries(held.map(([symbol, quantity]) => [symbol, plain(quantity)]));
    });
  }

  async account(): Promise<Lookup<BrokerAccount>> {
    return this.#lookup(() => {
      let equity = this.#cash;
      for (const [symbol, quantity] of this.#positions)
        equity = equity.plus(quantity.times(this.#marks.get(symbol) ?? ZERO));
      return { currency: this.#config.currency, cash: plain(this.#cash), equity: plain(equity) };
    });
  }

  symbolMeta(symbol: string): SymbolMeta | null {
    return this.#symbols.get(symbol) ?? null;
  }

  onMarketData(events: readonly FeedEvent[], _now: Moment): void {
    const changed = new Set<VenueOrder>();
    const fills: VenueFill[] = [];
    const reports: Pending[] = [];
    for (const event of events) {
      const mark: Mark =
        event.kind === "mark"
          ? event.mark
          : { symbol: event.bar.symbol, at: event.bar.at, price: event.bar.close, volume: event.bar.volume };
      if (mark.price > 0) this.#onMark(mark, changed, fills, reports);
    }
    this.#write([...changed], fills);
    for (const { at, event } of reports) this.#report(at, event);
    for (const order of changed)
      if (order.status === "filled") {
        this.#unrest(order);
        this.#filledUntil.delete(order.venueId);
      }
  }

  nextEventAt(): Moment | null {
    return this.#pending[0]?.at ?? null;
  }

  takeEvents(now: Moment): readonly BrokerEvent[] {
    const count = this.#pending.findIndex((pending) => pending.at > now);
    const taken = this.#pending.splice(0, count === -1 ? this.#pending.length : count);
    return taken.map((pending) => pending.event);
  }

  /** Reports a fill that no order explains, at the newest mark, for drills and for practising a review. */
  injectUnknownFill(fill: { readonly symbol: string; readonly quantity: string }, at: Moment): void {
    const mark = this.#marks.get(fill.symbol) ?? decimal(1);
    const stranger = this.#strangerFill(fill.symbol, decimal(fill.quantity), mark, at);
    this.#write([], [stranger]);
    this.#report(at, { kind: "fill", fill: brokerFillOf(stranger) });
  }

  close(): void {
    this.#store.close();
  }

  #placeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const orders: VenueOrder[] = [];
    const answers: CommandOutcome[] = [];
    const placed = new Map<string, VenueOrder>();
    try {
      if (this.#broken !== null) throw this.#broken;
      for (const { order } of waiting) {
        const known = placed.get(order.venueId) ?? this.#store.order(order.venueId);
        const taken = known ?? this.#take(order);
        if (known === null) orders.push(taken);
        placed.set(order.venueId, taken);
        answers.push(this.#answer(taken));
      }
      this.#store.write(orders, []);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const order of orders) if (order.status === "open") this.#rest(order);
    for (const [index, { resolve }] of waiting.entries()) resolve(answers[index] as CommandOutcome);
  }

  /** A new order as the venue takes or refuses it. */
  #take(order: PlaceOrder): VenueOrder {
    this.#orderNumber += 1;
    const meta = this.#symbols.get(order.symbol);
    const asked = decimal(order.quantity);
    const quantity = meta === undefined ? asked : roundDownToStep(asked, decimal(meta.lotSize));
    const limitPrice =
      order.limitPrice === null || meta === undefined ? null : limitOf(order.limitPrice, quantity, meta);
    const reference = limitPrice ?? this.#marks.get(order.symbol) ?? null;
    const injected = this.#faults(this.#orderNumber).reject ? { reason: "injected_reject" } : null;
    const refusal =
      meta === undefined
        ? { reason: "unknown_symbol" }
        : (termsRefusal(order) ?? minimumRefusal(quantity, asked, reference, meta) ?? injected);
    return {
      number: this.#orderNumber,
      venueId: order.venueId,
      symbol: order.symbol,
      quantity: plain(quantity),
      limitPrice: limitPrice === null ? null : plain(limitPrice),
      status: refusal === null ? "open" : "rejected",
      filled: "0",
      placedAt: order.at,
      refusal: refusal === null ? null : refusalColumn(refusal),
    };
  }

  #answer(order: VenueOrder): CommandOutcome {
    if (order.refusal !== null) return { outcome: "refused", ...refusalOf(order.refusal) };
    return this.#faults(order.number).dropAck
      ? { outcome: "unknown", reason: "the acknowledgement was lost" }
      : { outcome: "accepted", quantity: order.quantity, limitPrice: order.limitPrice };
  }

  #faults(number: number): Faults {
    return faultsOf(this.#config, this.#seed, number);
  }

  #onMark(mark: Mark, changed: Set<VenueOrder>, fills: VenueFill[], reports: Pending[]): void {
    const price = decimal(mark.price);
    this.#marks.set(mark.symbol, price);
    for (const order of this.#resting.get(mark.symbol) ?? []) {
      // A mark that was there when the order came is not its next one.
      if (order.status !== "open" || mark.at <= (this.#filledUntil.get(order.venueId) ?? order.placedAt)) continue;
      const fill = this.#fillOf(order, price, mark);
      if (fill === null) continue;
      changed.add(order);
      fills.push(fill);
      const faults = this.#faults(order.number);
      const at = later(mark.at, this.#config.latency);
      const told = this.#toldAt(mark.at, order.number);
      reports.push({ at: told, event: { kind: "fill", fill: brokerFillOf(fill) } });
      if (faults.duplicateFill) reports.push({ at: told, event: { kind: "fill", fill: brokerFillOf(fill) } });
      if (!faults.unknownFill) continue;
      const stranger = this.#strangerFill(mark.symbol, decimal(fill.quantity), price, mark.at);
      fills.push(stranger);
      reports.push({ at: at, event: { kind: "fill", fill: brokerFillOf(stranger) } });
    }
  }

  /** Fills what the mark gives of an order, and books it at the venue; null when it gives nothing. */
  #fillOf(order: VenueOrder, mark: Decimal, at: Mark): VenueFill | null {
    const meta = this.#symbols.get(order.symbol) as SymbolMeta;
    const quantity = decimal(order.quantity);
    const limitPrice = order.limitPrice === null ? null : decimal(order.limitPrice);
    const price = fillPrice({ buys: !quantity.isNegative(), limitPrice }, mark, this.#config, meta);
    if (price === null) return null;
    const remaining = quantity.minus(order.filled);
    const size = fillSize(remaining.abs(), at.volume, this.#config, meta);
    if (size.isZero()) return null;
    const filled = remaining.isNegative() ? size.negated() : size;
    order.filled = plain(decimal(order.filled).plus(filled));
    if (decimal(order.filled).equals(quantity)) order.status = "filled";
    this.#filledUntil.set(order.venueId, at.at);
    return this.#newFill(order.venueId, order.symbol, filled, price, at.at);
  }

  /** When a fill is reported: the same for whoever asks later, so that a restart does not hear of it before its time. */
  #toldAt(filledAt: Moment, order: number | null): Moment {
    const at = later(filledAt, this.#config.latency);
    return order !== null && this.#faults(order).delayFill ? later(at, DELAY) : at;
  }

  #strangerFill(symbol: string, quantity: Decimal, price: Decimal, at: Moment): VenueFill {
    return this.#newFill(`VENUE-${9_000 + this.#cursor + 1}`, symbol, quantity, price, at);
  }

  #newFill(venueId: string, symbol: string, quantity: Decimal, price: Decimal, at: Moment): VenueFill {
    const fill: VenueFill = {
      cursor: this.#cursor + 1,
      fillId: `F-${String(this.#cursor + 1).padStart(8, "0")}`,
      venueId,
      symbol,
      quantity: plain(quantity),
      price: plain(price),
      fee: plain(feeOf(price, quantity, this.#config)),
      at,
    };
    this.#settle(fill);
    return fill;
  }

  /** Books a fill into the venue's own account. */
  #settle(fill: VenueFill): void {
    this.#cursor = fill.cursor;
    this.#positions.set(fill.symbol, (this.#positions.get(fill.symbol) ?? ZERO).plus(fill.quantity));
    this.#cash = this.#cash.minus(decimal(fill.quantity).times(fill.price)).minus(fill.fee);
  }

  #account(): VenueAccount {
    const positions = [...this.#positions].map(([symbol, quantity]) => [symbol, plain(quantity)] as const);
    return { cursor: this.#cursor, cash: plain(this.#cash), positions, filledUntil: [...this.#filledUntil] };
  }

  #putBack({ cursor, cash, positions, filledUntil }: VenueAccount, resting: ReadonlySet<string>): void {
    this.#cursor = cursor;
    this.#accountCursor = cursor;
    this.#cash = decimal(cash);
    for (const [symbol, quantity] of positions) this.#positions.set(symbol, decimal(quantity));
    for (const [venueId, at] of filledUntil) if (resting.has(venueId)) this.#filledUntil.set(venueId, at);
  }

  /** Writes what is already so in memory; a failure ends the venue's answers. */
  #write(orders: readonly VenueOrder[], fills: readonly VenueFill[]): void {
    if (this.#broken !== null) throw this.#broken;
    try {
      const account = this.#cursor - this.#accountCursor >= this.#accountEvery ? this.#account() : null;
      this.#store.write(orders, fills, account);
      this.#accountCursor = account?.cursor ?? this.#accountCursor;
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #lookup<T>(read: () => T): Lookup<T> {
    try {
      if (this.#broken !== null) throw this.#broken;
      return { ok: true, value: read() };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #report(at: Moment, event: BrokerEvent): void {
    // Reports of one moment keep their order; a late one waits behind those that are earlier.
    let index = this.#pending.length;
    while (index > 0 && (this.#pending[index - 1] as Pending).at > at) index -= 1;
    this.#pending.splice(index, 0, { at, event });
  }

  #rest(order: VenueOrder): void {
    const orders = this.#resting.get(order.symbol);
    if (orders === undefined) this.#resting.set(order.symbol, [order]);
    else orders.push(order);
  }

  #unrest(order: VenueOrder): void {
    const orders = this.#resting.get(order.symbol);
    const index = orders?.indexOf(order) ?? -1;
    if (index !== -1) orders?.splice(index, 1);
  }

  /** The resting order itself, not a copy from the disk. */
  #live(order: VenueOrder): VenueOrder {
    return this.#resting.get(order.symbol)?.find((one) => one.number === order.number) ?? order;
  }
}

/** Why the venue does not take an order's terms: not those of its type, or a kind of order that it does not match. */
function termsRefusal(order: PlaceOrder): Refusal | null {
  const { limitPrice, ...terms } = order;
  const given = limitPrice === null ? terms : { ...terms, limitPrice };
  if (termsFault(given) !== null) return { reason: "invalid_order" };
  const { type = "market", timeInForce = "gtc", postOnly, reduceOnly, parentId, ocoGroup } = order;
  const plainKind = (type === "market" || type === "limit") && timeInForce === "gtc";
  const linked = postOnly === true || reduceOnly === true || parentId !== undefined || ocoGroup !== undefined;
  return plainKind && !linked ? null : { reason: "order_kind_not_taken" };
}

function brokerOrderOf(order: VenueOrder): BrokerOrder {
  const { venueId, symbol, quantity, filled, limitPrice, status } = order;
  return { venueId, symbol, quantity, filled, limitPrice, status };
}

function brokerFillOf(fill: VenueFill): BrokerFill {
  return { ...fill, at: fill.at as Moment };
}
