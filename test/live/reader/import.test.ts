/** Imports: formats, symbols, intervals, refusals by row, trades folded into bars, several files as one table. */
import { Gathering } from "../../../src/live/reader/table/gathering.ts";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createReplayFeed } from "../../../src/live/feed/index.ts";
import { BARS_MAX, demandClean, importBars, REFUSED_LISTED_MAX } from "../../../src/live/reader/index.ts";
import { HOUR, MINUTE, SECOND } from "../../../src/shared/time.ts";
import { bytesOf, failureOf, importOne, rowsOf, timesOf } from "./sources.ts";
import { zipOf } from "./zip.ts";

const LOGOS = `dt,open,high,low,close,volume,symbol
2024-01-02T09:30:00+00:00,10,11,9,10.5,100,ABC
2024-01-02T09:31:00+00:00,10.5,10.75,10.25,10.5,50,ABC
`;

describe("formats", () => {
  it("reads Logos' own, and moves opens to closes", async () => {
    const { files, tables } = await importOne(LOGOS);
    expect(files[0]).toMatchObject({
      format: "logos",
      rows: 2,
      bars: 2,
      interval: MINUTE,
      stamp: "open",
      timeZone: null,
    });
    expect(files[0]?.understood).toContain("times taken as the open");
    expect(timesOf(tables[0])).toEqual(["2024-01-02T09:31:00+00:00", "2024-01-02T09:32:00+00:00"]);
    expect(tables[0]).toMatchObject({ symbol: "ABC", pricePrecision: 2 });
  });

  it("leaves times that are closes where they are", async () => {
    const named = await importOne(LOGOS.replace("dt", "close_time"));
    expect(timesOf(named.tables[0])[0]).toBe("2024-01-02T09:30:00+00:00");
    const imported = await importOne(LOGOS, { stamp: "close" });
    expect(imported.files[0]).toMatchObject({ stamp: "close" });
    expect(timesOf(imported.tables[0])[0]).toBe("2024-01-02T09:30:00+00:00");
  });

  it("joins a date and a time of day, between marks other than commas", async () => {
    const text =
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2020.01.02\t00:05:00\t1.1\t1.2\t1.0\t1.15\t7\n";
    const { tables } = await importOne(text, {}, "EURUSD.csv");
    expect(timesOf(tables[0])).toEqual(["2020-01-02T00:06:00+00:00"]);
    const digits = "date;time;open;high;low;close\n20200102;93000;1;1;1;1\n";
    expect(timesOf((await importOne(digits)).tables[0])).toEqual(["2020-01-02T09:31:00+00:00"]);
  });

  it("says what a header lacks and what it has", async () => {
    const failure = await failureOf(importOne("dt,open,high,volume\n1,2,3,4\n"));
    expect(failure).toMatchObject({ code: "data_invalid", detail: { file: "ABC.csv", row: 1, rule: "header" } });
    expect(failure.message).toContain("low, close");
    const twice = await failureOf(importOne("dt,open,high,low,close,close\n"));
    expect(twice.message).toContain('two columns are named "close"');
    const none = await failureOf(importOne("1704187800,1,1\n1,1,1\n"));
    expect(none.message).toContain("no known layout. Say what its columns are, as --columns time,open");
    expect((await failureOf(importOne(""))).detail).toMatchObject({ rule: "empty" });
  });

  it("takes the symbol from the column, the option or the file's name, in this order", async () => {
    const bare = "dt,open,high,low,close\n2024-01-02 00:00,1,1,1,1\n";
    const symbolOf = async (name: string, symbol?: string): Promise<string | undefined> =>
      (await importOne(bare, symbol === undefined ? {} : { symbol }, name)).tables[0]?.symbol;
    expect(await symbolOf("spy.csv")).toBe("SPY");
    expect(await symbolOf("folder/candles_binance_perpetual_WLD-USDT_3m.csv")).toBe("WLD-USDT");
    expect(await symbolOf("a_b.csv")).toBe("A_B");
    expect(await symbolOf("spy.csv", "BRK.B")).toBe("BRK.B");
    expect((await importOne(LOGOS, { symbol: "XYZ" })).tables[0]?.symbol).toBe("ABC");
    const bad = await failureOf(importOne(bare, {}, "=cmd|x.csv"));
    expect(bad).toMatchObject({ code: "data_invalid", detail: { rule: "symbol" } });
    const own = await importOne(LOGOS.replaceAll(",ABC", ",constructor"));
    expect(own.files[0]).toMatchObject({ bars: 0, refusedTotal: 2 });
  });

  it("reads LEAN's minutes of coins as they are, and of shares in ten-thousandths", async () => {
    const crypto = zipOf([
      { name: "20180404_btcusd_minute_trade.csv", data: "0,7424,7425,7422,7423,7.5\n60000,7423,7423,7423,7423,1\n" },
    ]);
    const coin = await importOne(crypto, {}, "20180404_trade.zip");
    expect(coin.tables[0]).toMatchObject({ symbol: "BTCUSD", interval: MINUTE });
    expect(rowsOf(coin.tables[0]!)[0]?.slice(1)).toEqual([7424, 7425, 7422, 7423, 7.5]);
    expect(timesOf(coin.tables[0])[0]).toBe("2018-04-04T00:01:00+00:00");
    const shares = zipOf([
      { name: "20131007_spy_minute_trade.csv", data: "34200000,1681500,1681600,1681400,1681550,900\n" },
    ]);
    const share = await importOne(shares, { timeZone: "America/New_York" }, "equity/usa/minute/spy/20131007_trade.zip");
    expect(rowsOf(share.tables[0]!)[0]?.slice(1)).toEqual([168.15, 168.16, 168.14, 168.155, 900]);
    expect(timesOf(share.tables[0])).toEqual(["2013-10-07T13:31:00+00:00"]);
    expect(share.tables[0]?.pricePrecision).toBe(3);
    expect(share.files[0]?.notes.join(" ")).toContain("divided by 10000");
  });

  it("reads LEAN's seconds and hours, refuses its open interest, and milliseconds of no day", async () => {
    const second = await importOne(
      "86399000,1.5,1.5,1.5,1.5,1\n86400000,1,1,1,1,1\n",
      {},
      "20161007_btcusd_second_trade.csv",
    );
    expect(second.files[0]).toMatchObject({
      format: "lean",
      interval: SECOND,
      bars: 1,
      refused: [{ row: 2, rule: "time" }],
    });
    expect(timesOf(second.tables[0])).toEqual(["2016-10-08T00:00:00+00:00"]);
    const hours = await importOne("20180404 00:00,2,2,2,2,1\n20180404 01:00,2,2,2,2,1\n", {}, "btcusd.csv");
    expect(hours.files[0]).toMatchObject({ format: "lean", interval: HOUR, bars: 2 });
    const quote = await failureOf(importOne("0,1\n", {}, "20180404_btcusd_minute_openinterest.csv"));
    expect(quote).toMatchObject({ code: "data_invalid", detail: { rule: "lean" } });
  });
});

describe("refused rows", () => {
  const row = (cells: string, at = "2024-01-02 09:32"): string => `${at},${cells}\n`;
  const head = "dt,open,high,low,close,volume\n2024-01-02 09:30,10,11,9,10,1\n2024-01-02 09:31,10,11,9,10,1\n";
  const cases: readonly (readonly [rule: string, line: string])[] = [
    ["nan", row("10,11,NaN,10,1")],
    ["nan", row(",11,9,10,1")],
    ["nan", row("0x10,11,9,10,1")],
    ["nan", row("10,11,9,10,much")],
    ["negative", row("10,11,-9,10,1")],
    ["negative", row("10,11,9,10,-2")],
    ["zero", row("10,11,0,10,1")],
    ["high_low", row("10,9,11,10,1")],
    ["high_low", row("12,11,9,10,1")],
    ["too_big", row("10,1e13,9,10,1")],
    ["too_big", row("10,1e999,9,10,1")],
    ["too_big", row("10,11,9,10,1e16")],
    ["columns", row("10,11,9")],
    ["time", row("10,11,9,10,1", "soon")],
    ["time", row("10,11,9,10,1", "2024-02-30 00:00")],
    ["time", row("10,11,9,10,1", "2024-01-02 09:75")],
    ["time", row("10,11,9,10,1", "9999999999999999")],
    ["duplicate", row("10,11,9,10.5,1", "2024-01-02 09:31")],
  ];

  it.each(cases)("%s: %j", async (rule, line) => {
    const { files, tables } = await importOne(head + line + row("10,11,9,10,1", "2024-01-02 09:33"));
    expect(files[0]).toMatchObject({ rows: 4, bars: 3, refusedTotal: 1, refused: [{ row: 4, rule }] });
    expect(tables[0]?.at.length).toBe(3);
  });

  it("counts rows as an editor counts lines, past empty ones and breaks in quotes", async () => {
    const text = 'dt,open,high,low,close,note\r\n\r\n2024-01-02 09:30,1,1,1,1,"a\nb"\r\n2024-01-02 09:31,x,1,1,1,c\r\n';
    expect((await importOne(text)).files[0]?.refused).toEqual([
      { row: 5, rule: "nan", reason: "the open is no number." },
    ]);
  });

  it("lists a limited number of them and counts all", async () => {
    const lines = Array.from({ length: REFUSED_LISTED_MAX + 1 }, () => row("x,1,1,1,1")).join("");
    const { files } = await importOne(head + lines);
    expect(files[0]?.refused.length).toBe(REFUSED_LISTED_MAX);
    expect(files[0]?.refusedTotal).toBe(REFUSED_LISTED_MAX + 1);
  });

  it("are a failure for who wants all or nothing", async () => {
    const imported = await importOne(head + row("10,11,NaN,10,1"));
    expect(() => demandClean(imported)).toThrow("ABC.csv, row 4: the low is no number.");
    expect(() => demandClean({ ...imported, files: [] })).not.toThrow();
  });
});

describe("trades", () => {
  const text = `time,price,qty,trade_id
2024-01-02T00:00:01Z,10,1,1
2024-01-02T00:00:01Z,12,2,2
2024-01-02T00:00:59.999Z,9,3,3
2024-01-02T00:00:59.999Z,9,3,3
2024-01-02T00:02:00Z,11,4,4
2024-01-02T00:01:00Z,11,4,5
2024-01-02T00:02:01Z,-1,4,6
`;

  it("are folded into bars of an interval, a minute where none is named", async () => {
    const { files, tables } = await importOne(text);
    expect(files[0]).toMatchObject({ format: "trades", stamp: "trade", rows: 7, bars: 3, interval: MINUTE });
    expect(files[0]?.refused.map(({ row, rule }) => [row, rule])).toEqual([
      [5, "duplicate"],
      [8, "negative"],
    ]);
    expect(timesOf(tables[0]).map((at) => at.slice(11, 16))).toEqual(["00:01", "00:02", "00:03"]);
    expect(rowsOf(tables[0]!).map((bar) => bar.slice(1))).toEqual([
      [10, 12, 9, 9, 6],
      [11, 11, 11, 11, 4],
      [11, 11, 11, 11, 4],
    ]);
    const hourly = await importOne(text, { interval: HOUR });
    expect(hourly.tables[0]?.at.length).toBe(1);
  });

  it("may be as many as a file has: only the bars that they give are limited", () => {
    const gathering = new Gathering({ name: "T", budget: { bars: BARS_MAX - 1 }, wanted: null, rowsExpected: 0 });
    const table = gathering.table("T", 1);
    if (table === null) throw new Error("T is a symbol.");
    const fold = (at: number): void => gathering.fold(1, table, 60, { at, price: 1, volume: 1, id: null });
    for (let at = 0; at < 60; at++) fold(at);
    expect(() => fold(60)).toThrow(`an import takes ${BARS_MAX} bars`);
  });

  it("come out of recorded messages at the exchange's time", async () => {
    const trade = (ms: number, price: string): string =>
      `1723161254087896568 {"data":{"e":"trade","s":"BTCUSDT","p":"${price}","q":"0.5","T":${ms},"t":${ms}}}\n`;
    const other = '1723161254087896568 {"data":{"e":"depthUpdate","s":"BTCUSDT"}}\n';
    const broken = '1723161254087896568 {"data":{"e":"trade","s":"BTCUSDT","p":1,"q":"0.5","T":"x"}}\n';
    const { files, tables } = await importOne(
      gzipSync(trade(1723161254000, "61837.63") + other + broken + trade(1723161255000, "61838.10")),
    );
    expect(files[0]).toMatchObject({ format: "messages", rows: 3, bars: 1, refused: [{ row: 3, rule: "columns" }] });
    expect(rowsOf(tables[0]!)[0]?.slice(1)).toEqual([61837.63, 61838.1, 61837.63, 61838.1, 1]);
    expect(tables[0]).toMatchObject({ symbol: "BTCUSDT", pricePrecision: 2 });
  });
});

describe("several files", () => {
  const textOf = (...minutes: number[]): string =>
    `dt,open,high,low,close,volume,symbol\n${minutes.map((m) => `2024-01-02 09:${m},1,1,1,1,${m},ABC\n`).join("")}`;
  const file = (name: string, ...minutes: number[]) => ({ name, bytes: bytesOf(textOf(...minutes)) });

  it("are one table in order of time, whatever their order", async () => {
    const { tables } = await importBars([file("b.csv", 20, 21), file("a.csv", 10, 11)]);
    expect(tables.length).toBe(1);
    expect([...tables[0]!.volume]).toEqual([10, 11, 20, 21]);
  });

  it("count once what both have, and refuse in the later one what differs", async () => {
    const other = { name: "b.csv", bytes: bytesOf(textOf(11, 12, 13).replace("12,ABC", "99,ABC")) };
    const { files, tables } = await importBars([other, file("a.csv", 10, 11, 12, 14)], { interval: MINUTE });
    expect([...tables[0]!.volume]).toEqual([10, 11, 12, 13, 14]);
    expect(files.map(({ bars, refused }) => [bars, refused.map(({ row, rule }) => [row, rule])])).toEqual([
      [1, [[3, "duplicate"]]],
      [4, []],
    ]);
    expect(files[0]?.notes.join(" ")).toContain("1 of its bars are in another file, too");
  });

  it("of different intervals are shown, not joined silently", async () => {
    const { tables, files } = await importBars([file("a.csv", 10, 11), file("b.csv", 20, 25)]);
    expect(tables.map(({ interval, at }) => [interval, at.length])).toEqual([
      [MINUTE, 2],
      [5 * MINUTE, 2],
    ]);
    expect(files[0]?.notes.join(" ")).toContain("a series each");
  });

  it("may share a name, and one that fails keeps the others out", async () => {
    const same = await importBars([file("a.csv", 10, 11), file("a.csv", 12, 13)]);
    expect(createReplayFeed(same).sources.map(({ name, rows }) => [name, rows])).toEqual([
      ["a.csv", 2],
      ["a.csv", 2],
    ]);
    const failure = await failureOf(importBars([file("a.csv", 10), { name: "b.csv", bytes: bytesOf("x,y\n1,2\n") }]));
    expect(failure).toMatchObject({ code: "data_invalid", detail: { file: "b.csv" } });
  });

  it("end with the signal that ends them", async () => {
    const stop = new AbortController();
    stop.abort(new Error("the person left"));
    await expect(importBars([file("a.csv", 10)], { signal: stop.signal })).rejects.toThrow("the person left");
  });
});
