/**
 * Real time that a test moves by hand, for sessions inside and outside the test runner.
 *
 * 1. Nothing here waits for the machine's time: timers fire when the test says so, in the order in which they are due.
 */
import type { SessionPorts } from "../../../src/live/session/index.ts";
import type { Timers } from "../../../src/shared/ports.ts";

/** One turn of the process for everything else. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Real time that stands still until it is moved. */
export class HandTimers implements Timers {
  nowMs = 0;
  readonly #waiting = new Map<number, { readonly at: number; readonly callback: () => void }>();
  #last = 0;

  set(callback: () => void, milliseconds: number): number {
    this.#last += 1;
    this.#waiting.set(this.#last, { at: this.nowMs + Math.max(0, milliseconds), callback });
    return this.#last;
  }

  clear(timer: unknown): void {
    this.#waiting.delete(timer as number);
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Moves to the next timer, and `late` milliseconds past it; fires all that are due. False when none waits. */
  async step(late = 0): Promise<boolean> {
    const next = Math.min(...[...this.#waiting.values()].map((one) => one.at));
    if (next === Infinity) return false;
    this.nowMs = Math.max(this.nowMs, next) + late;
    const due = [...this.#waiting].filter(([, one]) => one.at <= this.nowMs).toSorted(([, a], [, b]) => a.at - b.at);
    for (const [id, { callback }] of due) if (this.#waiting.delete(id)) callback();
    await turn();
    return true;
  }

  /** Moves on by so many milliseconds, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.nowMs + milliseconds;
    await turn();
    for (;;) {
      const next = Math.min(...[...this.#waiting.values()].map((one) => one.at));
      if (next > end) break;
      await this.step();
    }
    this.nowMs = end;
    await turn();
  }
}

/** Ports on which time moves by hand. */
export function handPorts(timers: HandTimers, more: Partial<SessionPorts> = {}): Partial<SessionPorts> {
  return { timers, wallMs: () => timers.nowMs, turn, ...more };
}
