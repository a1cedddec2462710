/**
 * The paper broker: a venue here, with its own account and database; over 400 lines because commands, marks and faults meet in one account.
 *
 * 1. It outlives the console: what it has accepted, filled or ended is durable before it answers or reports. While its disk is
 *    deferred, it is durable once the session has settled it; what was not settled never happened, after a crash.
 * 2. A venue id placed twice is one order; the second time gets the first one's answer.
 * 3. Everything drawn comes from the seed and the order's number at the venue, so equal runs see equal faults, and a
 *    restart does not draw again.
 * 4. Commands of one turn of the loop are one transaction, carried out in their order; so are the fills of one market update.
 * 5. Commands that could not be written have not happened. A market update that could not be written is not reported, and the venue then
 *    answers nothing more until it is opened again: what it has in memory is no longer what it has on the disk. A query that fails
 *    is an answer of its own, never "nothing".
 * 6. What the market does to orders is decided in `matching.ts`; here it is kept and reported.
 *
 * Faults that can be injected: a refusal, a lost acknowledgement (the command was carried out), a fill reported twice, a fill reported
 * late, and a fill without an order. What it never does: lose an order, change a price afterwards, or answer "absent" for
 * an order that it has.
 */
import { decimal, plain, type Decimal } from "../../shared/decimal.ts";
import type { BrokerConfig } from "../../shared/desk.ts";
import { markOfBar, type Bar, type FeedEvent, type Mark, type SymbolMeta } from "../../shared/market.ts";
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
  VenueDisk,
} from "../../shared/ports.ts";
import { later, SECOND, type Duration, type Moment } from "../../shared/time.ts";
import { received, replaced, type Command } from "./acceptance.ts";
import { Account } from "./account.ts";
import { commandFaultsOf, faultsOf } from "./faults.ts";
import { feeOf } from "./fill-rules.ts";
import { MemoryVenue, NO_VENUE_FILE } from "./memory-venue.ts";
import { MatchingEngine, type MatchSink } from "./matching.ts";
import type { PaperBrokerOptions } from "./options.ts";
import { Reports } from "./reports.ts";
import { accepted, brokerOrderOf, orderOfRow, signed, type VenueOrder } from "./venue-order.ts";
import { asError, venueDiskOf } from "./venue-disk.ts";
import { brokerFillOf, refusalOf, VenueStore, type VenueFill, type VenueRows } from "./venue-store.ts";

/** How late a delayed fill is reported. */
const DELAY = (30 * SECOND) as Duration;

interface Waiting {
  readonly command: Command;
  readonly resolve: (outcome: CommandOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A venue that opens adds up at most about as many fills. */
const ACCOUNT_FILLS = 10_000;

export class PaperBroker implements BrokerAdapter {
  readonly name = "paper";
  readonly paper = true;
  readonly disk: VenueDisk;
  readonly #config: BrokerConfig;
  readonly #seed: string;
  readonly #store: VenueRows;
  readonly #symbols: ReadonlyMap<string, SymbolMeta>;
  readonly #barInterval: (symbol: string) => Duration | null;
  readonly #account: Account;
  readonly #reports = new Reports();
  readonly #accountEvery: number;
  #engine: MatchingEngine;
  #orderNumber = 0;
  /** The newest fill at which the account was written. */
  #accountCursor = 0;
  #waiting: Waiting[] = [];
  /** What is not written yet: changed orders, fills, and what is to be reported of them. */
  readonly #changed = new Map<string, VenueOrder>();
  #fills: VenueFill[] = [];
  #news: { readonly at: Moment; readonly event: BrokerEvent }[] = [];
  /** Whether a bar without volume was reported. */
  #noted = false;
  /** Why memory and disk no longer agree; null while they do. */
  #broken: Error | null = null;

  constructor(options: PaperBrokerOptions) {
    this.#config = options.config;
    this.#seed = options.seed;
    this.#store = options.path === NO_VENUE_FILE ? new MemoryVenue() : new VenueStore(options.path);
    this.#symbols = new Map([...options.symbols].map((meta) => [meta.symbol, meta]));
    this.#barInterval = options.barInterval ?? (() => null);
    this.#accountEvery = options.accountEvery ?? ACCOUNT_FILLS;
    const { fx, actions = [], config } = options;
    this.#account = new Account({ symbols: this.#symbols, currency: config.currency, cash: config.cash, fx, actions });
    const account = this.#store.account();
    if (account !== null) this.#account.load(account);
    this.#accountCursor = this.#account.cursor;
    this.#engine = this.#load();
    const broke = (error: Error): void => void (this.#broken = error);
    this.disk = venueDiskOf(this.#store, broke, () => (this.#engine = this.#load()));
  }

  placeOrder(order: PlaceOrder): Promise<CommandOutcome> {
    return this.#send({ kind: "place", order });
  }

  cancelOrder(venueId: string, at: Moment): Promise<CommandOutcome> {
    return this.#send({ kind: "cancel", venueId, at });
  }

  replaceOrder(venueId: string, change: OrderChange, at: Moment): Promise<CommandOutcome> {
    return this.#send({ kind: "replace", venueId, change, at });
  }

  async openOrders(): Promise<Lookup<readonly BrokerOrder[]>> {
    return this.#lookup(() => this.#store.openOrders().map(brokerOrderOf));
  }

  async orderByClientId(venueId: string): Promise<Lookup<BrokerOrder | null>> {
    return this.#lookup(() => {
      const row = this.#store.order(venueId);
      return row === null ? null : brokerOrderOf(row);
    });
  }

  async fillsSince(cursor: number): Promise<Lookup<readonly BrokerFill[]>> {
    const reported = (fill: VenueFill): BrokerFill => {
      const order = this.#config.faults.delayFill > 0 ? this.#store.order(fill.venueId) : null;
      return { ...brokerFillOf(fill), reportedAt: this.#reportedAt(fill.at as Moment, order?.number ?? null) };
    };
    return this.#lookup(() => this.#store.fillsAfter(cursor).map(reported));
  }

  async positions(): Promise<Lookup<Readonly<Record<string, string>>>> {
    return this.#lookup(() => this.#account.positions());
  }

  async account(): Promise<Lookup<BrokerAccount>> {
    return this.#lookup(() => ({ currency: this.#config.currency, ...this.#account.figures() }));
  }

  symbolMeta(symbol: string): SymbolMeta | null {
    return this.#symbols.get(symbol) ?? null;
  }

  onMarketData(events: readonly FeedEvent[], _now: Moment): void {
    if (this.#broken !== null) throw this.#broken;
    for (const event of events)
      if (event.kind === "bar") this.#onBar(event.bar);
      else if (this.#isPrice(event.mark.symbol, event.mark.price)) this.#onMark(event.mark);
    this.#write();
  }

  nextEventAt(): Moment | null {
    const report = this.#reports.nextAt();
    const expiry = this.#engine.book.nextExpiry();
    // An order may still trade at its last moment; it ends behind that.
    if (expiry === null) return report;
    return Math.min(report ?? Number.POSITIVE_INFINITY, expiry + 1) as Moment;
  }

  takeEvents(now: Moment): readonly BrokerEvent[] {
    const expiry = this.#engine.book.nextExpiry();
    if (this.#broken === null && expiry !== null && expiry < now) {
      this.#engine.expireBefore(now);
      this.#write();
    }
    return this.#reports.take(now);
  }

  /** Reports a fill that no order explains, at the newest mark, for drills and for practising a review. */
  injectUnknownFill(fill: { readonly symbol: string; readonly quantity: string }, at: Moment): void {
    const mark = this.#account.mark(fill.symbol) ?? decimal(1);
    const stranger = this.#strangerFill(fill.symbol, decimal(fill.quantity), mark, at);
    this.#news.push({ at, event: { kind: "fill", fill: brokerFillOf(stranger) } });
    this.#write();
  }

  close(): void {
    this.#store.close();
  }

  #onBar(bar: Bar): void {
    const meta = this.#symbols.get(bar.symbol);
    const { symbol, at, close, volume } = bar;
    if (this.#config.fillModel !== "bars") {
      if (this.#isPrice(symbol, close)) this.#onMark(markOfBar(bar));
      return;
    }
    this.#actBefore(at);
    this.#engine.expireBefore(at);
    if (volume === 0 && this.#config.partialFillShare !== null && !this.#noted) {
      this.#noted = true;
      const text = `${symbol} has a bar without volume; such bars cap no fill, though the desk fills in parts. This is said once.`;
      this.#news.push({ at, event: { kind: "noted", text, at } });
    }
    const interval = this.#barInterval(symbol);
    if (meta !== undefined && this.#isPrice(symbol, bar.low))
      this.#engine.onBar(bar, interval === null ? null : at - interval, meta);
    if (this.#isPrice(symbol, close)) this.#account.setMark(symbol, decimal(bar.exact?.close ?? close));
  }

  /** Applies what happened to symbols before a moment; their open orders were made on other terms, and end. */
  #actBefore(at: Moment): void {
    for (const symbol of this.#account.apply(at))
      for (const order of this.#engine.book.openOf(symbol)) this.#engine.end(order, "canceled", "corporate_action", at);
  }

  /** Whether a price is one that orders fill at: above zero, or of an instrument whose prices may be below. */
  #isPrice(symbol: string, price: number): boolean {
    return price > 0 || this.#symbols.get(symbol)?.allowNegativePrices === true;
  }

  #onMark(mark: Mark): void {
    const meta = this.#symbols.get(mark.symbol);
    this.#actBefore(mark.at);
    this.#account.setMark(mark.symbol, decimal(mark.exact ?? mark.price));
    if (this.#config.fillModel === "bars" || meta === undefined) return;
    this.#engine.expireBefore(mark.at);
    this.#engine.onMark(mark, meta);
  }

  #send(command: Command): Promise<CommandOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#carryOut());
      this.#waiting.push({ command, resolve, reject });
    });
  }

  /** Carries out the commands of a turn, and answers them once they are written. */
  #carryOut(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const answers: CommandOutcome[] = [];
    try {
      if (this.#broken !== null) throw this.#broken;
      for (const { command } of waiting) answers.push(this.#execute(command));
      this.#store.write(this.#changed.values(), []);
    } catch (error) {
      this.#undo();
      for (const { reject } of waiting) reject(error);
      return;
    }
    this.#flush(0 as Duration);
    for (const [index, { resolve }] of waiting.entries()) resolve(answers[index] as CommandOutcome);
  }

  /** Takes back commands that could not be written: memory is again what the disk has. */
  #undo(): void {
    this.#changed.clear();
    this.#news = [];
    if (this.#broken !== null) return;
    try {
      this.#engine = this.#load();
    } catch (error) {
      this.#broken = asError(error);
    }
  }

  #execute(command: Command): CommandOutcome {
    if (command.kind === "place") return this.#place(command.order);
    const { kind, venueId, at } = command;
    const order = this.#order(venueId);
    if (order === null) return { outcome: "refused", reason: "no_such_order" };
    if (order.status !== "open") return { outcome: "refused", reason: `order_${order.status}` };
    const faults = commandFaultsOf(this.#config, this.#seed, order.number, kind, at);
    const change = kind === "replace" ? this.#replacement(order, command.change) : null;
    if (change !== null && "reason" in change) return { outcome: "refused", ...change };
    if (faults.reject) return { outcome: "refused", reason: "injected_reject" };
    if (change === null) this.#engine.end(order, "canceled", "canceled", at);
    else {
      Object.assign(order, change, { since: Math.max(order.since, at) });
      this.#changed.set(order.venueId, order);
    }
    return faults.dropAck ? LOST : accepted(order);
  }

  #place(order: PlaceOrder): CommandOutcome {
    const known = this.#order(order.venueId);
    const taken = known ?? this.#receive(order);
    if (taken.refusal !== null) return { outcome: "refused", ...refusalOf(taken.refusal) };
    return faultsOf(this.#config, this.#seed, taken.number).dropAck ? LOST : accepted(taken);
  }

  /** A new order as the venue accepts or refuses it. */
  #receive(order: PlaceOrder): VenueOrder {
    this.#orderNumber += 1;
    const meta = this.#symbols.get(order.symbol);
    const mark = this.#account.mark(order.symbol) ?? null;
    const parent = order.parentId === undefined ? undefined : this.#bracketOf(order.parentId);
    const injected = faultsOf(this.#config, this.#seed, this.#orderNumber).reject;
    const taken = received(order, this.#orderNumber, { meta, mark, parent }, injected);
    this.#changed.set(taken.venueId, taken);
    if (taken.status !== "open" || meta === undefined) return taken;
    this.#engine.book.add(taken);
    if (taken.parentId !== null && !this.#engine.book.remaining(taken).isZero())
      this.#engine.release(taken, mark, order.at, meta);
    return taken;
  }

  #replacement(order: VenueOrder, change: OrderChange): ReturnType<typeof replaced> {
    const mark = this.#account.mark(order.symbol) ?? null;
    return replaced(order, change, this.#symbols.get(order.symbol) as SymbolMeta, mark);
  }

  /** An order of this turn, an open one, or one that ended earlier. */
  #order(venueId: string): VenueOrder | null {
    const known = this.#changed.get(venueId) ?? this.#engine.book.get(venueId);
    if (known !== undefined) return known;
    const row = this.#store.order(venueId);
    return row === null ? null : orderOfRow(row);
  }

  /** The parent of a bracket, with all of the bracket in the book. */
  #bracketOf(parentId: string): VenueOrder | undefined {
    const known = this.#engine.book.get(parentId) ?? this.#changed.get(parentId);
    if (known !== undefined) return known;
    const rows = this.#store.bracket(parentId).map(orderOfRow);
    const parent = rows.find((one) => one.venueId === parentId);
    if (parent !== undefined && parent.status !== "rejected") for (const one of rows) this.#engine.book.add(one);
    return parent;
  }

  /** The matching as the disk has it; the account gets the fills that it lacks. */
  #load(): MatchingEngine {
    for (const { fill, owner } of this.#store.ownedFillsAfter(this.#account.cursor)) this.#account.book(fill, owner);
    const engine = new MatchingEngine(this.#config, this.#sink());
    this.#orderNumber = this.#store.lastOrderNumber();
    const orders = new Map<string, VenueOrder>();
    for (const row of this.#store.openOrders()) {
      const bracket = row.parentId === null ? [row] : this.#store.bracket(row.parentId);
      for (const one of bracket) if (!orders.has(one.venueId)) orders.set(one.venueId, orderOfRow(one));
    }
    for (const order of [...orders.values()].toSorted((a, b) => a.number - b.number)) engine.book.add(order);
    return engine;
  }

  #sink(): MatchSink {
    return {
      fill: (order, quantity, price, marketAt, at) => this.#filled(order, quantity, price, marketAt, at as Moment),
      ended: (order, at) => {
        this.#changed.set(order.venueId, order);
        const { venueId, status, reason } = order;
        if (status === "open" || status === "filled") return;
        const event: BrokerEvent = { kind: "closed", venueId, status, reason: reason ?? status, at: at as Moment };
        this.#news.push({ at: at as Moment, event });
      },
      updated: (order, change, at) => {
        this.#changed.set(order.venueId, order);
        const reach = signed(order, order.filled.abs().plus(this.#engine.book.remaining(order)));
        const { quantity: _, ...prices } = accepted(order);
        const event: BrokerEvent = {
          kind: "updated",
          venueId: order.venueId,
          change,
          quantity: plain(reach),
          limitPrice: prices.limitPrice,
          ...(prices.stopPrice === undefined ? {} : { stopPrice: prices.stopPrice }),
          at: at as Moment,
        };
        this.#news.push({ at: at as Moment, event });
      },
      held: (owner, symbol) => this.#account.held(owner, symbol),
    };
  }

  #filled(order: VenueOrder, quantity: Decimal, price: Decimal, marketAt: Decimal, at: Moment): void {
    const { venueId, symbol, number, terms } = order;
    this.#changed.set(venueId, order);
    const fill = this.#newFill(venueId, symbol, quantity, price, at, terms.owner);
    const faults = faultsOf(this.#config, this.#seed, number);
    const report = { at: this.#reportedAt(at, number), event: { kind: "fill", fill: brokerFillOf(fill) } } as const;
    this.#news.push(report);
    if (faults.duplicateFill) this.#news.push(report);
    if (!faults.unknownFill) return;
    const stranger = this.#strangerFill(symbol, quantity, marketAt, at);
    this.#news.push({
      at: later(at, this.#config.latency),
      event: { kind: "fill", fill: brokerFillOf(stranger) },
    });
  }

  /** When a fill is reported: the same however often it is asked, so that a restart does not report it before its time. */
  #reportedAt(filledAt: Moment, order: number | null): Moment {
    const at = later(filledAt, this.#config.latency);
    return order !== null && faultsOf(this.#config, this.#seed, order).delayFill ? later(at, DELAY) : at;
  }

  #strangerFill(symbol: string, quantity: Decimal, price: Decimal, at: Moment): VenueFill {
    return this.#newFill(`VENUE-${9_000 + this.#account.cursor + 1}`, symbol, quantity, price, at, undefined);
  }

  #newFill(
    venueId: string,
    symbol: string,
    quantity: Decimal,
    price: Decimal,
    at: Moment,
    owner: string | undefined,
  ): VenueFill {
    const cursor = this.#account.cursor + 1;
    const fill: VenueFill = {
      cursor,
      fillId: `F-${String(cursor).padStart(8, "0")}`,
      venueId,
      symbol,
      quantity: plain(quantity),
      price: plain(price),
      fee: plain(feeOf(price, quantity, this.#config, this.#symbols.get(symbol))),
      at,
    };
    this.#account.book(fill, owner);
    this.#fills.push(fill);
    return fill;
  }

  /** Writes what the market did; a failure ends the venue's answers. */
  #write(): void {
    if (this.#broken !== null) throw this.#broken;
    try {
      const account = this.#account.cursor - this.#accountCursor >= this.#accountEvery ? this.#account.save() : null;
      this.#store.write(this.#changed.values(), this.#fills, account);
      this.#accountCursor = account?.cursor ?? this.#accountCursor;
    } catch (error) {
      this.#broken = asError(error);
      throw error;
    }
    this.#flush(this.#config.latency);
  }

  /** What is written may be reported; what the market did to an order takes the latency of a fill. */
  #flush(latency: Duration): void {
    this.#changed.clear();
    this.#fills = [];
    for (const { at, event } of this.#news)
      this.#reports.add({ at: event.kind === "fill" ? at : later(at, latency), event });
    this.#news = [];
  }

  #lookup<T>(read: () => T): Lookup<T> {
    try {
      if (this.#broken !== null) throw this.#broken;
      return { ok: true, value: read() };
    } catch (error) {
      return { ok: false, reason: asError(error).message };
    }
  }
}

const LOST: CommandOutcome = { outcome: "unknown", reason: "the acknowledgement was lost" };
