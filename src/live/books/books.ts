/**
 * The books: cash, positions and profit, by owner and for the account, in exact decimals.
 *
 * 1. Equity = cash + Σ quantity × mark, at every moment; it is kept up with each mark and each fill, and never drifts.
 * 2. An owner is a strategy or `unattributed`. The owners' quantities of a symbol add up to the account's.
 * 3. They are a function of the marks and fills in their order: asking changes nothing.
 * 4. The peak, and so the drawdown, looks at equity after every mark and fill.
 * 5. What each owner had at the first mark or fill of a day of the account is kept for the daily limits; before it, the new day's profit
 *    is zero. A day that is over does not begin again, whatever comes late.
 * 6. The drawdown cap has a peak of its own. It begins again at a resume, and at a moment that is given ahead: with equity as it stands
 *    before the first mark or fill at or after that moment.
 */
import { Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";
import { accountDays, type AccountDays } from "../calendar/index.ts";
import type { BookProbe } from "../session/api.ts";
import type { AccountFigures, BooksPort, Execution } from "../session/parts.ts";
import { FLAT, fillPosition, type Position } from "./position.ts";

interface Owner {
  readonly positions: Map<string, Position>;
  realized: Decimal;
  fees: Decimal;
}

interface Held {
  position: Position;
  mark: Decimal | null;
  markNumber: number;
  /** Quantity × mark, as it stands in equity; zero before the first mark. */
  value: Decimal;
}

/** The books' state, plain JSON; amounts are exact decimal strings, maps are lists in their order. */
export interface BooksState {
  readonly cash: string;
  readonly realized: string;
  readonly fees: string;
  readonly equity: string;
  readonly peak: string;
  readonly breakerPeak: string;
  /** The drawdown cap's; absent in a state that was saved before it had a peak of its own. */
  readonly capPeak?: string;
  /** When that peak begins again, null for never. */
  readonly capPeakEndsAt?: Moment | null;
  /** The number of the account's day, null before the first mark or fill. */
  readonly day: number | null;
  readonly dayEquity: string;
  readonly dayProfits: readonly (readonly [owner: string, profit: string])[];
  readonly owners: readonly {
    readonly name: string;
    readonly realized: string;
    readonly fees: string;
    readonly positions: readonly (readonly [symbol: string, quantity: string, average: string])[];
  }[];
  readonly symbols: readonly {
    readonly symbol: string;
    readonly quantity: string;
    readonly average: string;
    readonly mark: string | null;
    readonly markNumber: number | null;
    readonly value: string;
  }[];
}

export class Books implements BooksPort {
  readonly days: AccountDays;
  readonly #start: Decimal;
  #cash: Decimal;
  #realized = ZERO;
  #fees = ZERO;
  #equity: Decimal;
  #peak: Decimal;
  /** The peak since the last resume, for the breaker that looks at drawdown. */
  #breakerPeak: Decimal;
  /** The breaker's drawdown as it was last asked for, with what it was made of. */
  #breakerAsked: { readonly peak: Decimal; readonly equity: Decimal; readonly drawdown: Decimal };
  /** The drawdown cap's peak, and the moment from which it counts no more. */
  #capPeak: Decimal;
  #capPeakEndsAt: Moment | null = null;
  #gross = ZERO;
  #day = Number.NaN;
  #dayEquity: Decimal;
  #dayProfits = new Map<string, Decimal>();
  readonly #owners = new Map<string, Owner>();
  readonly #symbols = new Map<string, Held>();

  /** `cash`: what the account starts with, an exact decimal. */
  constructor(cash: string, days: AccountDays = accountDays()) {
    this.days = days;
    this.#start = decimal(cash);
    this.#cash = this.#start;
    this.#equity = this.#start;
    this.#peak = this.#start;
    this.#breakerPeak = this.#start;
    this.#capPeak = this.#start;
    this.#breakerAsked = { peak: this.#start, equity: this.#start, drawdown: ZERO };
    this.#dayEquity = this.#start;
  }

  book(execution: Execution): Decimal {
    const { owner, symbol, quantity, price, fee } = execution;
    this.#turnTo(execution.at);
    const book = this.#owner(owner);
    const { position, realized } = fillPosition(book.positions.get(symbol) ?? FLAT, quantity, price);
    if (position.quantity.isZero()) book.positions.delete(symbol);
    else book.positions.set(symbol, position);
    book.realized = book.realized.plus(realized);
    book.fees = book.fees.plus(fee);
    const held = this.#held(symbol);
    held.position = fillPosition(held.position, quantity, price).position;
    // Before a symbol's first mark its fill's price is the only price there is.
    held.mark ??= price;
    this.#realized = this.#realized.plus(realized);
    this.#fees = this.#fees.plus(fee);
    const paid = quantity.times(price).plus(fee);
    this.#cash = this.#cash.minus(paid);
    this.#equity = this.#equity.minus(paid);
    this.#revalue(held);
    return realized;
  }

  mark(symbol: string, price: number, at: Moment): void {
    this.#turnTo(at);
    const held = this.#held(symbol);
    if (held.markNumber === price) return;
    held.markNumber = price;
    held.mark = decimal(price);
    if (!held.position.quantity.isZero()) this.#revalue(held);
  }

  position(owner: string, symbol: string): Decimal {
    return this.#owners.get(owner)?.positions.get(symbol)?.quantity ?? ZERO;
  }

  positions(): ReadonlyMap<string, Decimal> {
    const held = new Map<string, Decimal>();
    for (const [symbol, { position }] of this.#symbols)
      if (!position.quantity.isZero()) held.set(symbol, position.quantity);
    return held;
  }

  /** The account's position in a symbol. */
  quantity(symbol: string): Decimal {
    return this.#symbols.get(symbol)?.position.quantity ?? ZERO;
  }

  averagePrice(symbol: string): Decimal {
    return this.#symbols.get(symbol)?.position.average ?? ZERO;
  }

  figures(): AccountFigures {
    let gross = ZERO;
    let net = ZERO;
    for (const { value } of this.#symbols.values()) {
      gross = gross.plus(value.abs());
      net = net.plus(value);
    }
    // What equity gained and neither fills nor fees explain is what open positions gained.
    const unrealized = this.#equity.minus(this.#start).minus(this.#realized).plus(this.#fees);
    return {
      equity: plain(this.#equity),
      cash: plain(this.#cash),
      realized: plain(this.#realized),
      unrealized: plain(unrealized),
      fees: plain(this.#fees),
      gross: plain(gross),
      net: plain(net),
      drawdown: this.drawdown,
    };
  }

  /** Equity's fall from its peak, as a share of the peak, ≤ 0. */
  get drawdown(): number {
    return this.#peak.gt(ZERO) ? Math.min(0, this.#equity.div(this.#peak).minus(1).toNumber()) : 0;
  }

  books(): readonly BookProbe[] {
    return [...this.#owners].map(([owner, book]) => {
      let unrealized = ZERO;
      for (const [symbol, { quantity, average }] of book.positions) {
        const mark = this.#symbols.get(symbol)?.mark;
        if (mark !== null && mark !== undefined) unrealized = unrealized.plus(mark.minus(average).times(quantity));
      }
      return {
        owner,
        realized: plain(book.realized),
        unrealized: plain(unrealized),
        fees: plain(book.fees),
        pnl: plain(book.realized.plus(unrealized).minus(book.fees)),
      };
    });
  }

  /** A symbol's value at its mark, signed; zero when flat or never marked. */
  value(symbol: string): Decimal {
    return this.#symbols.get(symbol)?.value ?? ZERO;
  }

  get equity(): Decimal {
    return this.#equity;
  }

  get cash(): Decimal {
    return this.#cash;
  }

  /** The values of all positions at their marks, longs and shorts as sizes. */
  get gross(): Decimal {
    return this.#gross;
  }

  /** What equity gained since the first mark or fill of the day at `now`; negative for a loss, zero before that. */
  dayProfit(now: Moment): Decimal {
    return this.days.dayOf(now) > this.#day ? ZERO : this.#equity.minus(this.#dayEquity);
  }

  /** What an owner gained since the first mark or fill of the day at `now`; zero before that. */
  dayProfitOf(owner: string, now: Moment): Decimal {
    if (this.days.dayOf(now) > this.#day) return ZERO;
    return this.profitOf(owner).minus(this.#dayProfits.get(owner) ?? ZERO);
  }

  /** Equity's fall from the peak since the last `restartPeak`, as a share of that peak, ≥ 0. */
  get breakerDrawdown(): Decimal {
    const [peak, equity] = [this.#breakerPeak, this.#equity];
    // It is asked before every pass, and most passes move neither.
    if (this.#breakerAsked.peak !== peak || this.#breakerAsked.equity !== equity) {
      const drawdown = peak.gt(ZERO) ? Decimal.max(ZERO, peak.minus(equity).div(peak)) : ZERO;
      this.#breakerAsked = { peak, equity, drawdown };
    }
    return this.#breakerAsked.drawdown;
  }

  /** The peaks of the breaker and of the drawdown cap begin again at the present equity: an operator has looked and resumed. */
  restartPeak(): void {
    this.#breakerPeak = this.#equity;
    this.#capPeak = this.#equity;
    this.#capPeakEndsAt = null;
  }

  /** The drawdown cap's peak begins again at a moment that is still ahead. */
  endCapPeakAt(at: Moment): void {
    this.#capPeakEndsAt = at;
  }

  /** Equity's fall from the drawdown cap's peak, as a share of that peak, ≥ 0. */
  capDrawdown(now: Moment): Decimal {
    if (this.#capPeakEndsAt !== null && now >= this.#capPeakEndsAt) return ZERO;
    const peak = this.#capPeak;
    return peak.gt(ZERO) ? Decimal.max(ZERO, peak.minus(this.#equity).div(peak)) : ZERO;
  }

  /** An owner's profit after fees, at the marks. */
  profitOf(owner: string): Decimal {
    const book = this.#owners.get(owner);
    if (book === undefined) return ZERO;
    let profit = book.realized.minus(book.fees);
    for (const [symbol, { quantity, average }] of book.positions) {
      const mark = this.#symbols.get(symbol)?.mark;
      if (mark !== null && mark !== undefined) profit = profit.plus(mark.minus(average).times(quantity));
    }
    return profit;
  }

  /** The whole state. */
  state(): BooksState {
    const owners = [...this.#owners].map(([name, { positions, realized, fees }]) => ({
      name,
      realized: plain(realized),
      fees: plain(fees),
      positions: [...positions].map(([symbol, at]) => [symbol, plain(at.quantity), plain(at.average)] as const),
    }));
    const symbols = [...this.#symbols].map(([symbol, { position, mark, markNumber, value }]) => ({
      symbol,
      quantity: plain(position.quantity),
      average: plain(position.average),
      mark: mark === null ? null : plain(mark),
      markNumber: Number.isNaN(markNumber) ? null : markNumber,
      value: plain(value),
    }));
    return {
      cash: plain(this.#cash),
      realized: plain(this.#realized),
      fees: plain(this.#fees),
      equity: plain(this.#equity),
      peak: plain(this.#peak),
      breakerPeak: plain(this.#breakerPeak),
      capPeak: plain(this.#capPeak),
      capPeakEndsAt: this.#capPeakEndsAt,
      day: Number.isNaN(this.#day) ? null : this.#day,
      dayEquity: plain(this.#dayEquity),
      dayProfits: [...this.#dayProfits].map(([owner, profit]) => [owner, plain(profit)] as const),
      owners,
      symbols,
    };
  }

  /** Takes a saved state in place of its own. */
  restore(state: BooksState): void {
    this.#cash = decimal(state.cash);
    this.#realized = decimal(state.realized);
    this.#fees = decimal(state.fees);
    this.#equity = decimal(state.equity);
    this.#peak = decimal(state.peak);
    this.#breakerPeak = decimal(state.breakerPeak);
    this.#capPeak = decimal(state.capPeak ?? state.peak);
    this.#capPeakEndsAt = state.capPeakEndsAt ?? null;
    this.#day = state.day ?? Number.NaN;
    this.#dayEquity = decimal(state.dayEquity);
    this.#dayProfits = new Map(state.dayProfits.map(([owner, profit]) => [owner, decimal(profit)]));
    for (const { name, realized, fees, positions } of state.owners) {
      const owner = this.#owner(name);
      owner.realized = decimal(realized);
      owner.fees = decimal(fees);
      for (const [symbol, quantity, average] of positions)
        owner.positions.set(symbol, { quantity: decimal(quantity), average: decimal(average) });
    }
    this.#gross = ZERO;
    for (const { symbol, quantity, average, mark, markNumber, value } of state.symbols) {
      const held = this.#held(symbol);
      held.position = { quantity: decimal(quantity), average: decimal(average) };
      held.mark = mark === null ? null : decimal(mark);
      held.markNumber = markNumber ?? Number.NaN;
      held.value = decimal(value);
      this.#gross = this.#gross.plus(held.value.abs());
    }
  }

  /** What begins again at a moment, before anything of that moment is booked. */
  #turnTo(at: Moment): void {
    if (this.#capPeakEndsAt !== null && at >= this.#capPeakEndsAt) {
      this.#capPeak = this.#equity;
      this.#capPeakEndsAt = null;
    }
    const day = this.days.dayOf(at);
    if (day <= this.#day) return;
    this.#day = day;
    this.#dayEquity = this.#equity;
    this.#dayProfits = new Map([...this.#owners.keys()].map((name) => [name, this.profitOf(name)]));
  }

  #owner(name: string): Owner {
    let owner = this.#owners.get(name);
    if (owner === undefined) {
      owner = { positions: new Map(), realized: ZERO, fees: ZERO };
      this.#owners.set(name, owner);
    }
    return owner;
  }

  #held(symbol: string): Held {
    let held = this.#symbols.get(symbol);
    if (held === undefined) {
      held = { position: FLAT, mark: null, markNumber: Number.NaN, value: ZERO };
      this.#symbols.set(symbol, held);
    }
    return held;
  }

  #revalue(held: Held): void {
    const value = held.mark === null ? ZERO : held.position.quantity.times(held.mark);
    this.#equity = this.#equity.minus(held.value).plus(value);
    this.#gross = this.#gross.minus(held.value.abs()).plus(value.abs());
    held.value = value;
    if (this.#equity.gt(this.#capPeak)) this.#capPeak = this.#equity;
    if (this.#equity.gt(this.#peak)) this.#peak = this.#equity;
    if (this.#equity.gt(this.#breakerPeak)) this.#breakerPeak = this.#equity;
  }
}
