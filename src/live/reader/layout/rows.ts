/**
 * One row of a table into its symbol's columns: bars, trades, quotes, and LEAN's rows.
 *
 * 1. A handler takes every row that is given: into a table, or among the refused with its rule.
 * 2. A date that could be read two ways ends the import of the file, for what is unsure about one row is unsure about all.
 * 3. A volume of which nothing is known is zero, and counted.
 * 4. A spread is the exact difference of ask and bid. That of a quote whose ask is below its bid is zero, and that of a quote with one
 *    side is not known.
 */
import { decimal } from "../../../shared/decimal.ts";
import { MINUTE } from "../../../shared/time.ts";
import { refusalOfBar, type BarColumns } from "../table/bar-columns.ts";
import type { Layout, PriceColumns } from "./finder.ts";
import type { Gathering } from "../table/gathering.ts";
import { fileFault, PRICE_MAX } from "../table/imported.ts";
import { LEAN_SCALE, type LeanName } from "./lean.ts";
import { isMissing, placesOf, plainNumber } from "../table/numbers.ts";
import type { Row } from "./scan.ts";
import type { TimeReader } from "./time-reader.ts";
import type { Zone } from "../table/zone.ts";

export type RowHandler = (row: Row) => void;

export interface Reading {
  readonly gathering: Gathering;
  readonly times: TimeReader;
  readonly zone: Zone;
  /** Of rows without a column for it. */
  readonly symbolOfFile: string;
  /** Of trades and quotes: what they are folded into. */
  readonly interval: number;
  readonly newestFirst: boolean;
  /** Digits behind the point of whole prices. */
  readonly scale: number;
}

/** What trades are folded into where no interval is named. */
export const FOLD_DEFAULT = MINUTE;

const PLACES_MAX = 18;
const SECONDS = 1_000_000;

/** `0930`, `93000` or `09:30` as a time of day after a date. */
function clockText(cell: string): string {
  if (!/^\d{3,6}$/.test(cell)) return cell;
  const digits = cell.length <= 4 ? cell.padStart(4, "0") : cell.padStart(6, "0");
  return (digits.match(/../g) as string[]).join(":");
}

/** Seconds of the day of a plain `09:30` or `09:30:15`; -1 for any other spelling. */
function plainClock(row: Row, cell: number): number {
  const { bytes } = row;
  const start = row.starts[cell] as number;
  const length = (row.ends[cell] as number) - start;
  if (cell >= row.count || (length !== 5 && length !== 8) || bytes[start + 2] !== 58) return -1;
  if (length === 8 && bytes[start + 5] !== 58) return -1;
  const pair = (at: number): number => {
    const [tens, ones] = [(bytes[start + at] as number) - 48, (bytes[start + at + 1] as number) - 48];
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
  };
  const [hour, minute, second] = [pair(0), pair(3), length === 8 ? pair(6) : 0];
  return hour < 24 && minute < 60 && second < 60 ? (hour * 60 + minute) * 60 + second : -1;
}

/** The time of a row, local or absolute as `times` then says; null when the row was refused. */
function timeOfRow({ gathering, times }: Reading, row: Row, time: number, clock: number): number | null {
  let at = times.readCell(row, time);
  if (clock >= 0) {
    const seconds = typeof at === "number" && times.dayOnly ? plainClock(row, clock) : -1;
    if (seconds >= 0 && typeof at === "number") {
      times.dayOnly = false;
      return at + seconds * SECONDS;
    }
    at = times.read(`${row.text(time)} ${clockText(row.text(clock))}`);
  }
  if (typeof at === "number") return at;
  if (at.choices.length > 0) {
    const choices = at.choices.map((format) => `--date-format ${format}`).join(" or ");
    throw fileFault(gathering.name, row.line, "ambiguous_date", `${at.reason} Say which with ${choices}.`, {
      about: "date_order",
      text: at.reason,
      assumed: null,
      choices: at.choices.map((format) => ({ label: format, option: "dateFormat", value: format })),
    });
  }
  gathering.refuse(row.line, { rule: "time", reason: at.reason });
  return null;
}

/** The moment of a row whose order settles nothing; null when the row was refused. */
function momentOfRow(reading: Reading, row: Row, layout: Pick<Layout, "time" | "clock">, after: number): number | null {
  const at = timeOfRow(reading, row, layout.time, layout.clock);
  if (at === null || reading.times.absolute) return at;
  const found = reading.zone.toMoment(at, after);
  if (found === null)
    reading.gathering.refuse(row.line, {
      rule: "time",
      reason: `its time never was in ${reading.zone.name}: the clocks went forward.`,
    });
  return found;
}

/** Whether the row has the cells that are needed, and none that the header has no name for; refuses it otherwise. */
function whole(gathering: Gathering, row: Row, needed: number, width: number): boolean {
  let { count } = row;
  if (count === width || (count >= needed && count < width)) return true;
  // Marks at the end of a row that nothing stands between are common and harmless.
  while (count > width && row.text(count - 1) === "") count--;
  if (count >= needed && count <= width) return true;
  const cells = row.count === 1 ? "1 cell" : `${row.count} cells`;
  gathering.refuse(row.line, { rule: "columns", reason: `it has ${cells}, and the header ${width}.` });
  return false;
}

/** Remembers the finest decimals that a price was written with; zeros at the end do not count. */
function notePlaces(table: BarColumns, value: number, places: number, exact: string | null): void {
  if (places <= table.pricePrecision) return;
  if (exact === null && Number.isInteger(value * 10 ** table.pricePrecision)) return;
  const found = Math.min(PLACES_MAX, placesOf(exact ?? plainNumber(value)));
  if (found > table.pricePrecision) table.pricePrecision = found;
}

/** The volume of a cell: zero where nothing is known of it, NaN where it is no number. */
function volumeOf(gathering: Gathering, row: Row, cell: number): number {
  if (cell < 0) return 0;
  const value = row.number(cell);
  if (value >= 0) return value;
  if (!isMissing(row.text(cell))) return Number.isNaN(value) ? row.magnitude(cell) : value;
  gathering.volumesMissing++;
  return 0;
}

const exacts: [string | null, string | null, string | null, string | null] = [null, null, null, null];

/** The spread in a kept file's row: NaN where its cell is missing or empty. Null: it was refused. */
function spreadOfRow(gathering: Gathering, row: Row, cell: number): number | null {
  if (cell < 0 || cell >= row.count || row.text(cell) === "") return NaN;
  const value = row.number(cell);
  if (value >= 0 && value <= PRICE_MAX) return value;
  const reason = `the spread is no price: ${JSON.stringify(row.text(cell).slice(0, 40))}.`;
  gathering.refuse(row.line, { rule: value < 0 ? "negative" : value > 0 ? "too_big" : "nan", reason });
  return null;
}

/** Reads four prices and the volume of a row into a table. Answers whether the bar is in it. */
function pushBar(
  reading: Reading,
  table: BarColumns,
  row: Row,
  columns: PriceColumns & { readonly spread?: number },
  at: number,
): boolean {
  const { gathering, scale } = reading;
  const price = (slot: number, cell: number): number => {
    const value = row.number(cell, scale);
    exacts[slot] = row.exact;
    if (row.decimals > table.pricePrecision && !Number.isNaN(value)) notePlaces(table, value, row.decimals, row.exact);
    return value;
  };
  const open = price(0, columns.open);
  const high = price(1, columns.high);
  const low = price(2, columns.low);
  const close = price(3, columns.close);
  let volume = volumeOf(gathering, row, columns.volume);
  if (columns.volumeMore >= 0) volume += volumeOf(gathering, row, columns.volumeMore);
  const refusal = refusalOfBar(open, high, low, close, volume, low <= 0 && gathering.allowsBelowZero(table.symbol));
  if (refusal !== null) {
    gathering.refuse(row.line, refusal);
    return false;
  }
  const spread = spreadOfRow(gathering, row, columns.spread ?? -1);
  if (spread === null) return false;
  for (let slot = 0; slot < 4; slot++) {
    const text = exacts[slot] as string | null;
    if (text !== null) table.noteExact(slot, text);
  }
  gathering.hold(row.line);
  table.noteSpread(spread);
  table.push(row.line, at, open, high, low, close, volume);
  return true;
}

function sameKind({ gathering, times }: Reading, table: BarColumns, row: Row): boolean {
  const local = !times.absolute;
  table.local ??= local;
  if (times.dayOnly) table.days++;
  if (table.local === local) return true;
  const reason = local ? "its time carries no zone, and others do." : "its time carries a zone, and others do not.";
  gathering.refuse(row.line, { rule: "time", reason });
  return false;
}

/** Rows of bars. Times are kept as the rows have them. */
export function barRows(reading: Reading, layout: Layout): RowHandler {
  const { gathering, symbolOfFile } = reading;
  const { needed, width, symbol, split, dividend } = layout;
  return (row) => {
    gathering.rows++;
    if (!whole(gathering, row, needed, width)) return;
    const table = gathering.table(symbol < 0 ? symbolOfFile : row.text(symbol), row.line);
    if (table === null) return;
    const at = timeOfRow(reading, row, layout.time, layout.clock);
    if (at === null || !sameKind(reading, table, row)) return;
    if (!pushBar(reading, table, row, layout, at)) return;
    if (layout.logos && layout.closeTime >= 0) {
      const close = reading.times.read(row.text(layout.closeTime));
      if (typeof close === "number" && close > at) table.closes.set(row.line, close);
    }
    if (split < 0 && dividend < 0) return;
    const named = { split: split < 0 ? "" : row.text(split), dividend: dividend < 0 ? "" : row.text(dividend) };
    if (/[1-9]/.test(named.split + named.dividend)) table.actions.push({ row: row.line, ...named });
  };
}

/** Rows with the prices of several symbols side by side. Prices that one lacks on a day are its alone. */
export function wideRows(reading: Reading, layout: Layout): RowHandler {
  const { gathering } = reading;
  return (row) => {
    gathering.rows++;
    if (row.count < 2) return gathering.refuse(row.line, { rule: "columns", reason: "it has one cell." });
    const at = timeOfRow(reading, row, layout.time, layout.clock);
    if (at === null) return;
    for (const columns of layout.wide) {
      if (isMissing(row.text(columns.close))) continue;
      const table = gathering.table(columns.of, row.line);
      if (table !== null && sameKind(reading, table, row)) pushBar(reading, table, row, columns, at);
    }
  };
}

/** Rows of trades or quotes, folded into bars of an interval. A quote counts as its middle, with no volume. */
export function foldedRows(reading: Reading, layout: Layout): RowHandler {
  const { gathering, symbolOfFile, interval, newestFirst, scale } = reading;
  const { needed, width, symbol, price, quantity, id, bid, ask } = layout;
  return (row) => {
    gathering.rows++;
    if (!whole(gathering, row, needed, width)) return;
    const table = gathering.table(symbol < 0 ? symbolOfFile : row.text(symbol), row.line);
    if (table === null) return;
    // Trades of one moment are no duplicates, so only a moment before the last one settles an hour shown twice.
    const after = newestFirst ? -Infinity : gathering.lastTrade(table.symbol) - 1;
    const at = momentOfRow(reading, row, layout, after);
    if (at === null) return;
    table.local = false;
    const isQuote = layout.kind === "quotes";
    const value = isQuote ? middleOf(reading, row, bid, ask) : row.number(price, scale);
    const volume = quantity < 0 ? 0 : volumeOf(gathering, row, quantity);
    const trade = {
      at,
      price: value,
      volume,
      id: id < 0 ? null : row.text(id),
      spread: isQuote ? lastQuote.spread : NaN,
    };
    gathering.fold(row.line, table, interval, trade, newestFirst);
  };
}

/** What `middleOf` found beside the middle: NaN for a quote with one side. */
const lastQuote = { spread: NaN };
/** Below it, a difference of prices counted in their last place is exact. */
const EXACT_BELOW = 2 ** 50;

/** Ask less bid as an exact decimal's number. Texts are those of prices that a number cannot hold. */
function spreadOf(bid: number, bidText: string | null, ask: number, askText: string | null, places: number): number {
  if (bidText === null && askText === null && Math.max(bid, ask) * 10 ** places < EXACT_BELOW)
    return Math.max(0, Number((ask - bid).toFixed(places)));
  return Math.max(
    0,
    decimal(askText ?? ask)
      .minus(bidText ?? bid)
      .toNumber(),
  );
}

/** The middle of two prices as an exact decimal's number; one of them alone where the other is missing. */
function middleOf({ scale }: Reading, row: Row, bid: number, ask: number): number {
  const buy = row.number(bid, scale);
  const { decimals, exact } = row;
  const sell = row.number(ask, scale);
  lastQuote.spread = NaN;
  if (!(buy > 0)) return sell;
  if (!(sell > 0)) return buy;
  const places = Math.max(decimals, row.decimals);
  lastQuote.spread = spreadOf(buy, exact, sell, row.exact, places);
  return Number(((buy + sell) / 2).toFixed(Math.min(PLACES_MAX, places + 1)));
}

const MILLISECONDS_OF_DAY = 86_400_000;

/** The local time of a LEAN row: its own date, or the milliseconds of the file's day. */
function leanTime(reading: Reading, name: LeanName, row: Row): number | null {
  if (name.day === null) return timeOfRow(reading, row, 0, -1);
  const milliseconds = row.number(0);
  reading.times.absolute = false;
  reading.times.dayOnly = false;
  reading.times.locals++;
  if (milliseconds >= 0 && milliseconds < MILLISECONDS_OF_DAY) return name.day + Math.round(milliseconds * 1_000);
  const reason = `${JSON.stringify(row.text(0).slice(0, 40))} is no millisecond of a day.`;
  reading.gathering.refuse(row.line, { rule: "time", reason });
  return null;
}

const TRADE_BAR: PriceColumns = { open: 1, high: 2, low: 3, close: 4, volume: 5, volumeMore: -1 };
const QUOTE_CELLS = 11;

/** Rows of LEAN's bars and ticks. */
export function leanRows(reading: Reading, name: LeanName): RowHandler {
  const { gathering, symbolOfFile, zone, interval } = reading;
  const cells = name.kind === "quote" ? QUOTE_CELLS : 6;
  return (row) => {
    gathering.rows++;
    const needed = name.tick ? 3 : cells;
    if (row.count < needed) {
      const reason = `it has ${row.count} cells, and LEAN's ${name.kind} rows ${needed}.`;
      return gathering.refuse(row.line, { rule: "columns", reason });
    }
    const table = gathering.table(symbolOfFile, row.line);
    const local = table === null ? null : leanTime(reading, name, row);
    if (table === null || local === null) return;
    if (name.tick) {
      const at = zone.toMoment(local, gathering.lastTrade(table.symbol) - 1);
      if (at === null)
        return gathering.refuse(row.line, { rule: "time", reason: "its time never was: the clocks went forward." });
      table.local = false;
      const sided =
        name.kind === "quote" ? middleOf(reading, row, 1, row.count === 3 ? 2 : 3) : row.number(1, reading.scale);
      const volume = name.kind === "quote" ? 0 : row.number(2);
      const spread = name.kind === "quote" ? lastQuote.spread : NaN;
      return gathering.fold(row.line, table, interval, { at, price: sided, volume, id: null, spread });
    }
    if (!sameKind(reading, table, row)) return;
    if (name.kind === "trade") return void pushBar(reading, table, row, TRADE_BAR, local);
    const [open, high, low, close] = [1, 2, 3, 4].map((bid) => middleOf(reading, row, bid, bid + 5)) as [
      number,
      number,
      number,
      number,
    ];
    const refusal = refusalOfBar(open, high, low, close, 0, false);
    if (refusal !== null) return gathering.refuse(row.line, refusal);
    for (const price of [open, high, low, close]) notePlaces(table, price, PLACES_MAX, null);
    gathering.hold(row.line);
    // The close was read last.
    table.noteSpread(lastQuote.spread);
    table.push(row.line, local, open, high, low, close, 0);
  };
}

/** That spreads are kept, in words. */
export const SPREAD_KEPT =
  "Each bar keeps the spread of bid and ask with which it ends: a market order pays half of it.";

/** What shares' whole prices are divided by, in words. */
export const LEAN_SCALED = `Prices were divided by ${10 ** LEAN_SCALE}, as LEAN writes those of shares.`;
