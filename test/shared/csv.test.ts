/** Cells of CSV files: no spreadsheet runs one, and each reads back as it was. */
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvLine } from "../../src/shared/csv.ts";
import { hostileText } from "../store/folders.ts";

describe("a cell", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ["\n=1", '"\'\n=1"'],
    ["  =1", "'  =1"],
    ["\u0000=1", "'\u0000=1"],
    ["\u00a0=1", "'\u00a0=1"],
    ["\uff1d1", "'\uff1d1"],
    ["-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"],
    ["|x", "'|x"],
    ["%x", "'%x"],
    ["a=1", "a=1"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
  ])("%j becomes %j", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it.each([["-12.5"], [-12.5], ["+3"], ["-1e-7"], [0], [-0]])("the number %s stays one", (value) => {
    expect(csvCell(value)).toBe(String(value));
  });

  it.each([
    [-1e-7, "-0.0000001"],
    [1.2e-12, "0.0000000000012"],
    [1e21, "1000000000000000000000"],
  ])("the number %s is written without an exponent", (value, text) => {
    expect(csvCell(value)).toBe(text);
  });

  it.each([["-1.2.3"], ["-Infinity"], ["--1"], ["-1e"], ["- 1"]])("%s is no number", (value) => {
    expect(csvCell(value)).toBe(`'${value}`);
  });
});

it("what is absent is an empty cell", () => {
  expect(csvLine([null, undefined, "", 0, false])).toBe(",,,0,false\n");
});

it("a line reads back, but for the apostrophe", () => {
  fc.assert(
    fc.property(fc.array(hostileText(), { minLength: 2, maxLength: 6 }), (texts) => {
      const cells = texts.map((text) => text.toWellFormed());
      const [row] = parse(csvLine(cells), { recordDelimiter: "\n" });
      expect(row?.map((cell, index) => (cell === `'${cells[index] ?? ""}` ? cells[index] : cell))).toEqual(cells);
      for (const cell of row ?? []) expect(cell).not.toMatch(/^\s*[=@]/);
    }),
  );
});
