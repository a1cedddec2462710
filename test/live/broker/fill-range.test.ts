/**
 * Where a fill by bars may be: within the bar that made it, never better than the order's limit; at a bar of one price off it by the
 * slippage at most.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { limitPrice, marketPrice } from "../../../src/live/broker/fill-rules.ts";
import { pathOf } from "../../../src/live/broker/bar-path.ts";
import { decimal } from "../../../src/shared/decimal.ts";
import type { SymbolMeta } from "../../../src/shared/market.ts";

const META: SymbolMeta = {
  symbol: "ABC",
  assetClass: "equity",
  currency: "USD",
  pricePrecision: 2,
  quantityPrecision: 0,
  lotSize: "1",
  minQuantity: "1",
  minNotional: "0",
};

/** Whole cents; every third bar or so has one price. */
const bars = fc
  .tuple(
    fc.integer({ min: 5, max: 50_000 }),
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 })),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([low, range, open, close]) => {
    const cents = [low + Math.round(range * open), low + range, low, low + Math.round(range * close)];
    const [o = 0, h = 0, l = 0, c = 0] = cents.map((cent) => cent / 100);
    return { open: o, high: h, low: l, close: c };
  });

it("is within the bar, or off its one price by the slippage, and never better than the limit", () => {
  let [ranged, single] = [0, 0];
  fc.assert(
    fc.property(
      bars,
      fc.boolean(),
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: -300, max: 300 }),
      (bar, isBuy, slippageBps, away) => {
        const path = pathOf(bar);
        const [high, low] = [decimal(bar.high), decimal(bar.low)];
        const limit = decimal(Math.max(1, Math.round(bar.open * 100) + away)).div(100);
        for (const price of path) {
          const paid = marketPrice(isBuy, price, { slippageBps }, META, { low, high });
          expect(isBuy ? paid.gte(price) : paid.lte(price)).toBe(true);
          if (high.equals(low)) {
            single += 1;
            // Half a tick beside the slippage, because prices are whole ticks.
            const off = price.times(slippageBps).div(10_000).plus("0.005");
            expect(paid.minus(price).abs().lte(off)).toBe(true);
          } else {
            ranged += 1;
            expect(paid.gte(low) && paid.lte(high)).toBe(true);
          }
          if (isBuy ? price.gt(limit) : price.lt(limit)) continue;
          const limited = limitPrice(isBuy, limit, price, { slippageBps }, META, { low, high });
          expect(isBuy ? limited.lte(limit) : limited.gte(limit)).toBe(true);
          expect(limited.gte(low) && limited.lte(high)).toBe(true);
        }
      },
    ),
    { seed: 41, numRuns: 500 },
  );
  expect(Math.min(ranged, single)).toBeGreaterThan(200);
});
