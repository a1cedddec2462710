/** The market that a session has seen: what strategies may look back on, and the volumes that the limits count. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Market, VOLUMES_MAX } from "../../../../src/live/session/state/market.ts";
import { BARS_MAX } from "../../../../src/live/strategies/instance.ts";
import type { Bar } from "../../../../src/shared/market.ts";
import { MINUTE, type Moment } from "../../../../src/shared/time.ts";

const barOf = (symbol: string, index: number, volume: number): Bar => ({
  symbol,
  at: (index * MINUTE) as Moment,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume,
});

function marketOf(depth: number, volumes: readonly number[]): Market {
  const market = new Market(depth);
  for (const [index, volume] of volumes.entries())
    for (const symbol of ["AAA", "BBB"])
      market.take([{ kind: "bar", bar: barOf(symbol, index, symbol === "AAA" ? volume : 1) }]);
  return market;
}

describe("the mark", () => {
  it("keeps the spread of the bar, and both are in the new terms after a split", () => {
    const market = new Market(2);
    const at = MINUTE as number as Moment;
    market.take([{ kind: "bar", bar: { ...barOf("AAA", 1, 5), close: 100, high: 100, spread: "0.25" } }]);
    expect(market.mark("AAA")).toEqual({ symbol: "AAA", at, price: 100, volume: 5, spread: "0.25" });
    market.act({ symbol: "AAA", at, split: "4" });
    expect(market.mark("AAA")).toEqual({ symbol: "AAA", at, price: 25, volume: 5, spread: "0.0625" });
    market.take([{ kind: "bar", bar: barOf("AAA", 2, 5) }]);
    expect(market.mark("AAA")).not.toHaveProperty("spread");
  });
});

describe("recent volume", () => {
  it("is of as many bars as the limit says, however far strategies look back", () => {
    const volumes = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(volumes, fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 40 }), (given, bars, depth) => {
        const market = marketOf(depth, given);
        expect(market.volume("AAA", bars)).toBe(given.slice(-bars).reduce((sum, one) => sum + one, 0));
        expect(market.bars("AAA")).toHaveLength(Math.min(depth, given.length));
      }),
    );
  });

  it("holds the most bars that a limit can ask for, and is bounded", () => {
    const market = marketOf(
      1,
      Array.from({ length: 3 * VOLUMES_MAX + 7 }, (_, index) => index),
    );
    const last = 3 * VOLUMES_MAX + 6;
    expect(market.volume("AAA", VOLUMES_MAX)).toBe((VOLUMES_MAX * (last + last - VOLUMES_MAX + 1)) / 2);
    expect(market.volume("BBB", 1_000_000)).toBeLessThan(2 * VOLUMES_MAX);
    expect(market.volume("CCC", 5)).toBe(0);
  });
});

describe("bars", () => {
  it("reach back as far as a strategy may ask", () => {
    const market = marketOf(
      BARS_MAX,
      Array.from({ length: BARS_MAX + 5 }, () => 1),
    );
    expect(market.bars("AAA")).toHaveLength(BARS_MAX);
    expect(market.bars("AAA").at(-1)?.at).toBe((BARS_MAX + 4) * MINUTE);
  });
});
