/**
 * Rows of orders are found as in a map from ids, whatever the ids are: ours, far ahead of ours, and strangers'.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { orderIdOf, sequenceOf } from "../../src/orchestrator/index.ts";
import { OrderRows } from "../../src/orchestrator/router/order-rows.ts";

const id = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map(orderIdOf),
  fc.constantFrom(65_535, 65_536, 70_000, 4_000_000, Number.MAX_SAFE_INTEGER).map(orderIdOf),
  fc.constantFrom("THEIRS-1", "7", "", "ROUTER-1", "ROUTER-000000001"),
);
const step = fc.record({ kind: fc.constantFrom("add", "add", "delete"), id });

it("answers as a map does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
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

it("finds a number that was far when it came and is not any more", () => {
  const rows = new OrderRows();
  const far = 150_000;
  rows.add(far, 0, orderIdOf);
  for (let number = 1; number < 200_000; number += 1) if (number !== far) rows.add(number, number, orderIdOf);
  expect(rows.find(orderIdOf(far))).toBe(0);
  rows.delete(orderIdOf(far));
  expect(rows.find(orderIdOf(far))).toBe(-1);
  expect(rows.find(orderIdOf(far + 1))).toBe(far + 1);
});
