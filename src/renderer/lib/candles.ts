/** What a chart of candles shows of a long series, and when it has to ask for more. */
import type { DataBars, DataReadFile } from "../../shared/contract/contract-data.ts";
import { formatNumber } from "./format.ts";
import { formatAge } from "./time.ts";

/** Bars that are asked for at a time: three screens of them. */
export const POINTS = 1_500;
/** Fewer candles than this on the screen are drawn from finer bars, where there are any. */
const COARSE_MIN = 250;
/** A screen that shows more than this share of what is loaded needs a wider range. */
const WIDE_SHARE = 0.6;
const EDGE_SHARE = 0.1;

/** Moments: a range that is to be loaded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

type Loaded = Pick<DataBars, "opened" | "each" | "first" | "last" | "interval">;

/** The moment at a place between bars; beyond the ends as if bars continued. */
export function momentAt({ opened }: Pick<Loaded, "opened">, place: number): number {
  const count = opened.length;
  const [first = 0, last = 0] = [opened[0], opened[count - 1]];
  const step = count > 1 ? (last - first) / (count - 1) : 1;
  if (place <= 0) return first + place * step;
  if (place >= count - 1) return last + (place - count + 1) * step;
  const below = Math.floor(place);
  const [a = 0, b = 0] = [opened[below], opened[below + 1]];
  return a + (b - a) * (place - below);
}

/** The place of a moment: between two bars a fraction, beyond the ends below zero or above the last. */
export function placeOf({ opened }: Pick<Loaded, "opened">, at: number): number {
  const count = opened.length;
  const [first = 0, last = 0] = [opened[0], opened[count - 1]];
  const step = count > 1 ? (last - first) / (count - 1) : 1;
  if (at <= first) return (at - first) / step;
  if (at >= last) return count - 1 + (at - last) / step;
  let [low, high] = [0, count - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((opened[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  const [a = 0, b = 0] = [opened[low], opened[low + 1]];
  return low + (at - a) / (b - a);
}

/** The range to load when the screen shows bars from one place to another; null while what is loaded serves. */
export function rangeWanted(loaded: Loaded, from: number, to: number): Range | null {
  const { opened, each, first, last, interval } = loaded;
  const count = opened.length;
  if (count === 0) return null;
  const start = opened[0] as number;
  const end = (opened[count - 1] as number) + each * (interval ?? 0);
  const shown = to - from;
  const [moreBefore, moreAfter] = [start > first, end < last];
  const finer = each > 1 && shown < COARSE_MIN;
  const wider = (moreBefore || moreAfter) && shown > count * WIDE_SHARE;
  const edge = (moreBefore && from < count * EDGE_SHARE) || (moreAfter && to > count * (1 - EDGE_SHARE));
  if (!finer && !wider && !edge) return null;
  const [a, b] = [momentAt(loaded, from), momentAt(loaded, to)];
  const range = { from: Math.max(first, a - (b - a)), to: Math.min(last, b + (b - a)) };
  // What is loaded already would come again.
  return range.from === start && range.to === end && !finer ? null : range;
}

export interface Mark {
  /** The bar that it stands at. */
  readonly index: number;
  readonly kind: "gap" | "jump";
  readonly text: string;
}

/** Gaps and jumps of a symbol that lie within what is loaded, each at the first bar after it. */
export function marksOf({ opened }: Pick<Loaded, "opened">, symbol: string, files: readonly DataReadFile[]): Mark[] {
  const place = (at: number): number =>
    opened.findIndex((one, index) => one <= at && at < (opened[index + 1] ?? Infinity));
  const marks = files.flatMap(({ gaps, jumps }) => [
    ...gaps
      .filter((gap) => gap.symbol === symbol)
      .map(({ from, to }): Mark => ({ index: place(to), kind: "gap", text: `gap ${formatAge(to - from)}` })),
    ...jumps
      .filter((jump) => jump.symbol === symbol)
      .map(({ at, from, to }): Mark => {
        const share = formatNumber((to / from - 1) * 100, { places: 0, signed: true });
        return { index: place(at - 1), kind: "jump", text: `jump ${share} %` };
      }),
  ]);
  return marks.filter(({ index }) => index >= 0).toSorted((a, b) => a.index - b.index);
}
