/**
 * The oldest key of a map, asked for again and again while the map grows, loses keys and gets them back.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Oldest } from "../../src/shared/collections/oldest.ts";

it("is the one that a fresh iterator begins with, as long as who asks deletes it", () => {
  const step = fc.record({ kind: fc.constantFrom("add", "add", "take", "delete"), key: fc.nat({ max: 30 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const map = new Map<number, true>();
      const oldest = new Oldest(map);
      for (const { kind, key } of steps) {
        if (kind === "add") map.set(key, true);
        else if (kind === "delete") map.delete(key);
        else {
          const expected = [...map.keys()][0];
          const found = oldest.take();
          expect(found).toBe(expected);
          if (found !== undefined) map.delete(found);
        }
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});
