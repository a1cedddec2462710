/**
 * The classes of planned ticks: what became of each moment at which a strategy should run.
 *
 * 1. Every planned tick has exactly one class. A run that overran is an overrun, however late it began.
 */

export const TICK_CLASSES = ["on_time", "late", "overrun", "misfire", "paused", "closed"] as const;
export type TickClass = (typeof TICK_CLASSES)[number];

/** What each class says; the documentation's table is made from it. */
export const TICK_MEANINGS: Readonly<Record<TickClass, string>> = {
  on_time: "it ran, begun within 100 ms of its jittered moment and ended within its budget",
  late: "it ran within its budget, and began more than 100 ms after its jittered moment",
  overrun:
    "it ran past its budget; or it was passed over, because the run before it was still under way or had overrun",
  misfire: "nothing ran at its time: the machine slept, a debugger held the process, or the process was gone",
  paused: "the strategy was paused, quarantined or not loaded, or the session was held",
  closed: "the strategy's market was closed",
};
