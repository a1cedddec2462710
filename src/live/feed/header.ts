/**
 * A header as a layout: which column is the time, which the prices, whether the rows are bars or trades.
 *
 * 1. Names are compared without case, spaces and punctuation; of several columns for one thing the first of the list below
 *    is taken.
 * 2. A header that names neither a whole bar nor a trade is refused with what is missing and what was found.
 */
import { COLUMNS_MAX, fileFault, tooLarge } from "./imported.ts";

type Role =
  | "time"
  | "date"
  | "clock"
  | "closeTime"
  | "symbol"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "price"
  | "quantity"
  | "id";

/** The usual names, the most telling first. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  time: (
    "opentime opentimestamp opentimems dt datetime timestamp starttime start begin candlebegintime timestamputc datetimeutc " +
    "timeutc utctime gmttime timestampms timestampus timestampns tradetime transacttime unixtimestamp unixtime unix epoch ts t"
  ).split(" "),
  date: ["date", "day", "tradedate", "tradingdate", "dateutc"],
  clock: ["time", "hour", "timeofday"],
  closeTime: ["closetime", "closetimestamp", "endtime", "end"],
  symbol: ["symbol", "ticker", "instrument", "pair", "sym", "code", "asset", "security", "s"],
  open: ["open", "o", "openprice", "first", "pxopen"],
  high: ["high", "h", "highprice", "max", "pxhigh"],
  low: ["low", "l", "lowprice", "min", "pxlow"],
  close: ["close", "c", "closeprice", "last", "pxlast", "pxclose"],
  volume: ["volume", "v", "vol", "basevolume", "basevol", "totalvolume", "volumebtc", "tickvolume", "tickvol"],
  price: ["price", "p", "px", "tradeprice", "lastprice", "rate"],
  quantity: ["quantity", "qty", "size", "amount", "q", "lastqty", "tradesize", "baseqty", "volume", "vol", "v"],
  id: ["tradeid", "id", "aggtradeid", "aggregatetradeid", "tid"],
};

/** Where each thing of a row stands; -1 for a column that the file does not have. */
interface Places {
  readonly columns: number;
  readonly time: number;
  /** A time of day in a column of its own; -1 when the time is in one column. */
  readonly clock: number;
  readonly symbol: number;
}

export interface BarLayout extends Places {
  readonly kind: "bars";
  readonly logos: boolean;
  readonly stamp: "open" | "close";
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface TradeLayout extends Places {
  readonly kind: "trades";
  readonly price: number;
  readonly quantity: number;
  readonly id: number;
}

export type Layout = BarLayout | TradeLayout;

const bare = (cell: string): string => cell.toLowerCase().replace(/[^a-z0-9]/g, "");

const LOGOS = "dt,open,high,low,close,volume,symbol";

function noLayout(file: string, row: number, cells: readonly string[], missing: readonly string[]): never {
  const found = cells
    .slice(0, 12)
    .map((cell) => cell.slice(0, 24))
    .join(", ");
  throw fileFault(
    file,
    row,
    "header",
    `no column for ${missing.join(", ")} among "${found}". Name the columns ${LOGOS}, or time, price, quantity for trades.`,
  );
}

/** The layout that a header describes. Throws `data_invalid`, or `too_large` for too many columns. */
export function layoutOf(file: string, row: number, cells: readonly string[]): Layout {
  if (cells.length > COLUMNS_MAX)
    throw tooLarge(file, row, "columns", `it has ${cells.length} columns; at most ${COLUMNS_MAX} are read.`);
  const names = cells.map(bare);
  const place = (role: Role): number => {
    for (const name of NAMES[role]) {
      const found = names.indexOf(name);
      if (found < 0) continue;
      if (names.indexOf(name, found + 1) >= 0)
        throw fileFault(
          file,
          row,
          "header",
          `two columns are named "${(cells[found] as string).slice(0, 24)}"; leave one.`,
        );
      return found;
    }
    return -1;
  };
  const [date, clock, closeTime] = [place("date"), place("clock"), place("closeTime")];
  let time = place("time");
  const split = time < 0 && date >= 0 && clock >= 0;
  if (time < 0) time = date >= 0 ? date : clock;
  const stamp = time < 0 && closeTime >= 0 ? "close" : "open";
  if (time < 0) time = closeTime;
  const places = { columns: cells.length, time, clock: split ? clock : -1, symbol: place("symbol") };
  const bar = { open: place("open"), high: place("high"), low: place("low"), close: place("close") };
  const missing = Object.entries(bar).flatMap(([name, at]) => (at < 0 ? [name] : []));
  const price = place("price");
  // A trade's file may call its price "last"; a bar's file has at least an open, a high or a low.
  if (missing.length >= 3 && price >= 0) {
    if (time < 0) noLayout(file, row, cells, ["the time"]);
    return { kind: "trades", ...places, price, quantity: place("quantity"), id: place("id") };
  }
  if (time < 0) missing.unshift("the time");
  if (missing.length > 0) noLayout(file, row, cells, missing);
  const logos = names.join(",") === LOGOS;
  return { kind: "bars", logos, stamp, ...places, ...bar, volume: place("volume") };
}
