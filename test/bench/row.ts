/**
 * One line of the benchmark's table, the middle of several rounds, and how large a benchmark is.
 *
 * 1. With `--quick` every size is a small one: each line of a benchmark then runs in little time, and its figures mean nothing.
 */

/** Whether sizes are small ones, which try the benchmarks and measure nothing. */
export const quick = process.argv.includes("--quick");

/** A size, a count of rounds or a time: the one that measures, or the one that only tries. */
export const sized = (measured: number, tried: number): number => (quick ? tried : measured);

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
