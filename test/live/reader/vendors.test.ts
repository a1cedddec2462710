/** Times, names and layouts of vendors that are easily misread: each reads right, or says which option or change settles it. */
import { describe, expect, it } from "vitest";
import { coarserNotes, finestSeries, importBars, type ImportOptions } from "../../../src/live/reader/index.ts";
import { createReplayFeed } from "../../../src/live/feed/index.ts";
import { nameSays } from "../../../src/live/reader/layout/file-name.ts";
import { formatMoment, HOUR, MINUTE, moment } from "../../../src/shared/time.ts";
import { bytesOf, failureOf, importOne } from "./sources.ts";

/** `symbol open → close of the first bar, bars of rows`; the first refusal's reason where nothing is read. */
async function shown(text: string, name: string, options: ImportOptions = {}, path = name): Promise<string> {
  const { files } = await importBars([{ name, path, bytes: bytesOf(text) }], options);
  const [file] = files;
  const [bar] = file?.samples ?? [];
  if (file === undefined || bar === undefined) return file?.refused[0]?.reason ?? "nothing";
  const [from, to] = [bar.opened, bar.closed].map((at) => formatMoment(at).slice(0, 16));
  return `${bar.symbol} ${from} ${to} ${file.bars}/${file.rows} ${bar.close}`;
}

const headed = (...times: readonly string[]): string =>
  ["time,open,high,low,close,volume", ...times.map((time) => `${time},1,3,1,2,5`)].join("\n");

describe("times", () => {
  const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
    [
      "of C",
      headed("Tue Jan  2 15:04:00 2024", "Tue Jan  2 15:05:00 2024"),
      "A 2024-01-02T15:04 2024-01-02T15:05 2/2 2",
    ],
    [
      "of C with a zone",
      headed("Tue Jan  2 15:04:00 EST 2024", "Tue Jan  2 15:05:00 EST 2024"),
      "A 2024-01-02T20:04 2024-01-02T20:05 2/2 2",
    ],
    [
      "of a feed of messages",
      headed("Tue Jan 02 15:04:00 +0100 2024", "Tue Jan 02 15:05:00 +0100 2024"),
      "A 2024-01-02T14:04 2024-01-02T14:05 2/2 2",
    ],
    [
      "of .NET",
      headed("/Date(1704207840000)/", "/Date(1704207900000-0500)/"),
      "A 2024-01-02T15:04 2024-01-02T15:05 2/2 2",
    ],
    [
      "of Java with a zone",
      headed("2024-07-02T09:30[America/New_York]", "2024-07-02T09:31-04:00[America/New_York]"),
      "A 2024-07-02T13:30 2024-07-02T13:31 2/2 2",
    ],
    ["that are months", headed("Jan-24", "Feb-24", "Mar-24"), "A 2024-01-01T00:00 2024-02-01T00:00 3/3 2"],
    ["that are months in words", headed("December 2023", "January 2024"), "A 2023-12-01T00:00 2024-01-01T00:00 2/2 2"],
    ["that are months after a year", headed("2024-Jan", "2024-Feb"), "A 2024-01-01T00:00 2024-02-01T00:00 2/2 2"],
    ["that are quarters", headed("2023Q4", "2024Q1"), "A 2023-10-01T00:00 2024-01-01T00:00 2/2 2"],
    ["that are quarters first", headed("Q4 2023", "Q1 2024"), "A 2023-10-01T00:00 2024-01-01T00:00 2/2 2"],
    ["that are weeks", headed("2024-W01", "2024-W02", "2024-W03"), "A 2024-01-01T00:00 2024-01-08T00:00 3/3 2"],
    ["that are years", headed("2022", "2023").replace("time", "Year"), "A 2022-01-01T00:00 2023-01-01T00:00 2/2 2"],
    ["that are days of a year", headed("2024060", "2024061"), "A 2024-02-29T00:00 2024-03-01T00:00 2/2 2"],
    [
      "with exponents and all digits",
      headed("1.7042079E+12", "1.70420796E+12", "1.70420802E+12"),
      "A 2024-01-02T15:05 2024-01-02T15:06 3/3 2",
    ],
    [
      "with exponents of nanoseconds",
      headed("1.704207900000000000E+18", "1.704207960000000000E+18"),
      "A 2024-01-02T15:05 2024-01-02T15:06 2/2 2",
    ],
  ];
  it.each(cases)("%s are read", async (_, text, expected) => {
    expect(await shown(text, "A.csv")).toBe(expected);
  });

  it("that a spreadsheet shortened are refused with what to do", async () => {
    expect(await shown(headed("1.70E+12", "1.70E+12"), "A.csv")).toContain("save the column as whole numbers");
  });

  it("that are days without a year are refused, and not taken for months", async () => {
    const failure = await failureOf(importOne(headed("Jan-22", "Jan-23", "Jan-24")));
    expect(failure.message).toContain("days of a month without a year. Write the column with its years");
  });

  it("whose ends are the last second of a bar give its length", async () => {
    const rows = ["2024-01-03 10:00:00,2024-01-03 10:59:59", "2024-01-03 11:00:00,2024-01-03 11:59:59"];
    const text = ["begin,end,open,high,low,close", ...rows.map((row) => `${row},1,3,1,2`)].join("\n");
    expect(await shown(text, "A.csv")).toBe("A 2024-01-03T10:00 2024-01-03T11:00 2/2 2");
  });
});

describe("LEAN's minutes out of their archive", () => {
  const rows = "34200000,1873000,1874400,1873000,1874100,1200\n34260000,1874100,1874900,1873900,1874500,900\n";
  const expected = "AAPL 2024-01-02T09:30 2024-01-02T09:31 2/2 187.41";

  it("say their symbol by their folder", async () => {
    expect(await shown(rows, "20240102_trade.csv", {}, "/d/equity/usa/minute/aapl/20240102_trade.csv")).toBe(expected);
  });

  it("say it in another name, or a person does", async () => {
    expect(await shown(rows, "aapl_20240102.csv")).toBe(expected);
    expect(await shown(rows, "20240102_trade.csv", { symbol: "AAPL" })).toBe(expected);
    const failure = await failureOf(importOne(rows, {}, "20240102_trade.csv"));
    expect(failure.message).toContain("Name it with --symbol AAPL");
  });

  it("are no table of days by their date", async () => {
    const days = "20240102,1,3,1,2,5\n20240103,2,3,1,2,5\n";
    expect(await shown(days, "ABC_20240131.csv")).toBe("ABC 2024-01-02T00:00 2024-01-03T00:00 2/2 2");
  });
});

describe("vendors' tables", () => {
  const cases: readonly (readonly [what: string, name: string, text: string, expected: string])[] = [
    [
      "a header behind the mark of a comment",
      "vod.csv",
      "#RIC,Domain,Date-Time,Type,Open,High,Low,Last,Volume\n" +
        "VOD.L,Market Price,2024-01-02T08:00:00.000000000Z,Intraday 1Min,68.5,68.6,68.4,68.55,12\n" +
        "VOD.L,Market Price,2024-01-02T08:01:00.000000000Z,Intraday 1Min,68.5,68.6,68.4,68.5,9\n",
      "VOD.L 2024-01-02T08:00 2024-01-02T08:01 2/2 68.55",
    ],
    [
      "comments before such a header",
      "XYZ.csv",
      "# made by numpy\n# time,open,high,low,close\n2024-01-02 09:30,1,3,1,2\n2024-01-02 09:31,1,3,1,2\n",
      "XYZ 2024-01-02T09:30 2024-01-02T09:31 2/2 2",
    ],
    [
      "a line with the security above",
      "export.csv",
      "Security,MSFT US Equity\nPeriod,D\n\nDate,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST\n2024-01-02,1,3,1,2\n2024-01-03,1,3,1,2\n",
      "MSFT 2024-01-02T00:00 2024-01-03T00:00 2/2 2",
    ],
    [
      "names of a research database",
      "crsp.csv",
      "PERMNO,date,TICKER,BIDLO,ASKHI,PRC,VOL,OPENPRC\n14593,20240102,AAPL,1,3,2,5,1\n14593,20240103,AAPL,1,3,2,5,1\n",
      "AAPL 2024-01-02T00:00 2024-01-03T00:00 2/2 2",
    ],
    [
      "trades with whole numbers for prices",
      "glbx.csv",
      "ts_recv,ts_event,rtype,publisher_id,action,side,price,size,symbol\n" +
        "1704205800000000123,1704205800000000000,0,1,T,B,4780250000000,2,ESH4\n",
      "ESH4 2024-01-02T14:30 2024-01-02T14:31 1/1 4780.25",
    ],
    [
      "trades by their time of creation",
      "trades.csv",
      "instrument_name,trade_id,side,price,size,created_time\nBTC-USDT,503,buy,44187.1,0.01,1704153600123\n",
      "BTC-USDT 2024-01-02T00:00 2024-01-02T00:01 1/1 44187.1",
    ],
    [
      "a document that says that all is well",
      "NFLX.json",
      '{"c":[2,2],"h":[3,3],"l":[1,1],"o":[1,1],"s":"ok","t":[1704153600,1704240000],"v":[5,5]}',
      "NFLX 2024-01-02T00:00 2024-01-03T00:00 2/2 2",
    ],
    [
      "lists without names beside their symbol",
      "answer.json",
      '{"retMsg":"OK","result":{"symbol":"ETHUSDT","list":[["1704153660000","2","3","1","2","5","10"],' +
        '["1704153600000","1","3","1","2","5","10"]]}}',
      "ETHUSDT 2024-01-02T00:00 2024-01-02T00:01 2/2 2",
    ],
  ];
  it.each(cases)("%s are read", async (_, name, text, expected) => {
    expect(await shown(text, name)).toBe(expected);
  });

  it("whose time of day has an unusual name are read with it", async () => {
    const trades =
      "DATE,TIME_OF_TRADE,EX,SYM_ROOT,SIZE,PRICE\n20240102,9:30:00.123,Q,KO,100,59\n20240102,9:31:00.123,Q,KO,50,60\n";
    expect(await shown(trades, "taq.csv")).toBe("KO 2024-01-02T09:30 2024-01-02T09:31 2/2 59");
    const twice =
      "date,minute,label,open,high,low,close\n2024-01-02,13:30,01:30 PM,1,3,1,2\n2024-01-02,13:31,01:31 PM,1,3,1,2\n";
    expect(await shown(twice, "KO.csv")).toBe("KO 2024-01-02T13:30 2024-01-02T13:31 2/2 2");
  });

  it("whose time repeats its day are read by it alone", async () => {
    const row = (time: string): string => `2024-01-02,${time},1,3,1,2`;
    const text = ["date,time,open,high,low,close", row("20240102093500000"), row("20240102094000000")].join("\n");
    expect(await shown(text, "A.csv")).toBe("A 2024-01-02T09:35 2024-01-02T09:40 2/2 2");
  });

  it("whose only column of epochs has another name are read by it", async () => {
    const text =
      '{"ticks":[1704153600000,1704153660000],"open":[1,1],"high":[3,3],"low":[1,1],"close":[2,2],"volume":[5,5]}';
    const { tables } = await importOne(text, {}, "A.json");
    expect(await shown(text, "A.json")).toBe("A 2024-01-02T00:00 2024-01-02T00:01 2/2 2");
    expect([...(tables[0]?.volume ?? [])]).toEqual([5, 5]);
  });

  it("with names in Korean, days of a spreadsheet or times of kdb+ are read", async () => {
    const korean = "일자,종가,시가,고가,저가,거래량\n2024/01/03,2,1,3,1,5\n2024/01/02,2,1,3,1,5\n";
    expect(await shown(korean, "A.csv")).toBe("A 2024-01-02T00:00 2024-01-03T00:00 2/2 2");
    const serial = "Date,Time,Open,High,Low,Close\n45293,0.395833333,1,3,1,2\n45293,0.396527778,1,3,1,2\n";
    expect(await shown(serial, "A.csv")).toBe("A 2024-01-02T09:30 2024-01-02T09:31 2/2 2");
    const kx = headed("2024-01-02D09:30:00.000000000", "2024-01-02D09:31:00.000000000");
    expect(await shown(kx, "A.csv")).toBe("A 2024-01-02T09:30 2024-01-02T09:31 2/2 2");
  });

  const bare: readonly (readonly [what: string, text: string, expected: string, volume: number])[] = [
    [
      "candles with their close between volume and turnover",
      "1704153600000,1,3,1,2,12.25,1704153660000,541\n1704153660000,2,3,1,2,10,1704153720000,441\n",
      "A 2024-01-02T00:00 2024-01-02T00:01 2/2 2",
      12.25,
    ],
    [
      "bars with splits and dividends behind them",
      "20240102,930,1,3,1,2,5,0,0,0\n20240102,931,1,3,1,2,5,0,0,0\n20240102,1000,1,3,1,2,5,0,0,0\n",
      "A 2024-01-02T09:30 2024-01-02T09:31 3/3 2",
      5,
    ],
    [
      "trades of a day and a time",
      "01/22/2024,09:30:00.123,4780.25,2\n01/22/2024,09:30:01.123,4780.5,1\n",
      "A 2024-01-22T09:30 2024-01-22T09:31 1/2 4780.5",
      3,
    ],
    [
      "quotes under their pair",
      "EUR/USD,20240102 00:00:00.123,1.1,1.3\n",
      "EUR/USD 2024-01-02T00:00 2024-01-02T00:01 1/1 1.2",
      0,
    ],
  ];
  it.each(bare)("without a header, %s are read", async (_, text, expected, volume) => {
    expect(await shown(text, "A.csv")).toBe(expected);
    expect((await importOne(text, {}, "A.csv")).tables[0]?.volume[0]).toBe(volume);
  });

  it("of ticks with bid and ask beside the price are trades with their quantity", async () => {
    const text = "01/22/2024,09:30:00,187.15,187.14,187.18,100\n01/22/2024,09:30:01,187.2,187.14,187.18,50\n";
    const { tables } = await importOne(text, {}, "AAPL_tick.txt");
    expect([tables[0]?.close[0], tables[0]?.volume[0]]).toEqual([187.2, 150]);
  });
});

describe("names of files", () => {
  const cases: readonly (readonly [name: string, symbol: string, minutes: number | null])[] = [
    ["BTC-USDT-SWAP-trades-2024-01-02.csv", "BTC-USDT-SWAP", null],
    ["ETH-USDT-candles-15m-2024-01-02.csv", "ETH-USDT", 15],
    ["ETH_USDT_4h.csv", "ETH_USDT", 240],
    ["SOL_USDT-202401.csv", "SOL_USDT", null],
    ["EUR_USD Historical Data.csv", "EUR_USD", null],
    ["NQH24-CME.scid_BarData.txt", "NQH24", null],
    ["CLG24.dly.txt", "CLG24", null],
    ["msft_intraday-5min_historical-data-download-01-04-2024.csv", "MSFT", 5],
    ["Quote-Equity-INFY-EQ-01-01-2024-to-31-01-2024.csv", "INFY", null],
    ["GBPUSD-M15-Bid.csv", "GBPUSD", 15],
    ["GBPUSD_UTC_1 Min_Bid_2024.01.01_2024.01.31.csv", "GBPUSD", 1],
    ["xnas-itch-20240102.ohlcv-1m.TSLA.csv", "TSLA", 1],
    ["tETHUSD_1h.csv", "ETHUSD", 60],
    ["^dax_d.csv", "^DAX", null],
    ["TSLA-ohlcv-1d.csv", "TSLA", 1_440],
    ["BRK-B_daily.csv", "BRK-B", null],
  ];
  it.each(cases)("%s says %s", (name, symbol, minutes) => {
    const says = nameSays(name);
    expect([says.symbol, says.interval, says.vague]).toEqual([
      symbol,
      minutes === null ? null : minutes * MINUTE,
      false,
    ]);
  });
});

describe("bars of several lengths of one symbol", () => {
  const START = Date.UTC(2024, 0, 2) * 1_000;
  const file = (name: string, length: number, count: number) => {
    const row = (index: number): string => `${formatMoment(moment(START + index * length))},1,3,1,2,5,BTC`;
    const rows = Array.from({ length: count }, (_, index) => row(index));
    return { name, bytes: bytesOf(`dt,open,high,low,close,volume,symbol\n${rows.join("\n")}\n`) };
  };

  it("make a finer and a coarser series, whatever the order of files", async () => {
    const files = [file("h.csv", HOUR, 3), file("m.csv", MINUTE, 180)];
    for (const sources of [files, files.toReversed()]) {
      const imported = await importBars(sources);
      expect(imported.tables.map(({ symbol, interval, at }) => [symbol, interval, at.length])).toEqual([
        ["BTC", MINUTE, 180],
        ["BTC", HOUR, 3],
      ]);
      expect(imported.files.map(({ bars }) => bars).toSorted((a, b) => a - b)).toEqual([3, 180]);
      expect(imported.files[0]?.notes.join()).toContain("BTC comes in bars of 1m and 1h, which make a series each");
      const feed = createReplayFeed(imported);
      expect(feed.symbols.map(({ symbol }) => symbol)).toEqual(["BTC"]);
      expect(feed.barInterval?.("BTC")).toBe(MINUTE);
      expect(feed.take(moment(START + 3 * HOUR))).toHaveLength(180);
      expect(coarserNotes(imported.tables).join()).toContain("3 of 1h are a coarser series");
      expect(finestSeries(imported.tables)).toHaveLength(1);
    }
  });

  it("are one series where they are folded", async () => {
    const { tables } = await importBars([file("h.csv", HOUR, 3), file("m.csv", MINUTE, 60)], { resample: HOUR });
    expect(tables.map(({ interval, at }) => [interval, at.length])).toEqual([[HOUR, 3]]);
  });
});
