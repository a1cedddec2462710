/**
 * The shape of a message, known before it is parsed: against a naive count over the parsed value.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isBounded } from "../../src/serve/shape.ts";

it("lets every message pass that a view sends", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(isBounded(text)).toBe(true);
    }),
    { seed: 3 },
  );
  // A file's text is one part, whatever is in it, and may end in any number of backslashes.
  for (const inside of ["[".repeat(1_000_000), "\\\\".repeat(500), '"\\'.repeat(200_000)])
    expect(isBounded(JSON.stringify({ kind: "call", input: { text: inside } }))).toBe(true);
});

it.each([
  ["deep lists", "[".repeat(66_000_000)],
  ["deep objects", '{"a":'.repeat(40)],
  ["many lists", `[${"[],".repeat(200_000)}1]`],
  ["many numbers", `[${"1,".repeat(200_000)}1]`],
  ["many texts", `[${'"",'.repeat(200_000)}1]`],
  ["a number of millions of digits", "1".repeat(7_900_000)],
  ["a fraction of too many digits", `{"a":0.${"3".repeat(63)}}`],
  ["a blank of too many letters", `[1,${" ".repeat(65)}2]`],
])("refuses %s", (_name, text) => {
  expect(isBounded(text)).toBe(false);
});

it("agrees with the depth and number of parts", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  expect([nested(32), nested(33)].map(isBounded)).toEqual([true, false]);
  const digits = (count: number): string => `{"a":${"7".repeat(count)},"b":${"7".repeat(count)}}`;
  expect([digits(64), digits(65)].map(isBounded)).toEqual([true, false]);
});
