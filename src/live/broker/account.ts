/**
 * The paper venue's own account: cash in each currency, positions of the whole and of each owner, and the newest marks.
 *
 * 1. Amounts are exact. The same fills in the same order, with the same corporate actions, give the same account.
 * 2. An owner's position is what its own orders filled at this venue; a fill that no order explains has no owner.
 * 3. An action is in force for fills and marks after its moment, so a venue that opens again adds up fills and actions as they came.
 */
import { decimal, plain, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { CorporateAction, SymbolMeta } from "../../shared/market.ts";
import { splitQuantity } from "../books/index.ts";
import { FxRates, moneyOf, type FxRules, type Money } from "../instruments/index.ts";
import { worthOf } from "./fill-rules.ts";
import type { VenueAccount, VenueFill } from "./venue-store.ts";

const keyOf = (owner: string, symbol: string): string => `${owner}\n${symbol}`;

export interface AccountOptions {
  readonly symbols: ReadonlyMap<string, SymbolMeta>;
  readonly currency: string;
  readonly cash: string;
  readonly fx: FxRules | undefined;
  /** In order of time. */
  readonly actions: readonly CorporateAction[];
}

export class Account {
  readonly #symbols: ReadonlyMap<string, SymbolMeta>;
  readonly #money: Money;
  readonly #rates: FxRates;
  readonly #cash = new Map<string, Decimal>();
  readonly #positions = new Map<string, Decimal>();
  readonly #marks = new Map<string, Decimal>();
  readonly #actions: readonly CorporateAction[];
  readonly #owned = new Map<string, Decimal>();
  /** The newest fill that is in it. */
  cursor = 0;
  /** How many of the actions are applied. */
  #applied = 0;

  constructor({ symbols, currency, cash, fx, actions }: AccountOptions) {
    this.#symbols = symbols;
    this.#money = moneyOf(symbols.values(), currency, fx);
    this.#rates = new FxRates(currency, fx);
    this.#cash.set(currency, decimal(cash));
    this.#actions = actions;
  }

  mark(symbol: string): Decimal | undefined {
    return this.#marks.get(symbol);
  }

  setMark(symbol: string, price: Decimal): void {
    this.#marks.set(symbol, price);
    if (this.#rates.follows(symbol)) this.#rates.mark(symbol, price);
  }

  /** Books a fill, after the actions that were in force when it happened; `owner` is its order's. */
  book(fill: VenueFill, owner: string | undefined): void {
    this.apply(fill.at);
    this.cursor = fill.cursor;
    const { symbol } = fill;
    this.#positions.set(symbol, this.#held(symbol).plus(fill.quantity));
    const worth = worthOf(decimal(fill.price), decimal(fill.quantity), this.#symbols.get(symbol));
    this.#pay(symbol, worth.plus(fill.fee).negated());
    if (owner === undefined) return;
    const key = keyOf(owner, symbol);
    this.#owned.set(key, (this.#owned.get(key) ?? ZERO).plus(fill.quantity));
  }

  /** The signed position of an owner, or of the whole account where no owner is named. */
  held(owner: string | undefined, symbol: string): Decimal {
    return owner === undefined ? this.#held(symbol) : (this.#owned.get(keyOf(owner, symbol)) ?? ZERO);
  }

  /** Applies every action before a moment that is not applied yet; answers the symbols that were split. */
  apply(before: number): readonly string[] {
    const changed: string[] = [];
    for (let action = this.#actions[this.#applied]; action !== undefined && action.at < before;) {
      this.#act(action);
      if (action.split !== undefined) changed.push(action.symbol);
      this.#applied += 1;
      action = this.#actions[this.#applied];
    }
    return changed;
  }

  positions(): Readonly<Record<string, string>> {
    const held = [...this.#positions].filter(([, quantity]) => !quantity.isZero());
    return Object.fromEntries(held.map(([symbol, quantity]) => [symbol, plain(quantity)]));
  }

  /** Cash and equity in the account's currency, at the newest marks and rates. */
  figures(): { readonly cash: string; readonly equity: string } {
    let cash = ZERO;
    for (const [currency, amount] of this.#cash) cash = cash.plus(this.#inAccount(currency, amount));
    let equity = cash;
    for (const [symbol, quantity] of this.#positions) {
      const worth = worthOf(this.#marks.get(symbol) ?? ZERO, quantity, this.#symbols.get(symbol));
      equity = equity.plus(this.#inAccount(this.#money.currencyOf(symbol), worth));
    }
    return { cash: plain(cash), equity: plain(equity) };
  }

  save(): VenueAccount {
    const [[, own = ZERO] = [], ...foreign] = this.#cash;
    return {
      cursor: this.cursor,
      cash: plain(own),
      positions: [...this.#positions].map(([symbol, quantity]) => [symbol, plain(quantity)] as const),
      owned: [...this.#owned].map(([key, quantity]) => [key, plain(quantity)] as const),
      ...(foreign.length === 0 ? {} : { foreign: foreign.map(([code, amount]) => [code, plain(amount)] as const) }),
      ...(this.#applied === 0 ? {} : { actions: this.#applied }),
    };
  }

  load({ cursor, cash, positions, owned, foreign = [], actions = 0 }: VenueAccount): void {
    this.cursor = cursor;
    this.#cash.set(this.#money.account, decimal(cash));
    for (const [currency, amount] of foreign) this.#cash.set(currency, decimal(amount));
    for (const [symbol, quantity] of positions) this.#positions.set(symbol, decimal(quantity));
    for (const [key, quantity] of owned ?? []) this.#owned.set(key, decimal(quantity));
    this.#applied = actions;
  }

  #held(symbol: string): Decimal {
    return this.#positions.get(symbol) ?? ZERO;
  }

  #inAccount(currency: string, amount: Decimal): Decimal {
    return currency === this.#money.account ? amount : amount.times(this.#rates.of(currency) ?? ZERO);
  }

  #pay(symbol: string, amount: Decimal): void {
    const currency = this.#money.currencyOf(symbol);
    this.#cash.set(currency, (this.#cash.get(currency) ?? ZERO).plus(amount));
  }

  #act({ symbol, split, dividend }: CorporateAction): void {
    const held = this.#held(symbol);
    if (dividend !== undefined) this.#pay(symbol, worthOf(decimal(dividend), held, this.#symbols.get(symbol)));
    if (split === undefined) return;
    if (!held.isZero()) this.#positions.set(symbol, splitQuantity(held, split));
    for (const [key, quantity] of this.#owned)
      if (key.endsWith(`\n${symbol}`)) this.#owned.set(key, splitQuantity(quantity, split));
    const mark = this.#marks.get(symbol);
    if (mark !== undefined) this.#marks.set(symbol, mark.div(split));
  }
}
