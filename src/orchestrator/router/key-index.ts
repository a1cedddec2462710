/**
 * The place of each key in a list of keys: a table of places by the keys' hashes, without an object for each.
 *
 * 1. A key is looked for at a few neighbouring places, `PROBES_MAX` at most; what finds no room there is in a map beside the table. So
 *    keys that were chosen to have one hash cost what they cost in a map.
 * 2. The caller keeps the list, and gives it along: a key is in the index with the row at which the list has it.
 */

/** Places that are looked at for one key. */
const PROBES_MAX = 64;
const CAPACITY_MIN = 1_024;
/** The share of places that may be taken. */
const FILLED_MAX = 0.7;
/** Rows are kept plus one; 0 is an empty place. */
const EMPTY = 0;
/** The place of a key that was deleted: who looks for another one looks on. */
const DELETED = -1;

/** A number that depends on each character of a text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

export class KeyIndex {
  #rows: Int32Array;
  #hashes: Int32Array;
  #mask: number;
  /** Places that are not empty. */
  #taken = 0;
  #size = 0;
  readonly #crowded = new Map<string, number>();
  /** The key that was looked for last, with its hash: who does not find one mostly adds it. */
  #key = "";
  #hash = hashOf("");

  /** `expected`: how many keys come at least. */
  constructor(expected = 0) {
    let capacity = CAPACITY_MIN;
    while (capacity * FILLED_MAX < expected) capacity *= 2;
    this.#rows = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  #hashFor(key: string): number {
    if (key === this.#key) return this.#hash;
    this.#key = key;
    this.#hash = hashOf(key);
    return this.#hash;
  }

  /** The row of a key in the list, or −1. */
  get(key: string, keys: readonly string[]): number {
    const place = this.#find(key, keys);
    if (place >= 0) return (this.#rows[place] as number) - 1;
    return this.#crowded.size === 0 ? -1 : (this.#crowded.get(key) ?? -1);
  }

  /** The place of a key in the table, or −1. */
  #find(key: string, keys: readonly string[]): number {
    const hash = this.#hashFor(key);
    const mask = this.#mask;
    for (let probe = 0, place = hash & mask; probe < PROBES_MAX; probe++, place = (place + 1) & mask) {
      const row = this.#rows[place] as number;
      if (row === EMPTY) return -1;
      if (row !== DELETED && this.#hashes[place] === hash && keys[row - 1] === key) return place;
    }
    return -1;
  }

  /** Adds a key that is not in the index. */
  add(key: string, row: number, keys: readonly string[]): void {
    if (this.#taken >= this.#rows.length * FILLED_MAX) this.#grow(keys);
    this.#size++;
    if (!this.#put(this.#hashFor(key), row)) this.#crowded.set(key, row);
  }

  #put(hash: number, row: number): boolean {
    const mask = this.#mask;
    for (let probe = 0, place = hash & mask; probe < PROBES_MAX; probe++, place = (place + 1) & mask) {
      const found = this.#rows[place] as number;
      if (found > 0) continue;
      if (found === EMPTY) this.#taken++;
      this.#rows[place] = row + 1;
      this.#hashes[place] = hash;
      return true;
    }
    return false;
  }

  /** A key that is in the index stands at another row: `keys` still has it at the old one. */
  move(key: string, row: number, keys: readonly string[]): void {
    const place = this.#find(key, keys);
    if (place >= 0) this.#rows[place] = row + 1;
    else this.#crowded.set(key, row);
  }

  delete(key: string, keys: readonly string[]): void {
    const place = this.#find(key, keys);
    if (place >= 0) this.#rows[place] = DELETED;
    else if (!this.#crowded.delete(key)) return;
    this.#size--;
  }

  /** Makes room, and lets the places of deleted keys go. */
  #grow(keys: readonly string[]): void {
    const [rows, hashes] = [this.#rows, this.#hashes];
    const capacity = this.#size * 2 > rows.length * FILLED_MAX ? 2 * rows.length : rows.length;
    this.#rows = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#mask = capacity - 1;
    this.#taken = 0;
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place] as number;
      if (row > 0 && !this.#put(hashes[place] as number, row - 1)) this.#crowded.set(keys[row - 1] as string, row - 1);
    }
  }
}
