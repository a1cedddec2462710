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
}

/** What a feed tells. A bar also moves the mark to its close. */
export type FeedEvent = { readonly kind: "bar"; readonly bar: Bar } | { readonly kind: "mark"; readonly mark: Mark };

/** What a symbol's venue allows. Decimal strings are exact. */
export interface SymbolMeta {
  readonly symbol: string;
  readonly assetClass: string;
  readonly currency: string;
  /** Decimal places of a price. */
  readonly pricePrecision: number;
  /** Decimal places of a quantity that a view shows. */
  readonly quantityPrecision: number;
  /** The smallest step of a quantity. */
  readonly lotSize: string;
  readonly minQuantity: string;
  readonly minNotional: string;
}
