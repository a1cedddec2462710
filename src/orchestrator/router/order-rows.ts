/**
 * Where each order's first row stands, by the order's id.
 *
 * 1. An order of ours is found by its running number, without a text and without a map: a session has a million of them.
 * 2. Ids of others, and numbers far beyond those that were seen, are kept by their text; no id makes the table large by itself.
 */
import { sequenceOf } from "./order-id.ts";

/** Numbers up to so many, and up to this multiple of the orders that are known, are in the table. */
const NEAR_MIN = 65_536;
const NEAR_FACTOR = 4;

export class OrderRows {
  /** Row + 1 by running number; 0 for none. */
  #near = new Int32Array(0);
  readonly #far = new Map<string, number>();
  #size = 0;

  /** The first row of an order, or −1. */
  find(orderId: string): number {
    const row = this.#nearRow(sequenceOf(orderId) ?? 0);
    return row >= 0 || this.#far.size === 0 ? row : (this.#far.get(orderId) ?? -1);
  }

  /** As `find`, for an order of ours by its number; `idOf` makes its id where that is needed. */
  findNumber(sequence: number, idOf: (sequence: number) => string): number {
    const row = this.#nearRow(sequence);
    return row >= 0 || this.#far.size === 0 ? row : (this.#far.get(idOf(sequence)) ?? -1);
  }

  #nearRow(sequence: number): number {
    return sequence < this.#near.length ? (this.#near[sequence] as number) - 1 : -1;
  }

  /** Adds an order that is not there: by its number, 0 for one that is not ours; `idOf` makes its id where that is needed. */
  add(sequence: number, row: number, idOf: (sequence: number) => string): void {
    if (sequence > 0 && this.#reaches(sequence)) this.#near[sequence] = row + 1;
    else this.#far.set(idOf(sequence), row);
    this.#size++;
  }

  delete(orderId: string): void {
    const sequence = sequenceOf(orderId) ?? 0;
    if (this.#nearRow(sequence) >= 0) this.#near[sequence] = 0;
    else if (!this.#far.delete(orderId)) return;
    this.#size--;
  }

  /** Whether a number has its place in the table, which is made for it where it is not far. */
  #reaches(sequence: number): boolean {
    if (sequence < this.#near.length) return true;
    const limit = Math.max(NEAR_MIN, NEAR_FACTOR * this.#size);
    if (sequence >= limit) return false;
    const grown = new Int32Array(Math.min(limit, Math.max(sequence + 1, 2 * this.#near.length)));
    grown.set(this.#near);
    this.#near = grown;
    return true;
  }
}
