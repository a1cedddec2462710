/**
 * Currencies and the rates between them, as a desk writes them.
 *
 * 1. Money in one currency is never added to money in another; a rate says what one unit is worth in the account's.
 * 2. Stablecoins of the dollar count as dollars at 1 unless a desk says otherwise; that is an assumption, and is shown as one.
 */
import { decimal, plain } from "./decimal.ts";

/** What one unit of a currency is worth: a fixed amount, a symbol's price, or one divided by that price. */
export type RateRule =
  | { readonly kind: "fixed"; readonly rate: string }
  | { readonly kind: "price"; readonly symbol: string }
  | { readonly kind: "inverse"; readonly symbol: string };

/** Stablecoins that are pegged to the dollar. */
export const DOLLAR_COINS: readonly string[] = ["USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI"];

const DIGITS_MAX = 30;

/** A rate as a desk writes it: `1.27`, `EURUSD`, `1/USDJPY`. Null for what is none, a rate of zero included. */
export function rateRuleOf(text: string): RateRule | null {
  if (text.length > 2 * DIGITS_MAX) return null;
  if (/^\d+(?:\.\d+)?$/.test(text))
    return decimal(text).isZero() ? null : { kind: "fixed", rate: plain(decimal(text)) };
  const inverse = /^1\s*\/\s*(\S{1,40})$/.exec(text);
  const symbol = inverse?.[1] ?? text;
  if (!/^[A-Za-z0-9^./@][^\s\p{C}]{0,39}$/u.test(symbol) || symbol in {}) return null;
  return inverse === null ? { kind: "price", symbol } : { kind: "inverse", symbol };
}

/** Whether two currencies are both the dollar or coins that are pegged to it. */
export function sameDollar(one: string, other: string): boolean {
  const dollar = (currency: string): boolean => currency === "USD" || DOLLAR_COINS.includes(currency);
  return dollar(one) && dollar(other);
}
