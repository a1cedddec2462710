/** LEAN's factor files: what their rows mean against a model that makes them, what is refused, and actions that are named twice. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsWithin, readFactors } from "../../src/live/instruments/index.ts";
import { workspaceActions } from "../../src/live/feed/workspace-actions.ts";
import { decimal } from "../../src/shared/decimal.ts";
import type { CorporateAction } from "../../src/shared/market.ts";
import { DAY, formatMoment, moment, parseMoment } from "../../src/shared/time.ts";
import { workspaceAt } from "../../src/store/index.ts";

const actionsIn = (text: string, zone = "UTC") =>
  readFactors("abc.csv", "ABC", text, zone).actions.map(({ at, symbol: _symbol, ...rest }) => [
    formatMoment(at).slice(0, 16),
    rest,
  ]);

const FILE =
  "20200103,0.9405,0.125,50\n20200306,0.99,0.125,400\n20200605,0.99,0.25,300\n20200828,1,0.5,120\n20501231,1,1,0\n";
const MEANT = [
  ["2020-01-04T00:00", { dividend: "2.5" }],
  ["2020-03-07T00:00", { split: "2" }],
  ["2020-06-06T00:00", { split: "2", dividend: "3" }],
  ["2020-08-29T00:00", { split: "2" }],
];

describe("a factor file", () => {
  it("names what changes after each row's date, oldest or newest row first", () => {
    expect(actionsIn(FILE)).toEqual(MEANT);
    expect(actionsIn(FILE.trim().split("\n").toReversed().join("\r\n"))).toEqual(MEANT);
    expect(actionsIn("20200828,1,0.25,1\n20501231,1,1,0\n", "America/New_York")).toEqual([
      ["2020-08-29T04:00", { split: "4" }],
    ]);
  });

  it("says that dividends without a reference price are not applied", () => {
    const { actions, notes } = readFactors(
      "abc.csv",
      "ABC",
      "20200103,0.9,0.5\n20200306,0.95,0.5,0\n20501231,1,1\n",
      "UTC",
    );
    expect(actions.map(({ split, dividend }) => [split, dividend])).toEqual([["2", undefined]]);
    expect(notes).toEqual([expect.stringContaining("names 2 dividends of ABC without a reference price")]);
  });

  it("of rounded factors gives the ratios and dividends that it was made from", () => {
    const event = fc.record({
      ratio: fc.constantFrom<readonly [number, number]>([1, 1], [7, 1], [3, 2], [1, 10], [20, 19], [4, 1], [2, 3]),
      cents: fc.integer({ min: 0, max: 300 }),
      price: fc.integer({ min: 20, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), (events) => {
        let [price, split] = [decimal(1), decimal(1)];
        const rows = ["20501231,1,1,0"];
        for (const [index, one] of events.entries()) {
          price = price.times(decimal(1).minus(decimal(one.cents).div(100).div(one.price)));
          split = split.times(one.ratio[1]).div(one.ratio[0]);
          rows.push(`${20_200_120 - index},${price.toFixed(7)},${split.toFixed(8)},${one.price}`);
        }
        const found = new Map(actionsIn(rows.join("\n")) as [string, { split?: string; dividend?: string }][]);
        for (const [index, { ratio, cents }] of events.entries()) {
          const { split: times, dividend } = found.get(`2020-01-${21 - index}T00:00`) ?? {};
          expect(times ?? "1").toBe(decimal(ratio[0]).div(ratio[1]).toString());
          expect(decimal(dividend ?? "0").toFixed(2)).toBe(decimal(cents).div(100).toFixed(2));
        }
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });

  it.each([
    ["", "empty", "row 1: it has no rows"],
    ["date,price,split\n", "date", 'row 1: its date is "date"'],
    ["20200103,1\n", "columns", "row 1: it has 2 columns"],
    ["20200103,1,1\n20200103,1,1\n", "date", "row 2: its date 20200103 is in row 1, too"],
    ["20200103,1,1\n20200101,1,1\n20200203,1,1\n", "order", "row 2: its date 20200101 is out of order"],
    ["20200103,1,1\n20200231,1,1\n", "date", 'row 2: its date is "20200231"'],
    ["20200103,1,0\n", "split_factor", 'row 1: its split factor is "0"'],
    ["20200103,-1,1\n", "price_factor", 'row 1: its price factor is "-1"'],
    ["20200103,1,1,x\n", "reference_price", 'row 1: its reference price is "x"'],
    ["20200103,1.2,1,100\n20501231,1,1,0\n", "price_factor", "row 1: its price factor 1.2 is above the 1 of 20501231"],
  ])("as %j is refused by its rule %s", (text, rule, message) => {
    const read = (): unknown => readFactors("abc.csv", "ABC", text, "UTC");
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "data_invalid", detail: expect.objectContaining({ rule }) }));
  });
});

describe("actions of a workspace", () => {
  const start = parseMoment("2020-08-27T00:00:00Z") as number;
  // Bars of Thursday and Friday, then of Monday and Tuesday.
  const table = { symbol: "ABC", at: [1, 2, 5, 6].map((day) => start + day * DAY) };
  const at = (day: number) => moment(start + day * DAY);
  const within = (written: readonly (readonly CorporateAction[])[], named: readonly CorporateAction[], meta = {}) =>
    actionsWithin({ tables: [table], actions: named } as never, written, { ABC: meta } as never);

  it("that are named twice are applied once, as the strongest source says", () => {
    const written: CorporateAction[] = [{ symbol: "ABC", at: at(4), split: "4" }];
    const factors: CorporateAction[] = [{ symbol: "ABC", at: at(2), split: "4.001", dividend: "0.5" }];
    const named: CorporateAction[] = [{ symbol: "ABC", at: at(4), dividend: "0.4" }];
    expect(within([written, factors], named)).toEqual([
      { symbol: "ABC", at: at(2), dividend: "0.5" },
      { symbol: "ABC", at: at(4), split: "4" },
    ]);
    expect(within([[], factors], [])).toEqual(factors);
    expect(within([written, factors], named, { adjusted: true })).toEqual([]);
  });

  it("that happen with bars in between are two", () => {
    const first: CorporateAction = { symbol: "ABC", at: at(1), dividend: "0.5" };
    const second: CorporateAction = { symbol: "ABC", at: at(5), dividend: "0.5" };
    expect(within([[second], [first]], [])).toEqual([first, second]);
  });

  it("come from actions.csv and the factor files of the symbols that are played", () => {
    const folder = mkdtempSync(join(tmpdir(), "logos-factors-"));
    for (const name of ["data", "factor_files"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "actions.csv"), "symbol,date,split\nABC,2020-08-31,4\n");
    writeFileSync(join(folder, "data", "ABC.factors.csv"), FILE);
    writeFileSync(join(folder, "factor_files", "def.csv"), "20200828,0.5,1\n20501231,1,1\n");
    writeFileSync(join(folder, "factor_files", "other.csv"), "nonsense");
    const { sources, notes } = workspaceActions(workspaceAt(folder), [{ symbol: "ABC" }, { symbol: "DEF" }], "UTC");
    expect(sources.map((source) => source.length)).toEqual([1, 4, 0]);
    expect(notes).toEqual([expect.stringContaining("1 dividend of DEF")]);
  });
});
