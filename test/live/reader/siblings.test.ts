/** Files that were read as something else than they are, or as less: each kind with a small example. */
import { describe, expect, it } from "vitest";
import { formatMoment } from "../../../src/shared/time.ts";
import { failureOf, importOne } from "./sources.ts";

const HOURS = [1_704_067_200, 1_704_070_800, 1_704_074_400];

async function read(text: string, name: string) {
  const { files, tables } = await importOne(text, {}, name);
  const [file] = files;
  if (file === undefined) throw new Error("Nothing was read.");
  return {
    file,
    symbols: file.symbols.join("+"),
    bars: tables.map(({ at }) => at.length),
    first: file.firstOpen === null ? "none" : formatMoment(file.firstOpen).slice(0, 16),
    sample: file.samples[0],
  };
}

describe("several symbols in one document", () => {
  const bars = HOURS.map((at) => ({ t: new Date(at * 1_000).toISOString(), o: 1, h: 3, l: 1, c: 2, v: 5 }));

  it("under their names are all read", async () => {
    const found = await read(JSON.stringify({ bars: { AAPL: bars, MSFT: bars.slice(1) }, next: null }), "bars.json");
    expect(found.symbols).toBe("AAPL+MSFT");
    expect(found.bars).toEqual([3, 2]);
  });

  it("each beside its own rows are all read", async () => {
    const list = ["btcusd", "ethusd"].map((ticker) => ({ ticker, priceData: bars }));
    expect((await read(JSON.stringify(list), "crypto.json")).bars).toEqual([3, 3]);
  });

  it("as closes side by side are all read, and that is said", async () => {
    const rows = ["Date,AAPL,MSFT", "2024-01-15,187,370", "2024-01-16,188,371", "2024-01-17,189,372"];
    const { symbols, bars: counts, file } = await read(rows.join("\n"), "closes.csv");
    expect([symbols, counts]).toEqual(["AAPL+MSFT", [3, 3]]);
    expect(file.notes.join()).toContain("closes of one symbol: AAPL, MSFT");
  });
});

describe("bars of which a part is under names of another kind", () => {
  it("of bid and ask are the bid's, with their highs and lows", async () => {
    const rows = [
      "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
      ...HOURS.map((at) => `${at},10,13,9,12,10.1,13.1,9.1,12.1`),
    ];
    const { sample, file } = await read(rows.join("\n"), "EURUSD.csv");
    expect([sample?.open, sample?.high, sample?.low, sample?.close]).toEqual(["10", "13", "9", "12"]);
    expect(file.notes.join()).toContain("bid's candles");
  });

  it("are never cut to their closes without a word", async () => {
    const rows = ["Date,Xopn,Xhgh,Xlow,Close", "2024-01-15,10,13,9,12", "2024-01-16,11,14,10,13"];
    const failure = await failureOf(importOne(rows.join("\n"), {}, "odd.csv"));
    expect(failure.message).toContain("no column for open, high, low");
  });

  it("as exchanges name them are read", async () => {
    const rows = ["TradDt,TckrSymb,OpnPric,HghPric,LwPric,ClsPric,TtlTradgVol", "2024-01-15,INFY,10,13,9,12,77"];
    const { symbols, sample } = await read(rows.join("\n"), "bhav.csv");
    expect([symbols, sample?.open, sample?.volume]).toEqual(["INFY", "10", "77"]);
  });
});

describe("times", () => {
  it("of a day alone are no dates", async () => {
    const rows = ["<TICKER>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>", "GAZP,100100,1,3,1,2", "GAZP,100200,1,3,1,2"];
    expect((await failureOf(importOne(rows.join("\n"), {}, "gazp.csv"))).message).toContain("no column for the time");
    const dated = rows.map((row, at) =>
      at === 0 ? row.replace("<TIME>", "<DTYYYYMMDD>,<TIME>") : row.replace(",", ",20240115,"),
    );
    expect((await read(dated.join("\n"), "gazp.csv")).first).toBe("2024-01-15T10:01");
  });

  it.each([
    ["EET", "2024-01-15 16:30", "2024-01-15T14:30"],
    ["America/New_York", "2024-01-15 09:30", "2024-01-15T14:30"],
    ["EST", "2024-01-15 09:30", "none"],
  ])("whose column says %s are of that zone", async (zone, time, first) => {
    const rows = [
      `Time (${zone}),Open,High,Low,Close`,
      `${time}:00,1,3,1,2`,
      `${time.replace(":30", ":31")}:00,1,3,1,2`,
    ];
    if (first === "none") {
      // It is a place's clocks, or a fixed offset: nothing says which.
      expect((await failureOf(importOne(rows.join("\n"), {}, "zone.csv"))).message).toContain("no column for the time");
      return;
    }
    const found = await read(rows.join("\n"), "zone.csv");
    expect(found.first).toBe(first);
    expect(found.file.notes.join()).toContain("as the header says");
  });

  it("of a document that names its zone are of that zone", async () => {
    const day = { "1. open": "1", "2. high": "3", "3. low": "1", "4. close": "2", "5. volume": "9" };
    const text = JSON.stringify({
      "Meta Data": { "2. Symbol": "IBM", "6. Time Zone": "US/Eastern" },
      "Time Series (5min)": { "2024-01-15 09:35:00": day, "2024-01-15 09:30:00": day },
    });
    const { symbols, first } = await read(text, "intraday.json");
    expect([symbols, first]).toEqual(["IBM", "2024-01-15T14:30"]);
  });
});

describe("documents that were refused without a way out", () => {
  it("with Python's words for no number are read", async () => {
    const text = '{"data":[{"time":"2024-01-15T14:30:00Z","open":1,"high":2,"low":1,"close":1.5,"volume":NaN}]}';
    expect((await read(text, "python.json")).bars).toEqual([1]);
  });

  it("of Kraken's and of IQFeed's cells are known", async () => {
    const rows = HOURS.map((at) => [at, "10", "13", "9", "12", "11.5", "1.5", 7]);
    const kraken = await read(JSON.stringify({ error: [], result: { XXBTZUSD: rows, last: 1 } }), "ohlc.json");
    expect(kraken.sample?.volume).toBe("1.5");
    const iqfeed = ["2024-01-15 09:31:00,13,9,10,12,500,77,0", "2024-01-15 09:32:00,13,9,12,11,600,78,0"];
    const found = await read(iqfeed.join("\n"), "SPY.csv");
    expect([found.first, found.sample?.open, found.sample?.high, found.sample?.volume]).toEqual([
      "2024-01-15T14:30",
      "10",
      "13",
      "77",
    ]);
  });

  it("of NinjaTrader's days and ticks have the contract of their name", async () => {
    const daily = "20240115;1;3;1;2;9\n20240116;1;3;1;2;9\n";
    expect((await read(daily, "ES 03-24.daily.txt")).symbols).toBe("ESH24");
  });
});
