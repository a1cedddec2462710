/**
 * The examples: each loads, passes its own check, and asks for what an independent calculation on the same bars says.
 *
 * 1. The calculations here share no code with the examples: they add up from the first bar, where those look at windows.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkStrategy } from "../../../src/live/check/index.ts";
import { EXAMPLES } from "../../../src/live/host/examples/index.ts";
import { newStrategy } from "../../../src/live/host/index.ts";
import type { Bar } from "../../../src/shared/market.ts";
import type { Moment } from "../../../src/shared/time.ts";
import type {
  OpenOrder,
  OrderIntent,
  Strategy,
  StrategyAction,
  StrategyContext,
} from "../../../src/shared/strategy.ts";
import { makeWorkspace } from "../session/stage.ts";

const MINUTE = 60_000_000;
const START = 1_767_571_200_000_000;

/** Closes that wander in whole cents, from a small generator of its own. */
function barsOf(symbol: string, seed: number, count = 240): Bar[] {
  let [state, close] = [seed, 10_000];
  const draw = (): number => (state = (state * 48_271) % 2_147_483_647) % 101;
  return Array.from({ length: count }, (_, index) => {
    const open = close;
    close += draw() - 50;
    const [high, low] = [Math.max(open, close) + (draw() % 20), Math.min(open, close) - (draw() % 20)];
    const prices = { open: open / 100, high: high / 100, low: low / 100, close: close / 100 };
    return { symbol, at: (START + (index + 1) * MINUTE) as Moment, ...prices, volume: 1_000 };
  });
}

const A = barsOf("A", 7);
const B = barsOf("B", 11);
const closes = A.map(({ close }) => close);

interface Scene {
  readonly strategy: Strategy;
  readonly held?: Readonly<Record<string, number>>;
  readonly open?: readonly OpenOrder[];
  readonly symbols?: readonly string[];
}

function contextAt(index: number, { strategy, held = {}, open = [], symbols = ["A"] }: Scene): StrategyContext {
  const all: Readonly<Record<string, readonly Bar[]>> = { A, B };
  const bars = (symbol: string): readonly Bar[] => (all[symbol] ?? []).slice(0, index + 1);
  return {
    now: A[index]?.at as Moment,
    symbols,
    params: strategy.defaults,
    bars,
    mark: (symbol) => bars(symbol).at(-1)?.close,
    position: (symbol) => held[symbol] ?? 0,
    openOrders: () => open,
    sizing: { dollarPerTrade: 1_000 },
    unitValue: () => 1,
    roundQuantity: (_, quantity) => Math.trunc(quantity),
    minimums: () => ({ quantity: 1, notional: 0 }),
    random: () => 0.5,
    heartbeat: () => undefined,
  };
}

const exampleOf = (name: string): Strategy => EXAMPLES[name]?.strategy as unknown as Strategy;
const runAt = (index: number, scene: Scene): readonly StrategyAction[] =>
  scene.strategy.onTick(contextAt(index, scene));
const ordersAt = (index: number, scene: Scene): OrderIntent[] =>
  runAt(index, scene).filter((action): action is OrderIntent => "quantity" in action && "symbol" in action);
const every = Array.from(A.keys());

/** The mean of values `from` up to `to`, added up one by one. */
function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let index = from; index <= to; index += 1) sum += values[index] ?? Number.NaN;
  return sum / (to - from + 1);
}

function deviationOf(values: readonly number[], from: number, to: number): number {
  const mean = meanOf(values, from, to);
  return Math.sqrt(
    meanOf(
      values.map((value) => (value - mean) * (value - mean)),
      from,
      to,
    ),
  );
}

describe.each(Object.keys(EXAMPLES))("the example %s", (name) => {
  it("passes its own check as a file of one's own", async () => {
    const workspace = makeWorkspace();
    expect(newStrategy(workspace, "mine", name)).toBe(join(workspace.strategies, "mine.ts"));
    expect((await checkStrategy(workspace, "mine.ts")).complaints).toEqual([]);
  });
});

describe("what the examples ask for", () => {
  it("a crossover buys where the fast mean rises above the slow one, with a stop that trails", () => {
    const scene = { strategy: exampleOf("sma-trail") };
    const above = (at: number): boolean => meanOf(closes, at - 9, at) > meanOf(closes, at - 29, at);
    const crosses = every.filter((at) => at >= 30 && above(at) && !above(at - 1));
    const bought = every.filter((at) => ordersAt(at, scene).length > 0);
    expect(bought).toEqual(crosses);
    expect(crosses.length).toBeGreaterThan(1);
    const stop = { type: "trailing_stop", trail: { percent: 3 } };
    expect(ordersAt(crosses[0] ?? 0, scene)).toMatchObject([{ attach: { stop } }]);
    const sold = every.filter((at) => ordersAt(at, { ...scene, held: { A: 3 } }).length > 0);
    expect(sold).toEqual(every.filter((at) => at >= 30 && !above(at)));
  });

  it("a band bids two deviations below the mean, and offers what it holds at the mean", () => {
    const strategy = exampleOf("band-reversion");
    for (const at of every.slice(19)) {
      const mean = meanOf(closes, at - 19, at);
      const [bid] = ordersAt(at, { strategy });
      expect(bid?.limitPrice).toBeCloseTo(mean - 2 * deviationOf(closes, at - 19, at), 9);
      const [offer] = ordersAt(at, { strategy, held: { A: 4 } });
      expect([offer?.quantity, offer?.reduceOnly]).toEqual([-4, true]);
      expect(offer?.limitPrice).toBeCloseTo(mean, 9);
    }
  });

  it("an opening range is bought at its high for the day, with a stop at its low and a target two ranges above", () => {
    const strategy = exampleOf("opening-range");
    const [high, low] = [
      Math.max(...A.slice(0, 6).map((bar) => bar.high)),
      Math.min(...A.slice(0, 6).map((bar) => bar.low)),
    ];
    expect(every.filter((at) => ordersAt(at, { strategy }).length === 0)).toEqual([0, 1, 2, 3, 4]);
    for (const at of every.slice(5)) {
      const [order] = ordersAt(at, { strategy });
      expect(order).toMatchObject({
        type: "stop",
        stopPrice: high,
        timeInForce: "day",
        attach: { stop: { stopPrice: low } },
      });
      expect(order?.attach?.target?.limitPrice).toBeCloseTo(high + 2 * (high - low), 9);
    }
  });

  it("a sharp fall is bought above the long mean, and sold after five bars or above the short mean", () => {
    const strategy = exampleOf("rsi-two");
    const falls = every.filter((at) => {
      const [last = 0, one = 0, two = 0] = [closes[at], closes[at - 1], closes[at - 2]];
      const [rise, fall] = [
        Math.max(0, last - one) + Math.max(0, one - two),
        Math.max(0, one - last) + Math.max(0, two - one),
      ];
      return at >= 49 && rise + fall > 0 && (100 * rise) / (rise + fall) < 10 && last > meanOf(closes, at - 49, at);
    });
    expect(every.filter((at) => ordersAt(at, { strategy }).length > 0)).toEqual(falls);
    expect(falls.length).toBeGreaterThan(1);
    const [entry = 0] = falls;
    ordersAt(entry, { strategy });
    const sold = [1, 2, 3, 4, 5].find((after) => ordersAt(entry + after, { strategy, held: { A: 2 } }).length > 0);
    const mean = [1, 2, 3, 4].find(
      (after) => (closes[entry + after] ?? 0) > meanOf(closes, entry + after - 4, entry + after),
    );
    expect(sold).toBe(mean ?? 5);
  });

  it("a spread is entered two deviations away as one basket, and closed half a deviation away", () => {
    const scene = { strategy: exampleOf("pair-spread"), symbols: ["A", "B"] };
    const ratios = A.map(({ close }, index) => Math.log(close) - Math.log(B[index]?.close ?? 1));
    const z = (at: number): number =>
      ((ratios[at] ?? 0) - meanOf(ratios, at - 59, at)) / deviationOf(ratios, at - 59, at);
    for (const at of every.slice(59)) {
      const legs = ordersAt(at, scene);
      expect(legs.map(({ quantity }) => Math.sign(quantity))).toEqual(
        Math.abs(z(at)) < 2 ? [] : z(at) > 0 ? [-1, 1] : [1, -1],
      );
      expect(new Set(legs.map(({ basket }) => basket)).size).toBe(legs.length === 0 ? 0 : 1);
      const out = ordersAt(at, { ...scene, held: { A: 3, B: -4 } }).map(({ quantity }) => quantity);
      expect(out).toEqual(Math.abs(z(at)) <= 0.5 ? [-3, 4] : []);
    }
  });

  it("a quoter quotes both sides post-only, leans against what it holds, and replaces what works", () => {
    const strategy = exampleOf("quoter");
    const [mark = 0] = closes.slice(50);
    const quotes = ordersAt(50, { strategy });
    expect(quotes.map(({ postOnly }) => postOnly)).toEqual([true, true]);
    expect(quotes[0]?.limitPrice).toBeCloseTo(mark - mark * 0.001, 9);
    expect(quotes[1]?.limitPrice).toBeCloseTo(mark + mark * 0.001, 9);
    const unit = Math.trunc(1_000 / mark);
    const [leaning] = ordersAt(50, { strategy, held: { A: unit } });
    expect(leaning?.limitPrice).toBeCloseTo(mark - mark * 0.0015, 9);
    const bid = { orderId: "ROUTER-1", quantity: unit, state: "accepted" } as OpenOrder;
    expect(runAt(50, { strategy, open: [bid] })[0]).toMatchObject({ replace: "ROUTER-1" });
    expect(runAt(50, { strategy, open: [bid], held: { A: 5 * unit } })[0]).toEqual({ cancel: "ROUTER-1" });
  });

  it("a breakout buys the channel's high, then half a range above its newest unit, and sells the shorter channel's low", () => {
    const strategy = exampleOf("breakout-pyramid");
    strategy.onStart?.({ symbols: ["A"], params: {}, sizing: { dollarPerTrade: 1_000 } });
    /** The highest and lowest values of bars, found one by one, and the mean of their ranges. */
    const channel = (at: number, bars: number) => {
      const range = { high: -Infinity, low: Infinity, sum: 0 };
      for (const bar of A.slice(at + 1 - bars, at + 1)) {
        if (bar.high > range.high) range.high = bar.high;
        if (bar.low < range.low) range.low = bar.low;
        range.sum += bar.high - bar.low;
      }
      return { ...range, mean: range.sum / bars };
    };
    expect(every.filter((at) => runAt(at, { strategy }).length === 0)).toEqual(every.slice(0, 19));
    for (const at of every.slice(19)) {
      const { high } = channel(at, 20);
      const [first, ...more] = ordersAt(at, { strategy });
      expect([first?.type, first?.stopPrice, first?.quantity, more.length]).toEqual([
        "stop",
        high,
        Math.trunc(1_000 / high),
        0,
      ]);
    }
    const scene = { strategy, held: { A: 9 } };
    const fill = { symbol: "A", fee: 0, at: START as Moment };
    for (const unit of [1, 2, 3, 4]) {
      const [at, price] = [40 + unit, 100 + unit];
      // In two parts: one unit all the same.
      for (const part of [4, 5])
        strategy.onFill?.({ ...fill, orderId: `ROUTER-${unit}`, quantity: part, price }, contextAt(at, scene));
      const actions = runAt(at, scene);
      expect(actions[0]).toEqual({ cancelAll: true, symbol: "A" });
      const [low, { high, mean }] = [channel(at, 10).low, channel(at, 20)];
      const sell = { quantity: -9, type: "stop", stopPrice: low, reduceOnly: true };
      const buys = unit < 4 ? [{ type: "stop", stopPrice: expect.closeTo(Math.max(high, price + mean / 2), 9) }] : [];
      expect(actions.slice(1)).toMatchObject([...buys, sell]);
    }
    strategy.onFill?.({ ...fill, orderId: "ROUTER-9", quantity: -9, price: 99 }, contextAt(60, { strategy }));
    expect(ordersAt(60, { strategy })).toMatchObject([{ stopPrice: channel(60, 20).high }]);
  });

  it("a grid puts its levels once, and answers each fill one step back on the other side", () => {
    const strategy = exampleOf("grid");
    strategy.onStart?.({ symbols: ["A"], params: {}, sizing: { dollarPerTrade: 1_000 } });
    const [mark = 0] = closes;
    const levels = ordersAt(0, { strategy });
    const steps = [1, 2, 3, 4].flatMap((step) => [mark - (mark * step) / 200, mark + (mark * step) / 200]);
    expect(levels).toHaveLength(8);
    for (const [index, price] of steps.entries()) expect(levels[index]?.limitPrice).toBeCloseTo(price, 9);
    expect(ordersAt(1, { strategy })).toEqual([]);
    const update = { state: "filled", clientOrderId: levels[2]?.clientOrderId ?? "" } as Parameters<
      NonNullable<Strategy["onOrder"]>
    >[0];
    strategy.onOrder?.(update, contextAt(1, { strategy }));
    const [answer] = ordersAt(2, { strategy });
    expect(Math.sign(answer?.quantity ?? 0)).toBe(-1);
    expect(answer?.limitPrice).toBeCloseTo(mark - mark / 200, 9);
  });

  it("a rotation buys what rose most, sells the other, and leaves a winner alone", () => {
    const strategy = exampleOf("rotation");
    for (const at of [40, 80, 120, 160, 200]) {
      strategy.onStart?.({ symbols: ["A", "B"], params: {}, sizing: { dollarPerTrade: 1_000 } });
      const rise = (bars: readonly Bar[]): number => (bars[at]?.close ?? 0) / (bars[at - 30]?.close ?? 1);
      const [winner, loser] = rise(A) >= rise(B) ? (["A", "B"] as const) : (["B", "A"] as const);
      const held = { [loser]: 6 };
      const orders = ordersAt(at, { strategy, symbols: ["A", "B"], held });
      expect(orders.map(({ symbol, quantity }) => [symbol, Math.sign(quantity)])).toEqual([
        [winner, 1],
        [loser, -1],
      ]);
      expect(orders[1]?.quantity).toBe(-6);
    }
  });
});
