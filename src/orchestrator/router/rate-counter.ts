/**
 * The accepted orders of one strategy within the newest second.
 *
 * 1. An order exactly one second old still counts.
 * 2. At most `limit` moments are held: once that many count, no further order is accepted until one has passed.
 * 3. Moments are held in order: one that is earlier than the newest, as after a file from a clock that was ahead, counts as the newest.
 */
import { SECOND } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";

export class RateWindow {
  readonly strategy: string;
  readonly #limit: number;
  #moments: Float64Array;
  /** The oldest moment's place. */
  #head = 0;
  #count = 0;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(strategy: string, limit: number) {
    this.strategy = strategy;
    this.#limit = limit;
    this.#moments = new Float64Array(Math.min(limit, 8));
  }

  /** Orders that count at `now`. */
  used(now: number): number {
    const from = now - SECOND;
    while (this.#count > 0 && (this.#moments[this.#head] as number) < from) {
      this.#head = this.#head + 1 === this.#moments.length ? 0 : this.#head + 1;
      this.#count--;
    }
    return this.#count;
  }

  /** Orders that count at `now`, which may lie ahead: nothing is evicted. */
  count(now: number): number {
    let count = this.#count;
    let place = this.#head;
    while (count > 0 && (this.#moments[place] as number) < now - SECOND) {
      place = place + 1 === this.#moments.length ? 0 : place + 1;
      count--;
    }
    return count;
  }

  full(now: number): boolean {
    return this.#count >= this.#limit && this.used(now) >= this.#limit;
  }

  /** The earliest moment at which `places` new orders pass, at most `limit`; null while there is room. */
  freeAt(now: number, places = 1): Moment | null {
    const count = this.count(now);
    const over = count + places - this.#limit;
    if (over <= 0) return null;
    // The stale ones stand before those that count; the last of the `over` oldest has to pass.
    const place = (this.#head + (this.#count - count) + over - 1) % this.#moments.length;
    return ((this.#moments[place] as number) + SECOND + 1) as Moment;
  }

  /** Takes in an accepted order; when the window is full, the oldest one is evicted. */
  push(moment: number): void {
    const at = Math.max(moment, this.#newest);
    this.#newest = at;
    if (this.#count === this.#moments.length && this.used(at) === this.#moments.length) {
      if (this.#count < this.#limit) this.#grow();
      else {
        this.#head = this.#head + 1 === this.#moments.length ? 0 : this.#head + 1;
        this.#count--;
      }
    }
    const place = this.#head + this.#count;
    this.#moments[place < this.#moments.length ? place : place - this.#moments.length] = at;
    this.#count++;
  }

  /** The moments that count at `now`, oldest first. */
  moments(now: number): Moment[] {
    const count = this.used(now);
    const length = this.#moments.length;
    return Array.from({ length: count }, (_, place) => this.#moments[(this.#head + place) % length] as Moment);
  }

  #grow(): void {
    const moments = new Float64Array(Math.min(this.#limit, 2 * this.#moments.length));
    for (let place = 0; place < this.#count; place++)
      moments[place] = this.#moments[(this.#head + place) % this.#moments.length] as number;
    this.#moments = moments;
    this.#head = 0;
  }
}
