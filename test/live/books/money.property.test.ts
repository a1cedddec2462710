/** Books with multipliers, currencies, splits and dividends against exact fractions that add everything up from the events. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Books } from "../../../src/live/books/index.ts";
import type { Money } from "../../../src/live/instruments/index.ts";
import { decimal } from "../../../src/shared/decimal.ts";
import { DAY, moment } from "../../../src/shared/time.ts";
import {
  fraction,
  isZero,
  minus,
  near,
  over,
  plus,
  signOf,
  times,
  abs,
  less,
  ZERO,
  type Fraction,
} from "./fractions.ts";

const T0 = 20_000 * DAY;
const TERMS: Readonly<Record<string, { readonly multiplier: string; readonly currency: string }>> = {
  HOME: { multiplier: "1", currency: "USD" },
  FUT: { multiplier: "50", currency: "USD" },
  EURO: { multiplier: "1", currency: "EUR" },
  YEN: { multiplier: "2.5", currency: "JPY" },
  EURUSD: { multiplier: "1", currency: "USD" },
  USDJPY: { multiplier: "1", currency: "JPY" },
};
const money: Money = {
  account: "USD",
  fx: { EUR: "EURUSD", JPY: "1/USDJPY" },
  multiplierOf: (symbol) => decimal(TERMS[symbol]?.multiplier ?? "1"),
  currencyOf: (symbol) => TERMS[symbol]?.currency ?? "USD",
};

type Event =
  | {
      readonly kind: "fill";
      readonly owner: string;
      readonly symbol: string;
      readonly quantity: string;
      readonly price: string;
    }
  | { readonly kind: "mark"; readonly symbol: string; readonly price: string }
  | { readonly kind: "act"; readonly symbol: string; readonly split: string; readonly dividend: string };

interface Lot {
  quantity: Fraction;
  average: Fraction;
}

/** Cash and realized results by currency; lots by owner and symbol. */
class Model {
  readonly lots = new Map<string, Lot>();
  readonly cash = new Map<string, Fraction>([["USD", fraction("100000")]]);
  readonly realized = new Map<string, Fraction>();
  readonly marks = new Map<string, Fraction>();

  rate(currency: string): Fraction {
    if (currency === "USD") return fraction("1");
    const mark = this.marks.get(currency === "EUR" ? "EURUSD" : "USDJPY") as Fraction;
    return currency === "EUR" ? mark : over(fraction("1"), mark);
  }

  pay(symbol: string, amount: Fraction): void {
    const { currency } = TERMS[symbol] as { currency: string };
    this.cash.set(currency, plus(this.cash.get(currency) ?? ZERO, amount));
  }

  gain(owner: string, symbol: string, amount: Fraction): void {
    const key = `${owner}|${TERMS[symbol]?.currency ?? ""}`;
    this.realized.set(key, plus(this.realized.get(key) ?? ZERO, amount));
  }

  take(event: Event): void {
    const by = fraction(TERMS[event.symbol]?.multiplier ?? "1");
    if (event.kind === "mark") this.marks.set(event.symbol, fraction(event.price));
    else if (event.kind === "fill") this.fill(event, by);
    else
      for (const [key, lot] of this.lots) {
        const [owner, symbol] = key.split("|") as [string, string];
        if (symbol !== event.symbol) continue;
        const paid = times(times(lot.quantity, fraction(event.dividend)), by);
        this.pay(symbol, paid);
        this.gain(owner, symbol, paid);
        lot.quantity = times(lot.quantity, fraction(event.split));
        lot.average = over(lot.average, fraction(event.split));
      }
    const mark = this.marks.get(event.symbol);
    if (event.kind === "act" && mark !== undefined) this.marks.set(event.symbol, over(mark, fraction(event.split)));
  }

  fill({ owner, symbol, quantity: text, price: priceText }: Extract<Event, { kind: "fill" }>, by: Fraction): void {
    const [quantity, price] = [fraction(text), fraction(priceText)];
    this.pay(symbol, minus(ZERO, times(times(quantity, price), by)));
    const key = `${owner}|${symbol}`;
    const lot = this.lots.get(key) ?? { quantity: ZERO, average: ZERO };
    const after = plus(lot.quantity, quantity);
    if (signOf(lot.quantity) * signOf(quantity) >= 0) {
      const cost = plus(times(lot.quantity, lot.average), times(quantity, price));
      lot.average = isZero(after) ? ZERO : over(cost, after);
    } else {
      const closed = less(abs(quantity), abs(lot.quantity)) ? abs(quantity) : abs(lot.quantity);
      const gained = times(times(minus(price, lot.average), closed), fraction(String(signOf(lot.quantity))));
      this.gain(owner, symbol, times(gained, by));
      if (isZero(after)) lot.average = ZERO;
      else if (signOf(after) !== signOf(lot.quantity)) lot.average = price;
    }
    lot.quantity = after;
    this.lots.set(key, lot);
  }

  open(owner: string | null, of: (lot: Lot, mark: Fraction) => Fraction): Fraction {
    let sum = ZERO;
    for (const [key, lot] of this.lots) {
      const [name, symbol] = key.split("|") as [string, string];
      if (owner !== null && owner !== name) continue;
      const { multiplier, currency } = TERMS[symbol] as { multiplier: string; currency: string };
      const worth = times(of(lot, this.marks.get(symbol) as Fraction), fraction(multiplier));
      sum = plus(sum, times(worth, this.rate(currency)));
    }
    return sum;
  }

  equity(): Fraction {
    let sum = this.open(null, (lot, mark) => times(lot.quantity, mark));
    for (const [currency, amount] of this.cash) sum = plus(sum, times(amount, this.rate(currency)));
    return sum;
  }

  profit(owner: string): Fraction {
    let sum = this.open(owner, (lot, mark) => times(lot.quantity, minus(mark, lot.average)));
    for (const [key, amount] of this.realized) {
      const [name, currency] = key.split("|") as [string, string];
      if (name === owner) sum = plus(sum, times(amount, this.rate(currency)));
    }
    return sum;
  }
}

const number = (max: number, places: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: max * 10 ** places }).map((value) => (value / 10 ** places).toFixed(places));
const symbols = fc.constantFrom(...Object.keys(TERMS));
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant("fill" as const),
    owner: fc.constantFrom("alpha", "beta"),
    symbol: symbols,
    quantity: fc.tuple(number(20, 2), fc.boolean()).map(([size, sells]) => (sells ? `-${size}` : size)),
    price: number(200, 4),
  }),
  fc.record({ kind: fc.constant("mark" as const), symbol: symbols, price: number(200, 4) }),
  fc.record({
    kind: fc.constant("act" as const),
    symbol: fc.constantFrom("HOME", "EURO", "YEN"),
    split: fc.constantFrom("1", "2", "4", "0.1", "1.5"),
    dividend: fc.constantFrom("0", "0.25", "1.1"),
  }),
);

function apply(books: Books, one: Event, at: number): void {
  const when = moment(at);
  if (one.kind === "mark") books.mark(one.symbol, Number(one.price), when);
  else if (one.kind === "act") books.act({ symbol: one.symbol, at: when, split: one.split, dividend: one.dividend });
  else {
    const { owner, symbol } = one;
    const [quantity, price] = [decimal(one.quantity), decimal(one.price)];
    books.book({ owner, symbol, quantity, price, fee: decimal(0), at: when });
  }
}

describe("books with multipliers, currencies and corporate actions", () => {
  it("equal exact fractions, and a saved state continues as the books do", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.nat(40), (events, cut) => {
        const first: Event[] = Object.keys(TERMS).map((symbol) => ({ kind: "mark", symbol, price: "1.25" }));
        const [model, books] = [new Model(), new Books("100000", undefined, money)];
        let again: Books | null = null;
        for (const [index, one] of [...first, ...events].entries()) {
          model.take(one);
          apply(books, one, T0 + index);
          if (again !== null) apply(again, one, T0 + index);
          if (index !== cut) continue;
          again = new Books("100000", undefined, money);
          again.restore(JSON.parse(JSON.stringify(books.state())) as ReturnType<Books["state"]>);
        }
        expect(near(fraction(books.figures().equity), model.equity())).toBe(true);
        for (const { owner, pnl } of books.books()) expect(near(fraction(pnl), model.profit(owner))).toBe(true);
        const profits = books.books().reduce((sum, { pnl }) => sum.plus(pnl), decimal("100000"));
        expect(near(fraction(profits.toFixed()), model.equity())).toBe(true);
        expect(books.actionsApplied).toBe(events.filter(({ kind }) => kind === "act").length);
        if (again !== null)
          expect([again.state(), again.actionsApplied]).toEqual([books.state(), books.actionsApplied]);
      }),
      { numRuns: 300, seed: 20_261_127 },
    );
  });

  it("a fill from before a split that is booked after it is booked in the new terms", () => {
    const books = new Books("10000");
    const at = (by: number) => moment(T0 + by);
    books.mark("ABC", 400, at(0));
    books.act({ symbol: "ABC", at: at(1), split: "4", dividend: "2" });
    const [quantity, price] = [decimal(10), decimal(400)];
    books.book({ owner: "alpha", symbol: "ABC", quantity, price, fee: decimal(0), at: at(3), filledAt: at(1) });
    expect(books.quantity("ABC").toFixed()).toBe("40");
    expect(books.averagePrice("ABC").toFixed()).toBe("100");
    expect(books.figures()).toMatchObject({ cash: "6020", equity: "10020", realized: "20" });
  });

  it("money without a rate counts as nothing until its rate is known", () => {
    const books = new Books("1000", undefined, money);
    const at = moment(T0);
    const fill = { owner: "alpha", symbol: "EURO", quantity: decimal(1), price: decimal(100), fee: decimal(1), at };
    books.book(fill);
    expect(books.figures().equity).toBe("1000");
    books.mark("EURUSD", 1.25, at);
    expect(books.figures()).toMatchObject({ equity: "998.75", fees: "1.25", cash: "873.75" });
  });

  it("a rate may come before anything in its currency", () => {
    const books = new Books("1000", undefined, money);
    const at = moment(T0);
    books.mark("EURUSD", 1.25, at);
    books.book({ owner: "alpha", symbol: "EURO", quantity: decimal(1), price: decimal(100), fee: decimal(1), at });
    expect(books.figures()).toMatchObject({ equity: "998.75", fees: "1.25", cash: "873.75" });
  });
});
