/**
 * The order of keys in `router_state.json`, and their order of age.
 *
 * 1. JavaScript puts keys that look like array indices first, ascending; a file has its keys in that order, and says their age beside it.
 * 2. The check ties the columns of the keys to their texts and their order.
 */
import type { KeyList } from "../router/key-list.ts";
import { pauses, type Paced } from "./paced.ts";

/** The keys' order in the file: rows of the list, and whether that is their age order. */
export interface KeyOrder {
  readonly rows: Int32Array;
  readonly byAge: boolean;
}

const INDEX_LIKE = /^(?:0|[1-9]\d{0,9})$/;

/** Whether a JavaScript object would move this key to the front. */
export function isIndexLike(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 && INDEX_LIKE.test(key) && Number(key) < 2 ** 32 - 1;
}

/** The order in which a JavaScript object has the keys: those that look like array indices come first. */
export function* orderOf(list: KeyList): Paced<KeyOrder> {
  const count = list.keys.length;
  const rows = new Int32Array(count);
  const found: number[] = [];
  for (let row = 0; row < count; row++) {
    rows[row] = row;
    if (isIndexLike(list.keys[row] as string)) found.push(row);
    if (pauses(row)) yield "";
  }
  const indices = Int32Array.from(found);
  if (indices.length === 0) return { rows, byAge: true };
  indices.sort((a, b) => Number(list.keys[a]) - Number(list.keys[b]));
  const front = new Set(indices);
  const ordered = new Int32Array(rows.length);
  ordered.set(indices);
  ordered.set(
    rows.filter((row) => !front.has(row)),
    indices.length,
  );
  return { rows: ordered, byAge: ordered.every((row, place) => row === place) };
}

const CHECK_START = 0x811c9dc5;

function checkOn(check: number, key: string): number {
  let hash = check;
  for (let place = 0; place < key.length; place++) hash = Math.imul(hash ^ key.charCodeAt(place), 0x01000193);
  return Math.imul(hash ^ 0x1ffff, 0x01000193);
}

/** A number that changes when keys change their order or their text: it ties the columns to the keys that they speak of. */
export function keyCheck(keys: Iterable<string>): number {
  let hash = CHECK_START;
  for (const key of keys) hash = checkOn(hash, key);
  return hash >>> 0;
}

/** `keyCheck` of a list in the order of `rows`. */
export function* checkOf(list: KeyList, rows: Int32Array): Paced<number> {
  let hash = CHECK_START;
  for (let place = 0; place < rows.length; place++) {
    hash = checkOn(hash, list.keys[rows[place] as number] as string);
    if (pauses(place)) yield "";
  }
  return hash >>> 0;
}

/** The same list in order of age: `ageOrder[n]` is the place of the n-th oldest key. */
export function reordered(list: KeyList, ageOrder: readonly number[]): KeyList {
  const rows = Int32Array.from(ageOrder);
  const float = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] as number);
  const int = (column: Int32Array): Int32Array => rows.map((row) => column[row] as number);
  return {
    keys: Array.from(rows, (row) => list.keys[row] as string),
    sequence: float(list.sequence),
    reason: Array.from(rows, (row) => list.reason[row] as string),
    strategy: int(list.strategy),
    symbol: int(list.symbol),
    quantity: float(list.quantity),
    price: float(list.price),
    at: list.at === null ? null : float(list.at),
    strategies: list.strategies,
    symbols: list.symbols,
  };
}
