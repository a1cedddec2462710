/**
 * Layouts of files that programs and venues write, as tables: without a header by the contents of their cells, with one by its names.
 *
 * 1. A layout that is missing is added here as a row, and nowhere else.
 * 2. The first row that fits is taken: kinds of cells, name of the file where one is asked for, and prices that keep
 *    high and low in the sample.
 */

export interface CellLayout {
  readonly name: string;
  /**
   * The kind of each cell: `epoch`, `day`, `clock`, `datetime`, `stamp`, `compact`, `tick`, `word`, `flag`,
   * `i` (whole number), `n` (number).
   */
  readonly cells: string;
  /** What the columns mean, as `--columns` takes it. */
  readonly columns: string;
  /** The file's name must be like this. */
  readonly file?: RegExp;
  /** Whether times are opens or closes of bars, where the program is known for it. */
  readonly stamp?: "open" | "close";
  /** The zone of its times, where the program is known for it. */
  readonly zone?: string;
  /** Another program writes the same cells stamped otherwise, so that the user has to say which. */
  readonly stampUnclear?: true;
}

const HISTDATA = /DAT_(ASCII|NT|MT|MS)_/i;
const NINJATRADER = /\.(last|bid|ask)(\.txt|\.csv)?(\.gz|\.zip)?$/i;

export const CELL_LAYOUTS: readonly CellLayout[] = [
  {
    name: "Binance klines",
    cells: "epoch n n n n n epoch n n n n n",
    columns: "time,open,high,low,close,volume,closeTime,-,-,-,-,-",
    stamp: "open",
  },
  { name: "Binance trades", cells: "i n n n epoch flag flag", columns: "id,price,quantity,-,time,-,-" },
  { name: "Binance futures trades", cells: "i n n n epoch flag", columns: "id,price,quantity,-,time,-" },
  { name: "Binance aggregate trades", cells: "i n n i i epoch flag flag", columns: "id,price,quantity,-,-,time,-,-" },
  { name: "Binance futures aggregate trades", cells: "i n n i i epoch flag", columns: "id,price,quantity,-,-,time,-" },
  { name: "Kraken OHLCVT", cells: "epoch n n n n n i", columns: "time,open,high,low,close,volume,-", stamp: "open" },
  { name: "Kraken trades", cells: "epoch n n", columns: "time,price,quantity" },
  {
    name: "OKX candles",
    cells: "epoch n n n n n n n i",
    columns: "time,open,high,low,close,volume,-,-,-",
    stamp: "open",
  },
  {
    name: "MEXC candles",
    cells: "epoch n n n n n epoch n",
    columns: "time,open,high,low,close,volume,closeTime,-",
    stamp: "open",
  },
  {
    name: "Kraken candles",
    cells: "epoch n n n n n n i",
    columns: "time,open,high,low,close,-,volume,-",
    stamp: "open",
  },
  { name: "Bybit candles", cells: "epoch n n n n n n", columns: "time,open,high,low,close,volume,-", stamp: "open" },
  { name: "KuCoin candles", cells: "epoch n n n n n n", columns: "time,open,close,high,low,volume,-", stamp: "open" },
  { name: "epoch and bar", cells: "epoch n n n n n", columns: "time,open,high,low,close,volume" },
  { name: "Coinbase candles", cells: "epoch n n n n n", columns: "time,low,high,open,close,volume", stamp: "open" },
  { name: "Bitfinex candles", cells: "epoch n n n n n", columns: "time,open,close,high,low,volume", stamp: "open" },
  { name: "Gate candles", cells: "epoch n n n n n", columns: "time,volume,close,high,low,open", stamp: "open" },
  { name: "epoch and prices", cells: "epoch n n n n", columns: "time,open,high,low,close" },
  {
    name: "HistData ticks",
    cells: "tick n n n",
    columns: "time,bid,ask,-",
    file: HISTDATA,
    zone: "Etc/GMT+5",
  },
  {
    name: "HistData minutes",
    cells: "stamp n n n n n",
    columns: "time,open,high,low,close,volume",
    file: HISTDATA,
    stamp: "open",
    zone: "Etc/GMT+5",
  },
  {
    name: "HistData minutes for MetaTrader",
    cells: "day clock n n n n n",
    columns: "date,clock,open,high,low,close,volume",
    file: HISTDATA,
    stamp: "open",
    zone: "Etc/GMT+5",
  },
  {
    name: "NinjaTrader ticks",
    cells: "tick n n n n",
    columns: "time,price,-,-,quantity",
    file: NINJATRADER,
  },
  {
    name: "NinjaTrader bars",
    cells: "stamp n n n n n",
    columns: "time,open,high,low,close,volume",
    file: NINJATRADER,
    stamp: "close",
  },
  {
    name: "NinjaTrader or HistData bars",
    cells: "stamp n n n n n",
    columns: "time,open,high,low,close,volume",
    stampUnclear: true,
  },
  { name: "NinjaTrader ticks", cells: "tick n n n n", columns: "time,price,-,-,quantity" },
  {
    name: "MetaTrader 5 bars",
    cells: "day clock n n n n i i i",
    columns: "date,clock,open,high,low,close,volume,volume,-",
    stamp: "open",
  },
  {
    name: "Kibot ticks",
    cells: "day clock n n n i",
    columns: "date,clock,price,-,-,quantity",
    file: /tick/i,
  },
  {
    name: "QuantQuote bars",
    cells: "day clock n n n n n n n n",
    columns: "date,clock,open,high,low,close,volume,-,-,-",
  },
  { name: "date, time, price and quantity", cells: "day clock n i", columns: "date,clock,price,quantity" },
  { name: "TrueFX quotes", cells: "word compact n n", columns: "symbol,time,bid,ask" },
  { name: "time and bar, days without marks", cells: "compact n n n n n", columns: "time,open,high,low,close,volume" },
  {
    name: "date, time and bar, as MetaTrader and Kibot write",
    cells: "day clock n n n n n",
    columns: "date,clock,open,high,low,close,volume",
  },
  {
    name: "date, time, bar and one more",
    cells: "day clock n n n n n n",
    columns: "date,clock,open,high,low,close,volume,-",
  },
  { name: "date, time and prices", cells: "day clock n n n n", columns: "date,clock,open,high,low,close" },
  {
    name: "Stooq bars",
    cells: "word any day clock n n n n n n",
    columns: "symbol,period,date,clock,open,high,low,close,volume,-",
  },
  {
    name: "MetaStock bars",
    cells: "word any day clock n n n n n",
    columns: "symbol,period,date,clock,open,high,low,close,volume",
  },
  {
    name: "symbol, date, time and bar",
    cells: "word day clock n n n n n",
    columns: "symbol,date,clock,open,high,low,close,volume",
  },
  { name: "symbol, time and bar", cells: "word datetime n n n n n", columns: "symbol,time,open,high,low,close,volume" },
  { name: "symbol, day and bar", cells: "word day n n n n n", columns: "symbol,date,open,high,low,close,volume" },
  {
    name: "time and bar, as FirstRate writes",
    cells: "datetime n n n n n",
    columns: "time,open,high,low,close,volume",
  },
  { name: "time, bar and one more", cells: "datetime n n n n n n", columns: "time,open,high,low,close,volume,-" },
  {
    name: "IQFeed bars",
    cells: "datetime n n n n i i i",
    columns: "time,high,low,open,close,-,volume,-",
    stamp: "close",
    zone: "America/New_York",
  },
  { name: "time and prices", cells: "datetime n n n n", columns: "time,open,high,low,close" },
  { name: "day, bar, open interest", cells: "day n n n n i i", columns: "date,open,high,low,close,volume,-" },
  { name: "day, bar, adjusted close", cells: "day n n n n n i", columns: "date,open,high,low,close,-,volume" },
  { name: "day and bar", cells: "day n n n n n", columns: "date,open,high,low,close,volume" },
  { name: "day and prices", cells: "day n n n n", columns: "date,open,high,low,close" },
  { name: "time, price and quantity", cells: "datetime n n", columns: "time,price,quantity" },
];

export interface HeaderLayout {
  readonly name: string;
  /** Bare names that must all be there. */
  readonly has: readonly string[];
  readonly stamp?: "open" | "close";
  /** Prices without a point are whole multiples of ten to the power of minus this. */
  readonly scale?: number;
}

export const HEADER_LAYOUTS: readonly HeaderLayout[] = [
  { name: "Databento", has: ["rtype", "publisherid"], scale: 9, stamp: "open" },
  { name: "NautilusTrader", has: ["tsevent", "tsinit"], stamp: "close" },
  { name: "TradeStation", has: ["date", "time", "open", "high", "low", "close", "up", "down"], stamp: "close" },
  { name: "MultiCharts", has: ["date", "time", "open", "high", "low", "close", "totalvolume"], stamp: "close" },
  { name: "Polygon flat file", has: ["windowstart", "transactions"], stamp: "open" },
  { name: "Binance klines", has: ["opentime", "closetime", "takerbuyvolume"], stamp: "open" },
  { name: "CryptoDataDownload", has: ["unix", "date", "symbol", "open"], stamp: "open" },
];

/** What a cell must be like to be of a kind. */
export const KINDS: Readonly<Record<string, RegExp>> = {
  epoch: /^\d{9,19}(\.\d+)?$/,
  day: /^(\d{8}|\d{6}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4})$/,
  clock: /^(\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[AaPp][Mm])?|\d{3,6})$/,
  datetime: /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]|, )\d{1,2}:\d{2}/,
  stamp: /^\d{8} \d{4}(\d{2})?$/,
  compact: /^\d{8} \d{2}:\d{2}(:\d{2}(\.\d+)?)?$/,
  tick: /^\d{8} \d{6}(\d{3}| \d{7})$/,
  word: /[A-Za-z]/,
  flag: /^(true|false|0|1)$/i,
  i: /^\d+(\.0+)?$/,
  n: /^[-+$€£]?\s?[\d.,']+([eE][-+]?\d+)?$/,
  any: /^/,
};
