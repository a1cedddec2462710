/**
 * A binary heap of moments that knows where each of its members stands.
 *
 * 1. Members are small integers, their order of registration; the earliest moment comes first, ties by the smaller member.
 * 2. Inserting and removing any member costs O(log n); what is due is found without visiting the rest.
 */
export class DueHeap {
  #moments = new Float64Array(64);
  #heap = new Int32Array(64);
  /** Member → place in the heap, −1 while it is not in. */
  #places = new Int32Array(64).fill(-1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest moment, or undefined when nothing is in. */
  earliest(): number | undefined {
    return this.#size === 0 ? undefined : this.#moments[this.#heap[0] as number];
  }

  has(member: number): boolean {
    return member < this.#places.length && (this.#places[member] as number) >= 0;
  }

  /** Puts a member in, or moves it to another moment. */
  set(member: number, at: number): void {
    if (this.has(member)) this.remove(member);
    this.#reserve(member);
    this.#moments[member] = at;
    this.#up(this.#size++, member);
  }

  /** Takes a member out; does nothing when it is not in. */
  remove(member: number): void {
    if (!this.has(member)) return;
    const place = this.#places[member] as number;
    this.#places[member] = -1;
    const last = this.#heap[--this.#size] as number;
    if (last === member) return;
    if (place > 0 && this.#before(last, this.#heap[(place - 1) >> 1] as number)) this.#up(place, last);
    else this.#down(place, last);
  }

  /** The members at or before a moment, in order. */
  due(now: number): number[] {
    const found: number[] = [];
    if (this.#size === 0) return found;
    const open = [0];
    while (open.length > 0) {
      const place = open.pop() as number;
      const member = this.#heap[place] as number;
      if ((this.#moments[member] as number) > now) continue;
      found.push(member);
      const child = 2 * place + 1;
      if (child + 1 < this.#size) open.push(child + 1);
      if (child < this.#size) open.push(child);
    }
    const moments = this.#moments;
    return found.toSorted((a, b) => (moments[a] as number) - (moments[b] as number) || a - b);
  }

  #before(a: number, b: number): boolean {
    const first = this.#moments[a] as number;
    const second = this.#moments[b] as number;
    return first < second || (first === second && a < b);
  }

  #up(from: number, member: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as number;
      if (!this.#before(member, above)) break;
      this.#heap[place] = above;
      this.#places[above] = place;
      place = parent;
    }
    this.#heap[place] = member;
    this.#places[member] = place;
  }

  #down(from: number, member: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#before(this.#heap[child + 1] as number, this.#heap[child] as number)) child++;
      const below = this.#heap[child] as number;
      if (!this.#before(below, member)) break;
      this.#heap[place] = below;
      this.#places[below] = place;
      place = child;
    }
    this.#heap[place] = member;
    this.#places[member] = place;
  }

  #reserve(member: number): void {
    const length = this.#moments.length;
    if (member < length) return;
    const grown = Math.max(member + 1, 2 * length);
    const moments = new Float64Array(grown);
    moments.set(this.#moments);
    const heap = new Int32Array(grown);
    heap.set(this.#heap);
    const places = new Int32Array(grown).fill(-1);
    places.set(this.#places);
    this.#moments = moments;
    this.#heap = heap;
    this.#places = places;
  }
}
