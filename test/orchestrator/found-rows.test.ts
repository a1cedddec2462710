/**
 * Rows of keys and rows of orders are found as in a map, whatever is added, moved and deleted, and whatever the keys and ids are.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { orderIdOf, sequenceOf } from "../../src/orchestrator/index.ts";
import { KeyIndex } from "../../src/orchestrator/router/key-index.ts";
import { OrderRows } from "../../src/orchestrator/router/order-rows.ts";

/** Keys of few characters, so that many are asked for again. */
const key = fc.string({ unit: fc.constantFrom("a", "b", "ä", "0", "\0"), maxLength: 4 });
const keyStep = fc.record({ kind: fc.constantFrom("add", "add", "add", "delete", "move"), key });

it("of keys: answers as a map does", () => {
  fc.assert(
    fc.property(fc.array(keyStep, { maxLength: 400 }), (steps) => {
      const index = new KeyIndex();
      const map = new Map<string, number>();
      const keys: string[] = [];
      for (const { kind, key: name } of steps) {
        if (kind === "add" && !map.has(name)) {
          index.add(name, keys.length, keys);
          map.set(name, keys.length);
          keys.push(name);
        } else if (kind === "delete") {
          index.delete(name, keys);
          map.delete(name);
        } else if (kind === "move" && map.has(name)) {
          index.move(name, keys.length, keys);
          map.set(name, keys.length);
          keys.push(name);
        }
        expect(index.size).toBe(map.size);
        expect(index.get(name, keys)).toBe(map.get(name) ?? -1);
      }
      for (const [name, row] of map) expect(index.get(name, keys)).toBe(row);
    }),
    { seed: 7, numRuns: 300 },
  );
});

it("of keys: grows, forgets and finds many keys", () => {
  const index = new KeyIndex();
  const keys = Array.from({ length: 50_000 }, (_, row) => `strategy:${row}`);
  for (const [row, name] of keys.entries()) index.add(name, row, keys);
  for (let row = 0; row < keys.length; row += 2) index.delete(keys[row] as string, keys);
  expect(index.size).toBe(25_000);
  const found = keys.map((name) => index.get(name, keys));
  expect(found).toEqual(keys.map((_, row) => (row % 2 === 0 ? -1 : row)));
});

/** Pairs of texts of which each two lead from one state of the hash to the same next one, one pair after another. */
const COLLISIONS: readonly (readonly [string, string])[] = [
  ["105zx", "1bpcd"],
  ["0k40p", "1c04a"],
  ["003zx", "0fpad"],
  ["09vl8", "0apd6"],
  ["04pvu", "0b3ea"],
  ["05rnw", "0mpba"],
  ["07rnw", "0opba"],
  ["07rnw", "0opba"],
];

/** The state of the hash behind a text. */
function hashAfter(text: string, from: number): number {
  let hash = from;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash;
}

it("of keys: keeps those that have one hash", () => {
  let state = 0x811c9dc5;
  for (const [one, other] of COLLISIONS) {
    expect(hashAfter(other, state)).toBe(hashAfter(one, state));
    state = hashAfter(one, state);
  }
  // Of each pair one text or the other: all these words come to one state of the hash.
  const words = Array.from({ length: 2 ** COLLISIONS.length }, (_, number) =>
    COLLISIONS.map(([one, other], bit) => ((number >> bit) % 2 === 0 ? one : other)).join(""),
  );
  const index = new KeyIndex();
  for (const [row, word] of words.entries()) index.add(word, row, words);
  expect(words.map((word) => index.get(word, words))).toEqual(words.map((_, row) => row));
  for (const word of words) index.delete(word, words);
  expect(index.size).toBe(0);
});

const id = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map(orderIdOf),
  fc.constantFrom(65_535, 65_536, 70_000, 4_000_000, Number.MAX_SAFE_INTEGER).map(orderIdOf),
  fc.constantFrom("THEIRS-1", "7", "", "ROUTER-1", "ROUTER-000000001"),
);
const idStep = fc.record({ kind: fc.constantFrom("add", "add", "delete"), id });

it("of orders: answers as a map does", () => {
  fc.assert(
    fc.property(fc.array(idStep, { maxLength: 120 }), (steps) => {
      const rows = new OrderRows();
      const map = new Map<string, number>();
      for (const [row, { kind, id: name }] of steps.entries()) {
        if (kind === "delete") {
          rows.delete(name);
          map.delete(name);
        } else if (!map.has(name)) {
          rows.add(sequenceOf(name) ?? 0, row, () => name);
          map.set(name, row);
        }
        expect(rows.find(name)).toBe(map.get(name) ?? -1);
      }
      for (const [name, row] of map) {
        expect(rows.find(name)).toBe(row);
        const number = sequenceOf(name);
        if (number !== null) expect(rows.findNumber(number, orderIdOf)).toBe(row);
      }
    }),
    { seed: 4, numRuns: 300 },
  );
});

it("of orders: finds a number that was far when it came and is not any more", () => {
  const rows = new OrderRows();
  const far = 150_000;
  rows.add(far, 0, orderIdOf);
  for (let number = 1; number < 200_000; number += 1) if (number !== far) rows.add(number, number, orderIdOf);
  expect(rows.find(orderIdOf(far))).toBe(0);
  rows.delete(orderIdOf(far));
  expect(rows.find(orderIdOf(far))).toBe(-1);
  expect(rows.find(orderIdOf(far + 1))).toBe(far + 1);
});
