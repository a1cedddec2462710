/**
 * Seeded random streams, one for each name.
 *
 * 1. A stream is a function of the seed and the name alone: adding or removing other streams never changes it.
 * 2. Its state is four numbers that survive JSON; a stream that is restored continues exactly where the saved one was.
 */
import type { Random } from "../../shared/ports.ts";

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

/** Two to the power of −32 and of −53. */
const PER_WORD = 2.3283064365386963e-10;
const PER_DOUBLE = 1.1102230246251565e-16;

/**
 * The next number of Alea (Johannes Baagøe), as `seedrandom` gives it, from a state whose four numbers are in cells from `at` on.
 * A desk of ten thousand strategies draws from ten thousand streams, and most of a draw is finding them in memory.
 */
export function drawFrom(cells: Float64Array, at: number): number {
  const high = drawWord(cells, at);
  const low = Math.trunc(drawWord(cells, at) * 0x20_0000);
  return high + low * PER_DOUBLE;
}

function drawWord(cells: Float64Array, at: number): number {
  const sum = 2_091_639 * (cells[at + 1] as number) + (cells[at] as number) * PER_WORD;
  const carry = Math.trunc(sum);
  cells[at] = carry;
  cells[at + 1] = cells[at + 2] as number;
  cells[at + 2] = cells[at + 3] as number;
  cells[at + 3] = sum - carry;
  return sum - carry;
}

class AleaStream implements Stream {
  readonly #cells: Float64Array;

  constructor(state: StreamState) {
    this.#cells = Float64Array.of(state.c, state.s0, state.s1, state.s2);
  }

  next(): number {
    return drawFrom(this.#cells, 0);
  }

  state(): StreamState {
    const [c, s0, s1, s2] = this.#cells as unknown as [number, number, number, number];
    return { c, s0, s1, s2 };
  }

  clone(): Stream {
    return new AleaStream(this.state());
  }
}

/** Baagøe's mash of a text, from the number that the texts before it left. */
function mash(before: number, text: string): number {
  let n = before;
  for (let index = 0; index < text.length; index += 1) {
    n += text.charCodeAt(index);
    let h = 0.02519603282416938 * n;
    n = h >>> 0;
    h = (h - n) * n;
    n = h >>> 0;
    n += (h - n) * 0x1_0000_0000;
  }
  return n;
}

const MASH_START = 0xefc8_249d;
const shareOf = (mashed: number): number => (mashed >>> 0) * PER_WORD;
const lowered = (share: number, mashed: number): number => {
  const rest = share - shareOf(mashed);
  return rest < 0 ? rest + 1 : rest;
};
const BLANK_0 = mash(MASH_START, " ");
const BLANK_1 = mash(BLANK_0, " ");
const BLANK_2 = mash(BLANK_1, " ");

/**
 * The state that Alea has from a text, as `seedrandom` seeds it: a stream is made for every run of every strategy, and its own way
 * takes longer than the few numbers that are drawn from it.
 */
function seeded(text: string): StreamState {
  const first = mash(BLANK_2, text);
  const second = mash(first, text);
  const third = mash(second, text);
  return {
    c: 1,
    s0: lowered(shareOf(BLANK_0), first),
    s1: lowered(shareOf(BLANK_1), second),
    s2: lowered(shareOf(BLANK_2), third),
  };
}

/** The stream of a name under a seed: uniform in [0, 1), 53 bits. The seed's length keeps "1" + "2a" apart from "12" + "a". */
export function createStream(seed: Seed, name: string): Stream {
  const text = String(seed);
  return new AleaStream(seeded(`${text.length}:${text}:${name}`));
}

/** A stream that continues from a saved state. Throws a RangeError when a number of the state is missing or not finite. */
export function restoreStream(state: StreamState): Stream {
  const { c, s0, s1, s2 } = state;
  for (const value of [c, s0, s1, s2])
    if (!Number.isFinite(value)) throw new RangeError(`A stream's state holds four numbers, not ${String(value)}.`);
  return new AleaStream(state);
}

/** A seed where none was given. A drawn seed must be reported, so that the run can be repeated. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 0x1_0000_0000); // determinism-ok: a run without a seed draws one, and its snapshot has it
}
