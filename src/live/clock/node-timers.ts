/**
 * The process's own timers and wall clock, behind the ports that the rest takes as parameters.
 *
 * 1. Nothing else under `src/live` reads the machine's time: code that needs it gets one of these.
 */
import type { Timers } from "../../shared/ports.ts";

/** Node's timers; a pending one keeps the process alive only while something waits for it. */
export const nodeTimers: Timers = {
  set: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clear: (timer) => {
    clearTimeout(timer as NodeJS.Timeout);
  },
  monotonicMs: () => performance.now(),
};

/** Milliseconds since the Unix epoch, by the machine. */
export function nodeWallMs(): number {
  return Date.now();
}

/** Lets everything else that waits in this process have one turn: sockets, timers, a console's questions. */
export function nodeTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
