/**
 * `metrics.json`: the documented formulas against a naive calculation over whole arrays, and against numbers made by hand.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measure } from "../../../src/harness/regress/index.ts";
import { MINUTES_PER_YEAR } from "../../../src/harness/regress/metrics.ts";
import { moneyOf } from "../../../src/live/instruments/index.ts";
import type { SymbolMeta } from "../../../src/shared/market.ts";
import { MINUTE, type Moment } from "../../../src/shared/time.ts";
import type { JournalEntry } from "../../../src/store/index.ts";

const START = 1_767_623_400_000_000 as Moment;
const at = (minute: number): Moment => (START + Math.round(minute * MINUTE)) as Moment;

function equity(minute: number, value: number, gross = 0): JournalEntry {
  const entry = {
    kind: "equity",
    equity: String(value),
    cash: "0",
    realized: "0",
    unrealized: "0",
    fees: "0",
    gross: String(gross),
    drawdown: "0",
  } as const;
  return { ...entry, seq: 0, at: at(minute) };
}

function fill(quantity: number, price: number, realized: number, verdict = "booked"): JournalEntry {
  const entry = {
    kind: "fill",
    quantity: String(quantity),
    price: String(price),
    fee: "0.5",
    realized: String(realized),
    verdict,
  };
  return { ...entry, seq: 0, at: START } as unknown as JournalEntry;
}

const close = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));

describe("metrics", () => {
  it("are those of a small run by hand", () => {
    const entries = [
      equity(0, 1_000, 0),
      fill(10, 5, 0),
      equity(1, 1_010, 505),
      fill(-10, 6, 10),
      equity(2, 999.9, 0),
      fill(4, 2, -3),
      fill(4, 2, 100, "duplicate"),
      equity(4, 1_020, 0),
    ];
    const metrics = measure(entries, { start: START, end: at(4), cash: "1000" });
    // Minutes 1 to 4 see 1000, 1010, 999.9, 999.9: the last point stands at the end, where no minute has passed on it.
    const returns = [0, 0.01, 999.9 / 1_010 - 1, 0];
    const mean = returns.reduce((sum, one) => sum + one, 0) / 4;
    const deviation = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
    expect(metrics).toMatchObject({
      length_s: 240,
      equity_start: "1000",
      equity_end: "1020",
      pnl: "20",
      return: 0.02,
      realized: "7",
      fees: "1.5",
      wins: 1,
      losses: 1,
      hit_rate: 0.5,
      fills: 3,
    });
    expect(close(metrics.sharpe ?? 0, (mean / deviation) * Math.sqrt(MINUTES_PER_YEAR))).toBe(true);
    expect(close(metrics.max_drawdown, 999.9 / 1_010 - 1)).toBe(true);
    expect(close(metrics.exposure_average, 0.5 / 4)).toBe(true);
    expect(close(metrics.exposure_max, 0.5)).toBe(true);
    const average = (1_000 + 1_010 + 2 * 999.9) / 4;
    expect(close(metrics.turnover, (50 + 60 + 8) / average)).toBe(true);
  });

  it("add amounts of a currency only at a fixed rate, and count the multiplier in", () => {
    const of = (symbol: string, realized: number): JournalEntry =>
      ({ ...fill(2, 10, realized), symbol }) as JournalEntry;
    const terms = { HOME: ["USD", "1"], FUT: ["USD", "50"], POUND: ["GBP", "1"], YEN: ["JPY", "1000"] } as const;
    const metas = Object.entries(terms).map(([symbol, [currency, multiplier]]) => ({
      symbol,
      currency,
      multiplier,
      lotSize: "1",
      pricePrecision: 2,
    }));
    const money = moneyOf(metas as unknown as SymbolMeta[], "USD", { GBP: "1.25", JPY: "1/USDJPY" });
    const entries = [equity(0, 1_000), of("HOME", 1), of("FUT", -2), of("POUND", 4), of("YEN", 700)];
    const metrics = measure(entries, { start: START, end: at(1), cash: "1000", money });
    // 1 - 2 + 4 at 1.25; fees of 0.5 twice and once at 1.25; 20 + 50 times 20 + 20 at 1.25.
    expect(metrics).toMatchObject({ realized: "4", fees: "1.625", turnover: 1.045, wins: 3, losses: 1 });
    expect(metrics.other_currencies).toEqual({ JPY: { realized: "700", fees: "0.5", traded: "20000" } });
  });

  it("of a run without anything are zero or null", () => {
    expect(measure([], { start: START, end: START, cash: "500" })).toMatchObject({
      pnl: "0",
      sharpe: null,
      hit_rate: null,
      turnover: 0,
      exposure_average: 0,
      equity_start: "500",
      equity_end: "500",
    });
  });

  it("are those of a naive calculation on random curves", () => {
    const point = fc.record({
      gap: fc.integer({ min: 1, max: 240 }),
      value: fc.integer({ min: 90_000, max: 110_000 }),
      gross: fc.integer({ min: 0, max: 200_000 }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 60 }), (points) => {
        let second = 0;
        const curve = points.map(({ gap, value, gross }, index) => {
          if (index > 0) second += gap;
          return { at: second / 60, value, gross };
        });
        const end = second / 60;
        const metrics = measure(
          curve.map((one) => equity(one.at, one.value, one.gross)),
          { start: START, end: at(end), cash: "1" },
        );
        const known = (minute: number): number =>
          curve.filter((one) => Math.round(one.at * 60) < minute * 60).at(-1)?.value ?? (curve[0]?.value as number);
        const samples = Array.from({ length: Math.floor(second / 60) }, (_, index) => known(index + 1));
        const all = [curve[0]?.value as number, ...samples];
        const returns = all.slice(1).map((value, index) => value / (all[index] as number) - 1);
        const mean = returns.reduce((sum, one) => sum + one, 0) / Math.max(1, returns.length);
        const deviation = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (returns.length - 1));
        if (returns.length < 2 || deviation === 0) expect(metrics.sharpe).toBeNull();
        else expect(close(metrics.sharpe ?? Number.NaN, (mean / deviation) * Math.sqrt(MINUTES_PER_YEAR))).toBe(true);
        const drawdown = Math.min(
          ...curve.map(
            (one, index) => one.value / Math.max(...curve.slice(0, index + 1).map((before) => before.value)) - 1,
          ),
        );
        expect(close(metrics.max_drawdown, drawdown)).toBe(true);
        expect(close(metrics.exposure_max, Math.max(...curve.map((one) => one.gross / one.value)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
