/** A risk engine over real books, with what works and what was traded set by hand. */
import { Books } from "../../../src/live/books/index.ts";
import { NOTHING_WORKS, RiskEngine, type BuyingPower, type WorkingOrders } from "../../../src/live/risk/index.ts";
import { decimal, ZERO } from "../../../src/shared/decimal.ts";
import type { RiskLimits } from "../../../src/shared/desk.ts";
import { DAY, moment, type Moment } from "../../../src/shared/time.ts";
import { NO_LIMITS } from "../session/desks.ts";

export const T0 = moment(20_000 * DAY + DAY / 2);
export const after = (seconds: number): Moment => moment(T0 + seconds * 1_000_000);

export class RiskDesk {
  readonly books: Books;
  readonly risk: RiskEngine;
  readonly working = new Map<string, WorkingOrders>();
  /** What of one owner works, by owner and symbol as `alpha A`; it is part of `working`. */
  readonly workingOf = new Map<string, WorkingOrders>();
  rules = { lotSize: "0.01", minQuantity: "0.01", minNotional: "0" };
  volume = 0;

  constructor(limits: Partial<RiskLimits>, cash = "10000", power: BuyingPower | null = null) {
    this.books = new Books(cash);
    this.risk = new RiskEngine(
      { ...NO_LIMITS, ...limits },
      {
        books: this.books,
        assetClassOf: (symbol) => (symbol.startsWith("C") ? "crypto" : "equity"),
        notional: (_symbol, quantity, price) => quantity.times(price),
        power,
        venueRules: () => this.rules,
        working: () => this.working,
        workingOf: (owner, symbol) => this.workingOf.get(`${owner} ${symbol}`) ?? NOTHING_WORKS,
        recentVolume: (_, bars) => this.volume * bars,
      },
    );
  }

  /** A position at a price, which is then its mark, too. */
  hold(symbol: string, quantity: string, price: number, owner = "alpha", at = T0): void {
    this.books.book({ owner, symbol, quantity: decimal(quantity), price: decimal(price), fee: ZERO, at });
    this.books.mark(symbol, price, at);
  }

  /** Open orders of a symbol, at a price where their value matters. */
  works(symbol: string, buys: string, sells: string, price = 0, owner = "alpha"): void {
    const [more, less] = [decimal(buys), decimal(sells)];
    const orders = { buys: more, sells: less, buyValue: more.times(price), sellValue: less.times(price) };
    this.working.set(symbol, orders);
    this.workingOf.set(`${owner} ${symbol}`, orders);
  }

  /** Open orders of a symbol, of any owner. */
  worksAll(
    symbol: string,
    orders: readonly { readonly owner: string; readonly quantity: number; readonly price: number }[],
  ): void {
    const of = (some: typeof orders): WorkingOrders => {
      let { buys, sells, buyValue, sellValue } = NOTHING_WORKS;
      for (const { quantity, price } of some)
        if (quantity < 0) [sells, sellValue] = [sells.plus(quantity), sellValue.plus(quantity * price)];
        else [buys, buyValue] = [buys.plus(quantity), buyValue.plus(quantity * price)];
      return { buys, sells, buyValue, sellValue };
    };
    if (orders.length > 0) this.working.set(symbol, of(orders));
    for (const [owner, own] of Map.groupBy(orders, (order) => order.owner))
      this.workingOf.set(`${owner} ${symbol}`, of(own));
  }

  /** The refusal of an order, or "passes". */
  ask(symbol: string, quantity: number, price: number, now = T0, strategy = "alpha"): string {
    return this.risk.check({ strategy, symbol, quantity, price }, now).refusal?.reason ?? "passes";
  }

  check(symbol: string, quantity: number, price: number, now = T0, strategy = "alpha") {
    return this.risk.check({ strategy, symbol, quantity, price }, now);
  }
}
