/** The spread of quotes: kept exactly beside the middle, through order, folding, joining, the kept file, the cache and the feed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplayFeed } from "../../../src/live/feed/replay.ts";
import { importBars, seriesBytes, type BarTable, type ImportSource } from "../../../src/live/reader/index.ts";
import { bytesSource, type SourceCache } from "../../../src/live/reader/table/byte-source.ts";
import { moment, type Duration } from "../../../src/shared/time.ts";
import { bytesOf, importOne, rowsOf } from "./sources.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 14, 30, second)).toISOString();
const quotes = (rows: readonly (readonly [second: number, bid: string, ask: string])[]): string =>
  ["timestamp,symbol,bid,ask", ...rows.map(([second, bid, ask]) => `${at(second)},ABC,${bid},${ask}`), ""].join("\n");
const tableOf = async (text: string, options = {}): Promise<BarTable> =>
  (await importOne(text, options)).tables[0] as BarTable;
const spreadsOf = ({ spread }: BarTable): number[] | null =>
  spread === undefined || spread === null ? null : [...spread];
const keptText = (table: BarTable): string =>
  Array.from(seriesBytes(table), (piece) => Buffer.from(piece).toString()).join("");
const HOUR = 3_600_000_000 as Duration;
const TWO_BARS = quotes([
  [0, "100.00", "100.10"],
  [30, "100.02", "100.05"],
  [60, "1.1", "1.3"],
]);

describe("the spread of a bar", () => {
  it("is its last quote's, in whatever order the quotes stand, and the report says so", async () => {
    const { files, tables } = await importOne(TWO_BARS);
    expect(spreadsOf(tables[0] as BarTable)).toEqual([0.03, 0.2]);
    expect(files[0]?.notes).toEqual([
      "Each bar keeps the spread of bid and ask with which it ends: a market order pays half of it.",
    ]);
    const [head, ...rows] = TWO_BARS.trim().split("\n");
    const turned = await tableOf(`${[head, ...rows.toReversed()].join("\n")}\n`);
    expect(spreadsOf(turned)).toEqual([0.03, 0.2]);
  });

  it("is exact for any quotes, and what it was after keeping, caching and replaying", async () => {
    const units = fc.integer({ min: 1, max: 999_999_999 });
    const quote = fc.tuple(units, fc.nat({ max: 999_999 }), fc.constantFrom(0, 2, 5, 8));
    const textOf = (whole: number, places: number): string =>
      places === 0
        ? String(whole)
        : `${Math.floor(whole / 10 ** places)}.${String(whole % 10 ** places).padStart(places, "0")}`;
    await fc.assert(
      fc.asyncProperty(fc.array(quote, { minLength: 1, maxLength: 40 }), async (all) => {
        const text = quotes(
          all.map(([bid, more, places], index) => [index * 60, textOf(bid, places), textOf(bid + more, places)]),
        );
        const expected = all.map(([, more, places]) => more / 10 ** places);
        const places = new Map<string, Uint8Array>();
        const cache: SourceCache = {
          load: (place) => (places.has(place) ? bytesSource((places.get(place) as Uint8Array).slice()) : null),
          save: (place, bytes) => {
            places.set(place, new Uint8Array(Buffer.concat(Array.from(bytes, (piece) => Buffer.from(piece)))));
          },
        };
        const source: ImportSource = { name: "ABC.csv", bytes: bytesOf(text), cache };
        const first = (await importBars([source])).tables[0] as BarTable;
        const cached = (await importBars([source])).tables[0] as BarTable;
        const kept = await importOne(keptText(first));
        const again = kept.tables[0] as BarTable;
        for (const table of [first, cached, again]) {
          expect(spreadsOf(table)).toEqual(expected);
          expect(rowsOf(table)).toEqual(rowsOf(first));
        }
        expect(kept.files[0]).toMatchObject({ format: "logos", refusedTotal: 0 });
        expect(keptText(again)).toBe(keptText(first));
        const events = createReplayFeed(kept).take(moment(8e15));
        const bars = events.flatMap((event) => (event.kind === "bar" ? [event.bar] : []));
        expect(bars.map(({ spread }) => Number(spread))).toEqual(expected);
        expect(bars.every(({ spread = "" }) => /^\d+(\.\d+)?$/.test(spread))).toBe(true);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it("is not known of a quote with one side, and zero where the ask is below the bid", async () => {
    const text = quotes([
      [0, "10", "11"],
      [1, "10", ""],
      [60, "11", "10"],
      [120, "10", "10.5"],
    ]);
    const table = await tableOf(text);
    expect(spreadsOf(table)).toEqual([NaN, 0, 0.5]);
    expect(keptText(table).split("\n")).toEqual([
      "dt,open,high,low,close,volume,symbol,spread",
      "2026-01-05T14:30:00+00:00,10.5,10.5,10,10,0,ABC,",
      "2026-01-05T14:31:00+00:00,10.5,10.5,10.5,10.5,0,ABC,0",
      "2026-01-05T14:32:00+00:00,10.25,10.25,10.25,10.25,0,ABC,0.5",
      "",
    ]);
    expect(spreadsOf(await tableOf(keptText(table)))).toEqual([NaN, 0, 0.5]);
  });

  it("keeps digits that no number of two prices holds", async () => {
    expect(spreadsOf(await tableOf(quotes([[0, "1234567.1234567891", "1234567.1234567899"]])))).toEqual([8e-10]);
  });

  it("of a longer bar is its last bar's", async () => {
    expect(spreadsOf(await tableOf(TWO_BARS, { resample: HOUR }))).toEqual([0.2]);
  });

  it("of LEAN's quote bars is the close's", async () => {
    const rows = [
      "34200000,1000000,1100000,900000,1000000,5,1020000,1120000,920000,1010000,5",
      "34260000,1010000,1100000,900000,1030000,5,1030000,1120000,920000,1045000,5",
    ];
    const name = "20260105_abc_minute_quote.csv";
    const { files, tables } = await importBars([{ name, path: name, bytes: bytesOf(`${rows.join("\n")}\n`) }]);
    expect(files[0]?.format).toBe("lean");
    expect(spreadsOf(tables[0] as BarTable)).toEqual([1, 1.5]);
    expect(files[0]?.notes.join(" ")).toContain("keeps the spread of bid and ask");
  });

  it("that one of two files knows is the bar's; two that differ are two bars", async () => {
    const known = keptText(await tableOf(TWO_BARS));
    const bare = `${known
      .trim()
      .split("\n")
      .map((line) => line.slice(0, line.lastIndexOf(",")))
      .join("\n")}\n`;
    const both = (one: string, other: string) =>
      importBars([
        { name: "one.csv", bytes: bytesOf(one) },
        { name: "two.csv", bytes: bytesOf(other) },
      ]);
    for (const [one, other] of [
      [known, bare],
      [bare, known],
    ] as const) {
      const { files, tables } = await both(one, other);
      expect(spreadsOf(tables[0] as BarTable)).toEqual([0.03, 0.2]);
      expect(files.map(({ refusedTotal }) => refusedTotal)).toEqual([0, 0]);
    }
    const unlike = await both(known, known.replace(",0.2\n", ",0.4\n"));
    expect(unlike.files[1]?.refused.map(({ rule }) => rule)).toEqual(["duplicate"]);
  });
});

describe("a file without spreads", () => {
  const head = "dt,open,high,low,close,volume,symbol";
  const row = "2026-01-05T14:30:00+00:00,10,10,10,10,5,ABC";

  it("is kept and played as before", async () => {
    const imported = await importOne(`${head}\n${row}\n`, { interval: 60_000_000 as Duration });
    expect(keptText(imported.tables[0] as BarTable)).toBe(`${head}\n${row}\n`);
    expect(imported.tables[0]).not.toHaveProperty("spread");
    expect(imported.files[0]?.notes.join()).not.toContain("spread");
    expect(createReplayFeed(imported).take(moment(8e15))[0]).not.toHaveProperty("bar.spread");
  });

  it("has none by a column of that name, which other programs count in points", async () => {
    const text = `time,open,high,low,close,volume,spread\n${at(0)},10,10,10,10,5,3\n${at(60)},10,10,10,10,5,3\n`;
    expect(spreadsOf(await tableOf(text))).toBe(null);
  });

  it("that is kept refuses what is no spread", async () => {
    const rows = ["0.5", "-1", "x", "2e13", ""].map((spread, index) => `${at(60 * index)},10,10,10,10,5,ABC,${spread}`);
    const { files, tables } = await importOne(`${head},spread\n${rows.join("\n")}\n`);
    expect(spreadsOf(tables[0] as BarTable)).toEqual([0.5, NaN]);
    expect(files[0]?.refused.map(({ row: line, rule }) => `${line} ${rule}`)).toEqual([
      "3 negative",
      "4 nan",
      "5 too_big",
    ]);
  });
});
