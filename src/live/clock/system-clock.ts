/**
 * The system's clock, as the session sees it.
 *
 * 1. `now()` never goes back and never stands still. When the machine's time is set back, session time runs on by the monotonic clock,
 *    ahead of the wall, and comes back to it by running `FOLLOWING` slower; a step forward is taken off the lead first.
 * 2. A journal whose last moment lies ahead of the wall begins with that lead.
 * 3. It notices a jump forward (a suspended machine, a debugger) within one nap; the loop sees it as a gap.
 * 4. It cannot be held and has no speed but its own.
 */
import type { Clock, Speed, Timers } from "../../shared/ports.ts";
import { moment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import { Sleeper } from "./sleeper.ts";

/** By how much session time runs slower than the machine's while it is ahead of it. */
const FOLLOWING = 0.01;

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
  readonly #timers: Timers;
  #last: Moment;
  /** The wall and the monotonic clock when they were last read, in microseconds. */
  #wall: number;
  #monotonic: number;
  /** How far session time is ahead of the wall, in microseconds. */
  #lead: number;

  constructor(options: SystemClockOptions) {
    this.#sleeper = new Sleeper(options.timers);
    this.#wallMs = options.wallMs;
    this.#timers = options.timers;
    this.#last = options.notBefore ?? moment(0);
    this.#wall = this.#readWall();
    this.#monotonic = this.#readMonotonic();
    this.#lead = Math.max(0, this.#last - this.#wall);
  }

  now(): Moment {
    const [wall, monotonic] = [this.#readWall(), this.#readMonotonic()];
    const passed = Math.max(0, monotonic - this.#monotonic);
    const moved = wall - this.#wall;
    // What the wall lost against the monotonic clock goes to the lead, what it won comes off it, and the rest wears off slowly.
    this.#lead = Math.max(0, this.#lead + passed - moved - passed * FOLLOWING);
    this.#wall = wall;
    this.#monotonic = monotonic;
    const now = moment(Math.floor(wall + this.#lead));
    if (now > this.#last) this.#last = now;
    return this.#last;
  }

  #readWall(): number {
    return Math.floor(this.#wallMs() * 1_000);
  }

  #readMonotonic(): number {
    return Math.floor(this.#timers.monotonicMs() * 1_000);
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
