/**
 * The place of each key in a list of keys: a table of places by the keys' hashes, without an object for each.
 *
 * 1. A key is looked for at a few neighbouring places, `PROBES_MAX` at most; what finds no room there is in a map beside the table. So
 *    keys that were chosen to have one hash cost what they cost in a map.
 * 2. The caller keeps the list, and gives it along: a key is in the index with the row at which the list has it.
 * 3. A place's row and its hash lie beside each other: a large table is not in the processor's cache, and to look at a place reads one line
 *    of memory.
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
  /** Of each place the row and the hash. */
  #table: Int32Array;
  #mask: number;
  /** Places that are not empty. */
  #taken = 0;
  #size = 0;
  readonly #crowded = new Map<string, number>();
  /** The key that was looked for last, with its hash: a caller that does not find one mostly adds it. */
  #key = "";
  #hash = hashOf("");
  /** Where that key was not found and has room, −1 where the table has changed since. */
  #room = -1;

  /** `expected`: how many keys come at least. */
  constructor(expected = 0) {
    let capacity = CAPACITY_MIN;
    while (capacity * FILLED_MAX < expected) capacity *= 2;
    this.#table = new Int32Array(2 * capacity);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  #hashFor(key: string): number {
    if (key === this.#key) return this.#hash;
    this.#key = key;
    this.#hash = hashOf(key);
    this.#room = -1;
    return this.#hash;
  }

  /** The row of a key in the list, or −1. */
  get(key: string, keys: readonly string[]): number {
    const place = this.#find(key, keys);
    if (place >= 0) return (this.#table[2 * place] as number) - 1;
    return this.#crowded.size === 0 ? -1 : (this.#crowded.get(key) ?? -1);
  }

  /** The place of a key in the table, or −1. */
  #find(key: string, keys: readonly string[]): number {
    const hash = this.#hashFor(key);
    const [table, mask] = [this.#table, this.#mask];
    this.#room = -1;
    for (let probe = 0, place = hash & mask; probe < PROBES_MAX; probe++, place = (place + 1) & mask) {
      const row = table[2 * place] as number;
      if (row === EMPTY) {
        if (this.#room < 0) this.#room = place;
        return -1;
      }
      if (row === DELETED) {
        if (this.#room < 0) this.#room = place;
      } else if (table[2 * place + 1] === hash && keys[row - 1] === key) return place;
    }
    return -1;
  }

  /** Adds a key that is not in the index. */
  add(key: string, row: number, keys: readonly string[]): void {
    if (this.#taken >= (this.#mask + 1) * FILLED_MAX) this.#grow(keys);
    this.#size++;
    const hash = this.#hashFor(key);
    const room = this.#room;
    if (room >= 0) this.#fill(room, hash, row);
    else if (!this.#put(hash, row)) this.#crowded.set(key, row);
  }

  #put(hash: number, row: number): boolean {
    const [table, mask] = [this.#table, this.#mask];
    for (let probe = 0, place = hash & mask; probe < PROBES_MAX; probe++, place = (place + 1) & mask)
      if ((table[2 * place] as number) <= EMPTY) {
        this.#fill(place, hash, row);
        return true;
      }
    return false;
  }

  #fill(place: number, hash: number, row: number): void {
    if (this.#table[2 * place] === EMPTY) this.#taken++;
    this.#table[2 * place] = row + 1;
    this.#table[2 * place + 1] = hash;
    this.#room = -1;
  }

  /** A key that is in the index stands at another row: `keys` still has it at the old one. */
  move(key: string, row: number, keys: readonly string[]): void {
    const place = this.#find(key, keys);
    if (place >= 0) this.#table[2 * place] = row + 1;
    else this.#crowded.set(key, row);
  }

  delete(key: string, keys: readonly string[]): void {
    const place = this.#find(key, keys);
    this.#room = -1;
    if (place >= 0) this.#table[2 * place] = DELETED;
    else if (!this.#crowded.delete(key)) return;
    this.#size--;
  }

  /** Makes room, and lets the places of deleted keys go. */
  #grow(keys: readonly string[]): void {
    const table = this.#table;
    const before = this.#mask + 1;
    const capacity = this.#size * 2 > before * FILLED_MAX ? 2 * before : before;
    this.#table = new Int32Array(2 * capacity);
    this.#mask = capacity - 1;
    this.#taken = 0;
    this.#room = -1;
    for (let place = 0; place < before; place++) {
      const row = table[2 * place] as number;
      if (row > 0 && !this.#put(table[2 * place + 1] as number, row - 1))
        this.#crowded.set(keys[row - 1] as string, row - 1);
    }
  }
}
