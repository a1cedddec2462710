/** A history against all of its rows: bounded, whole in span, exact in its newest half, and with the true extremes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "../../../src/console/projections/history.ts";
import { thinEquity } from "../../../src/console/projections/desk.ts";
import { thinSamples, type Sample } from "../../../src/console/projections/metrics.ts";

const LIMIT = 64;

type Point = [at: number, equity: number, drawdown: number];

/** Equity as a walk, with the drawdown that it really has. */
function curve(steps: readonly number[]): Point[] {
  let equity = 1_000;
  let peak = equity;
  return steps.map((step, index) => {
    equity = Math.max(1, equity + step);
    peak = Math.max(peak, equity);
    return [index, equity, equity / peak - 1];
  });
}

const extreme = (rows: readonly (readonly number[])[], column: number, pick: (...values: number[]) => number): number =>
  pick(...rows.map((row) => row[column] as number));

describe("a history", () => {
  it("of equity keeps its span, its highest and lowest equity and its deepest drawdown within the limit", () => {
    const steps = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 1_500 });
    fc.assert(
      fc.property(steps, (moves) => {
        const points = curve(moves);
        const history = new History<Point>(LIMIT, thinEquity);
        for (const point of points) history.add(point);
        const rows = history.rows();
        expect(rows.length).toBeLessThanOrEqual(LIMIT);
        expect(rows[0]).toEqual(points[0]);
        expect(rows.slice(-LIMIT / 2)).toEqual(points.slice(-LIMIT / 2));
        const times = rows.map(([at]) => at);
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
        for (const [column, pick] of [
          [1, Math.min],
          [1, Math.max],
          [2, Math.min],
        ] as const)
          expect(extreme(rows, column, pick)).toBe(extreme(points, column, pick));
        expect(Object.values(history.value())).toEqual(rows);
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });

  it("of metrics keeps the highest of each figure, and the lowest throughput", () => {
    const row = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 600 }), (drawn) => {
        const samples = drawn.map((figures, index) => [index, ...figures] as Sample);
        const history = new History<Sample>(LIMIT, thinSamples);
        for (const sample of samples) history.add(sample);
        const rows = history.rows();
        expect(rows.length).toBeLessThanOrEqual(LIMIT);
        for (let column = 1; column < 10; column += 1)
          expect(extreme(rows, column, Math.max)).toBe(extreme(samples, column, Math.max));
        for (let column = 10; column < 13; column += 1)
          expect(extreme(rows, column, Math.min)).toBe(extreme(samples, column, Math.min));
      }),
      { seed: 20_261_127, numRuns: 100 },
    );
  });

  it("thins evenly: after a long session no stretch of the past is much coarser than another", () => {
    const history = new History<Point>(LIMIT, thinEquity);
    for (const point of curve(Array.from({ length: 100_000 }, (_, index) => (index % 7) - 3))) history.add(point);
    const times = history.rows().map(([at]) => at);
    const gaps = times.slice(1, -LIMIT / 2).map((at, index) => at - (times[index] as number));
    expect(Math.max(...gaps)).toBeLessThan((100_000 / (LIMIT / 2)) * 4);
  });

  it("without a limit keeps every row", () => {
    const history = new History<Point>(Infinity, thinEquity);
    for (const point of curve([1, 2, 3, 4, 5])) history.add(point);
    expect(history.rows()).toHaveLength(5);
    expect(history.added).toBe(5);
  });
});
