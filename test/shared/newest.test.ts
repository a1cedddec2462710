/**
 * The newest values of a stream by their keys, against a list that is looked through from its end.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Newest } from "../../src/shared/collections/newest.ts";

it("are those that a list's last ones are, whenever a key is first asked for", () => {
  const step = fc.record({ asks: fc.boolean(), key: fc.constantFrom("a", "b", "c", "d", "e") });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), (max, steps) => {
      const newest = new Newest<readonly [string, number]>(max, ([key]) => key);
      const all: (readonly [string, number])[] = [];
      for (const [number, { asks, key }] of steps.entries()) {
        const kept = all.slice(-max);
        if (asks) expect(newest.get(key)).toBe(kept.findLast(([known]) => known === key));
        else {
          all.push([key, number]);
          newest.add(all.at(-1) as readonly [string, number]);
        }
      }
      expect([...newest.values()]).toEqual([...new Map(all.slice(-max).map((value) => [value[0], value])).values()]);
    }),
    { seed: 12, numRuns: 500 },
  );
});
