/**
 * One line of the benchmark's table, and the middle of several rounds.
 */

/** What was measured. */
export interface BenchRow {
  readonly name: string;
  /** How many things one round worked on, or how many rounds there were. */
  readonly n: number;
  readonly value: number;
  readonly unit: string;
  readonly target?: number;
  readonly better: "higher" | "lower";
}

/** The middle one of several values; of an even number, the upper one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
