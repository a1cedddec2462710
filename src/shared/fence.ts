/**
 * What the fence around strategies stops, what is ended instead, and what it does not stop: the same words wherever they are shown.
 *
 * 1. `src/live/host` keeps what is promised here, and `test/live/host` tries each of it.
 */

/** Sentences for people. */
export const FENCE = {
  /** A strategy cannot do it at all. */
  stops: [
    "Reaching Node: its code runs in a realm that has the language alone. Only texts go in and out.",
    "Reading or writing files, other processes and threads, the environment, code made from text, clocks and chance of its own.",
    "The network: no name in the realm leads to it, and on Linux the system gives the process none where it lets a user do that.",
    "Changing what another strategy sees or calls: what they share is frozen, and each has its own copy of what it imports.",
    "Running without its fence: a process that finds Node's permission model or the realm missing loads no strategy file.",
  ],
  /** It can do it, and it costs its own run. */
  ends: [
    "An endless loop, wait or chain of promises: its process is ended at the hard deadline.",
    "Memory: the heap is limited, on Linux all memory. A process that outgrows it is ended; who made it grow gets one of its own.",
    "Three runs in a row that had to be ended put it in quarantine, until an operator resumes it.",
    "What it throws, and results that are no orders or too large: the run is failed and its orders are dropped.",
    "More than 1,000 orders in a run or in a second: the run is refused as too_many_orders before risk or router see it.",
  ],
  /** It is not stopped here. */
  leaves: [
    "A fault of the engine or of the system itself. `logos doctor` shows which layers hold on this machine.",
    "On macOS and Windows the system takes no network away and does not limit all memory: realm and permission model stand alone there.",
    "Code of strangers should run on another machine.",
    "Bad trades within your limits. That is what the limits are for.",
  ],
} as const;
