/**
 * Timers and a wall clock that a test moves by hand.
 *
 * Fault model: a timer never fires early; nothing fires unless the test moves the time.
 */
import type { Timers } from "../../../src/shared/ports.ts";

export class ManualTimers implements Timers {
  #now = 0;
  #next = 1;
  readonly #waiting = new Map<number, { readonly at: number; readonly callback: () => void }>();

  set(callback: () => void, milliseconds: number): number {
    const id = this.#next;
    this.#next += 1;
    this.#waiting.set(id, { at: this.#now + milliseconds, callback });
    return id;
  }

  clear(timer: unknown): void {
    this.#waiting.delete(timer as number);
  }

  monotonicMs(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Moves the time on and fires what falls due, in order. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#waiting]
        .filter(([, timer]) => timer.at <= until)
        .toSorted(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (due === undefined) break;
      this.#waiting.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].callback();
    }
    this.#now = until;
  }
}
