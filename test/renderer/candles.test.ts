/** Which bars a chart asks for, where moments lie between bars, and what a question says to a person who clicks. */
import { describe, expect, it } from "vitest";
import type { DataQuestion, DataReadFile } from "../../src/shared/contract/contract-data.ts";
import { marksOf, momentAt, placeOf, rangeWanted } from "../../src/renderer/lib/candles.ts";
import { optionsOf } from "../../src/renderer/views/data/data-options.ts";
import { questionText } from "../../src/renderer/views/data/data-preview.tsx";

const MINUTE = 60e6;
const barsAt = (from: number, count: number, each: number, total = 100_000) => ({
  opened: Array.from({ length: count }, (_, index) => from + index * each * MINUTE),
  each,
  first: 0,
  last: total * MINUTE,
  interval: MINUTE,
});

describe("places between bars", () => {
  it("and moments are each other's inverse, beyond the ends too", () => {
    const bars = { opened: [0, 10, 20, 100, 110] };
    for (const place of [-2, -0.5, 0, 0.25, 2, 2.5, 3.75, 4, 6.5])
      expect(placeOf(bars, momentAt(bars, place))).toBeCloseTo(place, 9);
  });
});

describe("the range that is wanted", () => {
  it("is none while the whole of a coarse series is shown", () => {
    expect(rangeWanted(barsAt(0, 1_000, 100), 0, 999)).toBeNull();
  });

  it("is three screens around what is shown once the candles are few", () => {
    const range = rangeWanted(barsAt(0, 1_000, 100), 500, 600);
    expect(range).toEqual({ from: 400 * 100 * MINUTE, to: 700 * 100 * MINUTE });
  });

  it("follows the reader to the edge of what is loaded, and stops at the end of the series", () => {
    const middle = barsAt(50_000 * MINUTE, 1_500, 1);
    expect(rangeWanted(middle, 500, 1_000)).toBeNull();
    expect(rangeWanted(middle, 20, 520)?.from).toBeLessThan(50_000 * MINUTE);
    expect(rangeWanted(middle, 1_000, 1_490)?.to).toBeGreaterThan(51_500 * MINUTE);
    const end = barsAt(98_500 * MINUTE, 1_500, 1);
    expect(rangeWanted(end, 1_000, 1_499)).toBeNull();
  });
});

describe("marks", () => {
  it("stand at the first bar after a gap, and only those of the symbol that is shown", () => {
    const bars = { opened: [0, MINUTE, 10 * MINUTE, 11 * MINUTE] };
    const gaps = [
      { symbol: "A", from: 2 * MINUTE, to: 10 * MINUTE },
      { symbol: "B", from: 0, to: MINUTE },
    ];
    const jumps = [{ symbol: "A", at: 12 * MINUTE, from: 100, to: 151 }];
    expect(marksOf(bars, "A", [{ gaps, jumps } as unknown as DataReadFile])).toEqual([
      { index: 2, kind: "gap", text: "gap 8 min 00 s" },
      { index: 3, kind: "jump", text: "jump +51 %" },
    ]);
  });
});

describe("questions", () => {
  const question = (about: DataQuestion["about"], text: string, assumed: string | null): DataQuestion => ({
    about,
    text,
    assumed,
    choices: [],
  });

  it("name no option of the command line", () => {
    for (const one of [
      question("zone", "Times carry no zone and are taken as UTC; --tz names another, as America/New_York.", "UTC"),
      question("stamp", "Nothing says whether times are opens; --stamp settles it.", "open"),
      question("symbol", 'The symbol "X" is the file\'s name; --symbol names another.', "X"),
      question("symbol", '"A B" is no symbol; name the file\'s symbol with --symbol.', null),
    ])
      expect(questionText(one)).not.toContain("--");
  });

  it("are answered in the contract's terms", () => {
    expect(optionsOf({ timeZone: "UTC", skip: "3" })).toEqual({ timeZone: "UTC", skip: 3 });
    expect(optionsOf({ skip: "x" })).toEqual({});
  });
});
