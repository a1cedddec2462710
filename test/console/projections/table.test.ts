/**
 * Tables and stable values: the identity of what did not change is kept, against naive models.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stable, Table } from "../../../src/console/projections/table.ts";

describe("a table", () => {
  it("equals a plain list of pairs cut at its limit", () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant("set" as const), key: fc.constantFrom("a", "b", "c", "d", "e", "__proto__", "7") }),
      fc.record({ do: fc.constant("delete" as const), key: fc.constantFrom("a", "b", "c", "__proto__") }),
      fc.record({ do: fc.constant("trim" as const), key: fc.constant("") }),
    );
    fc.assert(
      fc.property(fc.array(action), fc.integer({ min: 1, max: 5 }), (actions, limit) => {
        const table = new Table<{ readonly n: number }>(limit);
        let model: [string, { readonly n: number }][] = [];
        for (const [n, { do: what, key }] of actions.entries()) {
          const before = table.value();
          if (what === "set") {
            const row = { n };
            table.set(key, row);
            const place = model.findIndex(([other]) => other === key);
            if (place < 0) model.push([key, row]);
            else model[place] = [key, row];
            model = model.slice(-limit);
          } else if (what === "delete") {
            table.delete(key);
            model = model.filter(([other]) => other !== key);
          } else {
            table.trim((row) => row.n < n - 3);
            while (model[0] !== undefined && model[0][1].n < n - 3) model.shift();
          }
          const after = table.value();
          expect(new Map(Object.entries(after))).toEqual(new Map(model));
          expect([...table.rows()]).toEqual(model.map(([, row]) => row));
          for (const [other, row] of model)
            if (Object.hasOwn(before, other) && other !== key) expect(after[other]).toBe(row);
          expect(table.value()).toBe(after);
        }
      }),
    );
  });
});

describe("a stable value", () => {
  const json = fc.jsonValue({ maxDepth: 3 });

  it("equals the new one, and is the old one where they are equal", () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(stable<unknown>(before, after)).toEqual(after);
        const copy: unknown = JSON.parse(JSON.stringify(before));
        expect(stable<unknown>(before, copy)).toBe(typeof before === "object" ? before : copy);
      }),
    );
  });

  it("keeps the rows that did not change", () => {
    const before = { a: { n: 1 }, b: { n: 2, list: [1, 2] } };
    const after = stable<typeof before>(before, { a: { n: 1 }, b: { n: 3, list: [1, 2] } });
    expect(after).not.toBe(before);
    expect(after.a).toBe(before.a);
    expect(after.b.list).toBe(before.b.list);
    expect(after.b.n).toBe(3);
  });
});
