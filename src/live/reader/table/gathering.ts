/**
 * What one file gives while it is read: tables by symbol, refused rows by their kinds, and the trades on their way into bars.
 *
 * 1. Every row that is counted ends in a table, in a bar being folded, among the equal ones, or among the refused.
 * 2. Symbols, bars and listed refusals each have a limit; the refused beyond it are counted.
 */
import { allowsNegative } from "../../symbols/known.ts";
import { BarColumns, refusalOfPrice, refusalOfVolume, type Refusal } from "./bar-columns.ts";
import { BARS_MAX, REFUSED_LISTED_MAX, SYMBOLS_MAX, tooLarge, type RefusalRule, type RefusedRow } from "./imported.ts";
import { placesOf, plainNumber } from "./numbers.ts";
import { isSymbol } from "../../symbols/symbols.ts";

/** Bars that the whole import holds, so that many files cannot pass the limit that one may not. */
export interface BarBudget {
  bars: number;
}

interface OpenBar {
  row: number;
  first: number;
  last: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Of its last quote; NaN where that has one side, and for trades. */
  spread: number;
}

interface Folding {
  readonly table: BarColumns;
  readonly bars: Map<number, OpenBar>;
  start: number;
  bar: OpenBar | null;
  last: number;
  lastId: string | null;
}

export interface GatheringSettings {
  readonly name: string;
  readonly budget: BarBudget;
  /** Only these symbols are taken; null for all. */
  readonly wanted: ReadonlySet<string> | null;
  /** How many rows the file may have, for the size of the first table. */
  readonly rowsExpected: number;
  /** Symbols whose prices may be zero or negative, beside those that are known for it. */
  readonly belowZero?: readonly string[] | undefined;
}

export class Gathering {
  readonly name: string;
  readonly tables = new Map<string, BarColumns>();
  readonly refused: RefusedRow[] = [];
  readonly notes: string[] = [];
  rows = 0;
  /** Bars that were held while it was read, those that turned out to be refused or repeated among them. */
  held = 0;
  /** Bars that came of the rows and are in the merged tables. */
  bars = 0;
  refusedTotal = 0;
  /** Rows that say the same as another. */
  repeated = 0;
  /** Bars that another file has, too. */
  sharedRows = 0;
  /** Rows of symbols that were not asked for. */
  unwanted = 0;
  /** Volumes of which nothing is known, read as zero. */
  volumesMissing = 0;
  /** How many rows were refused by a rule. */
  readonly refusedBy = new Map<RefusalRule, number>();
  readonly #settings: GatheringSettings;
  readonly #folding = new Map<string, Folding>();

  constructor(settings: GatheringSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  /**
   * Counts a bar that is held until the import ends; however many rows are folded into it count nothing. Throws `too_large` past the
   * limit of an import.
   */
  hold(row: number): void {
    this.held++;
    if (++this.#settings.budget.bars <= BARS_MAX) return;
    const advice = "Import fewer files at once, name the symbols that are wanted with --symbols, or cut the file.";
    throw tooLarge(this.name, row, "rows", `an import takes ${BARS_MAX} bars. ${advice}`);
  }

  /** Whether prices of a symbol may be zero or negative. */
  allowsBelowZero(symbol: string): boolean {
    return this.#settings.belowZero?.includes(symbol) === true || allowsNegative(symbol);
  }

  refuse(row: number, refusal: Refusal): void {
    this.refusedTotal++;
    const before = this.refusedBy.get(refusal.rule) ?? 0;
    this.refusedBy.set(refusal.rule, before + 1);
    // The first of each kind are listed however many of another kind came before.
    if (before < 3 || this.refused.length < REFUSED_LISTED_MAX) this.refused.push({ row, ...refusal });
  }

  /** The table of a symbol; null when the text is no symbol, or not one that was asked for. */
  table(symbol: string, row: number): BarColumns | null {
    const known = this.tables.get(symbol);
    if (known !== undefined) return known;
    const { wanted, rowsExpected } = this.#settings;
    if (wanted !== null && !wanted.has(symbol)) {
      this.unwanted++;
      return null;
    }
    if (!isSymbol(symbol)) {
      this.refuse(row, { rule: "symbol", reason: `${JSON.stringify(symbol.slice(0, 40))} is no symbol.` });
      return null;
    }
    if (this.tables.size >= SYMBOLS_MAX)
      throw tooLarge(
        this.name,
        row,
        "symbols",
        `an import takes ${SYMBOLS_MAX} symbols; name those that are wanted with --symbols AAPL,MSFT.`,
      );
    const table = new BarColumns(symbol, this.tables.size === 0 ? rowsExpected : 0);
    this.tables.set(symbol, table);
    return table;
  }

  /** The moment of a symbol's newest trade; minus infinity before the first. */
  lastTrade(symbol: string): number {
    return this.#folding.get(symbol)?.last ?? -Infinity;
  }

  /** Folds one trade into the bar of its interval, in whatever order they come. One id twice in a row is a duplicate. */
  fold(
    row: number,
    table: BarColumns,
    interval: number,
    trade: {
      readonly at: number;
      readonly price: number;
      readonly volume: number;
      readonly id: string | null;
      /** Of a quote with both sides. */
      readonly spread?: number;
    },
    newestFirst = false,
  ): void {
    const { at, price, volume, id, spread = NaN } = trade;
    let folding = this.#folding.get(table.symbol);
    if (folding === undefined) {
      folding = { table, bars: new Map(), start: NaN, bar: null, last: -Infinity, lastId: null };
      this.#folding.set(table.symbol, folding);
    }
    const refusal =
      refusalOfPrice("price", price, price <= 0 && this.allowsBelowZero(table.symbol)) ??
      refusalOfVolume("quantity", volume);
    if (refusal !== null) return this.refuse(row, refusal);
    if (id !== null && id === folding.lastId)
      return this.refuse(row, { rule: "duplicate", reason: `the trade ${id.slice(0, 40)} came just before.` });
    folding.lastId = id;
    folding.last = at;
    const start = Math.floor(at / interval) * interval;
    let bar = start === folding.start ? folding.bar : (folding.bars.get(start) ?? null);
    if (bar === null) {
      bar = { row, first: at, last: at, open: price, high: price, low: price, close: price, volume: 0, spread };
      folding.bars.set(start, bar);
      this.hold(row);
    }
    folding.start = start;
    folding.bar = bar;
    if (price > bar.high) bar.high = price;
    if (price < bar.low) bar.low = price;
    if (at < bar.first || (newestFirst && at === bar.first)) {
      bar.first = at;
      bar.open = price;
    }
    if (at > bar.last || (!newestFirst && at === bar.last)) {
      bar.last = at;
      bar.close = price;
      bar.spread = spread;
    }
    bar.volume += volume;
  }

  /** Closes the bars of folded trades: the file ends there, and so do they. Their moments are opens. */
  closeBars(): void {
    for (const { table, bars } of this.#folding.values())
      for (const [start, bar] of [...bars].toSorted((a, b) => a[0] - b[0])) {
        for (const price of [bar.open, bar.high, bar.low, bar.close])
          table.pricePrecision = Math.max(table.pricePrecision, Math.min(18, placesOf(plainNumber(price))));
        table.noteSpread(bar.spread);
        table.push(bar.row, start, bar.open, bar.high, bar.low, bar.close, sumOf(bar.volume));
      }
    this.#folding.clear();
  }
}

/** A sum without the rounding of its binary parts. */
const sumOf = (volume: number): number => Number(volume.toPrecision(14));
