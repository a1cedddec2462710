/**
 * What a file's name says: symbol and interval, by the patterns of programs and venues, else by what is no noise.
 *
 * 1. A pattern that is missing is added to the table, and nowhere else.
 * 2. A name is never the only witness of an interval that the rows contradict.
 */
import { DAY, HOUR, MINUTE, SECOND } from "../../../shared/time.ts";
import { isSymbol } from "../../symbols/symbols.ts";

export interface NameSays {
  readonly symbol: string;
  /** Microseconds; null where the name says none. */
  readonly interval: number | null;
  /** Whether the name is one of words that say nothing, as `data.csv`. */
  readonly vague: boolean;
}

const LENGTHS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const LENGTH = "\\d{1,4}\\s?(?:s|sec|seconds?|m|min|mins?|minutes?|h|hr|hours?|d|days?|w|weeks?)|1mo|1M";
const FRAMES = "M1|M2|M3|M4|M5|M6|M10|M12|M15|M20|M30|H1|H2|H3|H4|H6|H8|H12|D1|W1|MN1?|Daily|Weekly|Monthly";
const DATED = "\\d{4}(?:-\\d{2}){0,2}|\\d{6,8}";
const QUOTED_IN = "USDT?|USDC|BUSD|TUSD|DAI|EUR|GBP|JPY|TRY|BTC|ETH|PERP";

/** Patterns with the groups `symbol` and, where they say it, `length` (`1h`), `frame` (`H1`), `minutes` or `month` (of a contract). */
const PATTERNS: readonly RegExp[] = [
  /^DAT_[A-Z]{2,5}_(?<symbol>[A-Z0-9]{3,12})_(?<frame>M1|T)(?:_.*)?$/i,
  new RegExp(`^(?<symbol>[A-Z0-9]{3,20}(?:_\\d{6}|_PERP)?)-(?<length>${LENGTH})-(?:${DATED})$`, "i"),
  new RegExp(`^(?<symbol>[A-Z0-9]{3,20})-(?:aggTrades|trades)-(?:${DATED})$`, "i"),
  new RegExp(
    "^(?<symbol>[A-Z0-9]{2,12}-[A-Z0-9]{2,8}(?:-SWAP|-\\d{6})?)-(?:aggtrades|trades|candles(?:ticks)?)" +
      `(?:-(?<length>${LENGTH}))?-(?:${DATED})$`,
    "i",
  ),
  new RegExp(
    `^(?<symbol>[A-Z0-9]{2,12}_(?:${QUOTED_IN}|[A-Z]{3}(?= Hist)))(?:[-_ ](?:(?<length>${LENGTH})|(?:${DATED})|Historical.*))+$`,
    "i",
  ),
  /^(?<symbol>[A-Z0-9]{1,12})(?:[-_.][A-Z_]+)?\.(?:scid|dly)(?:_BarData)?(?:-.*)?$/i,
  /^(?<symbol>[a-z0-9.^$!-]{1,16})_(?:daily|weekly|monthly|intraday-(?<length>\d+min)|[a-z0-9-]+)_(?:historical-data|price-history)-.*$/i,
  /^Quote-Equity-(?<symbol>[A-Z0-9&-]{1,20}?)-(?:EQ|BE|SM|ST)?-?\d{2}-\d{2}-\d{4}-to-.*$/i,
  new RegExp(`^(?<symbol>[A-Z0-9.#]{3,12})-(?<frame>${FRAMES})(?:-(?:Bid|Ask|Mid|No Session))*$`),
  /^(?<symbol>[A-Z]{6})_UTC_(?<length>\d+ (?:min|hour)s?)_(?:bid|ask)_.*$/i,
  /^[a-z]{4}-[a-z0-9]+-\d{8}(?:-\d{8})?\.(?:ohlcv-(?<length>1[smhd])|trades|tbbo|mbp-1)\.(?<symbol>[A-Z0-9.]{1,12})$/i,
  /^(?:bitfinex[-_])?(?:candles[-_]|trades[-_])?t(?<symbol>[A-Z]{6,8})(?:[-_](?<length>\d{1,2}[mhDd]))?$/,
  /^(?<symbol>\^[a-z0-9]{1,12})_[dwm]$/,
  /^(?<symbol>[A-Z0-9]{1,4}) (?<month>\d{2}-\d{2})(?:\.(?:last|bid|ask|daily|day|minute|min|tick))*$/i,
  new RegExp(`^(?<symbol>[A-Za-z0-9.#]{2,20})[_.](?<frame>${FRAMES})(?:_\\d{8,12}_\\d{8,12})?$`),
  /^(?<symbol>[A-Z]{6})[a-z.]{0,4}(?<minutes>1|5|15|30|60|240|1440|10080|43200)$/,
  /^(?<symbol>[A-Z]{3,8})(?<minutes>60|240|1440|10080|43200)$/,
  /^(?<symbol>[A-Z0-9]{5,12})_(?<minutes>1|5|15|30|60|240|720|1440|10080|21600)$/,
  new RegExp(
    `^(?<symbol>[A-Z0-9]{2,12}_[A-Z0-9]{2,8}(?:_[A-Z0-9]{2,8})?)-(?<length>${LENGTH})(?:-(?:futures|spot|mark))?$`,
  ),
  new RegExp(`^(?<symbol>[A-Z0-9.^-]{1,20})_(?:full_)?(?<length>\\d+(?:min|hour|day))(?:_.*)?$`),
  /^(?<symbol>[a-z0-9^-]{1,12})[._](?:us|uk|de|jp|hk|hu|pl)(?:_[dwm])?$/,
  /^[A-Z]{2,16}_(?<symbol>[A-Z0-9.!]{1,20}), ?(?<tradingview>\d+[SDWM]?|[DWM])(?:[ _(].*)?$/,
  /^(?<symbol>[A-Z0-9.]{3,20})_(?:Candlestick|Ticks)_.*$/,
  /^(?<symbol>[A-Z0-9.^=-]{1,20}) Historical (?:Data|Prices)(?: .*)?$/i,
  new RegExp(
    `^(?<symbol>[A-Z0-9.^=]{1,12}(?:-(?!ohlcv|bars|candles|trades|ticks)[A-Z]{2,8})?)[-_ ](?<length>${LENGTH})$`,
    "i",
  ),
  new RegExp(`^(?<symbol>[A-Z0-9.^=]{1,12}(?:-[A-Z]{2,8})?)[-_ ](?:${DATED})(?:[-_ ](?:to[-_ ])?(?:${DATED}))?$`, "i"),
];

/** Words of file names that name no symbol: what was recorded, where, in which interval, when. */
const NOISE = new RegExp(
  `^(${[
    "candles?|bars?|ohlcv?t?|klines?|trades?|ticks?|quotes?|data|history|historical|historicaldata|prices?|download|export|table",
    "spot|perpetual|perp|futures?|swap|crypto|equity|forex|stocks?|etf|full|adjusted|unadjusted|adj|adjsplitdiv|adjsplit",
    "binance|bybit|coinbase|kraken|okx|kucoin|bitmex|bitstamp|bitfinex|gemini|poloniex|huobi|ftx|dukascopy|oanda|stooq|yahoo",
    "ibkr|iqfeed|kibot|firstrate|finam|tradingview|thinkorswim|alphavantage|eodhd|coinapi|tardis|cryptocompare|deribit|bitget",
    "gateio|mexc|hyperliquid|refinitiv|bloomberg|stockcharts|cryptodatadownload",
    "barchart|investing|alpaca|polygon|databento|tiingo|nasdaq|quandl",
    "second|minute|hourly|hour|daily|day|weekly|monthly|intraday|\\d+(s|sec|m|min|h|d|w)|[smhd]\\d+",
    "chart|file|input|output|sample|test|clean|raw|merged|all|candlestick|bid|ask|mid|last|copy|\\(\\d+\\)",
    "\\d+|\\d{4}-\\d{2}(-\\d{2})?",
  ].join("|")})$`,
  "i",
);

const MONTH_CODES = "FGHJKMNQUVXZ";

/** A future's contract as its exchange writes it: `ES`, 3, 2024 → `ESH24`. */
export const contractOf = (root: string, month: number, year: number): string =>
  `${root}${MONTH_CODES[month - 1] ?? ""}${String(year % 100).padStart(2, "0")}`;

/** The last part of a name, whichever way its folders are written, without the endings of archives and tables. */
export function stemOf(name: string): string {
  const base = name.split(/[/\\:]/).at(-1) as string;
  return base
    .replace(/\.(gz|zip|bz2|xz|zst)$/i, "")
    .replace(/\.(csv|tsv|psv|txt|json|jsonl|ndjson|parquet|feather|arrow|asc|prn|dat)$/i, "")
    .replace(/( \(\d+\)| - copy)$/i, "");
}

function lengthOf({
  length,
  frame,
  minutes,
  tradingview,
}: Readonly<Record<string, string | undefined>>): number | null {
  if (minutes !== undefined) return Number(minutes) * MINUTE;
  const text = length ?? frame ?? tradingview;
  if (text === undefined) return null;
  if (/^(mn1?|monthly|1mo|1M)$/.test(text.replace(/^MN/, "mn"))) return null;
  if (/^\d+$/.test(text)) return Number(text) * MINUTE;
  const named = { daily: DAY, weekly: 7 * DAY, d: DAY, w: 7 * DAY }[text.toLowerCase()];
  if (named !== undefined) return named;
  const match = /^(\d+)\s?([a-z])|^([A-Z])(\d+)$/i.exec(text);
  const [count, unit] =
    match === null ? [0, ""] : [Number(match[1] ?? match[4]), (match[2] ?? match[3] ?? "").toLowerCase()];
  const one = Object.hasOwn(LENGTHS, unit) ? (LENGTHS[unit] as number) : 0;
  return count * one > 0 ? count * one : null;
}

/** What a name says. The symbol is in capitals; it need not be one that is allowed. */
export function nameSays(name: string): NameSays {
  const stem = stemOf(name);
  for (const pattern of PATTERNS) {
    const found = pattern.exec(stem)?.groups;
    const symbol = found?.["symbol"];
    if (found === undefined || symbol === undefined || NOISE.test(symbol)) continue;
    const [month, year] = (found["month"] ?? "").split("-").map(Number) as [number, number];
    const whole = month >= 1 && month <= 12 ? contractOf(symbol, month, year) : symbol;
    if (isSymbol(whole)) return { symbol: whole.toUpperCase(), interval: lengthOf(found), vague: false };
  }
  const parts = stem
    .split(/[_\s]+/)
    .map((part) => part.replace(/-(?:ohlcv|bars?|candles?|trades|ticks)(?:-\d+[smhd])?$/i, ""))
    .filter((part) => part !== "" && !NOISE.test(part));
  const interval = stem
    .split(/[_\s-]+/)
    .map((part) => lengthOf({ length: new RegExp(`^(?:${LENGTH})$`, "i").exec(part)?.[0] }));
  const [said] = interval.filter((one) => one !== null);
  const symbol = (parts.length === 1 ? (parts[0] as string) : stem).toUpperCase();
  return { symbol, interval: said ?? null, vague: parts.length !== 1 };
}

/**
 * The symbol, in capitals, where a pattern such as `{symbol}_5min_*.csv` has it in a name: `*` is any text, and the endings of the
 * name need not be written. Null for a name that does not fit.
 */
export function symbolByPattern(pattern: string, name: string): string | null {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const parts = pattern.split(/(\*+|\{symbol\})/).map((part) => {
    if (part === "{symbol}") return "(?<symbol>.+?)";
    return part.startsWith("*") ? ".*?" : literal(part);
  });
  const whole = new RegExp(`^${parts.join("")}$`, "i");
  const base = name.split(/[/\\:]/).at(-1) as string;
  for (const one of [stemOf(base), base.replace(/\.(gz|zip|bz2|xz|zst)$/i, ""), base]) {
    const symbol = whole.exec(one)?.groups?.["symbol"];
    if (symbol !== undefined) return symbol.toUpperCase();
  }
  return null;
}
