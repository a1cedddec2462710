/**
 * The virtual clock: session time that the loop itself moves, paced at 1×, 10× or 60×, or as fast as it goes.
 *
 * 1. `now()` never goes back, and never passes the moment that the loop sleeps until: so a pass happens at exactly the
 *    moment it was planned for, however slow the machine is, and the session does not depend on its speed.
 * 2. A paced clock that fell behind catches up, but for no more than one real second: after a suspended machine it goes
 *    on from where it stood.
 * 3. Held, it stands still; released, it continues from the same moment.
 * 4. At `max` it lets the process breathe at least every `BREATH_MS` of real time, so that a console stays responsive.
 */
import type { Clock, Speed, Timers } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";
import { Sleeper } from "./sleeper.ts";

export const BREATH_MS = 8;
const BEHIND_MS_MAX = 1_000;

export interface VirtualClockOptions {
  readonly start: Moment;
  readonly speed: Speed;
  readonly timers: Timers;
  /** One turn of the event loop for everything else. */
  readonly turn: () => Promise<void>;
}

export class VirtualClock implements Clock {
  readonly kind = "virtual" as const;
  readonly #timers: Timers;
  readonly #turn: () => Promise<void>;
  readonly #sleeper: Sleeper;
  #speed: Speed;
  #current: Moment;
  /** Session time `#anchor` was at real time `#anchorMs`; pacing is reckoned from there. */
  #anchor: Moment;
  #anchorMs: number;
  #until: Moment | null = null;
  #held = false;
  #lastBreathMs: number;

  constructor(options: VirtualClockOptions) {
    this.#timers = options.timers;
    this.#turn = options.turn;
    this.#sleeper = new Sleeper(options.timers);
    this.#speed = options.speed;
    this.#current = options.start;
    this.#anchor = options.start;
    this.#anchorMs = options.timers.monotonicMs();
    this.#lastBreathMs = this.#anchorMs;
  }

  get speed(): Speed {
    return this.#speed;
  }

  now(): Moment {
    this.#advance();
    return this.#current;
  }

  setSpeed(speed: Speed): void {
    this.#advance();
    this.#speed = speed;
    this.#reanchor();
    this.#sleeper.nudge();
  }

  hold(): void {
    this.#advance();
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#reanchor();
    this.#sleeper.nudge();
  }

  wake(): void {
    this.#sleeper.wake();
  }

  skipTo(until: Moment): boolean {
    if (this.#speed !== "max" || this.#held || this.#sleeper.woken) return false;
    const nowMs = this.#timers.monotonicMs();
    if (nowMs - this.#lastBreathMs >= BREATH_MS) return false;
    if (until > this.#current) this.#current = until;
    this.#anchor = this.#current;
    this.#anchorMs = nowMs;
    return true;
  }

  async sleepUntil(until: Moment): Promise<void> {
    this.#until = until;
    try {
      for (;;) {
        if (this.#sleeper.takeWake()) {
          this.#advance();
          return;
        }
        if (this.#held) {
          await this.#sleeper.nap(null);
          continue;
        }
        if (this.#speed === "max" || until <= this.#current) {
          if (until > this.#current) this.#current = until;
          this.#anchorIfMax();
          await this.#breathe();
          return;
        }
        this.#advance();
        if (this.#current >= until) {
          await this.#breathe();
          return;
        }
        await this.#sleeper.nap((until - this.#current) / 1_000 / this.#speed);
      }
    } finally {
      this.#until = null;
    }
  }

  #anchorIfMax(): void {
    if (this.#speed === "max") this.#reanchor();
  }

  #reanchor(): void {
    this.#anchor = this.#current;
    this.#anchorMs = this.#timers.monotonicMs();
  }

  /** Moves the time to where the pace says it is, but never past the sleep's end, and only while a caller sleeps. */
  #advance(): void {
    if (this.#held || this.#until === null || this.#speed === "max") return;
    const elapsedMs = this.#timers.monotonicMs() - this.#anchorMs;
    const paced = this.#anchor + Math.floor(elapsedMs * 1_000 * this.#speed);
    const behindMs = (paced - this.#until) / 1_000 / this.#speed;
    if (paced < this.#until) {
      if (paced > this.#current) this.#current = paced as Moment;
      return;
    }
    if (this.#until > this.#current) this.#current = this.#until;
    if (behindMs > BEHIND_MS_MAX) this.#reanchor();
  }

  async #breathe(): Promise<void> {
    const nowMs = this.#timers.monotonicMs();
    if (nowMs - this.#lastBreathMs < BREATH_MS) return;
    await this.#turn();
    this.#lastBreathMs = this.#timers.monotonicMs();
  }
}
