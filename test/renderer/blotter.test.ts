/** The blotter's rows against a naive model: whatever the reader misses, what is shown is one stretch of the newest rows. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterMove, NOTHING_OLDER, OLDER_MAX, withAnswer, withPage } from "../../src/renderer/lib/blotter.ts";
import type { Older, Window } from "../../src/renderer/lib/blotter.ts";

interface Row {
  readonly seq: number;
}

const WINDOW = 20;

/** The newest rows of `total`; a row's number is its place, its sequence leaves gaps as a journal's does. */
function windowOf(total: number): Window<Row> {
  const first = Math.max(0, total - WINDOW);
  const rows: Record<string, Row> = {};
  for (let number = first; number < total; number += 1) rows[`R${number}`] = { seq: number * 3 + 1 };
  return { rows, total };
}

const numberOf = (row: Row): number => (row.seq - 1) / 3;

function pageBelow(lowest: number, limit: number): { readonly rows: Row[]; readonly more: boolean } {
  const from = Math.max(0, lowest - limit);
  const rows = Array.from({ length: lowest - from }, (_, index) => ({ seq: (from + index) * 3 + 1 }));
  return { rows: rows.toReversed(), more: from > 0 };
}

/** Everything that is shown, as places, lowest first. */
function shown(older: Older<Row>, window: Window<Row>): number[] {
  return [...older.rows, ...Object.values(window.rows)].map(numberOf).toSorted((a, b) => a - b);
}

describe("the rows of a blotter", () => {
  it("are one stretch up to the newest, whatever a slow reader misses", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("grow" as const), by: fc.integer({ min: 0, max: 60 }) }),
      fc.record({
        kind: fc.constant("load" as const),
        by: fc.integer({ min: 1, max: 30 }),
        meanwhile: fc.integer({ min: 0, max: 60 }),
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.array(step, { maxLength: 30 }), (start, steps) => {
        let window = windowOf(start);
        let older: Older<Row> = NOTHING_OLDER;
        const grow = (by: number): void => {
          const next = windowOf(window.total + by);
          older = afterMove(older, window, next);
          window = next;
        };
        for (const step of steps) {
          if (step.kind === "grow") grow(step.by);
          else {
            const asked = [...older.rows, ...Object.values(window.rows)];
            const below = shown(older, window)[0] as number;
            const page = pageBelow(below, step.by);
            grow(step.meanwhile);
            older = withAnswer({ older, window }, asked, page.rows, page.more);
            if (step.meanwhile < WINDOW) expect(shown(older, window)[0]).toBe(Math.max(0, below - step.by));
          }
          const places = shown(older, window);
          expect(places.at(-1)).toBe(window.total - 1);
          expect(places).toEqual(places.map((_, index) => (places[0] as number) + index));
          if (older.done) expect(places[0]).toBe(0);
        }
      }),
      { seed: 20_261_127, numRuns: 300 },
    );
  });

  it("keep rows that leave the window", () => {
    const before = windowOf(50);
    const page = pageBelow(30, 10);
    const older = withPage(NOTHING_OLDER, page.rows, page.more);
    const after = afterMove(older, before, windowOf(55));
    expect(after.rows.map(numberOf)).toEqual(Array.from({ length: 15 }, (_, index) => 20 + index));
  });

  it("let the oldest go at their limit, and can load them again", () => {
    const page = pageBelow(OLDER_MAX + 100, OLDER_MAX + 100);
    const older = withPage(NOTHING_OLDER, page.rows, page.more);
    expect(older.rows).toHaveLength(OLDER_MAX);
    expect(older.done).toBe(false);
    expect(numberOf(older.rows[0] as Row)).toBe(100);
  });
});
