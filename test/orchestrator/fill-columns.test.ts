/**
 * Executions of a state file: read as columns where they are in this program's own spelling, else left to the general reader; and what
 * a report must have before it is looked at.
 *
 * 1. Both ways give the same executions, so a test looks at which way was taken: only the columns give a table.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TEXT_MAX } from "../../src/orchestrator/router/order-request.ts";
import { evidenceOf, unreadable } from "../../src/orchestrator/router/reports.ts";
import type { OrderReport } from "../../src/orchestrator/router/router-types.ts";
import { SeenFills } from "../../src/orchestrator/router/seen-fills.ts";
import { readFills } from "../../src/orchestrator/state-file/fill-columns.ts";
import { JsonReader } from "../../src/orchestrator/state-file/json-reader.ts";
import { Faults } from "../../src/orchestrator/state-file/state-fault.ts";
import { orderId } from "../../src/shared/ids.ts";
import { moment } from "../../src/shared/time.ts";

/** The section that a text begins with, and what of the text is behind it. */
function read(text: string): { readonly value: unknown; readonly rest: string } {
  const reader = new JsonReader(text, new Faults("x.json"));
  const value = readFills(reader);
  return { value, rest: text.slice(reader.at) };
}

type Row = readonly [fillId: string, quantity: number, price: number | null];
const number = fc
  .oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((n) => n + 0);
const plain = fc.stringMatching(/^[ -!#-[\]-~é]{1,12}$/);
const row: fc.Arbitrary<Row> = fc.tuple(plain, number, fc.option(number, { nil: null }));
const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 4, selector: ([fillId]) => fillId });
const orders = fc.uniqueArray(
  fc.tuple(
    plain.map((id) => `o${id}`),
    rows,
  ),
  { maxLength: 5, selector: ([id]) => id },
);
const textOf = (all: readonly (readonly [string, readonly Row[]])[]): string =>
  `{${all.map(([id, some]) => `${JSON.stringify(id)}:${JSON.stringify(some)}`).join(",")}}`;

describe("the section of executions", () => {
  it("is read as columns in the program's own spelling, and ends where it ends", () => {
    fc.assert(
      fc.property(orders, fc.constantFrom("", ",", "}", "]"), (all, rest) => {
        const found = read(textOf(all) + rest);
        expect(found.rest).toBe(rest);
        expect(found.value).toBeInstanceOf(SeenFills);
        const seen = found.value as SeenFills;
        expect(seen.size).toBe(all.reduce((sum, [, some]) => sum + some.length, 0));
        for (const [id, some] of all)
          for (const [fillId, quantity, price] of some)
            expect(seen.find(id, fillId)).toEqual({ fillId, quantity, price });
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    ["a blank", '{"a": [["f",1,2]]}', { a: [["f", 1, 2]] }],
    ["an escape", '{"a":[["\\u0066",1,2]]}', { a: [["f", 1, 2]] }],
    ["a key like an index", '{"7":[["f",1,2]]}', { 7: [["f", 1, 2]] }],
    ["a longer row", '{"a":[["f",1,2,3]]}', { a: [["f", 1, 2, 3]] }],
    ["a row without a price", '{"a":[["f",1]]}', { a: [["f", 1]] }],
    ["no quantity", '{"a":[["f",null,1]]}', { a: [["f", null, 1]] }],
    [
      "an execution twice",
      '{"a":[["f",1,2],["f",1,2]]}',
      {
        a: [
          ["f", 1, 2],
          ["f", 1, 2],
        ],
      },
    ],
    ["no rows", '{"a":[]}', { a: [] }],
    ["no order's name", '{"":[["f",1,2]]}', { "": [["f", 1, 2]] }],
    ["no execution's name", '{"a":[["",1,2]]}', { a: [["", 1, 2]] }],
    ["a list", "[1]", [1]],
    ["nothing", "null", null],
  ])("with %s goes to the general reader", (_what, text, value) => {
    const found = read(`${text},`);
    expect(found.value).not.toBeInstanceOf(SeenFills);
    expect(JSON.parse(JSON.stringify(found.value))).toEqual(value);
    expect(found.rest).toBe(",");
  });

  it.each([
    '{"a":[["f",01,2]]}',
    '{"a\u0001":[["f",1,2]]}',
    '{"a":[["f\u0001",1,2]]}',
    '{"a":[["f",1,2]],}',
    '{"a":[["f",1,2]]',
    '{"a"[["f",1,2]]}',
    '{"a":["f",1,2]]}',
  ])("that is no JSON is refused: %s", (text) => {
    expect(() => read(text)).toThrow(/x\.json cannot be restored/);
  });
});

describe("executions in memory", () => {
  it("are found as before once most orders were forgotten", () => {
    const seen = new SeenFills();
    const fill = (number: number, part: number) => ({ fillId: `f${number}.${part}`, quantity: number, price: part });
    for (let number = 0; number < 900; number += 1)
      for (const part of [0, 1]) seen.add(`o${number}`, fill(number, part));
    for (let number = 0; number < 700; number += 1) seen.forget(`o${number}`);
    expect(seen.size).toBe(400);
    for (let number = 0; number < 900; number += 1)
      for (const part of [0, 1]) {
        const found = seen.find(`o${number}`, `f${number}.${part}`);
        expect(found).toEqual(number < 700 ? undefined : fill(number, part));
      }
    seen.add("o899", fill(899, 2));
    expect(seen.find("o899", "f899.2")).toEqual(fill(899, 2));
    expect(seen.find("o900", "f899.2")).toBeUndefined();
  });
});

describe("a report", () => {
  const report = (more: Record<string, unknown> = {}): OrderReport => ({
    orderId: orderId("ROUTER-00000001"),
    status: "filled",
    filledQty: 1,
    timestamp: moment(5),
    ...more,
  });

  it.each([
    [{}, null],
    [{ status: "x".repeat(TEXT_MAX) }, null],
    [{ status: "x".repeat(TEXT_MAX + 1) }, "status"],
    [{ orderId: "" }, "orderId"],
    [{ orderId: 7 }, "orderId"],
    [{ timestamp: 1.5 }, "timestamp"],
    [{ timestamp: null }, null],
    [{ filledQty: Number.NaN }, null],
    [{ status: "Partially_Filled", filledQty: Number.NaN }, "filledQty"],
    [{ fillId: "f", filledQty: Number.NaN }, "filledQty"],
    [{ fillId: "" }, "fillId"],
    [{ fillId: "f", price: Number.NaN }, "price"],
    [{ fillId: "f", price: null }, null],
    [{ fillId: "f", price: 2 }, null],
  ])("with %j is wrong in %s", (more, wrong) => {
    const found = unreadable(report(more));
    if (wrong === null) expect(found).toBeNull();
    else expect(found).toMatch(new RegExp(`^${wrong} is `));
  });

  it("is kept as evidence whatever it is", () => {
    expect(evidenceOf(null as never, moment(9))).toEqual({
      orderId: "absent",
      status: "absent",
      filledQty: null,
      timestamp: 9,
      fillId: null,
      price: null,
    });
    const odd = report({ filledQty: -0, price: "2", fillId: "f".repeat(TEXT_MAX + 1), timestamp: 1.5 });
    const found = evidenceOf(odd, moment(9));
    expect(found).toMatchObject({ price: null, timestamp: 9, fillId: `${"f".repeat(TEXT_MAX)}…` });
    expect(Object.is(found.filledQty, 0)).toBe(true);
  });
});
