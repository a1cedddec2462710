/** Bands of a long series, held against each value one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandsOf, POINTS_MAX } from "../../src/renderer/lib/bands.ts";

const START = Date.UTC(2026, 0, 5, 14, 30) * 1_000;

const drawn = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 400 })
  .map((rows) => {
    let at = START;
    const times = rows.map(([gap]) => (at += gap * 10_000));
    const high = rows.map(([, low, more]) => low + more);
    return { times, high, low: rows.map(([, low]) => low) };
  });

describe("bands", () => {
  it("hold every value of their stretch, with edges that are values, in few points", () => {
    fc.assert(
      fc.property(drawn, ({ times, high, low }) => {
        const bands = bandsOf(times, [{ high, low }]);
        const [top = [], bottom = []] = bands.edges;
        expect(bands.times.length).toBeLessThanOrEqual(POINTS_MAX);
        expect(bands.times.at(-1)).toBe(times.at(-1));
        let from = 0;
        for (const [index, end] of bands.times.entries()) {
          const until = times.indexOf(end) + 1;
          expect(top[index]).toBe(Math.max(...high.slice(from, until)));
          expect(bottom[index]).toBe(Math.min(...low.slice(from, until)));
          from = until;
        }
        expect(from).toBe(times.length);
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });

  it("leave a short series as it is", () => {
    const times = [START, START + 5e6];
    expect(bandsOf(times, [{ high: [3, 4], low: [3, 2] }])).toEqual({
      times,
      edges: [
        [3, 4],
        [3, 2],
      ],
      width: 0,
    });
  });

  it("change only at their end when a value is added", () => {
    const times = Array.from({ length: 200 }, (_, index) => START + index * 5e6);
    const values = times.map((_, index) => (index * 7) % 13);
    const all = bandsOf(times, [{ high: values, low: values }]);
    const before = bandsOf(times.slice(0, -1), [{ high: values.slice(0, -1), low: values.slice(0, -1) }]);
    expect(all.width).toBe(before.width);
    const kept = before.times.length - 1;
    expect(all.times.slice(0, kept)).toEqual(before.times.slice(0, kept));
    expect(all.edges.map((edge) => edge.slice(0, kept))).toEqual(before.edges.map((edge) => edge.slice(0, kept)));
  });
});
