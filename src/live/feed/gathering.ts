/**
 * What one file gives while it is read: tables by symbol, refused rows, and the trades on their way into bars.
 *
 * 1. Every row that is counted ends in a table, in a bar being folded, or among the refused.
 * 2. Symbols, rows and listed refusals each have a limit; the refused beyond it are counted.
 */
import { BarColumns, refusalOfOrder, refusalOfPrice, refusalOfVolume, type Refusal } from "./bar-columns.ts";
import { REFUSED_LISTED_MAX, ROWS_MAX, SYMBOLS_MAX, tooLarge, type RefusalRule, type RefusedRow } from "./imported.ts";
import { isSymbol } from "./symbols.ts";

/** Rows read by the whole import, so that many files cannot pass the limit that one may not. */
export interface RowBudget {
  rows: number;
}

interface OpenBar {
  start: number;
  row: number;
  last: number;
  lastRow: number;
  lastId: string | null;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export class Gathering {
  readonly name: string;
  readonly tables = new Map<string, BarColumns>();
  readonly refused: RefusedRow[] = [];
  readonly notes: string[] = [];
  rows = 0;
  /** Bars that came of the rows and stand in the merged tables. */
  bars = 0;
  refusedTotal = 0;
  /** How many rows were refused by a rule. */
  readonly refusedBy = new Map<RefusalRule, number>();
  readonly #budget: RowBudget;
  readonly #open = new Map<string, OpenBar>();

  constructor(name: string, budget: RowBudget) {
    this.name = name;
    this.#budget = budget;
  }

  /** Counts a row. Throws `too_large` past the limit of an import. */
  count(row: number): void {
    this.rows++;
    if (++this.#budget.rows > ROWS_MAX)
      throw tooLarge(this.name, row, "rows", `an import takes ${ROWS_MAX} rows; import fewer files at once.`);
  }

  refuse(row: number, refusal: Refusal): void {
    this.refusedTotal++;
    this.refusedBy.set(refusal.rule, (this.refusedBy.get(refusal.rule) ?? 0) + 1);
    if (this.refused.length < REFUSED_LISTED_MAX) this.refused.push({ row, ...refusal });
  }

  /** The table of a symbol; null when the text is no symbol, and then the row is refused. */
  table(symbol: string, row: number): BarColumns | null {
    const known = this.tables.get(symbol);
    if (known !== undefined) return known;
    if (!isSymbol(symbol)) {
      this.refuse(row, { rule: "symbol", reason: `${JSON.stringify(symbol.slice(0, 40))} is no symbol.` });
      return null;
    }
    if (this.tables.size >= SYMBOLS_MAX)
      throw tooLarge(
        this.name,
        row,
        "symbols",
        `an import takes ${SYMBOLS_MAX} symbols; is this the column of symbols?`,
      );
    const table = new BarColumns(symbol);
    this.tables.set(symbol, table);
    return table;
  }

  /** The moment of a symbol's newest trade; minus infinity before the first. */
  lastTrade(symbol: string): number {
    return this.#open.get(symbol)?.last ?? -Infinity;
  }

  /** Folds one trade into the bar of its interval. Trades of one moment are many; one id twice in a row is a duplicate. */
  fold(
    row: number,
    table: BarColumns,
    interval: number,
    at: number,
    price: number,
    volume: number,
    id: string | null,
  ): void {
    const known = this.#open.get(table.symbol);
    const refusal =
      refusalOfPrice("price", price) ??
      refusalOfVolume("quantity", volume) ??
      (known === undefined ? null : refusalOfOrder(at, known.last, known.lastRow, true));
    if (refusal !== null) return this.refuse(row, refusal);
    if (known !== undefined && id !== null && id === known.lastId)
      return this.refuse(row, { rule: "duplicate", reason: `the trade ${id.slice(0, 40)} came just before.` });
    const start = Math.floor(at / interval) * interval;
    if (known !== undefined && known.start === start) {
      if (price > known.high) known.high = price;
      if (price < known.low) known.low = price;
      known.close = price;
      known.volume += volume;
      known.last = at;
      known.lastRow = row;
      known.lastId = id;
      return;
    }
    if (known !== undefined) this.#close(table, interval, known);
    const bar = {
      start,
      row,
      last: at,
      lastRow: row,
      lastId: id,
      open: price,
      high: price,
      low: price,
      close: price,
      volume,
    };
    this.#open.set(table.symbol, bar);
  }

  /** Closes the bars that are still open: the file ends there, and so do they. */
  closeBars(interval: number): void {
    for (const [symbol, bar] of this.#open) this.#close(this.tables.get(symbol) as BarColumns, interval, bar);
    this.#open.clear();
  }

  #close(table: BarColumns, interval: number, bar: OpenBar): void {
    table.push(bar.row, bar.start + interval, bar.open, bar.high, bar.low, bar.close, bar.volume);
  }
}
