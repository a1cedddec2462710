/** Files as programs, venues and vendors write them: one small example for each kind. */
import { Buffer } from "node:buffer";
import { zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { BarTable, ImportOptions } from "../../../src/live/reader/index.ts";
import { formatMoment, type Moment } from "../../../src/shared/time.ts";
import { failureOf, importOne, rowsOf, timesOf } from "./sources.ts";

const opensOf = async (text: string | Uint8Array, name: string, options: ImportOptions = {}): Promise<string> => {
  const { files } = await importOne(text, options, name);
  const [file] = files;
  const open = file?.firstOpen ?? null;
  const shown = open === null ? "none" : formatMoment(open).slice(0, 16);
  return `${file?.symbols.join("+")} ${shown} ${file?.bars}/${file?.rows} ${(file?.interval ?? 0) / 60e6}m ${file?.stamp}`;
};

describe("without a header", () => {
  const cases: readonly (readonly [what: string, name: string, text: string, expected: string])[] = [
    [
      "klines",
      "BTCUSDT-1h-2024-01.csv",
      "1704067200000,1,2,1,2,5,1704070799999,9,3,1,1,0\n",
      "BTCUSDT 2024-01-01T00:00 1/1 60m open",
    ],
    [
      "aggregate trades",
      "ETHUSDT-aggTrades-2024-01-01.csv",
      "7,10,1,1,2,1704067200000,true,true\n8,11,1,3,3,1704067210000,true,true\n",
      "ETHUSDT 2024-01-01T00:00 1/2 1m trade",
    ],
    [
      "OHLCVT",
      "XBTEUR_15.csv",
      "1704067200,1,2,1,2,5,3\n1704068100,2,3,2,3,5,4\n",
      "XBTEUR 2024-01-01T00:00 2/2 15m open",
    ],
    [
      "HistData",
      "DAT_ASCII_GBPUSD_M1_2021.csv",
      "20210104 170000;1;2;1;2;0\n20210104 170100;2;3;2;3;0\n",
      "GBPUSD 2021-01-04T22:00 2/2 1m open",
    ],
    [
      "NinjaTrader",
      "NQ 06-24.Last.txt",
      "20240102 093100;1;2;1;2;9\n20240102 093200;2;3;2;3;9\n",
      "NQM24 2024-01-02T09:30 2/2 1m close",
    ],
    [
      "MetaTrader",
      "GBPJPY240.csv",
      "2024.01.02,00:00,1,2,1,2,9\n2024.01.02,04:00,2,3,2,3,9\n",
      "GBPJPY 2024-01-02T00:00 2/2 240m open",
    ],
    [
      "a broker's own order",
      "LTC-USD.csv",
      "1704067200,1,4,2,3,9\n1704070800,1,5,2,3,9\n1704074400,2,6,3,4,9\n",
      "LTC-USD 2024-01-01T00:00 3/3 60m open",
    ],
    [
      "symbol, day and bar",
      "all.txt",
      "AAPL,20240102,1,2,1,2,5\nMSFT,20240102,1,2,1,2,5\n",
      "AAPL+MSFT 2024-01-02T00:00 2/2 1440m open",
    ],
  ];
  it.each(cases)("%s", async (_, name, text, expected) => {
    expect(await opensOf(text, name)).toBe(expected);
  });

  it("of cells that could be several things is read as a person says", async () => {
    const text = "x,1704067200,5,1,2,1,2\nx,1704067260,5,2,3,2,3\n";
    const failure = await failureOf(importOne(text));
    expect(failure.detail).toMatchObject({ rule: "header", question: { about: "columns" } });
    expect(await opensOf(text, "A.csv", { columns: "-,time,volume,open,high,low,close" })).toBe(
      "A 2024-01-01T00:00 2/2 1m open",
    );
    expect((await failureOf(importOne(text, { columns: "time,what" }))).message).toContain('--columns has "what"');
    expect((await failureOf(importOne(text, { columns: "time,open" }))).message).toContain("high, low, close");
  });
});

describe("with names of their own", () => {
  const cases: readonly (readonly [what: string, text: string, options: ImportOptions, expected: readonly number[]])[] =
    [
      [
        "a title and prices with currency",
        "My export\nDate,Close/Last,Volume,Open,High,Low\n2024-01-03,$2,1.5K,$1,$2.50,$0.50\n",
        {},
        [1, 2.5, 0.5, 2, 1500],
      ],
      [
        "Spanish, decimal commas",
        "Fecha;Apertura;Máximo;Mínimo;Cierre;Volumen\n2024-01-03;1.001,5;1.002,5;1.000,5;1.002,0;1.234.567\n",
        {},
        [1001.5, 1002.5, 1000.5, 1002, 1234567],
      ],
      [
        "price for close, volumes in millions",
        'Date,Price,Open,High,Low,Vol.,Change %\n2024-01-03,2,1,3,1,2.5M,"1%"\n',
        {},
        [1, 3, 1, 2, 2500000],
      ],
      [
        "names of rows that the header leaves out",
        '"Open" "High" "Low" "Close"\n"2024-01-03" 1 3 1 2\n',
        { separator: "space" },
        [1, 3, 1, 2, 0],
      ],
      [
        "a symbol before each name",
        ",AAPL.Open,AAPL.High,AAPL.Low,AAPL.Close,AAPL.Volume\n2024-01-03,1,3,1,2,7\n",
        {},
        [1, 3, 1, 2, 7],
      ],
      [
        "whole numbers of 1e-9",
        "ts_event,rtype,publisher_id,open,high,low,close,volume\n1704243600000000000,33,2,1000000001,3000000000,1000000000,2000000000,7\n",
        {},
        [1.000000001, 3, 1, 2, 7],
      ],
      [
        "up and down volumes",
        '"Date","Time","Open","High","Low","Close","Up","Down"\n01/31/2024,09:31,1,3,1,2,4,3\n',
        {},
        [1, 3, 1, 2, 7],
      ],
    ];
  it.each(cases)("%s", async (_, text, options, expected) => {
    const { tables } = await importOne(text, options);
    expect(rowsOf(tables[0] as BarTable)[0]?.slice(1)).toEqual(expected);
  });

  it("two rows of names, one symbol or several", async () => {
    const one = "Price,Close,High,Low,Open,Volume\nTicker,NVDA,NVDA,NVDA,NVDA,NVDA\nDate,,,,,\n2024-01-03,2,3,1,1,5\n";
    expect(await opensOf(one, "x.csv")).toBe("NVDA 2024-01-03T00:00 1/1 1440m open");
    const two =
      ",Close,Close,High,High,Low,Low,Open,Open\n,A,B,A,B,A,B,A,B\nDate,,,,,,,,\n2024-01-03,2,20,3,30,1,10,1,10\n";
    const { tables } = await importOne(two);
    expect(tables.map((table) => [table.symbol, ...(rowsOf(table)[0] ?? []).slice(1, 5)])).toEqual([
      ["A", 1, 3, 1, 2],
      ["B", 10, 30, 10, 20],
    ]);
  });

  it("says which volume was taken, and that symbols are no counts", async () => {
    const volumes = await importOne(
      "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\n2024.01.03\t1\t3\t1\t2\t9\t0\n",
    );
    expect(volumes.files[0]?.notes.join(" ")).toContain('The volume is the column "<TICKVOL>", not "<VOL>".');
    const twice = await importOne("Date,Open,High,Low,Close,Volume,Volume\n2024-01-03,1,3,1,2,0,9\n");
    expect(twice.files[0]?.notes.join(" ")).toContain(
      'The volume is the column "Volume" (column 7), not "Volume" (column 6).',
    );
    expect(twice.tables.map((table) => rowsOf(table)[0]?.at(5))).toEqual([9]);
    const head = "dt,open,high,low,close,volume,symbol\n";
    const counts = Array.from({ length: 9 }, (_, at) => `${1704067200 + at * 60},1,1,1,1,1,${700 + at * 13}\n`).join(
      "",
    );
    const { files } = await importOne(head + counts, { symbol: "XBTUSD" });
    expect(files[0]).toMatchObject({ symbols: ["XBTUSD"], bars: 9 });
  });
});

describe("times", () => {
  const bars = (...times: string[]): string =>
    `Date,Open,High,Low,Close\n${times.map((time) => `${time},1,1,1,1\n`).join("")}`;
  const closes = async (options: ImportOptions, ...times: string[]): Promise<string[]> =>
    timesOf((await importOne(bars(...times), options)).tables[0]).map((at) => at.slice(0, 16));

  it("of days, weeks, months, quarters and years are visible when those are over", async () => {
    expect(await closes({}, "45293", "45294")).toEqual(["2024-01-03T00:00", "2024-01-04T00:00"]);
    expect(await closes({}, "240102", "240103", "240104")).toEqual([
      "2024-01-03T00:00",
      "2024-01-04T00:00",
      "2024-01-05T00:00",
    ]);
    expect(await closes({}, "2024-01-01", "2024-01-08")).toEqual(["2024-01-08T00:00", "2024-01-15T00:00"]);
    expect(await closes({}, "2024-01-05", "2024-01-12")).toEqual(["2024-01-06T00:00", "2024-01-13T00:00"]);
    expect(await closes({}, "2024-01-31", "2024-02-29")).toEqual(["2024-02-01T00:00", "2024-03-01T00:00"]);
    expect(await closes({}, "2024-01-01", "2024-04-01")).toEqual(["2024-04-01T00:00", "2024-07-01T00:00"]);
    expect(await closes({}, "2022-12-31", "2023-12-31")).toEqual(["2023-01-01T00:00", "2024-01-01T00:00"]);
  });

  it("are never of 1970: what a small number counts is asked", async () => {
    const { files } = await importOne(bars("19724", "19725"));
    expect(files[0]).toMatchObject({ bars: 0, refused: [{ rule: "time" }, { rule: "time" }] });
    expect(await closes({ timeFormat: "days" }, "19724", "19725")).toEqual(["2024-01-03T00:00", "2024-01-04T00:00"]);
  });

  it("are closes where sessions show it, or a person says so", async () => {
    const day = (from: number, to: number): string[] =>
      Array.from(
        { length: to - from + 1 },
        (_, at) =>
          `2024-01-02 ${String(Math.floor((from + at) / 60)).padStart(2, "0")}:${String((from + at) % 60).padStart(2, "0")}`,
      );
    const stampOf = async (times: string[], options: ImportOptions = {}): Promise<string | undefined> =>
      (await importOne(bars(...times), options)).files[0]?.stamp;
    expect(await stampOf(day(571, 960))).toBe("close");
    expect(await stampOf(day(570, 959))).toBe("open");
    expect(await stampOf(day(600, 620))).toBe("open");
    expect(await stampOf(day(600, 620), { stamp: "close" })).toBe("close");
  });

  it("are taken as UTC where they carry no zone, which is asked", async () => {
    const { files } = await importOne(bars("2024-01-02 09:30", "2024-01-02 09:31"));
    expect(files[0]?.questions.map(({ about, assumed }) => [about, assumed])).toEqual([
      ["zone", "UTC"],
      ["stamp", "open"],
    ]);
    const said = await importOne(bars("2024-01-02 09:30", "2024-01-02 09:31"), {
      timeZone: "Europe/Berlin",
      stamp: "open",
    });
    expect(said.files[0]?.questions).toEqual([]);
  });
});

describe("other formats", () => {
  const rows = [
    ["2024-01-02T14:30:00Z", 1, 3, 1, 2, 5],
    ["2024-01-02T14:31:00Z", 2, 3, 2, 3, 6],
  ] as const;
  const objects = rows.map(([t, o, h, l, c, v]) => ({ t, o, h, l, c, v }));
  const millis = rows.map(([t, ...rest]) => [Date.parse(t), ...rest]);
  const cases: readonly (readonly [what: string, text: string])[] = [
    ["arrays", JSON.stringify(millis)],
    ["objects within", JSON.stringify({ ticker: "X", results: objects })],
    ["lines", objects.map((row) => JSON.stringify(row)).join("\n")],
    [
      "columns",
      JSON.stringify({
        s: "ok",
        t: millis.map(([t]) => (t as number) / 1e3),
        o: [1, 2],
        h: [3, 3],
        l: [1, 2],
        c: [2, 3],
        v: [5, 6],
      }),
    ],
    [
      "by date",
      JSON.stringify(
        Object.fromEntries(
          rows.map(([t, o, h, l, c, v]) => [
            t,
            { "1. open": o, "2. high": h, "3. low": l, "4. close": c, "5. volume": v },
          ]),
        ),
      ),
    ],
    ["columns and data", JSON.stringify({ columns: ["t", "o", "h", "l", "c", "v"], data: rows })],
  ];
  it.each(cases)("JSON: %s", async (_, text) => {
    const { tables } = await importOne(text, { symbol: "X" }, "X.json");
    expect(rowsOf(tables[0] as BarTable)).toEqual(rows.map(([t, ...rest]) => [Date.parse(t) * 1e3 + 60e6, ...rest]));
  });

  it("JSON keeps digits, and is named when it is damaged or holds no table", async () => {
    const { tables } = await importOne(
      '[{"t":1704067200,"o":0.1234567890123456789,"h":1,"l":0.1,"c":1}]',
      {},
      "X.json",
    );
    expect(tables[0]?.exact?.get(0)).toBe("0.1234567890123456789");
    expect((await failureOf(importOne('[{"t":1', {}, "X.json"))).message).toContain(
      "X.json: it is JSON that breaks off",
    );
    expect((await failureOf(importOne('{"error":"no"}', {}, "X.json"))).message).toContain("JSON without a table");
  });

  it("Zstandard, and what is no table by its name", async () => {
    const text = "t,o,h,l,c\n1704067200,1,1,1,1\n1704067260,1,1,1,1\n";
    expect(await opensOf(zstdCompressSync(Buffer.from(text)), "ABC.csv.zst")).toBe("ABC 2024-01-01T00:00 2/2 1m open");
    for (const [start, words] of [
      ["BZh9broken", "its bzip2 is damaged"],
      ["PAR1broken", "its Parquet cannot be read"],
      ["ARROW1\0\0broken", "its Arrow cannot be read"],
      ["%PDF-1.4", "it is a PDF"],
      ["<!DOCTYPE html>", "it is a web page"],
    ] as const)
      expect((await failureOf(importOne(start, {}, "a.csv"))).message).toContain(words);
  });

  it("quotes count as their middle, without a volume", async () => {
    const text = "timestamp,symbol,bid,ask\n2024-01-02T14:30:00Z,AAPL,1.10,1.12\n2024-01-02T14:30:30Z,AAPL,1.14,1.16\n";
    const { files, tables } = await importOne(text);
    expect(files[0]).toMatchObject({ format: "quotes", stamp: "trade" });
    expect(rowsOf(tables[0] as BarTable)[0]?.slice(1)).toEqual([1.11, 1.15, 1.11, 1.15, 0]);
  });
});

describe("what a person should look at", () => {
  const head = "Date,Open,High,Low,Close,Volume,Stock Splits\n";
  const row = (day: number, price: number, split = "0.0"): string =>
    `2024-01-${String(day).padStart(2, "0")},${price},${price},${price},${price},1,${split}\n`;

  it("splits that the prices show are actions; others are adjusted already", async () => {
    const shown = await importOne(head + row(2, 400) + row(3, 404) + row(4, 101, "4.0"));
    expect(shown.actions).toEqual([{ symbol: "ABC", at: (Date.UTC(2024, 0, 4) * 1_000) as Moment, split: "4" }]);
    expect(shown.files[0]).toMatchObject({ jumpsTotal: 1, jumps: [{ from: 404, to: 101 }] });
    const adjusted = await importOne(head + row(2, 100) + row(3, 101) + row(4, 101, "4.0"));
    expect(adjusted.actions).toBeUndefined();
    expect(adjusted.files[0]?.notes.join(" ")).toContain("adjusted already");
  });

  it("gaps, but no nights; and samples with both their moments", async () => {
    const minute = (day: number, at: number): string =>
      `2024-01-${String(day).padStart(2, "0")} 10:${String(at).padStart(2, "0")},1,1,1,1,1,0\n`;
    const days = [2, 3, 4, 5, 8]
      .flatMap((day) => [0, 1, 2, 3].map((at) => minute(day, at)))
      .filter((line) => !line.includes("03 10:01"));
    const { files } = await importOne(head + days.join(""));
    expect(
      files[0]?.gaps.map(({ from, to }) => [formatMoment(from).slice(8, 16), formatMoment(to).slice(8, 16)]),
    ).toEqual([
      ["05T10:04", "08T10:00"],
      ["03T10:01", "03T10:02"],
    ]);
    expect(files[0]?.samples.length).toBe(5);
    expect(files[0]?.samples[0]).toMatchObject({
      opened: Date.UTC(2024, 0, 2, 10) * 1_000,
      closed: Date.UTC(2024, 0, 2, 10, 1) * 1_000,
      open: "1",
    });
  });

  it("kinds of refusals, each with its first rows", async () => {
    const text = head + row(2, 1) + row(3, -1) + row(4, -1) + row(5, 0) + row(6, 1);
    const { files } = await importOne(text);
    expect(files[0]?.refusals.map(({ rule, count, first }) => [rule, count, first.map((one) => one.row)])).toEqual([
      ["negative", 2, [3, 4]],
      ["zero", 1, [5]],
    ]);
    expect((await importOne(text, {}, "CL.csv")).files[0]?.refusedTotal).toBe(0);
  });
});
