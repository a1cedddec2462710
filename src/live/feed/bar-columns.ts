/**
 * The bars of one symbol while a file is read: columns that grow, and the rules that a row must keep to be in them.
 *
 * 1. Moments rise strictly; a row that does not is refused as a duplicate or as out of order.
 * 2. Prices are finite, above zero, at most `PRICE_MAX`, and within high and low; volumes are finite and not negative.
 * 3. The columns hold at most `ROWS_MAX` rows, which the import counts.
 */
import { PRICE_MAX, VOLUME_MAX, type RefusalRule } from "./imported.ts";

export interface Refusal {
  readonly rule: RefusalRule;
  readonly reason: string;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const PRECISION_MAX = 8;

/** The number of a cell; NaN for a cell that holds none, so that `0x10`, `1_000` or an empty cell is never a price. */
export function numberOf(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  const trimmed = text.trim();
  return trimmed !== text && NUMBER.test(trimmed) ? Number(trimmed) : NaN;
}

/** Decimal places of a number as it was written, the zeros at its end not counted, at most 8. */
export function decimalsOf(text: string): number {
  const dot = text.indexOf(".");
  if (dot < 0) return 0;
  let end = text.length;
  while (end > dot + 1 && text.charCodeAt(end - 1) === 48) end--;
  return Math.min(PRECISION_MAX, end - dot - 1);
}

const plainly = (value: number): string => (Number.isNaN(value) ? "no number" : String(value));

function refusalOfNumber(name: string, value: number, limit: number): Refusal | null {
  if (Number.isNaN(value)) return { rule: "nan", reason: `the ${name} is no number.` };
  if (value < 0) return { rule: "negative", reason: `the ${name} is negative: ${plainly(value)}.` };
  if (value > limit)
    return { rule: "too_big", reason: `the ${name} is above ${limit.toExponential()}: ${plainly(value)}.` };
  return null;
}

/** Why a price is none; null when it is one. */
export function refusalOfPrice(name: string, value: number): Refusal | null {
  if (value > 0 && value <= PRICE_MAX) return null;
  if (value === 0) return { rule: "zero", reason: `the ${name} is zero.` };
  return refusalOfNumber(name, value, PRICE_MAX);
}

/** Why a volume is none; null when it is one. */
export function refusalOfVolume(name: string, value: number): Refusal | null {
  return value >= 0 && value <= VOLUME_MAX ? null : refusalOfNumber(name, value, VOLUME_MAX);
}

/** Why a bar breaks a rule; null when it keeps them all. */
export function refusalOfBar(open: number, high: number, low: number, close: number, volume: number): Refusal | null {
  const refusal =
    refusalOfPrice("open", open) ??
    refusalOfPrice("high", high) ??
    refusalOfPrice("low", low) ??
    refusalOfPrice("close", close) ??
    refusalOfVolume("volume", volume);
  if (refusal !== null) return refusal;
  if (high < low) return { rule: "high_low", reason: `the high ${high} is below the low ${low}.` };
  if (open > high || open < low || close > high || close < low)
    return { rule: "high_low", reason: `open ${open} or close ${close} is not between low ${low} and high ${high}.` };
  return null;
}

/** Why a row may not follow the one before; null when it may. */
export function refusalOfOrder(at: number, last: number, lastRow: number, sameAllowed: boolean): Refusal | null {
  if (at > last || (sameAllowed && at === last)) return null;
  return at === last
    ? { rule: "duplicate", reason: `it has the same time as row ${lastRow}.` }
    : { rule: "out_of_order", reason: `it is earlier than row ${lastRow}, which stands before it.` };
}

const FIRST_CAPACITY = 1_024;
export const COLUMNS = ["at", "open", "high", "low", "close", "volume"] as const;
export type Columns = Record<(typeof COLUMNS)[number], Float64Array>;

/** Columns of a length. */
export function newColumns(length: number): Columns {
  const column = (): Float64Array => new Float64Array(length);
  return { at: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Growing columns, with the row that each bar came from. */
export class BarColumns {
  readonly symbol: string;
  pricePrecision = 0;
  size = 0;
  columns: Columns = newColumns(FIRST_CAPACITY);
  rows = new Uint32Array(FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;

  constructor(symbol: string) {
    this.symbol = symbol;
  }

  /** The moment of the newest row; minus infinity before the first. */
  get last(): number {
    return this.size === 0 ? -Infinity : (this.columns.at[this.size - 1] as number);
  }

  /** The newest bar's row in the file; 0 before the first. */
  get lastRow(): number {
    return this.size === 0 ? 0 : (this.rows[this.size - 1] as number);
  }

  /** Remembers the finest decimals that a price was written with. */
  notePrecision(text: string): void {
    const decimals = decimalsOf(text);
    if (decimals > this.pricePrecision) this.pricePrecision = decimals;
  }

  push(row: number, at: number, open: number, high: number, low: number, close: number, volume: number): void {
    if (this.size === this.#capacity) this.#grow();
    const { columns, size } = this;
    this.rows[size] = row;
    columns.at[size] = at;
    columns.open[size] = open;
    columns.high[size] = high;
    columns.low[size] = low;
    columns.close[size] = close;
    columns.volume[size] = volume;
    this.size++;
  }

  /** Moves every moment, from opens to closes. */
  shift(by: number): void {
    const { at } = this.columns;
    for (let index = 0; index < this.size; index++) at[index] = (at[index] as number) + by;
  }

  #grow(): void {
    this.#capacity *= 2;
    const wider = newColumns(this.#capacity);
    for (const name of COLUMNS) wider[name].set(this.columns[name]);
    this.columns = wider;
    const rows = new Uint32Array(this.#capacity);
    rows.set(this.rows);
    this.rows = rows;
  }
}

const GAPS_MAX = 20_000;

/**
 * The interval of bars by the gaps between them: the smallest gap that is at least a tenth of all, so that neither a night
 * nor one crooked row decides. Null when there are fewer than two bars.
 */
export function intervalOf(table: BarColumns): number | null {
  const counts = new Map<number, number>();
  const gaps = Math.min(table.size - 1, GAPS_MAX);
  for (let index = 1; index <= gaps; index++) {
    const gap = (table.columns.at[index] as number) - (table.columns.at[index - 1] as number);
    counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  const usual = [...counts].toSorted((a, b) => a[0] - b[0]);
  const found = usual.find(([, count]) => count * 10 >= gaps) ?? usual.toSorted((a, b) => b[1] - a[1])[0];
  return found === undefined ? null : found[0];
}
