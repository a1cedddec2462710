/**
 * The arithmetic of signals: means, deviations, regressions over the newest closes.
 *
 * 1. Deviations are of the population. A deviation of zero gives no z-score: null.
 * 2. Sums run from the oldest value to the newest, so the same closes give the same bits.
 * 3. Values that do not move have exactly their own mean and no deviation, whatever the rounding of binary sums.
 */

/** The newest `count` closes of bars, oldest first; null while there are fewer. */
export function newestCloses(bars: readonly { readonly close: number }[], count: number): number[] | null {
  if (bars.length < count) return null;
  const closes: number[] = [];
  for (let index = bars.length - count; index < bars.length; index += 1)
    closes.push((bars[index] as { close: number }).close);
  return closes;
}

interface TimedClose {
  readonly at: number;
  readonly close: number;
}

/**
 * The newest `count` closes that two symbols have at equal moments, oldest first; null while there are fewer. A bar that only
 * one of them has is passed over: a close is compared with the other's of its own moment, never with that of another.
 */
export function newestJoined(
  a: readonly TimedClose[],
  b: readonly TimedClose[],
  count: number,
): [a: number[], b: number[]] | null {
  const closesA: number[] = [];
  const closesB: number[] = [];
  let [left, right] = [a.length - 1, b.length - 1];
  while (left >= 0 && right >= 0 && closesA.length < count) {
    const [first, second] = [a[left] as TimedClose, b[right] as TimedClose];
    if (first.at === second.at) {
      closesA.push(first.close);
      closesB.push(second.close);
    }
    if (first.at >= second.at) left -= 1;
    if (second.at >= first.at) right -= 1;
  }
  return closesA.length < count ? null : [closesA.toReversed(), closesB.toReversed()];
}

/** The arithmetic mean; `values` is not empty. Summed as offsets from the first value, so that equal ones leave no rest. */
export function mean(values: readonly number[]): number {
  const first = values[0] as number;
  let offsets = 0;
  for (const value of values) offsets += value - first;
  return first + offsets / values.length;
}

/** How many population deviations the last value lies from the mean; null when all values are equal. */
export function zScore(
  values: readonly number[],
): { readonly z: number; readonly mean: number; readonly deviation: number } | null {
  const center = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - center) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  if (!(deviation > 0)) return null;
  return { z: ((values[values.length - 1] as number) - center) / deviation, mean: center, deviation };
}

/** The slope of the least-squares line of `a` on `b`; null when `b` does not move. */
export function hedgeRatio(a: readonly number[], b: readonly number[]): number | null {
  const meanA = mean(a);
  const meanB = mean(b);
  let covariance = 0;
  let variance = 0;
  for (let index = 0; index < a.length; index += 1) {
    const offset = (b[index] as number) - meanB;
    covariance += ((a[index] as number) - meanA) * offset;
    variance += offset * offset;
  }
  return variance > 0 ? covariance / variance : null;
}
