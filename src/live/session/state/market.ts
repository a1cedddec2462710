/**
 * The market as the session has seen it: newest marks, and the newest bars of each symbol.
 *
 * 1. It is a function of the feed's events alone, so that a recovery rebuilds it from the feed.
 * 2. What `bars` returns is never changed afterwards: a run keeps the snapshot of the moment at which it started.
 * 3. At most `BARS_MAX` bars of a symbol are kept, and at most `2 * VOLUMES_MAX` volumes.
 * 4. What a guard learns of volumes does not depend on how far strategies look back, or on whether they load.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import { markOfBar, type Bar, type CorporateAction, type FeedEvent, type Mark } from "../../../shared/market.ts";
import { BarTriggers } from "./bar-triggers.ts";
import { BARS_MAX } from "../../strategies/instance.ts";
import type { Moment } from "../../../shared/time.ts";

/** As many bars as the limits may count as recent. */
export const VOLUMES_MAX = 5_000;

interface SymbolHistory {
  /** Grows at its end and is cut in one go, so that a bar costs O(1) on average. */
  readonly bars: Bar[];
  /** Of the newest bars, in their order. */
  readonly volumes: number[];
  window: readonly Bar[] | null;
  mark: Mark | null;
}

export class Market {
  readonly #depth: number;
  readonly #symbols = new Map<string, SymbolHistory>();
  readonly triggers = new BarTriggers();
  #lastAt: Moment | null = null;
  #lastBarAt: Moment | null = null;
  #moves = 0;

  /** `depth`: how many bars a strategy may look back on; at most `BARS_MAX`. */
  constructor(depth: number) {
    this.#depth = Math.max(1, Math.min(BARS_MAX, depth));
  }

  /** When the feed last said something; null before the first event. */
  get lastAt(): Moment | null {
    return this.#lastAt;
  }

  get lastBarAt(): Moment | null {
    return this.#lastBarAt;
  }

  /** Grows with every mark, so that a reader can tell whether any moved. */
  get moves(): number {
    return this.#moves;
  }

  take(events: readonly FeedEvent[]): void {
    for (const event of events) {
      if (event.kind === "bar") this.#bar(event.bar);
      else this.#mark(event.mark);
    }
  }

  bars(symbol: string): readonly Bar[] {
    const history = this.#symbols.get(symbol);
    if (history === undefined) return [];
    history.window ??= Object.freeze(history.bars.slice(-this.#depth));
    return history.window;
  }

  /** Shares of the newest `bars` bars together, or of as many as there are. */
  volume(symbol: string, bars: number): number {
    const volumes = this.#symbols.get(symbol)?.volumes ?? [];
    let sum = 0;
    for (let index = Math.max(0, volumes.length - bars); index < volumes.length; index += 1) sum += volumes[index] ?? 0;
    return sum;
  }

  mark(symbol: string): Mark | null {
    return this.#symbols.get(symbol)?.mark ?? null;
  }

  /** The newest bar's close among these symbols; null before the first. */
  newestBarAt(symbols: readonly string[]): Moment | null {
    let newest: Moment | null = null;
    for (const symbol of symbols) {
      const at = this.#symbols.get(symbol)?.bars.at(-1)?.at;
      if (at !== undefined && (newest === null || at > newest)) newest = at;
    }
    return newest;
  }

  /** A split: the mark is in the new terms from here on; bars stay as they were recorded. */
  act({ symbol, split }: CorporateAction): void {
    const history = this.#symbols.get(symbol);
    if (split === undefined || history === undefined || history.mark === null) return;
    const { exact: _exact, spread, ...mark } = history.mark;
    history.mark = {
      ...mark,
      ...(spread === undefined ? {} : { spread: plain(decimal(spread).div(split)) }),
      price: decimal(history.mark.exact ?? mark.price)
        .div(split)
        .toNumber(),
    };
    this.#moves += 1;
  }

  #history(symbol: string): SymbolHistory {
    let history = this.#symbols.get(symbol);
    if (history === undefined) {
      history = { bars: [], volumes: [], window: null, mark: null };
      this.#symbols.set(symbol, history);
    }
    return history;
  }

  #bar(bar: Bar): void {
    const history = this.#history(bar.symbol);
    history.bars.push(Object.freeze(bar));
    if (history.bars.length >= 2 * this.#depth) history.bars.splice(0, history.bars.length - this.#depth);
    history.window = null;
    history.volumes.push(bar.volume);
    if (history.volumes.length >= 2 * VOLUMES_MAX) history.volumes.splice(0, VOLUMES_MAX);
    this.#lastBarAt = bar.at;
    this.triggers.closed(bar.symbol, bar.at);
    this.#mark(markOfBar(bar));
  }

  #mark(mark: Mark): void {
    this.#history(mark.symbol).mark = mark;
    this.#lastAt = mark.at;
    this.#moves += 1;
  }
}
