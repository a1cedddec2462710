/**
 * The newest values of a stream, up to a number of them, found by their keys.
 *
 * 1. Of values with one key the newest counts.
 * 2. The index is made when a key is first asked for, and kept from then on: code that only adds does not pay for it.
 */
export class Newest<Value> {
  readonly #max: number;
  readonly #keyOf: (value: Value) => string;
  /** A ring once it is full: `#next` is then its oldest place. */
  readonly #values: Value[] = [];
  #next = 0;
  #places: Map<string, number> | null = null;

  constructor(max: number, keyOf: (value: Value) => string) {
    this.#max = max;
    this.#keyOf = keyOf;
  }

  /** Adds a value; the oldest gives way where there are as many as there may be. */
  add(value: Value): void {
    const place = this.#next;
    this.#next = place + 1 === this.#max ? 0 : place + 1;
    if (this.#places !== null) {
      const oldest = this.#values[place];
      if (oldest !== undefined && this.#places.get(this.#keyOf(oldest)) === place)
        this.#places.delete(this.#keyOf(oldest));
      this.#places.set(this.#keyOf(value), place);
    }
    this.#values[place] = value;
  }

  /** The newest value with a key, or undefined. */
  get(key: string): Value | undefined {
    this.#places ??= new Map(this.#values.map((value, place) => [this.#keyOf(value), place]));
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#values[place];
  }

  /** The newest value of each key, the key that was seen first at the front. */
  values(): Iterable<Value> {
    const inOrder = [...this.#values.slice(this.#next), ...this.#values.slice(0, this.#next)];
    return new Map(inOrder.map((value) => [this.#keyOf(value), value])).values();
  }
}
