/**
 * Saved layouts as they are read again, marks of a session, and the labels of a chart's axis.
 */
import { describe, expect, it } from "vitest";
import { MARKS_MAX, MarksProjection } from "../../src/console/projections/marks.ts";
import { axisWidth, unrepeated } from "../../src/renderer/components/chart.tsx";
import { formatCompact } from "../../src/renderer/lib/format.ts";
import { parseLayouts } from "../../src/renderer/stores/layouts.ts";
import type { EntryBody } from "../../src/store/journal/entries.ts";
import { entriesOf } from "../console/sim/journal.ts";

describe("saved layouts", () => {
  it("are read as they were written, and what is none is left out", () => {
    const layout = { entries: { a: "1" }, filters: { orders: "BTC" }, density: "comfortable" };
    const text = JSON.stringify({ morning: layout, broken: { entries: { a: 1 }, filters: {} }, empty: null });
    expect(parseLayouts(text)).toEqual({ morning: layout });
    for (const wrong of [null, "", "{", "7", "null"]) expect(parseLayouts(wrong)).toEqual({});
  });
});

describe("a chart's axis", () => {
  it("repeats no label, and is as wide as its longest", () => {
    expect(unrepeated(["0", "0", "1", "1", "0"])).toEqual(["0", "", "1", "", "0"]);
    expect(axisWidth([])).toBe(60);
    expect(axisWidth(["1,000,050.00"])).toBeGreaterThan(90);
  });
});

describe("a count in a narrow place", () => {
  it("is never longer than five characters, and never more than it is", () => {
    const cases: [number, string][] = [
      [0, "0"],
      [999, "999"],
      [1_000, "1.0k"],
      [17_849, "17.8k"],
      [99_999, "99.9k"],
      [999_999, "999k"],
      [2_149_000, "2.1M"],
    ];
    for (const [count, text] of cases) expect(formatCompact(count)).toBe(text);
  });
});

describe("a session's marks", () => {
  it("are its halts, resumes and limit changes in words, and no more than their limit", () => {
    const halt: EntryBody = {
      kind: "halt",
      source: "operator",
      code: "operator",
      message: "by tr1",
      value: null,
      limit: null,
      operator: "tr1",
      note: null,
    };
    const marks = new MarksProjection();
    const entries = entriesOf([halt, { kind: "resume", operator: "tr1", note: "seen" }]);
    for (const entry of entries) marks.apply(entry);
    expect(Object.values(marks.value()).map(({ kind, text }) => [kind, text])).toEqual([
      ["halt", "Halted: by tr1"],
      ["resume", "Resumed by tr1: seen"],
    ]);
    for (const entry of entriesOf(Array.from({ length: MARKS_MAX + 5 }, () => halt))) marks.apply(entry);
    expect(Object.keys(marks.value()).length).toBeLessThanOrEqual(MARKS_MAX);
  });
});
