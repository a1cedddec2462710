/**
 * Well-known instruments: futures by their root, currency pairs, and the larger coins.
 *
 * 1. An entry holds for the spellings that data vendors use: `ES`, `ES=F`, `/ES`, `@ES`, `ESH26`, `ES1!`, `ES.c.0`; `EUR/USD`, `EURUSD=X`.
 * 2. A bare root that is also a share's ticker counts as the future only where its prices could be the future's.
 * 3. Multipliers and ticks are those of the exchanges' contract specifications, as exact decimals.
 */
import type { InstrumentFields } from "../../shared/market.ts";

interface Future {
  readonly multiplier: string;
  readonly tick: string;
  readonly calendar: string;
  readonly currency: string;
  /** Prices outside are another instrument's. */
  readonly from: number;
  readonly to: number;
}

const futures = new Map<string, Future>();

/** Rows of one market: root, multiplier, tick, and the lowest and highest price that it plausibly has. */
function market(
  of: { readonly currency: string; readonly calendar: string },
  rows: readonly (readonly [root: string, multiplier: string, tick: string, from: number, to: number])[],
): void {
  const { currency, calendar } = of;
  for (const [root, multiplier, tick, from, to] of rows)
    futures.set(root, { multiplier, tick, calendar, currency, from, to });
}

const globex = { currency: "USD", calendar: "us-futures" };

// Index futures.
market(globex, [
  ["ES", "50", "0.25", 200, 50_000],
  ["MES", "5", "0.25", 200, 50_000],
  ["NQ", "20", "0.25", 200, 200_000],
  ["MNQ", "2", "0.25", 200, 200_000],
  ["YM", "5", "1", 2_000, 500_000],
  ["MYM", "0.5", "1", 2_000, 500_000],
  ["RTY", "50", "0.1", 150, 50_000],
  ["M2K", "5", "0.1", 150, 50_000],
  ["NKD", "5", "5", 3_000, 500_000],
]);
market({ currency: "JPY", calendar: "us-futures" }, [["NIY", "500", "5", 3_000, 500_000]]);
market({ currency: "EUR", calendar: "xetra" }, [
  ["FDAX", "25", "1", 1_000, 200_000],
  ["FDXM", "5", "1", 1_000, 200_000],
  ["FDXS", "1", "1", 1_000, 200_000],
  ["FESX", "10", "1", 500, 50_000],
]);

// Rate futures, quoted in points of the face value.
market(globex, [
  ["ZT", "2000", "0.00390625", 80, 150],
  ["ZF", "1000", "0.0078125", 80, 200],
  ["ZN", "1000", "0.015625", 80, 250],
  ["TN", "1000", "0.015625", 80, 250],
  ["ZB", "1000", "0.03125", 60, 300],
  ["UB", "1000", "0.03125", 60, 400],
  ["SR3", "2500", "0.0025", 80, 105],
  ["ZQ", "4167", "0.0025", 80, 105],
]);
market({ currency: "EUR", calendar: "xetra" }, [
  ["FGBL", "1000", "0.01", 80, 250],
  ["FGBM", "1000", "0.01", 80, 200],
  ["FGBS", "1000", "0.005", 80, 150],
]);

// Energy.
market(globex, [
  ["CL", "1000", "0.01", -500, 1_000],
  ["MCL", "100", "0.01", -500, 1_000],
  ["QM", "500", "0.025", -500, 1_000],
  ["BZ", "1000", "0.01", -500, 1_000],
  ["NG", "10000", "0.001", -100, 100],
  ["QG", "2500", "0.005", -100, 100],
  ["RB", "42000", "0.0001", -50, 50],
  ["HO", "42000", "0.0001", -50, 50],
]);

// Metals.
market(globex, [
  ["GC", "100", "0.1", 100, 50_000],
  ["MGC", "10", "0.1", 100, 50_000],
  ["SI", "5000", "0.005", 1, 1_000],
  ["SIL", "1000", "0.005", 1, 1_000],
  ["HG", "25000", "0.0005", 0.3, 50],
  ["MHG", "2500", "0.0005", 0.3, 50],
  ["PL", "50", "0.1", 100, 10_000],
  ["PA", "100", "0.5", 50, 20_000],
]);

// Currency futures, in dollars for one unit.
market(globex, [
  ["6E", "125000", "0.00005", 0.5, 2.5],
  ["6B", "62500", "0.0001", 0.5, 3],
  ["6J", "12500000", "0.0000005", 0.002, 0.05],
  ["6A", "100000", "0.00005", 0.3, 2],
  ["6C", "100000", "0.00005", 0.3, 2],
  ["6S", "125000", "0.00005", 0.3, 3],
  ["M6E", "12500", "0.0001", 0.5, 2.5],
]);

/** Roots and names whose prices can be zero or negative: energy, also where nothing else is known of it. */
const BELOW_ZERO = new Set(
  (
    "CL MCL QM BZ NG QG RB HO BRN B WTI HH GAS HP T WBS TTF NBP " + "USOIL UKOIL XTIUSD XBRUSD WTICOUSD BCOUSD NATGAS"
  ).split(" "),
);
/** Those that are shares' tickers, too: only a contract's spelling counts. */
const ALSO_SHARES = new Set(["B", "T", "GAS", "HP"]);

const MONTHS = "FGHJKMNQUVXZ";
const ENDINGS = [
  /=F$/,
  /[-_. ]?(?:[CVN]\.\d|C\d|CC|FUT|CONT(?:INUOUS)?)$/,
  /[-_. ]?(?:\d\d-\d\d|\d{4,8})$/,
  /\d?!$/,
  new RegExp(`[-_. ]?[${MONTHS}]\\d{1,2}$`),
  new RegExp(`[-_. ]?[${MONTHS}]20\\d\\d$`),
];

/** The root of a future's symbol, and whether the symbol's spelling alone says that it is a future. */
function rootOf(
  symbol: string,
  roots: { readonly has: (root: string) => boolean } = futures,
): {
  readonly root: string;
  readonly sure: boolean;
} | null {
  const upper = symbol.toUpperCase();
  const marked = /^[/@]/.test(upper);
  const bare = upper.replace(/^[/@]/, "");
  if (roots.has(bare)) return { root: bare, sure: marked };
  for (const ending of ENDINGS) {
    const root = bare.replace(ending, "");
    if (root !== bare && roots.has(root)) return { root, sure: true };
  }
  return null;
}

const COINS = ["BTC", "ETH", "XBT", "SOL", "BNB", "XRP", "ADA", "DOGE", "LTC", "AVAX", "DOT", "LINK"];
const MAJORS = ["EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF", "JPY"];

/** The two currencies of a pair, for whichever mark stands between them; null for what is none. */
export function pairOf(symbol: string): { readonly base: string; readonly quote: string } | null {
  const text = symbol
    .toUpperCase()
    .replace(/=X$/, "")
    .replaceAll(/[-_./]/g, "");
  const [base, quote] = [text.slice(0, 3), text.slice(3)];
  return MAJORS.includes(base) && MAJORS.includes(quote) && base !== quote ? { base, quote } : null;
}

/** The lowest and highest price of a symbol's data; null where there is none yet. */
export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** What is known of a symbol: some fields of an instrument, or null. `prices` null: whatever the data says. */
export function knownInstrument(symbol: string, prices: PriceRange | null): InstrumentFields | null {
  const found = rootOf(symbol);
  if (found !== null) {
    const { multiplier, tick, calendar, currency, from, to } = futures.get(found.root) as Future;
    if (!found.sure && prices !== null && (prices.low < from || prices.high > to)) return null;
    return {
      assetClass: "future",
      currency,
      multiplier,
      tickSize: tick,
      lotSize: "1",
      calendar,
      ...(allowsNegative(symbol) ? { allowNegativePrices: true } : {}),
    };
  }
  const pair = pairOf(symbol);
  if (pair !== null) {
    const tickSize = pair.quote === "JPY" ? "0.001" : "0.00001";
    return { assetClass: "fx", currency: pair.quote, tickSize, lotSize: "1", calendar: "fx" };
  }
  const coin = COINS.find((name) => symbol.toUpperCase().startsWith(name));
  const rest =
    coin === undefined
      ? ""
      : symbol
          .toUpperCase()
          .slice(coin.length)
          .replaceAll(/[-_./]/g, "");
  if (coin !== undefined && /^(?:USD[TC]?|EUR|PERP|USD[TC]?(?:PERP|SWAP))$/.test(rest)) {
    const currency = rest.startsWith("EUR") ? "EUR" : (/^USD[TC]?/.exec(rest)?.[0] ?? "USD");
    return { assetClass: "crypto", currency, lotSize: "0.0001", calendar: "crypto" };
  }
  return null;
}

/** Whether a symbol is the bare root of a future, which may be a share's ticker as well. */
export function isBareRoot(symbol: string): boolean {
  return rootOf(symbol)?.sure === false;
}

/** Whether a symbol's prices may be zero or negative, as far as its name says. */
export function allowsNegative(symbol: string): boolean {
  const found = rootOf(symbol, BELOW_ZERO);
  return found !== null && (found.sure || !ALSO_SHARES.has(found.root));
}
