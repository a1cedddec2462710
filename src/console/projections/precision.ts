/**
 * How many decimal places a symbol's prices and quantities are shown with.
 *
 * 1. It is never fewer than the session has seen of a symbol, within a limit, nor than the desk says: no price is shown rounded.
 */
import type { Desk } from "../../shared/desk.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";

export interface Precision {
  readonly pricePrecision: number;
  readonly quantityPrecision: number;
}

/** Places beyond these are not shown. */
const PRICE_PLACES_MAX = 30;
const QUANTITY_PLACES_MAX = 30;
/** Symbols whose places are learned from what was seen. */
const LEARNED_MAX = 10_000;

/** The decimal places of an amount as it is written, zeros at its end included; exponents are written out first. */
export function placesOf(value: number | string): number {
  const text = String(value);
  const exponent = /[eE]([+-]?\d+)$/.exec(text);
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return Math.max(0, digits - (exponent === null ? 0 : Number(exponent[1])));
}

export class Precisions {
  readonly #known = new Map<string, Precision>();
  readonly #learned = new Map<string, Precision>();

  constructor(desk: Pick<Desk, "feed">) {
    const metas = desk.feed.kind === "synthetic" ? desk.feed.symbols : Object.values(desk.feed.symbols);
    for (const { symbol, pricePrecision, quantityPrecision } of metas)
      this.#known.set(symbol, { pricePrecision, quantityPrecision });
  }

  /** Learns from what the journal says of symbols; of those that the desk describes, from what the venue filled. */
  apply(entry: JournalEntry): void {
    if (entry.kind !== "order" && entry.kind !== "fill") return;
    const known = this.#known.has(entry.symbol);
    if (known && entry.kind === "order") return;
    if (!known && !this.#learned.has(entry.symbol) && this.#learned.size >= LEARNED_MAX) return;
    const old = this.of(entry.symbol);
    const price = Math.min(PRICE_PLACES_MAX, Math.max(old.pricePrecision, placesOf(entry.price)));
    const quantity = Math.min(QUANTITY_PLACES_MAX, Math.max(old.quantityPrecision, placesOf(entry.quantity)));
    if (old.pricePrecision === price && old.quantityPrecision === quantity) return;
    this.#learned.set(entry.symbol, { pricePrecision: price, quantityPrecision: quantity });
  }

  /** What was learned, for `learn` where a projection continues from here. */
  learned(): [string, Precision][] {
    return [...this.#learned];
  }

  learn(learned: Iterable<readonly [string, Precision]>): void {
    for (const [symbol, precision] of learned) this.#learned.set(symbol, precision);
  }

  of(symbol: string): Precision {
    return this.#learned.get(symbol) ?? this.#known.get(symbol) ?? { pricePrecision: 2, quantityPrecision: 0 };
  }
}
