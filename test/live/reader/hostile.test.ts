/** What comes from outside with ill intent, or broken: coded errors that name the file, and nothing kept. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENTRIES_MAX, importBars, ROW_CHARACTERS_MAX, SYMBOLS_MAX } from "../../../src/live/reader/index.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { bytesOf, failureOf, importOne } from "./sources.ts";
import { zipOf } from "./zip.ts";

const BARS = "dt,open,high,low,close,volume\n2024-01-02 09:30,1,1,1,1,1\n";
const ZEROS = new Uint8Array(8 * 1024 * 1024).fill(48);

describe("archives", () => {
  it.each([
    ["a bomb", [{ name: "a.csv", data: ZEROS }], "too_large"],
    ["a bomb that claims to be small", [{ name: "a.csv", data: ZEROS, claimedSize: 10 }], "data_invalid"],
    ["a link", [{ name: "a.csv", data: "/etc/passwd", mode: 0o120777 }], "data_invalid"],
    ["an encrypted entry", [{ name: "a.csv", data: BARS, flags: 1 }], "data_invalid"],
    ["a step out", [{ name: "../a.csv", data: BARS }], "data_invalid"],
    ["an absolute path", [{ name: "/etc/a.csv", data: BARS }], "data_invalid"],
    ["a drive", [{ name: "C:\\a.csv", data: BARS }], "data_invalid"],
    ["a backslash", [{ name: "..\\a.csv", data: BARS }], "data_invalid"],
    ["an archive within", [{ name: "a.zip", data: zipOf([{ name: "b.csv", data: BARS }]) }], "data_invalid"],
    [
      "two entries of one name",
      [
        { name: "a.csv", data: BARS },
        { name: "a.csv", data: BARS },
      ],
      "data_invalid",
    ],
    ["a wrong checksum", [{ name: "a.csv", data: BARS, checksum: 1 }], "data_invalid"],
    ["nothing to read", [{ name: "a.exe", data: "MZ" }], "data_invalid"],
    ["no entry", [], "data_invalid"],
    [
      "too many entries",
      Array.from({ length: ENTRIES_MAX + 1 }, (_, i) => ({ name: `${i}.csv`, data: "x" })),
      "too_large",
    ],
  ])("with %s", async (_, entries, code) => {
    const failure = await failureOf(importOne(zipOf(entries), {}, "x.zip"));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/^x\.zip/);
  });

  it("may hold what is passed over with a note, and what systems leave behind", async () => {
    const { files } = await importOne(
      zipOf([
        { name: "__MACOSX/._a.csv", data: "?" },
        { name: "LICENSE", data: "free" },
        { name: "a.csv", data: BARS },
      ]),
      {},
      "x.zip",
    );
    expect(files.map(({ name, notes }) => [name, notes.length])).toEqual([["x.zip:a.csv", 2]]);
  });

  it("that are cut off or damaged are refused", async () => {
    const zip = zipOf([{ name: "a.csv", data: BARS }]);
    const gz = gzipSync(BARS);
    for (const bytes of [zip.subarray(0, 40), gz.subarray(0, 20), gzipSync(gz), gzipSync(zip)])
      expect(await failureOf(importOne(bytes))).toMatchObject({ code: "data_invalid", detail: { file: "ABC.csv" } });
    expect(await failureOf(importOne(gzipSync(ZEROS)))).toMatchObject({ code: "too_large" });
  });
});

describe("tables", () => {
  it("with NUL bytes or of another encoding", async () => {
    expect(await failureOf(importOne(`${BARS}\0`))).toMatchObject({ code: "data_invalid", detail: { rule: "nul" } });
    expect(await failureOf(importOne(`${BARS}\0`.repeat(3)))).toMatchObject({ detail: { rule: "nul" } });
    const wide = await importOne(Buffer.from(BARS, "utf16le"));
    expect(wide.files[0]).toMatchObject({ bars: 1, refusedTotal: 0 });
  });

  it("with rows too long, at the edge", async () => {
    const long = (length: number): string => `${BARS}2024-01-02 09:31,1,1,1,1,${"1".repeat(length)}\n`;
    expect(await failureOf(importOne(long(ROW_CHARACTERS_MAX)))).toMatchObject({
      code: "too_large",
      detail: { rule: "row_size" },
    });
    expect((await importOne(long(ROW_CHARACTERS_MAX - 100))).files[0]?.refused[0]).toMatchObject({
      row: 3,
      rule: "nan",
    });
    expect(await failureOf(importOne("x".repeat(ROW_CHARACTERS_MAX + 1)))).toMatchObject({ code: "too_large" });
  });

  it("with quotes that never close, or close in the wrong place", async () => {
    const open = await failureOf(importOne(`${BARS}"2024-01-02 09:31,1,1,1,1,1\n`));
    expect(open).toMatchObject({ code: "data_invalid", detail: { rule: "quotes" } });
    expect((await failureOf(importOne(`${BARS}"a"b,1,1,1,1,1\n`))).detail).toMatchObject({ row: 3, rule: "quotes" });
    expect((await failureOf(importOne(`${BARS}"${"1\n".repeat(ROW_CHARACTERS_MAX)}`))).code).toBe("too_large");
  });

  it("with too many columns or symbols, and symbols that are formulas or paths", async () => {
    expect(await failureOf(importOne(`dt${",x".repeat(256)}\n`))).toMatchObject({ code: "too_large" });
    const row = (symbol: string): string => `2024-01-02 09:31,1,1,1,1,1,${symbol}\n`;
    const head = "dt,open,high,low,close,volume,symbol\n";
    const many = Array.from({ length: SYMBOLS_MAX + 1 }, (_, i) => row(`S${i}`)).join("");
    expect(await failureOf(importOne(head + many))).toMatchObject({ code: "too_large", detail: { rule: "symbols" } });
    const bad = ["=1+1", "+1", "-1", "@x", "../up", "a b", "__proto__", "toString", "", "é", "x".repeat(41)];
    const { files } = await importOne(head + bad.map(row).join(""));
    expect(files[0]?.refused.map(({ rule }) => rule)).toEqual(bad.map(() => "symbol"));
  });

  it("of any bytes at all end in a coded error or an import", async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("1", "-1", "NaN", "dt", "open", '"', "1704187800", "01/02/2024"),
    );
    const text = fc
      .array(fc.array(cell, { maxLength: 8 }), { maxLength: 8 })
      .map((rows) => rows.map((row) => row.join(",")).join("\n"));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      text.map(bytesOf),
      text.map((rows) => bytesOf(`dt,open,high,low,close\n${rows}`)),
      fc.uint8Array({ maxLength: 100 }).map((tail) => new Uint8Array([0x50, 0x4b, 3, 4, ...tail])),
      fc.uint8Array({ maxLength: 100 }).map((tail) => new Uint8Array([0x1f, 0x8b, ...tail])),
      fc.string().map((tail) => bytesOf(`1723161254087896568 {"e":"trade"${tail}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (data) => {
        const outcome = await importBars([{ name: "ABC.csv", bytes: data }]).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CodedError);
      }),
      { numRuns: 300 },
    );
  });
});
