/** Imported bars as a feed: one order of time, any cut of `take`, metas given or supposed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplayFeed, TAKE_MAX } from "../../../src/live/feed/index.ts";
import { importBars, type BarTable, type Imported } from "../../../src/live/reader/index.ts";
import type { FeedEvent, SymbolMeta } from "../../../src/shared/market.ts";
import type { Feed } from "../../../src/shared/ports.ts";
import { MINUTE, moment } from "../../../src/shared/time.ts";
import { bytesOf } from "../reader/sources.ts";

function tableOf(symbol: string, moments: readonly number[]): BarTable {
  const at = Float64Array.from(moments);
  const price = at.map((_, index) => index + 1);
  return {
    symbol,
    interval: MINUTE,
    pricePrecision: 2,
    at,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
  };
}

const importedOf = (...tables: BarTable[]): Imported => ({ files: [], tables });
const keyOf = (event: FeedEvent): string =>
  event.kind === "bar"
    ? `${event.bar.at} ${event.bar.symbol} ${event.bar.close}`
    : `${event.mark.at} ${event.mark.symbol}`;

const markets = fc
  .array(fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 })
  .map((all) =>
    importedOf(
      ...all.map((moments, index) =>
        tableOf(
          `S${index}`,
          moments.toSorted((a, b) => a - b),
        ),
      ),
    ),
  );

const everything = (feed: Feed): FeedEvent[] => [...feed.take(moment(1_000_000))];

describe("a replay", () => {
  it("gives every bar of every symbol in order of time, then of names", () => {
    fc.assert(
      fc.property(markets, (imported) => {
        const naive = imported.tables
          .flatMap((table) =>
            [...table.at].map((at, index) => ({ at, symbol: table.symbol, close: table.close[index] })),
          )
          .toSorted((a, b) => a.at - b.at || (a.symbol < b.symbol ? -1 : 1));
        const feed = createReplayFeed(imported);
        expect([feed.start, feed.end, feed.nextAt()]).toEqual([naive[0]?.at, naive.at(-1)?.at, naive[0]?.at]);
        expect(everything(feed).map(keyOf)).toEqual(naive.map(({ at, symbol, close }) => `${at} ${symbol} ${close}`));
        expect(feed.nextAt()).toBe(null);
      }),
    );
  });

  it("gives the same events however it is cut, and never one before its time", () => {
    fc.assert(
      fc.property(markets, fc.array(fc.nat(45), { maxLength: 30 }), (imported, cuts) => {
        const feed = createReplayFeed(imported);
        const events: FeedEvent[] = [];
        for (const now of cuts.toSorted((a, b) => a - b)) {
          events.push(...feed.take(moment(now)));
          expect(events.every((event) => event.kind === "bar" && event.bar.at <= now)).toBe(true);
          const next = feed.nextAt();
          expect(next === null || next > now).toBe(true);
        }
        events.push(...everything(feed));
        expect(events).toEqual(everything(createReplayFeed(imported)));
      }),
    );
  });

  it("gives no more at once than its limit, and the rest with the next call", () => {
    const moments = Array.from({ length: TAKE_MAX + 5 }, (_, index) => index);
    const feed = createReplayFeed(importedOf(tableOf("ABC", moments)));
    expect(feed.take(moment(1e9)).length).toBe(TAKE_MAX);
    expect(feed.nextAt()).toBe(TAKE_MAX);
    expect(feed.take(moment(1e9)).length).toBe(5);
  });

  it("supposes metas from names and prices, unless they are given", async () => {
    const head = "dt,open,high,low,close,volume,symbol\n";
    const row = (symbol: string): string => `2024-01-02,1.2345,1.2345,1.2345,1.2345,1,${symbol}\n`;
    const symbols = ["BTC-USD", "BTCUSDT", "ETH/USDT:USDT", "EURUSD", "AAPL", "BRK.B"];
    const imported = await importBars([{ name: "a.csv", bytes: bytesOf(head + symbols.map(row).join("")) }]);
    const given: SymbolMeta = { ...createReplayFeed(imported).symbols[0]!, symbol: "AAPL", lotSize: "100" };
    const feed = createReplayFeed(imported, { AAPL: given });
    expect(
      feed.symbols.map(({ symbol, assetClass, currency, lotSize }) => [symbol, assetClass, currency, lotSize]),
    ).toEqual([
      ["AAPL", given.assetClass, given.currency, "100"],
      ["BRK.B", "equity", "USD", "1"],
      ["BTC-USD", "crypto", "USD", "0.0001"],
      ["BTCUSDT", "crypto", "USDT", "0.0001"],
      ["ETH/USDT:USDT", "crypto", "USDT", "0.0001"],
      ["EURUSD", "fx", "USD", "1"],
    ]);
    expect(feed.symbols[1]?.pricePrecision).toBe(4);
    expect(feed.warmup).toEqual([]);
    expect(feed.sources).toEqual([
      { name: "a.csv", rows: 6, bars: 6, refused: 0, firstRefused: null, sha256: imported.files[0]?.sha256 },
    ]);
  });

  it("refuses nothing", () => {
    expect(() => createReplayFeed(importedOf())).toThrow("hold no bar");
  });
});
