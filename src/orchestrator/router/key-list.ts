/**
 * Every known key with its decision and payload, as columns: what a snapshot holds and a router is rebuilt from.
 *
 * 1. All columns have the length of `keys`; a place in one is the same key's place in the others; oldest key first.
 * 2. A list is immutable: nothing that happens to the router afterwards changes it.
 */

import type { KeyIndex } from "./key-index.ts";

/** Columns of a hundred thousand keys cost a few copies of memory, where objects would cost as many allocations. */
export interface KeyList {
  readonly keys: readonly string[];
  /** The running number of the accepted order, 0 for a rejection. */
  readonly sequence: Float64Array;
  readonly reason: readonly string[];
  /** Place in `strategies`, −1 where the payload is not known. */
  readonly strategy: Int32Array;
  /** Place in `symbols`, −1 where the payload is not known. */
  readonly symbol: Int32Array;
  /** NaN where the payload is not known, as in `price`. */
  readonly quantity: Float64Array;
  readonly price: Float64Array;
  /** When the key was decided; null where no bound on age asks for it. */
  readonly at: Float64Array | null;
  readonly strategies: readonly string[];
  readonly symbols: readonly string[];
}

const indices = new WeakMap<KeyList, KeyIndex>();

/** Lends the index of a list's keys to their places, which a reader built to find duplicates, to the first who asks. */
export function takeIndex(list: KeyList): KeyIndex | null {
  const index = indices.get(list) ?? null;
  indices.delete(list);
  return index;
}

/** Leaves the index of a list's keys to their places for `takeIndex`. */
export function leaveIndex(list: KeyList, index: KeyIndex): void {
  indices.set(list, index);
}
