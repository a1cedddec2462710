/** The drawn market: same seed same events, sound bars, streams apart, and the shape of a day. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSyntheticFeed, type SyntheticConfig } from "../../../src/live/feed/index.ts";
import { volatilityShape, volumeShape } from "../../../src/live/feed/synthetic.ts";
import type { SyntheticSymbol } from "../../../src/shared/desk.ts";
import type { Bar, FeedEvent } from "../../../src/shared/market.ts";
import type { Feed } from "../../../src/shared/ports.ts";
import {
  between,
  DAY,
  duration,
  later,
  MINUTE,
  moment,
  momentOf,
  SECOND,
  type Moment,
} from "../../../src/shared/time.ts";

const START = momentOf(2024, 1, 2, 9, 30) as Moment;

function symbolOf(symbol: string, change: Partial<SyntheticSymbol> = {}): SyntheticSymbol {
  const places = { pricePrecision: 2, quantityPrecision: 0, lotSize: "1", minQuantity: "1", minNotional: "0" };
  const walk = { startPrice: 100, volatility: 0.5, drift: 0.05, volume: 10_000 };
  return { symbol, assetClass: "equity", currency: "USD", ...places, ...walk, ...change };
}

function configOf(change: Partial<SyntheticConfig> = {}): SyntheticConfig {
  const symbols = [symbolOf("ABC"), symbolOf("XYZ", { startPrice: 7, pricePrecision: 4, quantityPrecision: 3 })];
  return {
    kind: "synthetic",
    barInterval: MINUTE,
    markInterval: duration(10 * SECOND),
    symbols,
    warmupBars: 5,
    ...change,
  };
}

const atOf = (event: FeedEvent): Moment => (event.kind === "bar" ? event.bar.at : event.mark.at);
const symbolOfEvent = (event: FeedEvent): string => (event.kind === "bar" ? event.bar.symbol : event.mark.symbol);
const barsOf = (events: readonly FeedEvent[]): Bar[] =>
  events.flatMap((event) => (event.kind === "bar" ? [event.bar] : []));
const feedOf = (change: Partial<SyntheticConfig> = {}, seed = "7", start = START, end: Moment | null = null): Feed =>
  createSyntheticFeed(configOf(change), seed, start, end);
const minutes = (count: number): Moment => later(START, duration(count * MINUTE));

describe("the synthetic feed", () => {
  it("begins with history and a mark at its start", () => {
    const feed = feedOf();
    expect(feed.warmup.map(({ symbol, at }) => [symbol, between(START, at) / MINUTE])).toEqual(
      [-4, -3, -2, -1, 0].flatMap((minute) => ["ABC", "XYZ"].map((symbol) => [symbol, minute])),
    );
    expect([feed.start, feed.end, feed.nextAt()]).toEqual([START, null, START]);
    const first = feed.take(START);
    expect(first).toEqual(
      ["ABC", "XYZ"].map((symbol, index) => {
        const price = feed.warmup.at(index - 2)?.close;
        return { kind: "mark", mark: { symbol, at: START, price, volume: 0 } };
      }),
    );
    expect(feed.nextAt()).toBe(START + 10 * SECOND);
    const minute = feed.take(minutes(1)).map((event) => [event.kind, between(START, atOf(event)) / SECOND]);
    const marks = [10, 20, 30, 40, 50].flatMap((second) => [
      ["mark", second],
      ["mark", second],
    ]);
    expect(minute).toEqual([...marks, ["bar", 60], ["bar", 60]]);
  });

  it("closes its bars on whole intervals, wherever it starts", () => {
    const odd = moment(START + 12_345_678);
    const feed = feedOf({ warmupBars: 1 }, "7", odd);
    expect(feed.warmup.map(({ at }) => at)).toEqual([START, START]);
    const events = feed.take(minutes(2));
    expect(atOf(events[0]!)).toBe(odd);
    expect(atOf(events[2]!)).toBe(START + 20 * SECOND);
    expect(barsOf(events).map(({ at }) => at)).toEqual([1, 1, 2, 2].map(minutes));
  });

  it("gives the same events however it is cut", () => {
    const cut = fc.array(fc.integer({ min: -1, max: 20 * MINUTE }), { maxLength: 40 });
    const intervals = fc.constantFrom(
      SECOND,
      duration(7 * SECOND),
      duration(10 * SECOND),
      MINUTE,
      duration(90 * SECOND),
    );
    fc.assert(
      fc.property(cut, fc.string({ maxLength: 5 }), intervals, (cuts, seed, markInterval) => {
        const feed = feedOf({ markInterval }, seed);
        const events: FeedEvent[] = [];
        for (const by of cuts.toSorted((a, b) => a - b)) {
          const now = moment(START + by);
          events.push(...feed.take(now));
          expect(feed.nextAt()).toBeGreaterThan(now);
        }
        events.push(...feed.take(minutes(20)));
        expect(events).toEqual(feedOf({ markInterval }, seed).take(minutes(20)));
        const moments = events.map(atOf);
        expect(moments).toEqual(moments.toSorted((a, b) => a - b));
        expect(moments.every((at) => Number.isSafeInteger(at))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("draws sound bars around its marks, rounded, never at zero", () => {
    const symbols = fc.record({
      startPrice: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      volatility: fc.double({ min: 0, max: 500, noNaN: true }),
      drift: fc.double({ min: -500, max: 500, noNaN: true }),
      pricePrecision: fc.nat(6),
      volume: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(symbols, fc.string({ maxLength: 3 }), (change, seed) => {
        const feed = feedOf({ symbols: [symbolOf("ABC", change)], warmupBars: 3 }, seed);
        let [high, low, volume] = [-Infinity, Infinity, 0];
        let close = feed.warmup.at(-1)?.close;
        for (const event of feed.take(minutes(30))) {
          const price = event.kind === "bar" ? event.bar.close : event.mark.price;
          expect(price).toBeGreaterThan(0);
          expect(Number(price.toFixed(change.pricePrecision))).toBe(price);
          [high, low] = [Math.max(high, price), Math.min(low, price)];
          if (event.kind === "mark") volume += event.mark.volume;
          else {
            expect(event.bar.open).toBe(close);
            expect(event.bar.high).toBeGreaterThanOrEqual(Math.max(high, event.bar.open));
            expect(event.bar.low).toBeLessThanOrEqual(Math.min(low, event.bar.open));
            expect(event.bar.low).toBeGreaterThan(0);
            expect(event.bar.volume).toBeGreaterThanOrEqual(volume);
            close = price;
            [high, low, volume] = [-Infinity, Infinity, 0];
          }
        }
      }),
    );
  });

  it("draws each symbol from a stream of its own, and another market from another seed", () => {
    const only = feedOf({ symbols: [symbolOf("ABC")] }).take(minutes(10));
    const both = feedOf().take(minutes(10));
    expect(both.filter((event) => symbolOfEvent(event) === "ABC")).toEqual(only);
    expect(feedOf({}, "8").take(minutes(10))).not.toEqual(both);
  });

  it("ends where an end is named", () => {
    const end = moment(START + 2 * MINUTE + 35 * SECOND);
    const feed = feedOf({}, "7", START, end);
    const events = feed.take(minutes(60));
    expect(feed.end).toBe(START + 2 * MINUTE + 30 * SECOND);
    expect(atOf(events.at(-1)!)).toBe(feed.end);
    expect(feed.nextAt()).toBe(null);
  });

  it("trades and moves more at the day's edges than at noon, and as much as was asked on average", () => {
    const symbols = [symbolOf("ABC", { volatility: 0.8, drift: 0, quantityPrecision: 2 })];
    const midnight = momentOf(2024, 1, 2) as Moment;
    const feed = feedOf({ symbols, warmupBars: 0, markInterval: MINUTE }, "shape", midnight);
    const bars = barsOf(feed.take(later(midnight, duration(30 * DAY))));
    const hourOf = (bar: Bar): number => Math.floor((((bar.at - 1) % DAY) / DAY) * 24);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const edge = bars.filter((bar) => hourOf(bar) === 0 || hourOf(bar) === 23);
    const noon = bars.filter((bar) => hourOf(bar) === 11 || hourOf(bar) === 12);
    expect(mean(edge.map((bar) => bar.volume))).toBeGreaterThan(2 * mean(noon.map((bar) => bar.volume)));
    expect(mean(bars.map((bar) => bar.volume)) / 10_000).toBeCloseTo(1, 1);
    const deviation = (some: readonly Bar[]): number =>
      Math.sqrt(mean(some.map((bar) => Math.log(bar.close / bar.open) ** 2)));
    expect(deviation(edge)).toBeGreaterThan(1.4 * deviation(noon));
    const yearly = deviation(bars) * Math.sqrt((365 * DAY) / MINUTE);
    expect(yearly).toBeGreaterThan(0.7);
    expect(yearly).toBeLessThan(0.95);
    const day = Array.from({ length: 1_440 }, (_, minute) => minute * MINUTE);
    expect(mean(day.map(volumeShape))).toBeCloseTo(1, 3);
    expect(mean(day.map(volatilityShape))).toBeCloseTo(1, 3);
  });

  it("refuses a configuration that draws no market", () => {
    const zero = duration(0);
    for (const change of [
      { symbols: [] },
      { barInterval: zero },
      { markInterval: zero },
      { warmupBars: -1 },
      { warmupBars: 1e6 },
    ])
      expect(() => feedOf(change)).toThrow("The synthetic feed");
    expect(() => feedOf({ markInterval: duration(1) })).toThrow("marks in a bar");
    expect(() => feedOf({ symbols: [symbolOf("ABC"), symbolOf("ABC")] })).toThrow("names a symbol twice");
  });
});
