/** Bars put together for a chart, against a plain model: nothing of the range is lost, and nothing is made up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thinned } from "../../../src/live/data/thinned.ts";
import type { BarTable } from "../../../src/live/reader/index.ts";
import { duration } from "../../../src/shared/time.ts";

const STEP = 10;

function tableOf(prices: readonly number[], steps: readonly number[]): BarTable {
  let at = 0;
  const columns = (of: (price: number, index: number) => number): Float64Array => Float64Array.from(prices, of);
  return {
    symbol: "A",
    interval: duration(STEP),
    pricePrecision: 2,
    at: columns((_, index) => (at += STEP * (steps[index % steps.length] as number))),
    open: columns((price) => price),
    high: columns((price) => price + 2),
    low: columns((price) => price - 2),
    close: columns((price) => price + 1),
    volume: columns((price) => price),
  };
}

const tables = fc
  .tuple(
    fc.array(fc.integer({ min: 3, max: 99 }), { minLength: 1, maxLength: 200 }),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
  )
  .map(([prices, steps]) => tableOf(prices, steps));

describe("a range of bars in few bars", () => {
  it("holds all that the whole series holds, in at most the points asked for", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 10, max: 60 }), (table, points) => {
        const bars = thinned(table, null, null, points);
        expect(bars.opened.length).toBeLessThanOrEqual(points);
        expect(bars.opened.length).toBe(Math.ceil(table.at.length / bars.each));
        expect(Math.max(...bars.high)).toBe(Math.max(...table.high));
        expect(Math.min(...bars.low)).toBe(Math.min(...table.low));
        expect(bars.volume.reduce((sum, one) => sum + one, 0)).toBe(table.volume.reduce((sum, one) => sum + one, 0));
        expect([bars.open[0], bars.close.at(-1)]).toEqual([table.open[0], table.close.at(-1)]);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("has every bar that overlaps a range, and few others", () => {
    fc.assert(
      fc.property(tables, fc.nat(3_000), fc.nat(3_000), (table, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const bars = thinned(table, from, to, 10_000);
        expect(bars.each).toBe(1);
        const wanted = [...table.at].map((close) => close - STEP).filter((open) => open + STEP > from && open <= to);
        for (const open of wanted) expect(bars.opened).toContain(open);
        expect(bars.opened.length - wanted.length).toBeLessThanOrEqual(1);
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
