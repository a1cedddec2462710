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
