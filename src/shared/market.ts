/**
 * The market as the session sees it: bars, marks, and what a symbol's venue allows.
 *
 * 1. A bar is known at its close: `at` is the moment from which a strategy may see it.
 * 2. Prices and volumes are finite, not negative, and high ≥ open, close ≥ low.
 */
import type { Moment } from "./time.ts";

export interface Bar {
  readonly symbol: string;
  /** The close of the bar. */
  readonly at: Moment;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The prices' decimal texts, where a number cannot hold all of the source's digits. */
  readonly exact?: {
    readonly open: string;
    readonly high: string;
    readonly low: string;
    readonly close: string;
  };
  /** Ask less bid of its last quote, an exact decimal that is not negative; its prices are then the middle. Absent: not known. */
  readonly spread?: string;
}

/** What happened to a symbol itself, in force from the first bar that closes after `at`: a split, a dividend, or both. */
export interface CorporateAction {
  readonly symbol: string;
  readonly at: Moment;
  /** New units for each old one, an exact decimal above zero: `4` for four for one, `0.1` for a reverse split of one for ten. */
  readonly split?: string;
  /** Cash for each unit held before the split, in the symbol's currency; an exact decimal. */
  readonly dividend?: string;
}

/** The newest price of a symbol. */
export interface Mark {
  readonly symbol: string;
  readonly at: Moment;
  readonly price: number;
  /** Traded volume since the mark before; the share of it that a partial fill may take. */
  readonly volume: number;
  /** The price's decimal text, where the number cannot hold all of it. */
  readonly exact?: string;
  /** Ask less bid, an exact decimal that is not negative; the price is then the middle. Absent: not known. */
  readonly spread?: string;
}

/** The mark that a bar's close is. */
export function markOfBar({ symbol, at, close, volume, exact, spread }: Bar): Mark {
  const mark = { symbol, at, price: close, volume };
  if (exact === undefined && spread === undefined) return mark;
  return {
    ...mark,
    ...(exact === undefined ? {} : { exact: exact.close }),
    ...(spread === undefined ? {} : { spread }),
  };
}

/** An event of a feed. A bar also moves the mark to its close. */
export type FeedEvent = { readonly kind: "bar"; readonly bar: Bar } | { readonly kind: "mark"; readonly mark: Mark };

/** Where a field of an instrument came from, strongest first. */
export type InstrumentSource = "desk" | "workspace" | "built_in" | "guess";

/** An instrument: what a price of the symbol means and what its venue allows. Decimal strings are exact. */
export interface SymbolMeta {
  readonly symbol: string;
  readonly assetClass: string;
  /** The currency of the price. */
  readonly currency: string;
  /** Decimal places with which a price is shown. */
  readonly pricePrecision: number;
  /** Decimal places of a quantity that a view shows. */
  readonly quantityPrecision: number;
  /** The smallest step of a quantity. */
  readonly lotSize: string;
  readonly minQuantity: string;
  readonly minNotional: string;
  /** The smallest step of a price; absent: one unit in the last of `pricePrecision` places. */
  readonly tickSize?: string;
  /** What one unit is worth for each unit of price; absent: 1. */
  readonly multiplier?: string;
  /** The calendar of its market, by name. */
  readonly calendar?: string;
  /** Its own fee in place of the broker's. */
  readonly feeBps?: number;
  /** Whether prices may be zero or negative. */
  readonly allowNegativePrices?: boolean;
  /** The data is adjusted for splits and dividends: no corporate action is applied. */
  readonly adjusted?: boolean;
  /** Where its fields came from; absent where nothing was looked up. */
  readonly origins?: Readonly<Record<string, InstrumentSource>>;
}

/** What a person says of an instrument: any of its fields. */
export type InstrumentFields = Partial<Omit<SymbolMeta, "symbol" | "origins">>;
