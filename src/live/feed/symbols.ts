/**
 * What a symbol is, which one a file's name says, and what is supposed of one of which nothing is known.
 *
 * 1. A symbol is 1 to 40 printable characters that are no path, no formula and no name of the language's own objects.
 * 2. What is supposed is a default only: a desk's own meta always wins.
 */
import type { SymbolMeta } from "../../shared/market.ts";

const SYMBOL = /^[A-Za-z0-9^.][A-Za-z0-9._:/^=@#-]{0,39}$/;

export function isSymbol(text: string): boolean {
  return SYMBOL.test(text) && !text.includes("..") && !(text in {});
}

/** Words of file names that name no symbol: what was recorded, where, in which interval, when. */
const NOISE = new RegExp(
  `^(${[
    "candles?|bars?|ohlcv?|klines?|trades?|ticks?|quotes?|data|history|historical|prices?",
    "spot|perpetual|perp|futures?|swap|crypto|equity|forex",
    "binance|bybit|coinbase|kraken|okx|kucoin|bitmex|bitstamp|bitfinex|gemini",
    "second|minute|hourly|hour|daily|day|intraday|\\d+(s|sec|m|min|h|d|w)|[smhd]\\d+",
    "\\d+|\\d{4}-\\d{2}(-\\d{2})?",
  ].join("|")})$`,
  "i",
);

/** The last part of a name, whichever way its folders are written, without the endings of archives and tables. */
export function stemOf(name: string): string {
  const base = name.split(/[/\\:]/).at(-1) as string;
  return base.replace(/\.(gz|zip)$/i, "").replace(/\.(csv|tsv|txt|json|jsonl)$/i, "");
}

/** The symbol that a file's name says, in capitals: its one part that is no noise, else all of it. */
export function symbolOfName(name: string): string {
  const stem = stemOf(name);
  const parts = stem.split(/[_\s]+/).filter((part) => part !== "" && !NOISE.test(part));
  return (parts.length === 1 ? (parts[0] as string) : stem).toUpperCase();
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
