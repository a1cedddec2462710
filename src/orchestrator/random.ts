/**
 * Seeded random streams, one for each name.
 *
 * 1. A stream is a function of the seed and the name alone: adding or removing other streams never changes it.
 * 2. Its state is four numbers that survive JSON; a stream that is restored goes on exactly where the saved one stood.
 */
import seedrandom from "seedrandom";
import type { Random } from "../shared/ports.ts";

/** What is seeded: a number or a text; 1 and "1" are the same seed. */
export type Seed = number | string;

/** The whole state of a stream, plain numbers. */
export interface StreamState {
  readonly c: number;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
}

/** A stream whose state can be read and copied. */
export interface Stream extends Random {
  /** The state from which the next number comes. */
  state(): StreamState;
  /** A stream that gives the same numbers and leaves this one where it is. */
  clone(): Stream;
}

function streamFrom(text: string, from: StreamState | true): Stream {
  const generator = seedrandom.alea(text, { state: from });
  return {
    next: () => generator.double(),
    state: () => generator.state(),
    clone: () => streamFrom("", generator.state()),
  };
}

/** The stream of a name under a seed: uniform in [0, 1), 53 bits. The seed's length keeps "1" + "2a" apart from "12" + "a". */
export function createStream(seed: Seed, name: string): Stream {
  const text = String(seed);
  return streamFrom(`${text.length}:${text}:${name}`, true);
}

/** A stream that goes on from a saved state. Throws a RangeError when a number of the state is missing or not finite. */
export function restoreStream(state: StreamState): Stream {
  const { c, s0, s1, s2 } = state;
  for (const value of [c, s0, s1, s2])
    if (!Number.isFinite(value)) throw new RangeError(`A stream's state holds four numbers, not ${String(value)}.`);
  return streamFrom("", { c, s0, s1, s2 });
}

/** A seed for who gave none. Whoever draws one must tell it, so that the run can be repeated. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 0x1_0000_0000); // determinism-ok: a run without a seed draws one, and its snapshot tells it
}
