/**
 * What a symbol is, and what is supposed of one of which nothing is known.
 *
 * 1. A symbol is 1 to 40 printable characters that are no path, no formula and no name of the language's own objects.
 * 2. What is supposed is a default only: a desk's own meta always wins.
 */
import type { SymbolMeta } from "../../shared/market.ts";

const SYMBOL = /^[A-Za-z0-9^.][A-Za-z0-9._:/^=@#-]{0,39}$/;

export function isSymbol(text: string): boolean {
  return SYMBOL.test(text) && !text.includes("..") && !(text in {});
}

const COIN_QUOTES = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "DAI", "BTC", "ETH", "BNB"];
const MONEY = [
  "USD",
  "EUR",
  "GBP",
  "JPY",
  "CHF",
  "AUD",
  "CAD",
  "NZD",
  "SEK",
  "NOK",
  "SGD",
  "HKD",
  "CNH",
  "MXN",
  "ZAR",
  "TRY",
];

export interface SymbolGuess {
  readonly assetClass: "crypto" | "fx" | "equity";
  readonly currency: string;
}

/** What a symbol's letters suggest: a pair of moneys, a coin against either, or else a share. */
export function guessOf(symbol: string): SymbolGuess {
  const parts = (symbol.toUpperCase().split(":")[0] as string).replace(/[-_.]?(PERP|PERPETUAL|SWAP)$/, "");
  const joined = parts.replace(/[-_./]/g, "");
  const quote = [...COIN_QUOTES, ...MONEY].find((end) => joined.endsWith(end) && joined.length > end.length);
  if (quote === undefined) return { assetClass: "equity", currency: "USD" };
  const base = joined.slice(0, -quote.length);
  if (MONEY.includes(base) && MONEY.includes(quote)) return { assetClass: "fx", currency: quote };
  // Six letters at least, or a mark between the two: shares' tickers have neither.
  const pair = joined.length >= 6 || (parts !== joined && parts.endsWith(quote));
  return pair ? { assetClass: "crypto", currency: quote } : { assetClass: "equity", currency: "USD" };
}

/** The meta of a symbol of which only its prices are known. */
export function metaOf(symbol: string, pricePrecision: number): SymbolMeta {
  const { assetClass, currency } = guessOf(symbol);
  const step = assetClass === "crypto" ? "0.0001" : "1";
  return {
    symbol,
    assetClass,
    currency,
    pricePrecision,
    quantityPrecision: assetClass === "crypto" ? 4 : 0,
    lotSize: step,
    minQuantity: step,
    minNotional: "0",
  };
}
