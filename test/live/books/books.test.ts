/** The books: positions by their table, and any history against a model that adds everything up from scratch in exact fractions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Books, FLAT, fillPosition } from "../../../src/live/books/index.ts";
import { decimal, plain } from "../../../src/shared/decimal.ts";
import { DAY, moment, type Moment } from "../../../src/shared/time.ts";
import {
  abs,
  fraction,
  isZero,
  less,
  minus,
  near,
  over,
  plus,
  signOf,
  times,
  toNumber,
  ZERO,
  type Fraction,
} from "./fractions.ts";

const T0 = moment(20_000 * DAY);
const later = (by: number): Moment => moment(T0 + by);

describe("a position", () => {
  it.each([
    // before, fill, after, realized
    ["0 @ 0", "10 @ 100", "10 @ 100", "0"],
    ["0 @ 0", "-10 @ 100", "-10 @ 100", "0"],
    ["10 @ 100", "30 @ 120", "40 @ 115", "0"],
    ["-10 @ 100", "-30 @ 120", "-40 @ 115", "0"],
    ["10 @ 100", "-4 @ 110", "6 @ 100", "40"],
    ["10 @ 100", "-4 @ 90", "6 @ 100", "-40"],
    ["-10 @ 100", "4 @ 90", "-6 @ 100", "40"],
    ["10 @ 100", "-10 @ 101", "0 @ 0", "10"],
    ["-10 @ 100", "10 @ 101", "0 @ 0", "-10"],
    ["10 @ 100", "-25 @ 110", "-15 @ 110", "100"],
    ["-10 @ 100", "25 @ 110", "15 @ 110", "-100"],
    ["0.3 @ 0.1", "-0.1 @ 0.3", "0.2 @ 0.1", "0.02"],
  ])("%s and a fill of %s is %s and realizes %s", (before, fill, after, realized) => {
    const read = (text: string): [string, string] => text.split(" @ ") as [string, string];
    const [held, average] = read(before);
    const [quantity, price] = read(fill);
    const result = fillPosition(
      held === "0" ? FLAT : { quantity: decimal(held), average: decimal(average) },
      decimal(quantity),
      decimal(price),
    );
    const { position } = result;
    expect(`${plain(position.quantity)} @ ${plain(position.average)}`).toBe(after);
    expect(plain(result.realized)).toBe(realized);
  });
});

type Event =
  | {
      readonly kind: "fill";
      readonly owner: string;
      readonly symbol: string;
      readonly quantity: string;
      readonly price: string;
      readonly fee: string;
      readonly at: number;
    }
  | { readonly kind: "mark"; readonly symbol: string; readonly price: string; readonly at: number }
  | { readonly kind: "restart_peak" }
  | { readonly kind: "end_cap_peak"; readonly at: number; readonly after: number }
  /** A save and a start from it. */
  | { readonly kind: "restore" };

interface Lot {
  quantity: Fraction;
  average: Fraction;
}

/** Adds everything up from scratch from the list of events. */
class NaiveBooks {
  readonly start: Fraction;
  readonly lots = new Map<string, Lot>();
  readonly marks = new Map<string, Fraction>();
  readonly realized = new Map<string, Fraction>();
  readonly fees = new Map<string, Fraction>();
  cash: Fraction;
  peak: Fraction;
  breakerPeak: Fraction;
  capPeak: Fraction;
  capPeakEndsAt = Number.POSITIVE_INFINITY;
  day = -1;
  dayEquity: Fraction;
  dayProfits = new Map<string, Fraction>();

  constructor(cash: string) {
    this.start = fraction(cash);
    this.cash = this.start;
    this.peak = this.start;
    this.breakerPeak = this.start;
    this.capPeak = this.start;
    this.dayEquity = this.start;
  }

  take(event: Event): void {
    if (event.kind === "restore") return;
    if (event.kind === "restart_peak") {
      this.breakerPeak = this.equity;
      this.capPeak = this.equity;
      this.capPeakEndsAt = Number.POSITIVE_INFINITY;
      return;
    }
    if (event.kind === "end_cap_peak") {
      this.capPeakEndsAt = event.at + event.after;
      return;
    }
    if (event.at >= this.capPeakEndsAt) {
      this.capPeak = this.equity;
      this.capPeakEndsAt = Number.POSITIVE_INFINITY;
    }
    const day = Math.floor(event.at / DAY);
    if (day > this.day) {
      this.day = day;
      this.dayEquity = this.equity;
      this.dayProfits = new Map([...this.realized.keys()].map((owner) => [owner, this.profit(owner)]));
    }
    if (event.kind === "mark") this.marks.set(event.symbol, fraction(event.price));
    else this.fill(event);
    if (less(this.peak, this.equity)) this.peak = this.equity;
    if (less(this.breakerPeak, this.equity)) this.breakerPeak = this.equity;
    if (less(this.capPeak, this.equity)) this.capPeak = this.equity;
  }

  fill(event: Extract<Event, { kind: "fill" }>): void {
    const { owner, symbol } = event;
    const [quantity, price, fee] = [fraction(event.quantity), fraction(event.price), fraction(event.fee)];
    if (!this.marks.has(symbol)) this.marks.set(symbol, price);
    this.cash = minus(minus(this.cash, times(quantity, price)), fee);
    this.fees.set(owner, plus(this.fees.get(owner) ?? ZERO, fee));
    const key = `${owner}|${symbol}`;
    const lot = this.lots.get(key) ?? { quantity: ZERO, average: ZERO };
    const after = plus(lot.quantity, quantity);
    let realized = ZERO;
    if (signOf(lot.quantity) * signOf(quantity) >= 0) {
      const cost = plus(times(lot.quantity, lot.average), times(quantity, price));
      lot.average = isZero(after) ? ZERO : over(cost, after);
    } else {
      const closed = less(abs(quantity), abs(lot.quantity)) ? abs(quantity) : abs(lot.quantity);
      realized = times(times(minus(price, lot.average), closed), fraction(String(signOf(lot.quantity))));
      if (isZero(after)) lot.average = ZERO;
      else if (signOf(after) !== signOf(lot.quantity)) lot.average = price;
    }
    lot.quantity = after;
    this.lots.set(key, lot);
    this.realized.set(owner, plus(this.realized.get(owner) ?? ZERO, realized));
  }

  position(symbol: string): Fraction {
    let sum = ZERO;
    for (const [key, lot] of this.lots) if (key.endsWith(`|${symbol}`)) sum = plus(sum, lot.quantity);
    return sum;
  }

  get equity(): Fraction {
    let sum = this.cash;
    for (const [symbol, mark] of this.marks) sum = plus(sum, times(this.position(symbol), mark));
    return sum;
  }

  get gross(): Fraction {
    let sum = ZERO;
    for (const [symbol, mark] of this.marks) sum = plus(sum, abs(times(this.position(symbol), mark)));
    return sum;
  }

  profit(owner: string): Fraction {
    let sum = minus(this.realized.get(owner) ?? ZERO, this.fees.get(owner) ?? ZERO);
    for (const [key, lot] of this.lots) {
      const [name, symbol] = key.split("|") as [string, string];
      if (name === owner) sum = plus(sum, times(minus(this.marks.get(symbol) as Fraction, lot.average), lot.quantity));
    }
    return sum;
  }
}

const OWNERS = ["alpha", "beta", "unattributed"];
const SYMBOLS = ["AAA", "BBB"];
const amount = (max: number, places: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: max * 10 ** places }).map((value) => (value / 10 ** places).toFixed(places));
const signed = (max: number, places: number): fc.Arbitrary<string> =>
  fc.tuple(amount(max, places), fc.boolean()).map(([value, minusSign]) => (minusSign ? `-${value}` : value));

/** Moments that move forward, by a little or over midnight; now and then one comes late. */
const history = fc
  .array(
    fc.tuple(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constant("fill" as const),
            owner: fc.constantFrom(...OWNERS),
            symbol: fc.constantFrom(...SYMBOLS),
            quantity: signed(20, 2),
            price: amount(200, 3),
            fee: amount(1, 4),
          }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constant("mark" as const),
            symbol: fc.constantFrom(...SYMBOLS),
            price: amount(200, 3),
          }),
        },
        { weight: 1, arbitrary: fc.constant({ kind: "restart_peak" as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: "restore" as const }) },
        {
          weight: 1,
          arbitrary: fc.record({ kind: fc.constant("end_cap_peak" as const), after: fc.constantFrom(0, 1, DAY / 3) }),
        },
      ),
      fc.constantFrom(0, 1, 60_000_000, DAY / 3, DAY, Number(DAY) / -4),
    ),
    { maxLength: 40 },
  )
  .map((steps) => {
    let at: number = T0;
    return steps.map(([event, by]): Event => {
      at += by;
      return event.kind === "restart_peak" || event.kind === "restore" ? event : { ...event, at };
    });
  });

/** Books from a saved state, as a checkpoint holds it. */
function restarted(books: Books, cash: string): Books {
  const again = new Books(cash);
  again.restore(JSON.parse(JSON.stringify(books.state())) as ReturnType<Books["state"]>);
  return again;
}

function apply(books: Books, event: Event): void {
  if (event.kind === "restore") return;
  if (event.kind === "restart_peak") books.restartPeak();
  else if (event.kind === "end_cap_peak") books.endCapPeakAt(moment(event.at + event.after));
  else if (event.kind === "mark") books.mark(event.symbol, Number(event.price), moment(event.at));
  else {
    const { owner, symbol } = event;
    const [quantity, price, fee] = [decimal(event.quantity), decimal(event.price), decimal(event.fee)];
    books.book({ owner, symbol, quantity, price, fee, at: moment(event.at) });
  }
}

describe("the books, after any history", () => {
  it("equal the naive ones: equity, cash, owners, peaks, days", () => {
    fc.assert(
      fc.property(history, amount(100_000, 2), (events, cash) => {
        let books = new Books(cash);
        const naive = new NaiveBooks(cash);
        let seen: Moment = T0;
        for (const event of events) {
          if (event.kind === "restore") books = restarted(books, cash);
          else apply(books, event);
          naive.take(event);
          if (event.kind === "fill" || event.kind === "mark") seen = moment(event.at);
          const figures = books.figures();
          // Equity and cash are exact to the last digit: nothing in them was ever divided.
          expect(minus(fraction(figures.equity), naive.equity)).toEqual(ZERO);
          expect(minus(fraction(figures.cash), naive.cash)).toEqual(ZERO);
          expect(minus(fraction(figures.gross), naive.gross)).toEqual(ZERO);
          expect(plain(books.gross)).toBe(figures.gross);
          expect(minus(fraction(plain(books.dayProfit(seen))), minus(naive.equity, naive.dayEquity))).toEqual(ZERO);
          const fall =
            seen >= naive.capPeakEndsAt || signOf(naive.capPeak) <= 0
              ? 0
              : toNumber(over(minus(naive.capPeak, naive.equity), naive.capPeak));
          expect(books.capDrawdown(seen).toNumber()).toBeCloseTo(Math.max(0, fall), 9);
          for (const symbol of SYMBOLS) {
            const mark = naive.marks.get(symbol) ?? ZERO;
            expect(fraction(plain(books.value(symbol)))).toEqual(times(naive.position(symbol), mark));
            const owned = OWNERS.map((owner) => fraction(plain(books.position(owner, symbol))));
            expect(owned.reduce(plus)).toEqual(naive.position(symbol));
            expect(fraction(plain(books.positions().get(symbol) ?? decimal(0)))).toEqual(naive.position(symbol));
          }
          for (const owner of OWNERS) {
            const since = minus(naive.profit(owner), naive.dayProfits.get(owner) ?? ZERO);
            expect(near(fraction(plain(books.dayProfitOf(owner, seen))), since)).toBe(true);
            expect(near(fraction(plain(books.profitOf(owner))), naive.profit(owner))).toBe(true);
          }
        }
        const figures = books.figures();
        const gained = minus(naive.equity, naive.start);
        const explained = minus(plus(fraction(figures.realized), fraction(figures.unrealized)), fraction(figures.fees));
        expect(near(explained, gained)).toBe(true);
        const profits = books.books().map((book) => fraction(book.pnl));
        expect(near(profits.reduce(plus, ZERO), gained)).toBe(true);
        expect(books.drawdown).toBeCloseTo(
          Math.min(0, toNumber(minus(over(naive.equity, naive.peak), fraction("1")))),
          9,
        );
        if (signOf(naive.breakerPeak) > 0)
          expect(books.breakerDrawdown.toNumber()).toBeCloseTo(
            toNumber(over(minus(naive.breakerPeak, naive.equity), naive.breakerPeak)),
            9,
          );
      }),
      { numRuns: 120 },
    );
  });

  it("are the same whether or not they are asked for in between", () => {
    fc.assert(
      fc.property(history, (events) => {
        const [asked, quiet] = [new Books("1000"), new Books("1000")];
        for (const event of events) {
          apply(asked, event);
          void [asked.figures(), asked.books(), asked.positions(), asked.averagePrice("AAA"), asked.profitOf("none")];
          apply(quiet, event);
        }
        expect([asked.figures(), asked.books(), asked.dayProfit(T0)]).toEqual([
          quiet.figures(),
          quiet.books(),
          quiet.dayProfit(T0),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the books", () => {
  const buy = (owner: string, quantity: string, price: string, at: Moment = T0) => ({
    owner,
    symbol: "AAA",
    quantity: decimal(quantity),
    price: decimal(price),
    fee: decimal(0),
    at,
  });

  it("keep no position that is flat, and its average is 0", () => {
    const books = new Books("1000");
    books.book(buy("alpha", "2", "10"));
    expect(plain(books.averagePrice("AAA"))).toBe("10");
    expect(plain(books.book(buy("alpha", "-2", "11")))).toBe("2");
    expect([...books.positions()]).toEqual([]);
    expect(plain(books.averagePrice("AAA"))).toBe("0");
    expect(books.figures()).toMatchObject({ equity: "1002", cash: "1002", realized: "2", unrealized: "0", gross: "0" });
  });

  it("say what an owner's position has gained at the mark, and nothing before the first mark", () => {
    const books = new Books("1000");
    expect(books.heldBy("alpha", "AAA").unrealized).toBeNull();
    books.book(buy("alpha", "2", "10"));
    books.mark("AAA", 13, T0);
    const { average, unrealized } = books.heldBy("alpha", "AAA");
    expect([plain(average), unrealized === null ? null : plain(unrealized)]).toEqual(["10", "6"]);
    expect(plain(books.heldBy("beta", "AAA").average)).toBe("0");
  });

  it("book two owners against each other: both have their own, the account has none", () => {
    const books = new Books("1000");
    books.book(buy("alpha", "5", "10"));
    books.book(buy("beta", "-5", "12"));
    books.mark("AAA", 20, T0);
    expect([...books.positions()]).toEqual([]);
    expect(books.books().map(({ owner, unrealized }) => [owner, unrealized])).toEqual([
      ["alpha", "50"],
      ["beta", "-40"],
    ]);
    expect(books.figures()).toMatchObject({ equity: "1010", unrealized: "10", gross: "0" });
  });

  it("begin a day with its first mark, and never a day that is over", () => {
    const books = new Books("1000");
    books.book(buy("alpha", "1", "100"));
    books.mark("AAA", 90, later(1));
    const profits = (at: Moment): string[] => [plain(books.dayProfit(at)), plain(books.dayProfitOf("alpha", at))];
    expect(profits(later(1))).toEqual(["-10", "-10"]);
    // A new day owes nothing to the day before, also while no mark of it came.
    expect(profits(later(DAY))).toEqual(["0", "0"]);
    books.mark("AAA", 80, later(DAY));
    expect(profits(later(DAY))).toEqual(["-10", "-10"]);
    // Something of yesterday comes late: today's losses stay counted.
    books.mark("AAA", 70, later(2));
    books.mark("AAA", 70, later(DAY + 1));
    expect(profits(later(DAY + 1))).toEqual(["-20", "-20"]);
  });

  it("without a positive peak have no drawdown to speak of", () => {
    const books = new Books("0");
    books.book(buy("alpha", "1", "100"));
    books.mark("AAA", 50, T0);
    expect([books.drawdown, plain(books.breakerDrawdown)]).toEqual([0, "0"]);
  });
});
