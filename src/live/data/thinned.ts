/**
 * A range of a series in as few bars as a screen shows.
 *
 * 1. A put-together bar opens as its first bar does, closes as its last does, and has the highest high, the lowest low and the sum of
 *    volumes of all its bars; no bar of the range is left out.
 * 2. Bars are put together in groups that begin at multiples of their size, so that they stay the same while a chart is moved.
 */
import type { BarTable } from "../reader/index.ts";

/** Columns of bars. `opened` are moments. */
export interface ThinnedBars {
  readonly each: number;
  readonly opened: number[];
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

/** The first place whose value is above a limit; the length where there is none. */
function firstAbove(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The moment at which a bar opens. */
export function openedAt({ at, opened, interval }: BarTable, index: number): number {
  return opened?.[index] ?? (at[index] as number) - interval;
}

/** How many bars a group holds: 1, 2, 5, 10 … so that few sizes occur while a chart is zoomed. */
function groupSize(count: number, points: number): number {
  const least = count / points;
  for (let unit = 1; ; unit *= 10) for (const size of [unit, 2 * unit, 5 * unit]) if (size >= least) return size;
}

/** The bars that overlap a range of moments, at most about `points` of them. Null ends are those of the series. */
export function thinned(table: BarTable, from: number | null, to: number | null, points: number): ThinnedBars {
  const { at } = table;
  const first = from === null ? 0 : firstAbove(at, from);
  let end = to === null ? at.length : firstAbove(at, to);
  if (end < at.length && to !== null && openedAt(table, end) <= to) end++;
  const each = groupSize(Math.max(1, end - first), points);
  const bars: ThinnedBars = { each, opened: [], open: [], high: [], low: [], close: [], volume: [] };
  for (let start = Math.floor(first / each) * each; start < end; start += each) {
    const stop = Math.min(start + each, at.length);
    let [high, low, volume] = [-Infinity, Infinity, 0];
    for (let index = start; index < stop; index++) {
      high = Math.max(high, table.high[index] as number);
      low = Math.min(low, table.low[index] as number);
      volume += table.volume[index] as number;
    }
    bars.opened.push(openedAt(table, start));
    bars.open.push(table.open[start] as number);
    bars.high.push(high);
    bars.low.push(low);
    bars.close.push(table.close[stop - 1] as number);
    bars.volume.push(volume);
  }
  return bars;
}
