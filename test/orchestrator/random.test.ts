/**
 * Streams give the numbers of `seedrandom`, whatever the seed and the name, and continue from any state.
 */
import fc from "fast-check";
import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { createStream, restoreStream } from "../../src/orchestrator/index.ts";
import type { StreamState } from "../../src/orchestrator/index.ts";
import { hostileText } from "./hostile.ts";

describe("a stream", () => {
  it("equals seedrandom's Alea, in its numbers and in its state", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.string()),
        hostileText(),
        fc.integer({ min: 1, max: 300 }),
        (seed, name, draws) => {
          const text = String(seed);
          const reference = seedrandom.alea(`${text.length}:${text}:${name}`, { state: true });
          const stream = createStream(seed, name);
          for (let draw = 0; draw < draws; draw += 1) expect(stream.next()).toBe(reference.double());
          expect(stream.state()).toEqual(reference.state());
        },
      ),
    );
  });

  it("continues from a saved state, and a clone leaves it where it is", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 50 }), (seed, draws) => {
        const stream = createStream(seed, "a");
        for (let draw = 0; draw < draws; draw += 1) stream.next();
        const saved = JSON.parse(JSON.stringify(stream.state())) as StreamState;
        const clone = stream.clone();
        const numbers = Array.from({ length: 20 }, () => clone.next());
        expect(stream.state()).toEqual(saved);
        const restored = restoreStream(saved);
        expect(Array.from({ length: 20 }, () => restored.next())).toEqual(numbers);
        expect(Array.from({ length: 20 }, () => stream.next())).toEqual(numbers);
        for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
      }),
    );
  });

  it("is refused a state that has a number missing", () => {
    for (const field of ["c", "s0", "s1", "s2"])
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, "0"])
        expect(() => restoreStream({ ...createStream(1, "a").state(), [field]: value })).toThrow(RangeError);
  });
});
