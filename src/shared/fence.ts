/**
 * What the fence around strategies stops, what is ended instead, and what it does not stop: the same words wherever they are told.
 *
 * 1. `src/live/host` keeps what is promised here, and `test/live/host` tries each of it.
 */

/** Sentences for people. */
export const FENCE = {
  /** A strategy cannot do it at all. */
  stops: [
    "Reading or writing files, other processes and threads, the environment, code made from text, clocks and chance of its own.",
    "The network, as far as JavaScript reaches it.",
    "Changing what another strategy sees or calls: what they share is frozen, and each has its own copy of what it imports.",
  ],
  /** It can do it, and it costs its own run. */
  ends: [
    "An endless loop, wait or chain of promises: its process is ended at the hard deadline.",
    "Memory: a process that outgrows its limit is ended, and the strategy that made it grow goes on in one of its own.",
    "Three runs in a row that had to be ended put it in quarantine, until somebody resumes it.",
    "What it throws, and results that are no orders, too many or too large: the run is failed and its orders are dropped.",
  ],
  /** Nobody stops it here. */
  leaves: [
    "An attack on Node itself. On this version of Node the network is taken from JavaScript, not closed by the system.",
    "Code of strangers should run on another machine.",
    "Bad trades within your limits. That is what the limits are for.",
  ],
} as const;
