/**
 * Fills on recorded bars of a real market, against a calculation that follows each order by itself: no book, no path of points, only the
 * four prices of each bar.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MatchingEngine } from "../../../src/live/broker/matching.ts";
import { received } from "../../../src/live/broker/acceptance.ts";
import { decimal, ZERO } from "../../../src/shared/decimal.ts";
import type { Bar } from "../../../src/shared/market.ts";
import type { PlaceOrder } from "../../../src/shared/ports.ts";
import { moment } from "../../../src/shared/time.ts";
import { dataFolder, missingData } from "../../material.ts";
import { metaOf } from "../strategies/scene.ts";

const FILE = "hummingbot/candles_binance_perpetual_WLD-USDT_3m.csv";
const SCALE = 10_000;
const SLIPPAGE_BPS = 7;

/** A bar in ten thousandths. */
interface Ticks {
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

interface Expected {
  readonly id: string;
  readonly price: number;
  readonly at: number;
}

const slipped = (price: number, sign: number, { low, high }: Ticks): number => {
  const scaled = price * (10_000 + sign * SLIPPAGE_BPS);
  const rest = scaled % 10_000;
  const floor = (scaled - rest) / 10_000;
  const up = rest > 5_000 || (rest === 5_000 && floor % 2 === 1);
  const moved = up ? floor + 1 : floor;
  return low === high ? moved : Math.max(low, Math.min(high, moved));
};
const lowFirst = ({ open, high, low }: Ticks): boolean => open - low <= high - open;

/** What a bar does to an order, or null; `sign` is 1 for a buy. */
type Rule = (bar: Ticks, sign: number) => number | null;

const atMarket: Rule = (bar, sign) => slipped(bar.open, sign, bar);
const limited =
  (limit: number): Rule =>
  (bar, sign) => {
    if (sign * bar.open <= sign * limit) return bar.open;
    return sign * (sign > 0 ? bar.low : bar.high) <= sign * limit ? limit : null;
  };
const stopped =
  (stop: number): Rule =>
  (bar, sign) => {
    if (sign * bar.open >= sign * stop) return slipped(bar.open, sign, bar);
    return sign * (sign > 0 ? bar.high : bar.low) >= sign * stop ? slipped(stop, sign, bar) : null;
  };
/** A stop that trails by an amount, from the close at which it was placed. */
function trailing(close: number, amount: number): Rule {
  let best = close;
  return (bar, sign) => {
    const hit = (price: number): boolean => sign * price >= sign * best + amount;
    if (hit(bar.open)) return slipped(bar.open, sign, bar);
    const first = lowFirst(bar) ? bar.low : bar.high;
    for (const price of [bar.open, first, first === bar.low ? bar.high : bar.low, bar.close]) {
      if (hit(price)) return slipped(best + sign * amount, sign, bar);
      best = sign > 0 ? Math.min(best, price) : Math.max(best, price);
    }
    return null;
  };
}

function firstFill(id: string, bars: readonly Ticks[], from: number, sign: number, rule: Rule): Expected | null {
  for (const bar of bars.slice(from, from + 2_000)) {
    const price = rule(bar, sign);
    if (price !== null) return { id, price, at: bar.at };
  }
  return null;
}

/** A long position from the next open, with a stop below and a target above: which of the two is first, and where. */
function bracketEnd(id: string, bars: readonly Ticks[], from: number, stop: number, target: number): Expected | null {
  for (const bar of bars.slice(from, from + 2_000)) {
    const { at, open, high, low, close } = bar;
    const out = (price: number): Expected => ({ id: `${id}.stop`, price: slipped(price, -1, bar), at });
    const won = (price: number): Expected => ({ id: `${id}.target`, price, at });
    if (open <= stop) return out(open);
    if (open >= target) return won(open);
    if (lowFirst(bar) && low <= stop) return out(stop);
    if (high >= target) return won(target);
    if (low <= stop || close <= stop) return out(stop);
  }
  return null;
}

/** Every fourth bar's close brings an order, of each kind in turn; all of them end within two thousand bars. */
function ordersOf(bars: readonly Ticks[]): {
  readonly orders: Map<number, PlaceOrder[]>;
  readonly expected: Expected[];
} {
  const orders = new Map<number, PlaceOrder[]>();
  const expected: Expected[] = [];
  const text = (price: number): string => String(price / SCALE);
  for (let index = 0; index < bars.length - 2_001; index += 4) {
    const { at, close, high, low } = bars[index] as Ticks;
    const id = `o${index}`;
    const sign = index % 8 === 0 ? 1 : -1;
    const away = 10 + ((index * 7) % 90) + (high - low);
    const base = { venueId: id, symbol: "WLD", quantity: String(sign * 10), limitPrice: null, at: moment(at) };
    const kind = (index / 4) % 7;
    const put = (order: PlaceOrder, rule: Rule): void => {
      orders.set(at, [order]);
      const fill = firstFill(id, bars, index + 1, sign, rule);
      if (fill !== null) expected.push(fill);
    };
    if (kind === 0) put({ ...base, type: "market" }, atMarket);
    // Passive, through the price, and stops on both sides of it.
    else if (kind === 1) put({ ...base, limitPrice: text(close - sign * away) }, limited(close - sign * away));
    else if (kind === 2) put({ ...base, limitPrice: text(close + sign * 5) }, limited(close + sign * 5));
    else if (kind === 3)
      put({ ...base, type: "stop", stopPrice: text(close + sign * away) }, stopped(close + sign * away));
    else if (kind === 4) put({ ...base, type: "trailing_stop", trail: { amount: text(away) } }, trailing(close, away));
    else {
      const [stop, target] = [close - away, close + away];
      const child = { symbol: "WLD", quantity: "-10", parentId: id, at: moment(at) };
      orders.set(at, [
        { ...base, quantity: "10" },
        { ...child, venueId: `${id}.stop`, type: "stop", stopPrice: text(stop), limitPrice: null },
        { ...child, venueId: `${id}.target`, limitPrice: text(target) },
      ]);
      expected.push({ id, price: atMarket(bars[index + 1] as Ticks, 1) as number, at: (bars[index + 1] as Ticks).at });
      const end = bracketEnd(id, bars, index + 1, stop, target);
      if (end !== null) expected.push(end);
    }
  }
  return { orders, expected };
}

describe("fills by bars on a real market", () => {
  const skipped = dataFolder === null ? ` (skipped: ${missingData})` : "";
  it.skipIf(dataFolder === null)(`are those of an independent calculation, ten thousand and more${skipped}`, () => {
    const rows = readFileSync(join(dataFolder as string, FILE), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const bars = rows.map((row): Bar => {
      const [time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = row.split(",").map(Number);
      return { symbol: "WLD", at: moment(time * 1_000 + 180_000_000), open, high, low, close, volume };
    });
    const inTicks = bars.map(({ at, open, high, low, close }): Ticks => {
      const [o, h, l, c] = [open, high, low, close].map((price) => Math.round(price * SCALE)) as [
        number,
        number,
        number,
        number,
      ];
      return { at, open: o, high: h, low: l, close: c };
    });
    const { orders, expected } = ordersOf(inTicks);
    const until = new Map(expected.map(({ id, at }) => [id, at]));
    const meta = metaOf("WLD", { pricePrecision: 4, lotSize: "1", minQuantity: "1", minNotional: "0" });
    const fills: Expected[] = [];
    const engine = new MatchingEngine(
      { slippageBps: SLIPPAGE_BPS, partialFillShare: null },
      {
        fill: ({ venueId }, _quantity, price, _marketAt, at) =>
          fills.push({ id: venueId, price: price.times(SCALE).toNumber(), at }),
        ended: () => undefined,
        updated: () => undefined,
        held: () => ZERO,
      },
    );
    let number = 0;
    for (const bar of bars) {
      engine.onBar(bar, bar.at - 180_000_000, meta);
      for (const order of orders.get(bar.at) ?? []) {
        number += 1;
        const parent = order.parentId === undefined ? undefined : engine.book.get(order.parentId);
        engine.book.add(received(order, number, { meta, mark: decimal(bar.close), parent }, false));
      }
    }
    const key = ({ id, at }: Expected): string => `${at} ${id}`;
    const inOrder = (one: Expected, other: Expected): number => (key(one) < key(other) ? -1 : 1);
    // Orders that the calculation followed for two thousand bars in vain may fill later.
    const compared = fills.filter(({ id }) => until.has(id));
    expect(compared.toSorted(inOrder)).toEqual(expected.toSorted(inOrder));
    expect(compared.length).toBeGreaterThan(10_000);
  });
});
