/**
 * The patches that streams send.
 *
 * 1. Applying a difference gives the later projection, whatever the two are.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyPatch, diff, type JsonObject } from "../../src/shared/contract/patch.ts";

const keys = fc.constantFrom("a", "b", "c", "rows", "__proto__", "constructor");
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("x", "y"),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(keys, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const objects = fc.dictionary(keys, value, { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;

describe("patches", () => {
  it("turn the earlier projection into the later one, also after a trip as text", () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const patch = diff(before, after);
        const result = patch === null ? before : applyPatch(before, JSON.parse(JSON.stringify(patch)));
        expect(Object.keys(result).toSorted()).toEqual(Object.keys(after).toSorted());
        expect(result).toEqual(after);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are null between equal projections", () => {
    fc.assert(fc.property(objects, (object) => diff(object, structuredClone(object)) === null));
  });

  it("keep the identity of what they do not touch", () => {
    const rows = { a: { n: 1 }, b: { n: 2 } };
    const patch = diff({ rows }, { rows: { ...rows, b: { n: 3 } } });
    const result = applyPatch({ rows }, patch ?? {}) as { rows: typeof rows };
    expect(patch).toEqual({ c: { rows: { c: { b: { s: { n: 3 } } } } } });
    expect(result.rows.a).toBe(rows.a);
  });

  it("never reach a prototype", () => {
    const hostile = JSON.parse('{"c":{"__proto__":{"s":{"polluted":true}}}}') as Parameters<typeof applyPatch>[1];
    expect(() => applyPatch({}, hostile)).toThrow(/no object/);
    applyPatch({}, JSON.parse('{"s":{"__proto__":{"polluted":true}}}') as Parameters<typeof applyPatch>[1]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
