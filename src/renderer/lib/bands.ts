/**
 * A long series as a band: of each stretch of time the lowest and the highest value.
 *
 * 1. No value lies outside its band, and each edge is a value of its stretch.
 * 2. Stretches lie on multiples of their width, so a new value changes the last one only; the width is one of `WIDTHS`.
 */

/** Points that a chart can draw without lines running into each other. */
export const POINTS_MAX = 90;

const SECOND = 1e6;
const WIDTHS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * SECOND,
);

interface Edges {
  readonly high: readonly number[];
  readonly low: readonly number[];
}

export interface Bands {
  /** The last moment of each stretch, in microseconds. */
  readonly times: readonly number[];
  /** For each series its upper edge, then its lower one. */
  readonly edges: readonly (readonly number[])[];
  /** Microseconds of a stretch; 0 where every value stands for itself. */
  readonly width: number;
}

/** The narrowest stretch by which the times make no more than `POINTS_MAX` points. */
function widthOf(times: readonly number[]): number {
  if (times.length <= POINTS_MAX) return 0;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return WIDTHS.find((width) => span / width < POINTS_MAX - 1) ?? span;
}

/** Bands of several series at the same ascending times, in microseconds. */
export function bandsOf(times: readonly number[], series: readonly Edges[]): Bands {
  const width = widthOf(times);
  if (width === 0) return { times, edges: series.flatMap(({ high, low }) => [high, low]), width };
  const starts = times.flatMap((at, index) =>
    index === 0 || Math.floor(at / width) !== Math.floor((times[index - 1] ?? 0) / width) ? [index] : [],
  );
  const ends = [...starts.slice(1), times.length];
  const stretches = starts.map((start, index) => [start, ends[index] ?? times.length] as const);
  return {
    times: stretches.map(([, end]) => times[end - 1] ?? 0),
    edges: series.flatMap(({ high, low }) => [
      stretches.map(([start, end]) => Math.max(...high.slice(start, end))),
      stretches.map(([start, end]) => Math.min(...low.slice(start, end))),
    ]),
    width,
  };
}
