/**
 * The bars of one symbol while a file is read: columns that grow, and the rules that a row must keep to be in them.
 *
 * 1. Prices are finite, at most `PRICE_MAX`, above zero unless the instrument allows others, and within high and low.
 * 2. Volumes are finite and not negative.
 * 3. Once settled, moments rise strictly; until then rows stand as the file has them.
 * 4. A spread is not negative, and NaN where it is not known; a table without one has no column of them.
 */
import { PRICE_MAX, VOLUME_MAX, type RefusalRule } from "./imported.ts";
import { plainNumber } from "./numbers.ts";

export interface Refusal {
  readonly rule: RefusalRule;
  readonly reason: string;
}

const plainly = (value: number): string => (Number.isNaN(value) ? "no number" : plainNumber(value));

function refusalOfNumber(name: string, value: number, limit: number): Refusal | null {
  if (Number.isNaN(value)) return { rule: "nan", reason: `the ${name} is no number.` };
  if (value < 0) return { rule: "negative", reason: `the ${name} is negative: ${plainly(value)}.` };
  if (value > limit)
    return { rule: "too_big", reason: `the ${name} is above ${limit.toExponential()}: ${plainly(value)}.` };
  return null;
}

/** Why a price is none; null when it is one. */
export function refusalOfPrice(name: string, value: number, anySign: boolean): Refusal | null {
  if (value > 0 && value <= PRICE_MAX) return null;
  if (anySign && Math.abs(value) <= PRICE_MAX) return null;
  if (value === 0) return { rule: "zero", reason: `the ${name} is zero.` };
  return refusalOfNumber(name, value, PRICE_MAX);
}

/** Why a volume is none; null when it is one. */
export function refusalOfVolume(name: string, value: number): Refusal | null {
  return value >= 0 && value <= VOLUME_MAX ? null : refusalOfNumber(name, value, VOLUME_MAX);
}

/** Why a bar breaks a rule; null when it keeps them all. */
export function refusalOfBar(
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  anySign: boolean,
): Refusal | null {
  if (low > 0 && high <= PRICE_MAX && open <= high && close <= high && open >= low && close >= low)
    return refusalOfVolume("volume", volume);
  const refusal =
    refusalOfPrice("open", open, anySign) ??
    refusalOfPrice("high", high, anySign) ??
    refusalOfPrice("low", low, anySign) ??
    refusalOfPrice("close", close, anySign) ??
    refusalOfVolume("volume", volume);
  if (refusal !== null) return refusal;
  if (high < low) return { rule: "high_low", reason: `the high ${high} is below the low ${low}.` };
  if (open > high || open < low || close > high || close < low)
    return { rule: "high_low", reason: `open ${open} or close ${close} is not between low ${low} and high ${high}.` };
  return null;
}

const FIRST_CAPACITY = 1_024;
export const COLUMNS = ["at", "open", "high", "low", "close", "volume"] as const;
export type Columns = Record<(typeof COLUMNS)[number], Float64Array>;
export const PRICES = ["open", "high", "low", "close"] as const;

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
  columns: Columns;
  rows: Uint32Array;
  /** Bar × 4 + price → its decimal text, where a binary number cannot give it back. */
  exact = new Map<number, string>();
  /** Ask less bid of each bar's last quote. */
  spread: Float64Array | null = null;
  /** Whether the moments are local times; null before the first row. */
  local: boolean | null = null;
  /** How many bars named a day and no time of day. */
  days = 0;
  /** The opens of bars whose length differs from bar to bar; null where each is `interval` before its close. */
  opened: Float64Array | null = null;
  /** Row → its close, where rows carry both open and close. */
  readonly closes = new Map<number, number>();
  /** What rows say of splits and dividends. */
  readonly actions: { readonly row: number; readonly split: string; readonly dividend: string }[] = [];
  /** Rows at the beginning that lie in an hour shown twice, read as the first of the two, and what the second is later by. */
  unsureHead = 0;
  unsureBy = 0;
  #capacity: number;

  constructor(symbol: string, capacity = FIRST_CAPACITY) {
    this.symbol = symbol;
    this.#capacity = Math.max(FIRST_CAPACITY, capacity);
    this.columns = newColumns(this.#capacity);
    this.rows = new Uint32Array(this.#capacity);
  }

  /** The moment of the newest row; minus infinity before the first. */
  get last(): number {
    return this.size === 0 ? -Infinity : (this.columns.at[this.size - 1] as number);
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

  /** Remembers the exact text of a price of the bar that is pushed next. */
  noteExact(price: number, text: string): void {
    this.exact.set(this.size * 4 + price, text);
  }

  /** Remembers the spread of the bar that is pushed next. */
  noteSpread(spread: number): void {
    if (Number.isNaN(spread)) return;
    if (this.size === this.#capacity) this.#grow();
    this.spread ??= new Float64Array(this.#capacity).fill(NaN);
    this.spread[this.size] = spread;
  }

  /** Puts the bars that stand at `order`'s places, in its order, in the place of all. */
  reorder(order: Uint32Array): void {
    for (const name of COLUMNS) {
      const column = this.columns[name];
      const moved = new Float64Array(order.length);
      for (let place = 0; place < order.length; place++) moved[place] = column[order[place] as number] as number;
      this.columns[name] = moved;
    }
    this.rows = order.map((from) => this.rows[from] as number);
    const { spread } = this;
    if (spread !== null) this.spread = Float64Array.from(order, (from) => spread[from] as number);
    if (this.exact.size > 0) {
      const moved = new Map<number, string>();
      for (const [place, from] of order.entries())
        for (let price = 0; price < 4; price++) {
          const text = this.exact.get(from * 4 + price);
          if (text !== undefined) moved.set(place * 4 + price, text);
        }
      this.exact = moved;
    }
    this.size = order.length;
    this.#capacity = order.length;
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const name of COLUMNS) {
      const wider = new Float64Array(this.#capacity);
      wider.set(this.columns[name]);
      this.columns[name] = wider;
    }
    const rows = new Uint32Array(this.#capacity);
    rows.set(this.rows);
    this.rows = rows;
    if (this.spread === null) return;
    const spread = new Float64Array(this.#capacity).fill(NaN);
    spread.set(this.spread);
    this.spread = spread;
  }
}
