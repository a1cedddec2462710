/**
 * Work over many rows that pauses now and then.
 *
 * 1. With or without its pauses, work has the same result.
 */

/** Rows between two pauses: about a millisecond's work. */
export const CHUNK_ROWS = 1_024;

/** Work that comes to its result in pieces, with an empty text after each, so that a caller can do other work in between. */
export type Paced<Result> = Generator<string, Result>;

/** The result of paced work, without its pauses. */
export function atOnce<Result>(work: Paced<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Whether a pause is due after this row. */
export const pauses = (row: number): boolean => row % CHUNK_ROWS === CHUNK_ROWS - 1;
