/**
 * The executions that were seen, by order.
 *
 * 1. A fill id means one execution of one order: the same id with another quantity or price is a conflict.
 * 2. What an order's executions were is remembered after it has settled, so that a fill reported twice is known as such.
 * 3. Executions are rows of columns that only grow, so that a view of them is the columns and their length; columns are copied
 *    where rows are evicted. An order's rows are a chain, in the order in which they were reported.
 */

import { orderIdOf, sequenceOf } from "./order-id.ts";
import { OrderRows } from "./order-rows.ts";

/** One execution as it was first reported. */
export interface SeenFill {
  readonly fillId: string;
  readonly quantity: number;
  readonly price: number | null;
}

/** A view of all executions. What its columns hold behind `rows` is no part of it. */
export interface FillList {
  readonly rows: number;
  /** The running number of an order of ours; 0 for another's, whose id is in `others`, by row. */
  readonly order: Float64Array;
  readonly others: ReadonlyMap<number, string>;
  readonly fillIds: readonly string[];
  readonly quantity: Float64Array;
  /** NaN where no price was reported. */
  readonly price: Float64Array;
  /** The next row of the same order; the chain ends where that is no row of the view. */
  readonly next: Int32Array;
  /** `FIRST` for the first row of an order. */
  readonly role: Uint8Array;
}

/** A row's roles: it was evicted, begins its order's chain, or continues it. */
const GONE = 0;
export const FIRST = 1;
const LINK = 2;

/** Few orders have more executions than this; those that do get an index. */
const SCANNED_MAX = 16;
/** Columns shorter than this keep their gaps. */
const GAPS_MIN = 1_024;

interface Index {
  last: number;
  readonly rows: Map<string, number>;
}

const seenOf = new WeakMap<FillList, SeenFills>();

export class SeenFills {
  #order = new Float64Array(0);
  #others = new Map<number, string>();
  #fillIds: string[] = [];
  #quantity = new Float64Array(0);
  #price = new Float64Array(0);
  #next = new Int32Array(0);
  #role = new Uint8Array(0);
  #gone = 0;
  #first = new OrderRows();
  /** Of orders with many executions, by their first row. */
  #indices = new Map<number, Index>();

  /** How many executions are known. */
  get size(): number {
    return this.#fillIds.length - this.#gone;
  }

  has(orderId: string): boolean {
    return this.#first.find(orderId) >= 0;
  }

  find(orderId: string, fillId: string): SeenFill | undefined {
    const row = this.#rowIn(this.#first.find(orderId), fillId);
    return row < 0 ? undefined : fillAt(this.#columns(), row);
  }

  /** The row of an execution whose order begins at `first`, or −1. */
  #rowIn(first: number, fillId: string): number {
    if (first < 0) return -1;
    const index = this.#indices.size === 0 ? undefined : this.#indices.get(first);
    let row = index === undefined ? first : (index.rows.get(fillId) ?? -1);
    while (row >= 0 && this.#fillIds[row] !== fillId) row = this.#next[row] as number;
    return row;
  }

  /** Remembers an execution whose id is new to its order. */
  add(orderId: string, { fillId, quantity, price }: SeenFill): void {
    this.push(orderId, fillId, quantity, price ?? Number.NaN);
  }

  /** `add` in the columns' own spelling. */
  push(orderId: string, fillId: string, quantity: number, price: number): void {
    const first = this.#first.find(orderId);
    const sequence = sequenceOf(orderId) ?? 0;
    const row = this.#push(sequence, first, fillId, quantity, price);
    if (sequence === 0) this.#others.set(row, orderId);
    if (first < 0) this.#first.add(sequence, row, () => orderId);
  }

  /** Remembers an execution unless it is known. `order`: an id, or the running number of one of ours. */
  know(order: string | number, fillId: string, quantity: number, price: number): void {
    const sequence = typeof order === "number" ? order : sequenceOf(order);
    const first = typeof order === "number" ? this.#first.findNumber(order, orderIdOf) : this.#first.find(order);
    if (this.#rowIn(first, fillId) >= 0) return;
    if (sequence === null) return this.push(order as string, fillId, quantity, price);
    const row = this.#push(sequence, first, fillId, quantity, price);
    if (first < 0) this.#first.add(sequence, row, orderIdOf);
  }

  #push(sequence: number, first: number, fillId: string, quantity: number, price: number): number {
    const row = this.#fillIds.length;
    if (row === this.#next.length) this.#reserve(Math.max(GAPS_MIN, 2 * row));
    this.#order[row] = sequence;
    this.#fillIds.push(fillId);
    this.#quantity[row] = quantity;
    this.#price[row] = price;
    this.#next[row] = -1;
    this.#role[row] = first < 0 ? FIRST : LINK;
    if (first >= 0) this.#link(first, row);
    return row;
  }

  #link(first: number, row: number): void {
    const index = this.#indices.get(first);
    if (index !== undefined) {
      this.#next[index.last] = row;
      index.last = row;
      index.rows.set(this.#fillIds[row] as string, row);
      return;
    }
    let last = first;
    let length = 2;
    for (let next = this.#next[last] as number; next >= 0; next = this.#next[last] as number) {
      last = next;
      length++;
    }
    this.#next[last] = row;
    if (length <= SCANNED_MAX) return;
    const rows = new Map<string, number>();
    for (let at = first; at >= 0; at = this.#next[at] as number) rows.set(this.#fillIds[at] as string, at);
    this.#indices.set(first, { last: row, rows });
  }

  forget(orderId: string): void {
    const first = this.#first.find(orderId);
    if (first < 0) return;
    this.#first.delete(orderId);
    this.#indices.delete(first);
    for (let row = first; row >= 0; row = this.#next[row] as number) {
      this.#role[row] = GONE;
      this.#gone++;
    }
    if (this.#fillIds.length > GAPS_MIN && this.#gone > this.#fillIds.length / 2)
      this.#replace(SeenFills.of(this.#columns()));
  }

  /** Takes another's columns: those that were here stay as they are for the views of them. */
  #replace(other: SeenFills): void {
    this.#order = other.#order;
    this.#others = other.#others;
    this.#fillIds = other.#fillIds;
    this.#quantity = other.#quantity;
    this.#price = other.#price;
    this.#next = other.#next;
    this.#role = other.#role;
    this.#gone = 0;
    this.#first = other.#first;
    this.#indices = other.#indices;
  }

  #reserve(capacity: number): void {
    const grow = <T extends Float64Array | Int32Array | Uint8Array>(column: T, grown: T): T => {
      grown.set(column);
      return grown;
    };
    this.#order = grow(this.#order, new Float64Array(capacity));
    this.#quantity = grow(this.#quantity, new Float64Array(capacity));
    this.#price = grow(this.#price, new Float64Array(capacity));
    this.#next = grow(this.#next, new Int32Array(capacity));
    this.#role = grow(this.#role, new Uint8Array(capacity));
  }

  #columns(): FillList {
    return {
      rows: this.#fillIds.length,
      order: this.#order,
      others: this.#others,
      fillIds: this.#fillIds,
      quantity: this.#quantity,
      price: this.#price,
      next: this.#next,
      role: this.#role,
    };
  }

  /** A view of all executions. */
  list(): FillList {
    // Of all columns only this one changes where it is: rows are evicted one by one.
    return { ...this.#columns(), role: this.#role.slice(0, this.#fillIds.length) };
  }

  /** `list` for who gives this object away with it: the first who asks `of` for the list's executions gets the object itself. */
  release(): FillList {
    const list = this.list();
    seenOf.set(list, this);
    return list;
  }

  /** The executions of a view. */
  static of(list: FillList): SeenFills {
    const lent = seenOf.get(list);
    if (lent !== undefined) {
      seenOf.delete(list);
      return lent;
    }
    const seen = new SeenFills();
    for (let first = 0; first < list.rows; first++) {
      if (list.role[first] !== FIRST) continue;
      const orderId = orderIdIn(list, first);
      for (const row of chainOf(list, first))
        seen.push(orderId, list.fillIds[row] as string, list.quantity[row] as number, list.price[row] as number);
    }
    return seen;
  }
}

/** The id of a row's order. */
export function orderIdIn(list: FillList, row: number): string {
  const sequence = list.order[row] as number;
  return sequence > 0 ? orderIdOf(sequence) : (list.others.get(row) as string);
}

function fillAt(list: FillList, row: number): SeenFill {
  const price = list.price[row] as number;
  return {
    fillId: list.fillIds[row] as string,
    quantity: list.quantity[row] as number,
    price: Number.isNaN(price) ? null : price,
  };
}

/** The rows of the order whose first row this is. */
export function* chainOf(list: FillList, first: number): Generator<number> {
  for (let row = first; row >= 0 && row < list.rows; row = list.next[row] as number) yield row;
}

/** Every order with its executions, in the order in which they were reported. */
export function* fillEntries(list: FillList): Generator<[string, SeenFill[]]> {
  for (let first = 0; first < list.rows; first++)
    if (list.role[first] === FIRST)
      yield [orderIdIn(list, first), Array.from(chainOf(list, first), (row) => fillAt(list, row))];
}

/** A view of executions that are in a plain record. */
export function fillListOf(fills: Readonly<Record<string, readonly SeenFill[]>>): FillList {
  const seen = new SeenFills();
  for (const [orderId, list] of Object.entries(fills)) for (const fill of list) seen.add(orderId, fill);
  return seen.release();
}
