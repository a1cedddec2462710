/**
 * The books: cash, positions and profit, by owner and for the account, exactly; over 400 lines because each fill moves all of them.
 *
 * 1. Equity = Σ over currencies of rate × (cash + Σ quantity × mark × multiplier), at every moment; it is kept up with each mark and
 *    each fill, and never drifts. Results stay in the currency in which they were made, and are valued at its newest rate.
 * 2. An owner is a strategy or `unattributed`. The owners' quantities of a symbol add up to the account's.
 * 3. They are a function of the marks and fills in their order: asking changes nothing.
 * 4. The peak, and so the drawdown, looks at equity after every mark and fill.
 * 5. What each owner had at the first mark or fill of a day of the account is kept for the daily limits; before it, the new day's profit
 *    is zero. A day that is over does not begin again, whatever comes late.
 * 6. The drawdown cap has a peak of its own. It begins again at a resume, and at a moment that is given ahead: with equity as it stands
 *    before the first mark or fill at or after that moment.
 * 7. A corporate action changes positions, averages and marks of its symbol, and no value. A fill from before it that is booked
 *    after it is booked in the new terms.
 */
import { Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";
import { accountDays, type AccountDays } from "../calendar/index.ts";
import type { CorporateAction } from "../../shared/market.ts";
import type { BookProbe } from "./port.ts";
import type { AccountFigures, BooksPort, Execution } from "./port.ts";
import { PLAIN_MONEY, type Money } from "../instruments/index.ts";
import { actionEffect } from "./actions.ts";
import { newlyHeld, timesMultiplier, valueOf, type Held } from "./held.ts";
import { FLAT, fillPosition, type Position } from "./position.ts";
import { Results } from "./results.ts";
import type { BooksState } from "./state.ts";
import { Wallets } from "./wallets.ts";

interface Owner {
  readonly positions: Map<string, Position>;
  readonly results: Results;
}

export class Books implements BooksPort {
  readonly days: AccountDays;
  readonly #start: Decimal;
  readonly #money: Money;
  readonly #wallets: Wallets;
  #equity: Decimal;
  #peak: Decimal;
  /** The peak since the last resume, for the breaker that looks at drawdown. */
  #breakerPeak: Decimal;
  /** The breaker's drawdown as it was last asked for, with what it was made of. */
  #breakerAsked: { readonly peak: Decimal; readonly equity: Decimal; readonly drawdown: Decimal };
  /** The drawdown cap's peak, and the moment from which it counts no more. */
  #capPeak: Decimal;
  #capPeakEndsAt: Moment | null = null;
  #day = Number.NaN;
  #dayEquity: Decimal;
  #dayProfits = new Map<string, Decimal>();
  readonly #owners = new Map<string, Owner>();
  readonly #symbols = new Map<string, Held>();
  readonly #actions = new Map<string, CorporateAction[]>();
  #actionsApplied = 0;

  /** `cash`: what the account starts with, an exact decimal. `money`: multipliers, currencies and rates; absent: one currency. */
  constructor(cash: string, days: AccountDays = accountDays(), money: Money = PLAIN_MONEY) {
    this.days = days;
    this.#start = decimal(cash);
    this.#money = money;
    this.#wallets = new Wallets(money, this.#start);
    this.#equity = this.#start;
    this.#peak = this.#start;
    this.#breakerPeak = this.#start;
    this.#capPeak = this.#start;
    this.#breakerAsked = { peak: this.#start, equity: this.#start, drawdown: ZERO };
    this.#dayEquity = this.#start;
  }

  /** What one unit of a currency is worth in the account's; null while no rate is known. */
  rate(currency: string): Decimal | null {
    return this.#wallets.rates.of(currency);
  }

  rateSymbol(currency: string): string | null {
    return this.#wallets.rates.symbolOf(currency);
  }

  /** Grows whenever a rate moves: a value from before holds no longer. */
  get rateMoves(): number {
    return this.#wallets.rateMoves;
  }

  /** The signed value of a quantity at a price in the account's currency; zero while its currency has no rate. */
  notional(symbol: string, quantity: Decimal, price: Decimal): Decimal {
    // A question leaves no trace: a repetition of the journal does not ask it.
    const held = this.#symbols.get(symbol) ?? this.#newlyHeld(symbol);
    return held.wallet.inAccount(valueOf(held, quantity, price));
  }

  book(execution: Execution): Decimal {
    const { owner, symbol, fee } = execution;
    this.#turnTo(execution.at);
    const [held, book] = [this.#held(symbol), this.#owner(owner)];
    const { wallet } = held;
    const { quantity, price, cash } = this.#presentTerms(execution, held);
    // A lone owner's position is the account's.
    const before = book.positions.get(symbol) ?? FLAT;
    const filled = fillPosition(before, quantity, price);
    const realized = timesMultiplier(held, filled.realized).plus(cash);
    if (filled.position.quantity.isZero()) book.positions.delete(symbol);
    else book.positions.set(symbol, filled.position);
    book.results.add(wallet, realized, fee);
    held.position = held.position === before ? filled.position : fillPosition(held.position, quantity, price).position;
    // Before a symbol's first mark its fill's price is the only price there is.
    held.mark ??= price;
    wallet.realized = wallet.realized.plus(realized);
    wallet.fees = wallet.fees.plus(fee);
    const paid = valueOf(held, quantity, price).plus(fee).minus(cash);
    wallet.cash = wallet.cash.minus(paid);
    wallet.total = wallet.total.minus(paid);
    this.#revalue(held);
    return realized;
  }

  /** A fill in the terms that hold now, and what a dividend since pays on it. */
  #presentTerms(execution: Execution, held: Held): Pick<Position, "quantity"> & { price: Decimal; cash: Decimal } {
    let { quantity, price } = execution;
    let cash = ZERO;
    const filledAt = execution.filledAt ?? execution.at;
    for (const action of this.#actions.get(execution.symbol) ?? []) {
      if (action.at < filledAt) continue;
      const effect = actionEffect(action, { quantity, average: price });
      cash = cash.plus(timesMultiplier(held, effect.dividend));
      quantity = effect.position.quantity;
      price = effect.position.average;
    }
    return { quantity, price, cash };
  }

  mark(symbol: string, price: number, at: Moment, exact?: string): void {
    this.#turnTo(at);
    const held = this.#held(symbol);
    if (held.markNumber === price && exact === undefined) return;
    held.markNumber = exact === undefined ? price : Number.NaN;
    held.mark = decimal(exact ?? price);
    if (this.#wallets.rates.follows(symbol) && this.#wallets.rateMoved(symbol, held.mark)) this.#revalued();
    if (!held.position.quantity.isZero()) this.#revalue(held);
  }

  /** How many corporate actions are applied. */
  get actionsApplied(): number {
    return this.#actionsApplied;
  }

  /** Applies a split, a dividend or both: every position of the symbol, its average and its mark. Answers what it paid, in its currency. */
  act(action: CorporateAction): Decimal {
    const { symbol } = action;
    this.#turnTo(action.at);
    const held = this.#held(symbol);
    const { wallet } = held;
    let paid = ZERO;
    let quantity = ZERO;
    for (const book of this.#owners.values()) {
      const before = book.positions.get(symbol);
      if (before === undefined) continue;
      const { position, dividend } = actionEffect(action, before);
      const cash = timesMultiplier(held, dividend);
      book.positions.set(symbol, position);
      book.results.add(wallet, cash, ZERO);
      quantity = quantity.plus(position.quantity);
      paid = paid.plus(cash);
    }
    const { average } = actionEffect(action, held.position).position;
    held.position = quantity.isZero() ? FLAT : { quantity, average };
    if (held.mark !== null) held.mark = actionEffect(action, { quantity: ZERO, average: held.mark }).position.average;
    held.markNumber = Number.NaN;
    this.#actions.set(symbol, [...(this.#actions.get(symbol) ?? []), action]);
    this.#actionsApplied += 1;
    wallet.realized = wallet.realized.plus(paid);
    wallet.cash = wallet.cash.plus(paid);
    wallet.total = wallet.total.plus(paid);
    this.#revalue(held);
    return paid;
  }

  position(owner: string, symbol: string): Decimal {
    return this.#owners.get(owner)?.positions.get(symbol)?.quantity ?? ZERO;
  }

  heldBy(owner: string, symbol: string): { readonly average: Decimal; readonly unrealized: Decimal | null } {
    const { quantity, average } = this.#owners.get(owner)?.positions.get(symbol) ?? FLAT;
    const held = this.#symbols.get(symbol);
    if (held === undefined || held.mark === null) return { average, unrealized: null };
    const gain = timesMultiplier(held, held.mark.minus(average).times(quantity));
    return { average, unrealized: held.wallet.inAccount(gain) };
  }

  foreignRates(): ReadonlyMap<string, Decimal> {
    const foreign = [...this.#symbols].filter(([, { wallet }]) => wallet.rate !== "own");
    return new Map(foreign.map(([symbol, { wallet }]) => [symbol, wallet.inAccount(decimal(1))]));
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
    let net = ZERO;
    for (const { value, wallet } of this.#symbols.values()) net = net.plus(wallet.inAccount(value));
    const [realized, fees] = [this.#wallets.sum((one) => one.realized), this.#wallets.sum((one) => one.fees)];
    // What equity gained and neither fills nor fees explain is what open positions gained.
    const unrealized = this.#equity.minus(this.#start).minus(realized).plus(fees);
    return {
      equity: plain(this.#equity),
      cash: plain(this.cash),
      realized: plain(realized),
      unrealized: plain(unrealized),
      fees: plain(fees),
      gross: plain(this.gross),
      net: plain(net),
      drawdown: this.drawdown,
    };
  }

  /** Equity's fall from its peak, as a share of the peak, ≤ 0. */
  get drawdown(): number {
    if (this.#equity.gte(this.#peak)) return 0;
    return this.#peak.gt(ZERO) ? Math.min(0, this.#equity.minus(this.#peak).ratio(this.#peak)) : 0;
  }

  books(): readonly BookProbe[] {
    return [...this.#owners].map(([owner, book]) => {
      const unrealized = this.#unrealized(book);
      const { realized, fees } = book.results.inAccount();
      return {
        owner,
        realized: plain(realized),
        unrealized: plain(unrealized),
        fees: plain(fees),
        pnl: plain(realized.plus(unrealized).minus(fees)),
      };
    });
  }

  /** What an owner's open positions gained, in the account's currency. */
  #unrealized({ positions }: Owner): Decimal {
    let sum = ZERO;
    for (const [symbol, { quantity, average }] of positions) {
      const held = this.#symbols.get(symbol);
      if (held === undefined || held.mark === null) continue;
      sum = sum.plus(held.wallet.inAccount(timesMultiplier(held, held.mark.minus(average).times(quantity))));
    }
    return sum;
  }

  /** A symbol's value at its mark in the account's currency, signed; zero when flat or never marked. */
  value(symbol: string): Decimal {
    const held = this.#symbols.get(symbol);
    return held === undefined ? ZERO : held.wallet.inAccount(held.value);
  }

  get equity(): Decimal {
    return this.#equity;
  }

  get cash(): Decimal {
    return this.#wallets.sum((wallet) => wallet.cash);
  }

  /** The values of all positions at their marks, longs and shorts as sizes. */
  get gross(): Decimal {
    return this.#wallets.sum((wallet) => wallet.gross);
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

  /** An owner's profit after fees, at the marks, in the account's currency. */
  profitOf(owner: string): Decimal {
    const book = this.#owners.get(owner);
    if (book === undefined) return ZERO;
    const { realized, fees } = book.results.inAccount();
    return realized.minus(fees).plus(this.#unrealized(book));
  }

  /** The whole state. */
  state(): BooksState {
    const owners = [...this.#owners].map(([name, { positions, results }]) => ({
      name,
      ...results.state(),
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
    const { home } = this.#wallets;
    const wallets = this.#wallets.state();
    return {
      cash: plain(home.cash),
      realized: plain(home.realized),
      fees: plain(home.fees),
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
      ...(wallets.length > 0 ? { wallets } : {}),
      ...(this.#actions.size > 0 ? { actions: [...this.#actions] } : {}),
    };
  }

  /** Takes a saved state in place of its own. */
  restore(state: BooksState): void {
    const { cash, realized, fees, equity, wallets } = state;
    const { home } = this.#wallets;
    home.restore({ currency: home.currency, cash, realized, fees, total: equity, rate: null });
    this.#wallets.restore(wallets ?? []);
    for (const [symbol, actions] of state.actions ?? []) {
      this.#actions.set(symbol, [...actions]);
      this.#actionsApplied += actions.length;
    }
    this.#equity = decimal(equity);
    this.#peak = decimal(state.peak);
    this.#breakerPeak = decimal(state.breakerPeak);
    this.#capPeak = decimal(state.capPeak ?? state.peak);
    this.#capPeakEndsAt = state.capPeakEndsAt ?? null;
    this.#day = state.day ?? Number.NaN;
    this.#dayEquity = decimal(state.dayEquity);
    this.#dayProfits = new Map(state.dayProfits.map(([owner, profit]) => [owner, decimal(profit)]));
    for (const { name, positions, ...results } of state.owners) {
      const owner = this.#owner(name);
      owner.results.restore(results, (currency) => this.#wallets.of(currency));
      for (const [symbol, quantity, average] of positions)
        owner.positions.set(symbol, { quantity: decimal(quantity), average: decimal(average) });
    }
    for (const { symbol, quantity, average, mark, markNumber, value } of state.symbols) {
      const held = this.#held(symbol);
      held.position = { quantity: decimal(quantity), average: decimal(average) };
      held.mark = mark === null ? null : decimal(mark);
      held.markNumber = markNumber ?? Number.NaN;
      held.value = decimal(value);
      held.wallet.gross = held.wallet.gross.plus(held.value.abs());
      if (held.mark !== null && this.#wallets.rates.follows(symbol)) this.#wallets.rates.mark(symbol, held.mark);
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
      owner = { positions: new Map(), results: new Results() };
      this.#owners.set(name, owner);
    }
    return owner;
  }

  #held(symbol: string): Held {
    const known = this.#symbols.get(symbol);
    if (known !== undefined) return known;
    const held = this.#newlyHeld(symbol, this.#wallets.of(this.#money.currencyOf(symbol)));
    this.#symbols.set(symbol, held);
    return held;
  }

  #newlyHeld(symbol: string, wallet = this.#wallets.find(this.#money.currencyOf(symbol))): Held {
    return newlyHeld(wallet, this.#money.multiplierOf(symbol));
  }

  #revalue(held: Held): void {
    const { wallet } = held;
    const value = held.mark === null ? ZERO : valueOf(held, held.position.quantity, held.mark);
    wallet.total = wallet.total.minus(held.value).plus(value);
    wallet.gross = wallet.gross.minus(held.value.abs()).plus(value.abs());
    held.value = value;
    this.#revalued();
  }

  #revalued(): void {
    const equity = this.#wallets.sum((wallet) => wallet.total);
    this.#equity = equity;
    if (equity.gt(this.#capPeak)) this.#capPeak = equity;
    if (equity.gt(this.#peak)) this.#peak = equity;
    if (equity.gt(this.#breakerPeak)) this.#breakerPeak = equity;
  }
}
