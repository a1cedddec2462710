/**
 * The system's clock, as the session sees it.
 *
 * 1. `now()` never goes back: when the machine's time is set back, session time stands still until it is reached again.
 * 2. It notices a jump forward (a suspended machine, a debugger) within one nap; the loop sees it as a gap.
 * 3. It cannot be held and has no speed but its own.
 */
import type { Clock, Speed, Timers } from "../../shared/ports.ts";
import { moment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import { Sleeper } from "./sleeper.ts";

export interface SystemClockOptions {
  readonly timers: Timers;
  /** Milliseconds since the Unix epoch; fractions are kept to the microsecond. */
  readonly wallMs: () => number;
  /** Session time never begins before this: the last moment that a journal already holds. */
  readonly notBefore?: Moment;
}

export class SystemClock implements Clock {
  readonly kind = "system" as const;
  readonly speed: Speed = 1;
  readonly #sleeper: Sleeper;
  readonly #wallMs: () => number;
  #last: Moment;

  constructor(options: SystemClockOptions) {
    this.#sleeper = new Sleeper(options.timers);
    this.#wallMs = options.wallMs;
    this.#last = options.notBefore ?? moment(0);
  }

  now(): Moment {
    const wall = moment(Math.floor(this.#wallMs() * 1_000));
    if (wall > this.#last) this.#last = wall;
    return this.#last;
  }

  setSpeed(): void {}

  hold(): void {}

  release(): void {}

  wake(): void {
    this.#sleeper.wake();
  }

  async sleepUntil(until: Moment): Promise<void> {
    while (!this.#sleeper.takeWake()) {
      const now = this.now();
      if (now >= until) return;
      await this.#sleeper.nap((until - now) / 1_000);
    }
  }
}
