/**
 * A table without a header: which of the known layouts its cells fit.
 *
 * 1. A layout of bars fits only when in nearly all rows of the sample no price is above the high or below the low.
 */
import { layoutOfWords } from "./columns.ts";
import type { Layout, Sample } from "./finder.ts";
import { CELL_LAYOUTS, KINDS, type CellLayout } from "./layouts.ts";

const SAMPLE_MAX = 500;
/** Rows that may break the rule of high and low before the layout is not believed. */
const BROKEN_SHARE = 0.05;

const fits = (kinds: readonly string[], cells: readonly string[]): boolean =>
  kinds.every((kind, at) => (KINDS[kind] as RegExp).test(cells[at] ?? ""));

const plainly = (cell: string | undefined): number =>
  Number((cell ?? "").replaceAll(/[$€£\s']/g, "").replace(/^(\d+),(\d+)$/, "$1.$2"));

function keepsPrices(layout: Layout, sample: Sample): boolean {
  if (layout.kind !== "bars") return true;
  const { open, high, low, close } = layout;
  const broken = sample.filter((cells) => {
    const [o, h, l, c] = [open, high, low, close].map((at) => plainly(cells[at])) as [number, number, number, number];
    return o > h || c > h || o < l || c < l;
  });
  return broken.length <= sample.length * BROKEN_SHARE;
}

/** Cells at the end that are empty in every row. */
function widthOf(sample: Sample): number {
  const widths = new Map<number, number>();
  for (const cells of sample) {
    let width = cells.length;
    while (width > 0 && cells[width - 1] === "") width--;
    widths.set(width, (widths.get(width) ?? 0) + 1);
  }
  return [...widths].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

export interface Headerless {
  readonly layout: Layout;
  readonly known: CellLayout;
}

/** The layout that rows without a header have; null when none of the known ones fits. */
export function headerlessOf(file: string, all: Sample): Headerless | null {
  const width = widthOf(all.slice(0, SAMPLE_MAX));
  const sample = all.slice(0, SAMPLE_MAX).filter((cells) => cells.length >= width);
  if (sample.length === 0) return null;
  for (const known of CELL_LAYOUTS) {
    const kinds = known.cells.split(" ");
    if (kinds.length !== width || (known.file !== undefined && !known.file.test(file))) continue;
    const fitting = sample.filter((cells) => fits(kinds, cells));
    if (fitting.length < sample.length * (1 - BROKEN_SHARE)) continue;
    const layout = layoutOfWords(known.columns, fitting);
    if ("missing" in layout || "unknown" in layout || !keepsPrices(layout, fitting)) continue;
    const rules = { stamp: known.stamp ?? null, zone: known.zone ?? null, stampUnclear: known.stampUnclear === true };
    return { layout: { ...layout, ...rules, name: known.name, width }, known };
  }
  return null;
}
