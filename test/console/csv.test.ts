/**
 * CSV: whatever a text holds, a spreadsheet reads it back and runs nothing.
 */
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvLine } from "../../src/console/csv.ts";

describe("a cell", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["  =1", "'  =1"],
    ["\u00a0=1", "'\u00a0=1"],
    ["\uff1d1", "'\uff1d1"],
    ["\r=1", '"\'\r=1"'],
    ["|x", "'|x"],
  ])("%j is neutralised", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it.each(["-12.5", "+3", "-1e-7", "0", "-.5"])("the number %s stays a number", (text) => {
    expect(csvCell(text)).toBe(text);
  });

  it("is empty when it is absent", () => {
    expect(csvLine([null, undefined, "", 0, false])).toBe(",,,0,false");
  });
});

describe("a line", () => {
  it("reads back as it was written, but for the apostrophe", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 6 }), (cells) => {
        const [row] = parse(`${csvLine(cells)}\n`, { relaxColumnCount: true, recordDelimiter: "\n" });
        expect(row?.map((cell, index) => (cell === `'${cells[index] ?? ""}` ? cells[index] : cell))).toEqual(cells);
        for (const cell of row ?? []) if (/^[=@|%]/.test(cell)) throw new Error(`a formula came through: ${cell}`);
      }),
    );
  });
});
