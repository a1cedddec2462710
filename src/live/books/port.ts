/**
 * What a session needs of its books: what is booked, marked and valued, and their state.
 *
 * 1. Amounts are exact decimals; where they leave the books they are decimal texts.
 */
import type { Decimal } from "../../shared/decimal.ts";
import type { CorporateAction } from "../../shared/market.ts";
import type { Moment } from "../../shared/time.ts";
import type { AccountDays } from "../calendar/index.ts";
import type { BooksState } from "./state.ts";

/** An execution to be booked. Amounts are exact. */
export interface Execution {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly at: Moment;
  /** When the venue filled it, where that is earlier: a corporate action in between changes its terms. */
  readonly filledAt?: Moment;
}

export interface AccountFigures {
  readonly equity: string;
  readonly cash: string;
  readonly realized: string;
  readonly unrealized: string;
  readonly fees: string;
  readonly gross: string;
  readonly net: string;
  /** Share of the peak, ≤ 0. */
  readonly drawdown: number;
}

export interface BookProbe {
  readonly owner: string;
  readonly realized: string;
  readonly unrealized: string;
  readonly fees: string;
  readonly pnl: string;
}

export interface BooksPort {
  /** The account's days. */
  readonly days: AccountDays;
  /** Books an execution and answers the profit that it realized. */
  book(execution: Execution): Decimal;
  /** `exact`: the price's decimal text, where the number cannot hold it. */
  mark(symbol: string, price: number, at: Moment, exact?: string): void;
  readonly actionsApplied: number;
  /** Applies a corporate action; answers what it paid, in the symbol's currency. */
  act(action: CorporateAction): Decimal;
  /** What one unit of a currency is worth in the account's; null while that is not known. */
  rate(currency: string): Decimal | null;
  /** The symbol whose price a currency's rate follows; null where it is fixed, or there is none. */
  rateSymbol(currency: string): string | null;
  /** The signed value of a quantity at a price, in the account's currency. */
  notional(symbol: string, quantity: Decimal, price: Decimal): Decimal;
  /** An owner's position; an owner is a strategy or `unattributed`. */
  position(owner: string, symbol: string): Decimal;
  /** Symbol → position over all owners; flat ones are absent. */
  positions(): ReadonlyMap<string, Decimal>;
  averagePrice(symbol: string): Decimal;
  /** A symbol's value at its mark in the account's currency, signed. */
  value(symbol: string): Decimal;
  /** The average of an owner's position, and what it gained at the mark in the account's currency; null before the first mark. */
  heldBy(owner: string, symbol: string): { readonly average: Decimal; readonly unrealized: Decimal | null };
  /** What one unit of a symbol's currency is worth in the account's; of symbols in other currencies that were traded. */
  foreignRates(): ReadonlyMap<string, Decimal>;
  /** What an owner gained since the first mark or fill of the day at `now`, after fees. */
  dayProfitOf(owner: string, now: Moment): Decimal;
  figures(): AccountFigures;
  books(): readonly BookProbe[];
  state(): BooksState;
  restore(state: BooksState): void;
}
