/**
 * The closed bars that strategies with `cadence: bar` have yet to run on.
 *
 * 1. Bars of several symbols that close at one moment are one trigger.
 * 2. It is a function of the feed: a start consumes the bars again, and the schedule says which of them a strategy has run on.
 */
import type { Moment } from "../../../shared/time.ts";

export class BarTriggers {
  readonly #waiting = new Map<string, Moment[]>();
  readonly #bySymbol = new Map<string, Moment[][]>();

  /** Watches the bars of a strategy's symbols from here on. */
  watch(strategy: string, symbols: readonly string[]): void {
    const waiting: Moment[] = [];
    this.#waiting.set(strategy, waiting);
    for (const symbol of symbols) {
      const lists = this.#bySymbol.get(symbol);
      if (lists === undefined) this.#bySymbol.set(symbol, [waiting]);
      else lists.push(waiting);
    }
  }

  /** A bar closed; the bars of a feed come in the order of their closes. */
  closed(symbol: string, at: Moment): void {
    for (const waiting of this.#bySymbol.get(symbol) ?? []) if (waiting.at(-1) !== at) waiting.push(at);
  }

  /** The first close after a moment, or null; those up to it are dropped. */
  next(strategy: string, after: number): Moment | null {
    const waiting = this.#waiting.get(strategy) ?? [];
    const passed = waiting.findIndex((at) => at > after);
    waiting.splice(0, passed < 0 ? waiting.length : passed);
    return waiting[0] ?? null;
  }
}
