/**
 * The router's memory of keys: each key's decision and the payload that it was decided on.
 *
 * 1. Rows are in the order in which their keys were decided; a row's moment is never before the row's above.
 * 2. A row is open while its order is in flight; an open row is never evicted.
 * 3. After every change no row that is not open is older than `maxAge`, and none is kept while there are more than `maxKeys`.
 * 4. Rows are columns. Columns of numbers only grow, and are copied where rows move, so a view of the store shares them.
 * 5. `changes` returns every row that was added, and every decision that ended, since it was asked before; after anything that
 *    moved rows it returns all of them.
 */
import { KeyIndex } from "./key-index.ts";
import { takeIndex } from "./key-list.ts";
import type { KeyList } from "./key-list.ts";
import { Names } from "./names.ts";
import { orderIdOf } from "./order-id.ts";
import type { Decision, KeyChanges, OrderRequest, Retention } from "./router-types.ts";

/** A row's states: its order is settled or was rejected, is in flight, or its key was evicted. */
const CLOSED = 0;
const OPEN = 1;
const GONE = 2;

export class IdempotencyStore {
  readonly strategies = new Names();
  readonly symbols = new Names();
  readonly retention: Retention;
  readonly #onForget: (sequence: number) => void;
  #index = new KeyIndex();
  #keys: string[] = [];
  #reasons: string[] = [];
  #sequence = new Float64Array(0);
  #strategy = new Int32Array(0);
  #symbol = new Int32Array(0);
  #quantity = new Float64Array(0);
  #price = new Float64Array(0);
  #at: Float64Array | null;
  #state = new Uint8Array(0);
  /** Every row before it is gone, open, or in `#ripe`. */
  #frontier = 0;
  /** Rows before the frontier that closed after it had passed them, in order. */
  #ripe: number[] = [];
  /** Rows that `changes` has returned, and those of them that closed since. */
  #listed = 0;
  #closedSince: number[] = [];

  /** `onForget` gets the running number of each accepted order whose key is evicted. */
  constructor(retention: Retention, onForget: (sequence: number) => void) {
    this.retention = retention;
    this.#onForget = onForget;
    this.#at = retention.maxAge === null ? null : new Float64Array(0);
  }

  get size(): number {
    return this.#index.size;
  }

  /** The row of a key, or −1. Good until the next key is added or closed. */
  rowOf(key: string): number {
    return this.#index.get(key, this.#keys);
  }

  /** Adds a key that is not known yet. `sequence` is 0 for a rejection; an accepted order's row is open. Answers its row. */
  add(key: string, request: OrderRequest, strategy: number, sequence: number, reason: string, at: number): number {
    const row = this.#keys.length;
    if (row === this.#sequence.length) this.#reserve(Math.max(1_024, 2 * row));
    this.#index.add(key, row, this.#keys);
    this.#keys.push(key);
    this.#reasons.push(reason);
    this.#sequence[row] = sequence;
    this.#strategy[row] = strategy;
    this.#symbol[row] = this.symbols.numberOf(request.symbol);
    this.#quantity[row] = request.quantity;
    this.#price[row] = request.price + 0;
    if (this.#at !== null) this.#at[row] = at;
    this.#state[row] = sequence > 0 ? OPEN : CLOSED;
    this.#enforce(at);
    return row;
  }

  /** The stored decision; a new object each time. */
  decision(row: number): Decision {
    const sequence = this.#sequence[row] as number;
    const reason = this.#reasons[row] as string;
    return sequence > 0
      ? { accepted: true, orderId: orderIdOf(sequence), reason }
      : { accepted: false, orderId: null, reason };
  }

  /** The stored decision of a key, or undefined. */
  decisionOf(key: string): Decision | undefined {
    const row = this.rowOf(key);
    return row < 0 ? undefined : this.decision(row);
  }

  /** The price of the payload that a key was decided on; null for an unknown key, or where the payload is not known. */
  priceOf(key: string): number | null {
    const row = this.rowOf(key);
    const price = row < 0 ? Number.NaN : (this.#price[row] as number);
    return Number.isNaN(price) ? null : price;
  }

  /** What of a request's payload differs from the stored one, as a sentence; null when nothing does or none is stored. */
  difference(row: number, request: OrderRequest): string | null {
    const strategy = this.#strategy[row] as number;
    if (strategy < 0) return null;
    const { symbol, quantity, price, strategyId } = request;
    const stored = this.symbols.textOf(this.#symbol[row] as number);
    if (stored !== symbol) return `symbol was ${stored} and is ${symbol}`;
    if (this.#quantity[row] !== quantity) return `quantity was ${this.#quantity[row]} and is ${quantity}`;
    if (this.#price[row] !== price) return `price was ${this.#price[row]} and is ${price}`;
    const owner = this.strategies.textOf(strategy);
    return owner === strategyId ? null : `strategy was ${owner} and is ${strategyId}`;
  }

  /** The order of a key is settled: its reason becomes `reason`, and its key may be evicted. `stood`: a row at which the key was. */
  close(key: string, reason: string, now: number, stood: number): void {
    const row = this.#keys[stood] === key ? stood : this.rowOf(key);
    if (row < 0 || this.#state[row] !== OPEN) return;
    this.#reasons[row] = reason;
    this.#state[row] = CLOSED;
    if (row < this.#listed) this.#closedSince.push(row);
    if (row < this.#frontier) {
      this.#ripe.push(row);
      this.#ripe.sort((a, b) => a - b);
    }
    this.#enforce(now);
  }

  /** Evicts what the bounds ask for, oldest first. */
  #enforce(now: number): void {
    const { maxKeys, maxAge } = this.retention;
    if (maxKeys === null && maxAge === null) return;
    const oldest = maxAge === null ? Number.NEGATIVE_INFINITY : now - maxAge;
    for (;;) {
      const row = this.#oldestClosed();
      if (row < 0) return;
      const many = maxKeys !== null && this.#index.size > maxKeys;
      const old = this.#at !== null && (this.#at[row] as number) < oldest;
      if (!many && !old) return;
      this.#forget(row);
    }
  }

  /** The oldest row that may be evicted, or −1. */
  #oldestClosed(): number {
    const ripe = this.#ripe[0];
    if (ripe !== undefined) return ripe;
    const rows = this.#keys.length;
    while (this.#frontier < rows && this.#state[this.#frontier] !== CLOSED) this.#frontier++;
    return this.#frontier < rows ? this.#frontier : -1;
  }

  #forget(row: number): void {
    if (this.#ripe[0] === row) this.#ripe.shift();
    this.#tellAll();
    const sequence = this.#sequence[row] as number;
    this.#index.delete(this.#keys[row] as string, this.#keys);
    this.#keys[row] = "";
    this.#state[row] = GONE;
    if (sequence > 0) this.#onForget(sequence);
    if (this.#keys.length > 1_024 && this.#keys.length > 2 * this.#index.size) this.#compact();
  }

  /** Closes the gaps that forgotten rows left. */
  #compact(): void {
    const ripe = new Set(this.#ripe);
    const frontier = this.#frontier;
    this.#ripe = [];
    this.#frontier = 0;
    let to = 0;
    // Invariant 4: a view keeps the columns as they were.
    this.#reserve(this.#sequence.length);
    for (let row = 0; row < this.#keys.length; row++) {
      if (this.#state[row] === GONE) continue;
      if (ripe.has(row)) this.#ripe.push(to);
      this.#move(row, to);
      to++;
      if (row < frontier) this.#frontier = to;
    }
    this.#keys.length = to;
    this.#reasons.length = to;
  }

  #move(row: number, to: number): void {
    const key = this.#keys[row] as string;
    this.#index.move(key, to, this.#keys);
    this.#keys[to] = key;
    this.#reasons[to] = this.#reasons[row] as string;
    this.#sequence[to] = this.#sequence[row] as number;
    this.#strategy[to] = this.#strategy[row] as number;
    this.#symbol[to] = this.#symbol[row] as number;
    this.#quantity[to] = this.#quantity[row] as number;
    this.#price[to] = this.#price[row] as number;
    if (this.#at !== null) this.#at[to] = this.#at[row] as number;
    this.#state[to] = this.#state[row] as number;
  }

  #reserve(capacity: number): void {
    const grow = <T extends Float64Array | Int32Array | Uint8Array>(column: T, grown: T): T => {
      grown.set(column);
      return grown;
    };
    this.#sequence = grow(this.#sequence, new Float64Array(capacity));
    this.#strategy = grow(this.#strategy, new Int32Array(capacity));
    this.#symbol = grow(this.#symbol, new Int32Array(capacity));
    this.#quantity = grow(this.#quantity, new Float64Array(capacity));
    this.#price = grow(this.#price, new Float64Array(capacity));
    if (this.#at !== null) this.#at = grow(this.#at, new Float64Array(capacity));
    this.#state = grow(this.#state, new Uint8Array(capacity));
  }

  /** A view of all keys. */
  list(): KeyList {
    return this.#listFrom(0);
  }

  /** What is new since the call before: rows from a place on, and rows before it whose order ended meanwhile. */
  changes(): KeyChanges {
    const list = this.#listFrom(this.#listed);
    const from = this.#listed;
    const closed = this.#closedSince.map((row): [number, string] => [row, this.#reasons[row] as string]);
    this.tellNoMore();
    return { from, list, closed };
  }

  /** Counts every row as returned. */
  tellNoMore(): void {
    this.#listed = this.#keys.length;
    this.#closedSince = [];
  }

  #tellAll(): void {
    this.#listed = 0;
    this.#closedSince = [];
  }

  #listFrom(from: number): KeyList {
    if (this.#keys.length > this.#index.size) this.#compact();
    const rows = this.#keys.length;
    return {
      keys: this.#keys.slice(from),
      sequence: this.#sequence.subarray(from, rows),
      reason: this.#reasons.slice(from),
      strategy: this.#strategy.subarray(from, rows),
      symbol: this.#symbol.subarray(from, rows),
      quantity: this.#quantity.subarray(from, rows),
      price: this.#price.subarray(from, rows),
      at: this.#at === null ? null : this.#at.subarray(from, rows),
      strategies: this.strategies.texts(),
      symbols: this.symbols.texts(),
    };
  }

  /**
   * Fills an empty store from a view. `isOpen` says which accepted orders are in flight; a key without a moment counts as
   * decided at `now`. Under the bounds that the view was taken with nothing is evicted: that waits for the next change, as it
   * would have in the store of the view.
   */
  fill(list: KeyList, isOpen: (sequence: number) => boolean, now: number, taken: Retention): void {
    const rows = list.keys.length;
    this.#reserve(rows);
    this.#keys = list.keys.slice();
    this.#reasons = list.reason.slice();
    this.#sequence.set(list.sequence);
    this.#quantity.set(list.quantity);
    this.#price.set(list.price);
    this.#strategy.set(list.strategy);
    this.#symbol.set(list.symbol);
    for (const name of list.strategies) this.strategies.numberOf(name);
    for (const name of list.symbols) this.symbols.numberOf(name);
    if (this.#at !== null) {
      if (list.at === null) this.#at.fill(now);
      else this.#at.set(list.at);
    }
    this.#index = takeIndex(list) ?? new KeyIndex(rows);
    if (this.#index.size === 0)
      for (let row = 0; row < rows; row++) this.#index.add(this.#keys[row] as string, row, this.#keys);
    for (let row = 0; row < rows; row++)
      if ((this.#sequence[row] as number) > 0 && isOpen(this.#sequence[row] as number)) this.#state[row] = OPEN;
    const { maxKeys, maxAge } = this.retention;
    if (maxKeys !== taken.maxKeys || maxAge !== taken.maxAge) this.#enforce(now);
  }
}
