/**
 * A bounded table of rows: what most views are made of.
 *
 * 1. It never holds more rows than its limit; the oldest by insertion goes first.
 * 2. A row that is not set again keeps its identity from one `value()` to the next, and so does the value while nothing changed.
 * 3. A key is data: `__proto__` is a key like any other.
 */
import { Oldest } from "../../shared/collections/oldest.ts";

export class Table<Row> {
  readonly limit: number;
  readonly #rows = new Map<string, Row>();
  readonly #oldest = new Oldest(this.#rows);
  #value: Readonly<Record<string, Row>> | null = null;

  /** `limit` is the largest number of rows; `Infinity` for an export, which is complete. */
  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** Puts a row in; a known key keeps its place. Answers the row that went for it, if one did. */
  set(key: string, row: Row): Row | undefined {
    if (this.#rows.get(key) === row) return undefined;
    this.#rows.set(key, row);
    this.#value = null;
    if (this.#rows.size <= this.limit) return undefined;
    const oldest = this.#oldest.take();
    const gone = oldest === undefined ? undefined : this.#rows.get(oldest);
    if (oldest !== undefined) this.#rows.delete(oldest);
    return gone;
  }

  delete(key: string): void {
    if (this.#rows.delete(key)) this.#value = null;
  }

  /** Drops rows from the oldest on, as long as `gone` says so. */
  trim(gone: (row: Row) => boolean): void {
    for (const [key, row] of this.#rows) {
      if (!gone(row)) return;
      this.delete(key);
    }
  }

  /** The rows, oldest first. */
  rows(): IterableIterator<Row> {
    return this.#rows.values();
  }

  entries(): IterableIterator<[string, Row]> {
    return this.#rows.entries();
  }

  /** Every row with its key, oldest first, for `restore` of an empty table. */
  state(): [string, Row][] {
    return [...this.#rows];
  }

  restore(rows: Iterable<readonly [string, Row]>): void {
    for (const [key, row] of rows) this.set(key, row);
  }

  /** The rows as a record; the same object until a row changes. */
  value(): Record<string, Row> {
    this.#value ??= Object.fromEntries(this.#rows);
    return this.#value;
  }
}

/** A record made of rows by their keys. */
export function recordOf<Item, Row>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  rowOf: (item: Item) => Row,
): Record<string, Row> {
  return Object.fromEntries(Array.from(items, (item): [string, Row] => [keyOf(item), rowOf(item)]));
}

/**
 * `after`, with every part that equals its part of `before` replaced by that part, so that a later comparison is cheap.
 * Both are plain JSON.
 */
export function stable<Value>(before: Value | undefined, after: Value): Value {
  if (before === after) return after;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return after;
  if (Array.isArray(after)) {
    if (!Array.isArray(before)) return after;
    const items = after.map((item: unknown, index) => stable(before[index] as unknown, item));
    const equal = items.length === before.length && items.every((item, index) => item === before[index]);
    return (equal ? before : items) as Value;
  }
  if (Array.isArray(before)) return after;
  const old = before as Record<string, unknown>;
  const entries = Object.entries(after);
  let equal = entries.length === Object.keys(old).length;
  const merged = entries.map(([key, value]): [string, unknown] => {
    const had = Object.hasOwn(old, key);
    const part = had ? stable(old[key], value) : value;
    equal &&= had && part === old[key];
    return [key, part];
  });
  return (equal ? before : Object.fromEntries(merged)) as Value;
}
