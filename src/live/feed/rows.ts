/**
 * One row of a table into its symbol's columns: bars, trades, and LEAN's bars.
 *
 * 1. A handler takes every row that is given: into a table, or among the refused with its rule.
 * 2. A date that could be read two ways ends the import of the file, for what is unsure about one row is unsure about all.
 */
import { MINUTE } from "../../shared/time.ts";
import { numberOf, refusalOfBar, refusalOfOrder } from "./bar-columns.ts";
import type { Gathering } from "./gathering.ts";
import type { BarLayout, TradeLayout } from "./header.ts";
import { fileFault } from "./imported.ts";
import type { LeanName } from "./lean.ts";
import type { TimeReader } from "./time-reader.ts";

export type RowHandler = (cells: readonly string[], row: number) => void;

/** `0930`, `93000` or `09:30` as a time of day that stands behind a date. */
function clockText(text: string): string {
  const cell = text.trim();
  if (!/^\d{3,6}$/.test(cell)) return cell;
  const digits = cell.length <= 4 ? cell.padStart(4, "0") : cell.padStart(6, "0");
  return (digits.match(/../g) as string[]).join(":");
}

/** The moment of a row; null when the row was refused. Throws `data_invalid` for a date of two meanings. */
function momentOfRow(gathering: Gathering, times: TimeReader, text: string, row: number, after: number): number | null {
  const at = times.read(text, after);
  if (typeof at === "number") return at;
  if (at.choices.length > 0) {
    const choices = at.choices.map((format) => `--date-format ${format}`).join(" or ");
    throw fileFault(gathering.name, row, "ambiguous_date", `${at.reason} Say which with ${choices}.`);
  }
  gathering.refuse(row, { rule: "time", reason: at.reason });
  return null;
}

/** Whether the row has every column that the header has; refuses it otherwise. */
function whole(gathering: Gathering, cells: readonly string[], row: number, columns: number): boolean {
  if (cells.length === columns) return true;
  // A comma at the end of every row is common and harmless.
  if (cells.length === columns + 1 && cells[columns] === "") return true;
  gathering.refuse(row, { rule: "columns", reason: `it has ${cells.length} cells, and the header ${columns}.` });
  return false;
}

/** Rows of bars under a header. Moments are kept as the rows have them. */
export function barRows(gathering: Gathering, layout: BarLayout, times: TimeReader, symbolOfFile: string): RowHandler {
  const { columns, time, clock, symbol, open, high, low, close, volume } = layout;
  return (cells, row) => {
    gathering.count(row);
    if (!whole(gathering, cells, row, columns)) return;
    const name = symbol < 0 ? symbolOfFile : (cells[symbol] as string).trim();
    const table = gathering.table(name, row);
    if (table === null) return;
    const text =
      clock < 0 ? (cells[time] as string) : `${(cells[time] as string).trim()} ${clockText(cells[clock] as string)}`;
    const at = momentOfRow(gathering, times, text, row, table.last);
    if (at === null) return;
    const [openText, highText, lowText, closeText] = [cells[open], cells[high], cells[low], cells[close]] as [
      string,
      string,
      string,
      string,
    ];
    const prices = [numberOf(openText), numberOf(highText), numberOf(lowText), numberOf(closeText)] as const;
    const traded = volume < 0 ? 0 : numberOf(cells[volume] as string);
    const refusal = refusalOfBar(...prices, traded) ?? refusalOfOrder(at, table.last, table.lastRow, false);
    if (refusal !== null) return gathering.refuse(row, refusal);
    table.notePrecision(openText);
    table.notePrecision(highText);
    table.notePrecision(lowText);
    table.notePrecision(closeText);
    table.push(row, at, ...prices, traded);
  };
}

/** Rows of trades, folded into bars of an interval. */
export function tradeRows(
  gathering: Gathering,
  layout: TradeLayout,
  times: TimeReader,
  symbolOfFile: string,
  interval: number,
): RowHandler {
  const { columns, time, clock, symbol, price, quantity, id } = layout;
  return (cells, row) => {
    gathering.count(row);
    if (!whole(gathering, cells, row, columns)) return;
    const table = gathering.table(symbol < 0 ? symbolOfFile : (cells[symbol] as string).trim(), row);
    if (table === null) return;
    const text =
      clock < 0 ? (cells[time] as string) : `${(cells[time] as string).trim()} ${clockText(cells[clock] as string)}`;
    // Trades of one moment are no duplicates, so only a moment before the last one settles an hour shown twice.
    const at = momentOfRow(gathering, times, text, row, gathering.lastTrade(table.symbol) - 1);
    if (at === null) return;
    table.notePrecision(cells[price] as string);
    const traded = quantity < 0 ? 0 : numberOf(cells[quantity] as string);
    gathering.fold(
      row,
      table,
      interval,
      at,
      numberOf(cells[price] as string),
      traded,
      id < 0 ? null : (cells[id] as string),
    );
  };
}

const LEAN_COLUMNS = 6;
const MILLISECONDS_OF_DAY = 86_400_000;

/** The text of a LEAN row's time: its own date, or the milliseconds of the file's day as a time of that day. */
function leanTime(name: LeanName, text: string): string | null {
  if (name.day === null) return text;
  const milliseconds = /^\d{1,8}$/.test(text) ? Number(text) : MILLISECONDS_OF_DAY;
  if (milliseconds >= MILLISECONDS_OF_DAY) return null;
  return new Date(name.day / 1_000 + milliseconds).toISOString().slice(0, -1);
}

/** Rows of LEAN's bars, as they are written; `scale` afterwards says what their prices are worth. */
export function leanRows(gathering: Gathering, name: LeanName, times: TimeReader, symbol: string): RowHandler {
  return (cells, row) => {
    gathering.count(row);
    if (!whole(gathering, cells, row, LEAN_COLUMNS)) return;
    const table = gathering.table(symbol, row);
    if (table === null) return;
    const text = leanTime(name, cells[0] as string);
    if (text === null) {
      const reason = `${JSON.stringify((cells[0] as string).slice(0, 40))} is no millisecond of a day.`;
      return gathering.refuse(row, { rule: "time", reason });
    }
    const at = momentOfRow(gathering, times, text, row, table.last);
    if (at === null) return;
    const [, open, high, low, close, volume] = cells.map(numberOf) as [number, number, number, number, number, number];
    const refusal =
      refusalOfBar(open, high, low, close, volume) ?? refusalOfOrder(at, table.last, table.lastRow, false);
    if (refusal !== null) return gathering.refuse(row, refusal);
    for (let column = 1; column <= 4; column++) table.notePrecision(cells[column] as string);
    table.push(row, at, open, high, low, close, volume);
  };
}

/** What trades are folded into where no interval is named. */
export const FOLD_DEFAULT = MINUTE;
