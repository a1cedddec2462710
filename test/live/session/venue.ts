/**
 * A venue in memory that outlives every session which uses it, with the faults that a real one shows.
 *
 * Fault model. Can happen, by share and from the seed: an order is refused; its answer is lost although it was placed; its
 * answer is lost and it never arrived; a fill is reported twice; a fill is reported late; an order fills in parts; a fill
 * appears without an order. While `offline` is set every query fails. Cannot happen: the venue forgets an order or a
 * fill that it has, fills an order for more than its quantity (unless `overfill` asks), or changes an id.
 *
 * 1. Positions are always the sum of the fills.
 * 2. Market data that it has seen before does nothing.
 */
import { createStream } from "../../../src/orchestrator/index.ts";
import { Decimal, decimal, plain, ZERO } from "../../../src/shared/decimal.ts";
import type { FeedEvent, SymbolMeta } from "../../../src/shared/market.ts";
import type {
  BrokerAccount,
  BrokerAdapter,
  BrokerEvent,
  BrokerFill,
  BrokerOrder,
  CommandOutcome,
  Lookup,
  PlaceOrder,
  Random,
} from "../../../src/shared/ports.ts";
import type { Moment } from "../../../src/shared/time.ts";

export interface VenueFaults {
  readonly refuse?: number;
  readonly loseAnswer?: number;
  readonly loseOrder?: number;
  readonly doubleFill?: number;
  readonly partFill?: number;
  readonly unknownFill?: number;
}

interface Resting {
  readonly order: PlaceOrder;
  filled: Decimal;
  status: BrokerOrder["status"];
}

export class Venue {
  readonly orders = new Map<string, Resting>();
  readonly fills: BrokerFill[] = [];
  readonly placed: PlaceOrder[] = [];
  readonly symbols: readonly SymbolMeta[];
  faults: VenueFaults;
  offline = false;
  /** Called before an order is looked at: a spy, or a fault of the test's own. */
  onPlace: (order: PlaceOrder) => CommandOutcome | null = () => null;
  #marks = new Map<string, { at: Moment; price: number }>();
  #events: BrokerEvent[] = [];
  readonly #random: Random;

  constructor(symbols: readonly SymbolMeta[], options: { readonly faults?: VenueFaults; readonly seed?: string } = {}) {
    this.symbols = symbols;
    this.faults = options.faults ?? {};
    this.#random = createStream(options.seed ?? "venue", "faults");
  }

  /** The same venue as one session sees it: events that a session never took are gone with it. */
  connect(): BrokerAdapter {
    this.#events = [];
    const lookup = <T>(value: () => T): Promise<Lookup<T>> =>
      Promise.resolve(this.offline ? { ok: false, reason: "the connection is down" } : { ok: true, value: value() });
    return {
      name: "venue",
      paper: true,
      placeOrder: (order) => Promise.resolve(this.#place(order)),
      cancelOrder: (venueId, at) => Promise.resolve(this.#cancel(venueId, at)),
      replaceOrder: () => Promise.resolve({ outcome: "refused", reason: "not offered" }),
      openOrders: () =>
        lookup(() => [...this.orders.values()].filter((one) => one.status === "open").map((one) => this.#orderOf(one))),
      orderByClientId: (venueId) =>
        lookup(() => {
          const found = this.orders.get(venueId);
          return found === undefined ? null : this.#orderOf(found);
        }),
      fillsSince: (cursor) => lookup(() => this.fills.filter((fill) => fill.cursor > cursor)),
      positions: () => lookup(() => this.positions()),
      account: () => lookup((): BrokerAccount => ({ currency: "USD", cash: "0", equity: "0" })),
      symbolMeta: (symbol) => this.symbols.find((one) => one.symbol === symbol) ?? null,
      onMarketData: (events) => this.#market(events),
      nextEventAt: () => {
        const [event] = this.#events;
        if (event === undefined) return null;
        return event.kind === "fill" ? event.fill.at : event.at;
      },
      takeEvents: () => this.#events.splice(0),
      close: () => undefined,
    };
  }

  positions(): Record<string, string> {
    const sums = new Map<string, Decimal>();
    for (const fill of this.fills) sums.set(fill.symbol, (sums.get(fill.symbol) ?? ZERO).plus(decimal(fill.quantity)));
    return Object.fromEntries(
      [...sums].filter(([, sum]) => !sum.isZero()).map(([symbol, sum]) => [symbol, plain(sum)]),
    );
  }

  /** Reports a fill of an order id, known or not, as an execution that happened. */
  execute(venueId: string, symbol: string, quantity: string, price: string, at: Moment, report = true): BrokerFill {
    const cursor = this.fills.length + 1;
    const fill: BrokerFill = { cursor, fillId: `F-${cursor}`, venueId, symbol, quantity, price, fee: "0.01", at };
    this.fills.push(fill);
    const resting = this.orders.get(venueId);
    if (resting !== undefined) {
      resting.filled = resting.filled.plus(decimal(quantity));
      if (resting.filled.abs().gte(decimal(resting.order.quantity).abs())) resting.status = "filled";
    }
    if (report) this.#events.push({ kind: "fill", fill });
    return fill;
  }

  /** Sends an event again, as it is. */
  report(event: BrokerEvent): void {
    this.#events.push(event);
  }

  #happens(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#random.next() < share;
  }

  #place(order: PlaceOrder): CommandOutcome {
    const scripted = this.onPlace(order);
    if (scripted !== null) return scripted;
    if (this.orders.has(order.venueId)) throw new Error(`The order ${order.venueId} was sent twice.`);
    this.placed.push(order);
    if (this.#happens(this.faults.refuse)) return { outcome: "refused", reason: "margin" };
    if (this.#happens(this.faults.loseOrder)) return { outcome: "unknown", reason: "timeout" };
    this.orders.set(order.venueId, { order, filled: ZERO, status: "open" });
    if (this.#happens(this.faults.loseAnswer)) return { outcome: "unknown", reason: "timeout" };
    return { outcome: "accepted", quantity: order.quantity, limitPrice: order.limitPrice };
  }

  #cancel(venueId: string, at: Moment): CommandOutcome {
    const resting = this.orders.get(venueId);
    if (resting === undefined || resting.status !== "open") return { outcome: "refused", reason: "no such order" };
    resting.status = "canceled";
    this.#events.push({ kind: "closed", venueId, status: "canceled", reason: "asked for", at });
    return { outcome: "accepted", quantity: resting.order.quantity, limitPrice: resting.order.limitPrice };
  }

  #orderOf(one: Resting): BrokerOrder {
    const { venueId, symbol, quantity, limitPrice } = one.order;
    return { venueId, symbol, quantity, filled: plain(one.filled), limitPrice, status: one.status };
  }

  #market(events: readonly FeedEvent[]): void {
    for (const event of events) {
      const [symbol, at, price] =
        event.kind === "bar"
          ? [event.bar.symbol, event.bar.at, event.bar.close]
          : [event.mark.symbol, event.mark.at, event.mark.price];
      const before = this.#marks.get(symbol);
      if (before !== undefined && at <= before.at) continue;
      this.#marks.set(symbol, { at, price });
      for (const resting of this.orders.values())
        if (resting.status === "open" && resting.order.symbol === symbol && resting.order.at < at)
          this.#fill(resting, price, at);
      if (this.#happens(this.faults.unknownFill))
        this.execute(`unordered-${this.fills.length}`, symbol, "1", String(price), at);
    }
  }

  #fill(resting: Resting, price: number, at: Moment): void {
    const left = decimal(resting.order.quantity).minus(resting.filled);
    const part = this.#happens(this.faults.partFill) ? left.div(2).toDecimalPlaces(4) : left;
    if (part.isZero()) return;
    const fill = this.execute(resting.order.venueId, resting.order.symbol, plain(part), String(price), at);
    if (this.#happens(this.faults.doubleFill)) this.report({ kind: "fill", fill });
  }
}
