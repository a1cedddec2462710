/**
 * The bars that a host process keeps of each symbol: what it was sent, as the newest bars that a run sees.
 *
 * 1. Bars are frozen: several strategies read the same objects.
 * 2. A history numbers what it got since it last began afresh, so that a copy of it is brought up to date by what it lacks.
 * 3. Bars are made of rows when they are first read: in a host process of users' strategies they are read in the realm alone.
 */
import type { Bar } from "../../shared/market.ts";
import type { Moment } from "../../shared/time.ts";

/** The bars of a symbol as they are from here on: `rows` (six numbers a bar) added to what is there, the newest `total` kept. */
export interface BarsStep {
  readonly kind: "bars";
  readonly symbol: string;
  readonly fresh: boolean;
  readonly total: number;
  readonly rows: readonly number[];
}

/** How far a copy of a history is. */
export interface Synced {
  /** The history object that it copies. */
  readonly of: History;
  readonly end: number;
  readonly total: number;
}

/** Numbers of a bar in rows. */
const WIDTH = 6;

/** Six numbers a bar. */
export function rowsOf(bars: readonly Bar[]): number[] {
  const rows: number[] = [];
  for (const { at, open, high, low, close, volume } of bars) rows.push(at, open, high, low, close, volume);
  return rows;
}

/** The bars of rows, frozen, because several strategies of one process see the same ones. */
export function barsOfRows(symbol: string, rows: readonly number[]): Bar[] {
  const bars: Bar[] = [];
  for (let place = 0; place + WIDTH <= rows.length; place += WIDTH) {
    const bar: Bar = {
      symbol,
      at: rows[place] as Moment,
      open: rows[place + 1] as number,
      high: rows[place + 2] as number,
      low: rows[place + 3] as number,
      close: rows[place + 4] as number,
      volume: rows[place + 5] as number,
    };
    bars.push(Object.freeze(bar));
  }
  return bars;
}

/** The bars of one symbol since it began afresh. */
export class History {
  readonly #symbol: string;
  #bars: Bar[] = [];
  /** Rows behind the bars, of which none were made yet. */
  #rows: number[] = [];
  #total = 0;
  /** Bars that it got, those that it dropped included. */
  #end = 0;
  #newest: readonly Bar[] | null = null;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  take(step: BarsStep): void {
    for (const number of step.rows) this.#rows.push(number);
    this.#end += step.rows.length / WIDTH;
    this.#total = step.total;
    this.#newest = null;
    const drop = this.#kept - step.total;
    if (drop < step.total) return;
    const bars = Math.min(drop, this.#bars.length);
    this.#bars.splice(0, bars);
    this.#rows.splice(0, (drop - bars) * WIDTH);
  }

  /** Bars that it has, those that are yet to be made included. */
  get #kept(): number {
    return this.#bars.length + this.#rows.length / WIDTH;
  }

  /** Makes the bars of all rows. */
  #made(): readonly Bar[] {
    if (this.#rows.length > 0) for (const bar of barsOfRows(this.#symbol, this.#rows)) this.#bars.push(bar);
    this.#rows = [];
    return this.#bars;
  }

  /** The newest bars as rows. */
  #rowsOfNewest(count: number): number[] {
    if (count === 0) return [];
    return count * WIDTH <= this.#rows.length ? this.#rows.slice(-count * WIDTH) : rowsOf(this.#made().slice(-count));
  }

  /** The newest `total` bars. */
  get newest(): readonly Bar[] {
    this.#newest ??= Object.freeze(this.#total === 0 ? [] : this.#made().slice(-this.#total));
    return this.#newest;
  }

  /** What brings a copy up to date, or null where it is. */
  since(synced: Synced | undefined): BarsStep | null {
    const known = synced?.of === this ? synced : null;
    const total = this.#total;
    if (known !== null && known.end === this.#end && known.total === total) return null;
    const lacks = known === null ? Infinity : this.#end - known.end;
    const fresh = known === null || lacks > this.#kept || total > known.total + lacks;
    return { kind: "bars", symbol: this.#symbol, fresh, total, rows: this.#rowsOfNewest(fresh ? total : lacks) };
  }

  /** How far a copy is that was just brought up to date. */
  get synced(): Synced {
    return { of: this, end: this.#end, total: this.#total };
  }
}

/** The histories of all symbols. */
export class Histories {
  readonly #of = new Map<string, History>();

  take(step: BarsStep): void {
    let history = this.#of.get(step.symbol);
    if (history === undefined || step.fresh) {
      history = new History(step.symbol);
      this.#of.set(step.symbol, history);
    }
    history.take(step);
  }

  of(symbol: string): History | undefined {
    return this.#of.get(symbol);
  }

  /** The newest bars of some symbols, by symbol. */
  windows(symbols: readonly string[]): Record<string, readonly Bar[]> {
    return Object.fromEntries(symbols.map((symbol) => [symbol, this.#of.get(symbol)?.newest ?? []]));
  }
}
