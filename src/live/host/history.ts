/**
 * The bars that a host process keeps of each symbol: what it was sent, as the newest bars that a run sees.
 *
 * 1. Bars are frozen: several strategies read the same objects.
 * 2. A history numbers what it got since it last began afresh, so that a copy of it is brought up to date by what it lacks.
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

/** Six numbers a bar. */
export function rowsOf(bars: readonly Bar[]): number[] {
  return bars.flatMap(({ at, open, high, low, close, volume }) => [at, open, high, low, close, volume]);
}

/** The bars of rows, frozen, because several strategies of one process see the same ones. */
export function barsOfRows(symbol: string, rows: readonly number[]): Bar[] {
  const bars: Bar[] = [];
  for (let index = 0; index + 5 < rows.length; index += 6) {
    const [at, open, high, low, close, volume] = rows.slice(index, index + 6) as [Moment, ...number[]];
    bars.push(Object.freeze({ symbol, at, open, high, low, close, volume } as Bar));
  }
  return bars;
}

/** The bars of one symbol since it began afresh. */
export class History {
  readonly #symbol: string;
  #bars: Bar[] = [];
  #total = 0;
  /** Bars that it got, those that it dropped included. */
  #end = 0;
  #newest: readonly Bar[] | null = null;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  take(step: BarsStep): void {
    for (const bar of barsOfRows(this.#symbol, step.rows)) this.#bars.push(bar);
    this.#end += step.rows.length / 6;
    this.#total = step.total;
    if (this.#bars.length >= 2 * step.total) this.#bars.splice(0, this.#bars.length - step.total);
    this.#newest = null;
  }

  /** The newest `total` bars. */
  get newest(): readonly Bar[] {
    this.#newest ??= Object.freeze(this.#total === 0 ? [] : this.#bars.slice(-this.#total));
    return this.#newest;
  }

  /** What brings a copy up to date, or null where it is. */
  since(synced: Synced | undefined): BarsStep | null {
    const known = synced?.of === this ? synced : null;
    const total = this.#total;
    if (known !== null && known.end === this.#end && known.total === total) return null;
    const lacks = known === null ? Infinity : this.#end - known.end;
    const fresh = known === null || lacks > this.#bars.length || total > known.total + lacks;
    const count = fresh ? total : lacks;
    const bars = count === 0 ? [] : this.#bars.slice(-count);
    return { kind: "bars", symbol: this.#symbol, fresh, total, rows: rowsOf(bars) };
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
