/**
 * How many decimal places a symbol's prices and quantities are shown with.
 *
 * 1. What the desk says of a symbol holds; for others it is the most places that the session has seen, within a limit.
 */
import type { Desk } from "../../shared/desk.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";

export interface Precision {
  readonly pricePrecision: number;
  readonly quantityPrecision: number;
}

/** Places beyond these are not shown. */
const PRICE_PLACES_MAX = 8;
const QUANTITY_PLACES_MAX = 8;
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

  /** Learns from what the journal says of symbols that the desk does not describe. */
  apply(entry: JournalEntry): void {
    if (entry.kind !== "order" && entry.kind !== "fill") return;
    if (this.#known.has(entry.symbol)) return;
    const old = this.#learned.get(entry.symbol);
    if (old === undefined && this.#learned.size >= LEARNED_MAX) return;
    const price = Math.min(PRICE_PLACES_MAX, Math.max(old?.pricePrecision ?? 2, placesOf(entry.price)));
    const quantity = Math.min(QUANTITY_PLACES_MAX, Math.max(old?.quantityPrecision ?? 0, placesOf(entry.quantity)));
    if (old !== undefined && old.pricePrecision === price && old.quantityPrecision === quantity) return;
    this.#learned.set(entry.symbol, { pricePrecision: price, quantityPrecision: quantity });
  }

  of(symbol: string): Precision {
    return this.#known.get(symbol) ?? this.#learned.get(symbol) ?? { pricePrecision: 2, quantityPrecision: 0 };
  }
}
