/**
 * One interruptible wait, which both clocks are built on.
 *
 * 1. A `wake` that comes while nothing waits is kept and ends the next wait at once: no wake is ever lost.
 * 2. At most one wait is pending; a second is a mistake of the program and throws.
 */
import type { Timers } from "../../shared/ports.ts";

/** A timer is set for at most this long, so that jumps of the machine's time are noticed within it. */
export const NAP_MS_MAX = 1_000;

export class Sleeper {
  readonly #timers: Timers;
  #finish: (() => void) | null = null;
  #woken = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** True when a wake is waiting to be taken; taking it clears it. */
  takeWake(): boolean {
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }

  /** Whether a wake is waiting to be taken. */
  get woken(): boolean {
    return this.#woken;
  }

  wake(): void {
    this.#woken = true;
    this.#finish?.();
  }

  /** Ends the present nap without a wake, so that its owner looks at the time again. */
  nudge(): void {
    this.#finish?.();
  }

  /** Waits for so many real milliseconds (null: until it is ended), at most one nap long. */
  nap(milliseconds: number | null): Promise<void> {
    if (this.#finish !== null) throw new Error("Two waits on one clock: only the session's loop may sleep on it.");
    return new Promise((resolve) => {
      let timer: unknown = null;
      const finish = (): void => {
        if (timer !== null) this.#timers.clear(timer);
        this.#finish = null;
        resolve();
      };
      this.#finish = finish;
      if (milliseconds !== null)
        timer = this.#timers.set(finish, Math.min(NAP_MS_MAX, Math.max(0, Math.ceil(milliseconds))));
      else if (this.#woken) finish();
    });
  }
}
