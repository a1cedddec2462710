/** The four built-in strategies' signals against the formulas of the session rules, on random and on real bars. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importBars } from "../../../src/live/reader/index.ts";
import { carrySignal, meanReversionSignal, momentumSignal, pairsSignal } from "../../../src/live/strategies/index.ts";
import { newestJoined } from "../../../src/live/strategies/signals.ts";
import { dataFolder, missingData } from "../../material.ts";
import * as naive from "./naive-signals.ts";
import { barsOf } from "./scene.ts";

/** Nearer to an edge than this, two correct sums of binary numbers may fall on different sides. */
const EDGE = 1e-7;

function agree(found: number | null | undefined, expected: naive.Naive | null): void {
  if (expected === null) expect(found ?? null).toBeNull();
  else if (expected.margin > EDGE) expect(found).toBe(expected.signal);
}

/** Compares all four at every bar of two series; answers how many signals of each were not 0. */
function compare(
  closesA: readonly number[],
  closesB: readonly number[],
  from: number,
  sizes: { readonly lookback: number; readonly fast: number; readonly entry: number; readonly threshold: number },
): number[] {
  const { lookback, fast, entry, threshold } = sizes;
  const settings = { lookback, entry, exit: entry / 4, ratio: null };
  const [barsA, barsB] = [barsOf("A", closesA), barsOf("B", closesB)];
  const expectedPairs = naive.pairs(closesA, closesB, settings);
  const counts = [0, 0, 0, 0];
  let held = 0;
  for (let count = 1; count <= closesA.length; count += 1) {
    const [bars, closes] = [barsA.slice(0, count), closesA.slice(0, count)];
    const pair = pairsSignal(bars, barsB.slice(0, count), settings, held);
    const expected = expectedPairs[count - 1] as naive.Naive | null;
    agree(pair?.value, expected);
    // Where an edge decides, both continue from the same state.
    held = expected?.signal ?? 0;
    if (count < from) continue;
    const found = [
      meanReversionSignal(bars, lookback, entry)?.value,
      momentumSignal(bars, fast, lookback)?.value,
      carrySignal(bars, lookback, threshold)?.value,
      pair?.value,
    ];
    agree(found[0], naive.meanReversion(closes, lookback, entry));
    agree(found[1], naive.momentum(closes, fast, lookback));
    agree(found[2], naive.carry(closes, lookback, threshold));
    for (const [index, value] of found.entries())
      if (value !== undefined && value !== 0) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

const walk = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 60 }).map((steps) => {
  let price = 100;
  return steps.map((step) => {
    price = Math.max(1, price * (1 + step / 10_000));
    return Math.round(price * 100) / 100;
  });
});

describe("signals", () => {
  it("equal the formulas on random walks, from the bar on which every window is full", () => {
    fc.assert(
      fc.property(
        walk,
        walk,
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 11 }),
        (a, b, lookback, fast) => {
          const length = Math.min(a.length, b.length);
          compare(a.slice(0, length), b.slice(0, length), 1, {
            lookback,
            fast: Math.min(fast, lookback - 1),
            entry: 1.2,
            threshold: 0.003,
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it.skipIf(dataFolder === null)(
    `equal the formulas on real bars${dataFolder === null ? ` (skipped: ${missingData})` : ""}`,
    async () => {
      const closesOf = async (name: string): Promise<number[]> => {
        const bytes = readFileSync(join(dataFolder as string, name));
        const { tables } = await importBars([{ name, bytes }]);
        return [...(tables[0]?.close ?? [])];
      };
      const sizes = { lookback: 30, fast: 10, entry: 2, threshold: 0.003 };
      const [btc, eth] = await Promise.all([
        closesOf("lean/crypto_coinbase_minute_btcusd_20180404_trade.zip"),
        closesOf("lean/crypto_coinbase_minute_ethusd_20180404_trade.zip"),
      ]);
      const wld = await closesOf("hummingbot/candles_binance_perpetual_WLD-USDT_3m.csv");
      const length = Math.min(btc.length, eth.length);
      for (const counts of [
        compare(btc.slice(0, length), eth.slice(0, length), 1, sizes),
        compare(wld.slice(0, 900), wld.slice(20_000, 20_900), 1, sizes),
      ])
        for (const count of counts) expect(count).toBeGreaterThan(20);
    },
  );

  it.each([0.1, 1 / 3, 100.07, 1e-5, 61_837.63])(
    "of closes that stay at %d are 0, or none where there is no line",
    (close) => {
      const bars = barsOf(
        "A",
        Array.from({ length: 100 }, () => close),
      );
      const moving = barsOf(
        "B",
        Array.from({ length: 100 }, (_, index) => 100 + (index % 7)),
      );
      expect(meanReversionSignal(bars, 30, 0.5)?.value).toBe(0);
      expect(momentumSignal(bars, 20, 50)?.value).toBe(0);
      expect(carrySignal(bars, 30, 0.003)?.value).toBe(0);
      const settings = { lookback: 30, entry: 1, exit: 0.5, ratio: null };
      expect(pairsSignal(moving, bars, settings, 0)).toBeNull();
      expect(pairsSignal(bars, bars, { ...settings, ratio: 1 }, 1)?.value).toBe(0);
      // The second leg is a multiple of the first: a spread of rounding errors is none.
      const multiple = barsOf(
        "C",
        moving.map((bar) => bar.close * close),
      );
      expect(pairsSignal(multiple, moving, settings, 0)).toMatchObject({ value: 0, text: "the spread does not move" });
    },
  );

  it("of a pair compare closes of equal moments only", () => {
    const leg = fc.uniqueArray(fc.nat(60), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(leg, leg, fc.integer({ min: 1, max: 10 }), (a, b, count) => {
        const timed = (moments: readonly number[], sign: number) => moments.map((at) => ({ at, close: sign * at }));
        const common = a.filter((at) => b.includes(at)).slice(-count);
        const expected = common.length < count ? null : [common, common.map((at) => -at || 0)];
        const found = newestJoined(timed(a, 1), timed(b, -1), count);
        expect(found?.map((closes) => closes.map((close) => close || 0)) ?? null).toEqual(expected);
      }),
      { seed: 11 },
    );
  });

  it("stand at their edges as the table has it", () => {
    // Two closes lie one deviation from their mean: z is ±1 exactly.
    const rise = barsOf("A", [1, 3]);
    const fall = barsOf("A", [3, 1]);
    expect([meanReversionSignal(rise, 2, 1)?.value, meanReversionSignal(fall, 2, 1)?.value]).toEqual([-1, 1]);
    expect(meanReversionSignal(rise, 2, 1.001)?.value).toBe(0);
    expect([
      carrySignal(barsOf("A", [4, 5]), 1, 0.25)?.value,
      carrySignal(barsOf("A", [4, 3]), 1, 0.25)?.value,
    ]).toEqual([1, -1]);
    expect(momentumSignal(barsOf("A", [1, 3, 2]), 1, 3)?.value).toBe(0);
    const settings = { lookback: 2, entry: 2, exit: 1, ratio: 0 };
    // |z| is 1: not inside the exit, so what is held stays held.
    expect([-1, 0, 1].map((held) => pairsSignal(rise, rise, settings, held)?.value)).toEqual([-1, 0, 1]);
    expect(pairsSignal(rise, rise, { ...settings, exit: 1.001 }, 1)?.value).toBe(0);
  });

  it("say why, with the numbers", () => {
    const found = meanReversionSignal(barsOf("A", [1, 3]), 2, 1);
    expect(found).toEqual({
      value: -1,
      text: "z 1 is above ±1 over 2 bars",
      values: { z: 1, mean: 2, deviation: 1, z_entry: 1, lookback: 2 },
    });
  });
});
