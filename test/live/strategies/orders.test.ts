/** From signals to orders: sizes, lots, bounds, minimums; and both legs of a pair. */
import { openOrder, ordersIn } from "./actions.ts";
import { describe, expect, it } from "vitest";
import { builtInStrategies, checkParameters, parameterRulesOf } from "../../../src/live/strategies/index.ts";
import { sceneContext, type Scene } from "./scene.ts";

const reversion = builtInStrategies["mean_reversion"]!;
const pairs = builtInStrategies["pairs"]!;

/** z is −1: buy. The last close is 30. */
const BUY: Scene = { closes: { A: [50, 30] }, params: { lookback: 2, z_entry: 1, exposure_cap: 1 } };
const SELL: Scene = { ...BUY, closes: { A: [10, 30] } };

const quantities = (scene: Scene, strategy = reversion): Record<string, number> =>
  Object.fromEntries(ordersIn(strategy.onTick(sceneContext(scene))).map((order) => [order.symbol, order.quantity]));

describe("an order of a built-in strategy", () => {
  it.each([
    ["dollars by close, cut to the lot toward zero", BUY, 333.333],
    ["the same way down", SELL, -333.333],
    ["from what is held", { ...BUY, positions: { A: 300 } }, 33.333],
    ["turning what is held", { ...SELL, positions: { A: 100 } }, -433.333],
    ["clipped by the exposure cap", { ...BUY, params: { ...BUY.params, exposure_cap: 0.5 } }, 166.666],
    ["not stretched by a larger one", { ...BUY, params: { ...BUY.params, exposure_cap: 3 } }, 333.333],
    ["within the largest position", { ...BUY, sizing: { dollarPerTrade: 10_000, maxPosition: 100 } }, 100],
    ["within the largest notional", { ...BUY, sizing: { dollarPerTrade: 10_000, maxNotional: 3_000 } }, 100],
    ["a larger lot", { ...BUY, meta: { lotSize: "25" } }, 325],
    ["exactly the smallest quantity", { ...BUY, meta: { minQuantity: "333.333" } }, 333.333],
    ["exactly the smallest notional", { ...BUY, meta: { minNotional: "9999.99" } }, 333.333],
  ] as [string, Scene, number][])("is %s", (_, scene, quantity) => {
    expect(quantities(scene)).toEqual({ A: quantity });
  });

  it.each([
    ["below the smallest quantity", { ...BUY, meta: { minQuantity: "334" } }],
    ["below the smallest notional", { ...BUY, meta: { minNotional: "10000" } }],
    ["below a lot", { ...BUY, meta: { lotSize: "1000" } }],
    ["while one works", { ...BUY, openOrders: [openOrder("x", "A", 1)] }],
    ["before the window is full", { ...BUY, closes: { A: [30] } }],
    ["without bars", { ...BUY, closes: { A: [] } }],
    ["where the target is held", { ...BUY, positions: { A: 333.333 } }],
  ] as [string, Scene][])("is none %s", (_, scene) => {
    expect(quantities(scene)).toEqual({});
  });

  it("leads back to flat when the signal is gone", () => {
    expect(quantities({ ...BUY, params: { ...BUY.params, z_entry: 1.5 }, positions: { A: -12.5 } })).toEqual({
      A: 12.5,
    });
  });

  it("is made for each of the strategy's symbols, and another's open order is no reason to wait", () => {
    const openOrders = [openOrder("x", "C", 1)];
    expect(quantities({ ...BUY, closes: { A: [50, 30], B: [50, 60], C: [50, 30] }, openOrders })).toEqual({
      A: 333.333,
      B: -166.666,
    });
  });

  it("carries its reason: the signal's numbers, the close, the target and the position", () => {
    const [order] = ordersIn(reversion.onTick(sceneContext({ ...BUY, positions: { A: 3 } })));
    expect(order?.because).toEqual({
      text: "z -1 is below ±1 over 2 bars",
      values: {
        signal: 1,
        z: -1,
        mean: 40,
        deviation: 10,
        z_entry: 1,
        lookback: 2,
        close: 30,
        target: 10_000 / 30,
        position: 3,
      },
    });
    expect(order).not.toHaveProperty("limitPrice");
  });
});

describe("a pair", () => {
  const params = { lookback: 2, z_entry: 1, z_exit: 0.5, hedge_ratio: 2, exposure_cap: 1 };
  /** Spreads 60 and 20: z is −1, so the first leg is bought and the second sold. */
  const ENTER: Scene = { closes: { A: [100, 40], B: [20, 10] }, params };

  it("enters with both legs, the second by the ratio", () => {
    expect(quantities(ENTER, pairs)).toEqual({ A: 250, B: -500 });
    expect(
      quantities({ ...ENTER, params: { ...params, hedge_ratio: -2 }, closes: { A: [100, 40], B: [20, 20] } }, pairs),
    ).toEqual({ A: 250, B: 500 });
  });

  it("bounds both legs", () => {
    expect(quantities({ ...ENTER, sizing: { dollarPerTrade: 10_000, maxPosition: 300 } }, pairs)).toEqual({
      A: 250,
      B: -300,
    });
  });

  it("holds what it has while the signal holds, whatever the prices do", () => {
    expect(quantities({ ...ENTER, positions: { A: 100, B: -100 } }, pairs)).toEqual({});
    expect(quantities({ ...ENTER, params: { ...params, z_entry: 3 }, positions: { A: 100, B: -100 } }, pairs)).toEqual(
      {},
    );
  });

  it("leaves with both legs inside the exit, and turns with both", () => {
    const leave = { ...ENTER, params: { ...params, z_entry: 3, z_exit: 2 }, positions: { A: 100, B: -200 } };
    expect(quantities(leave, pairs)).toEqual({ A: -100, B: 200 });
    expect(quantities({ ...ENTER, positions: { A: -100, B: 200 } }, pairs)).toEqual({ A: 350, B: -700 });
  });

  it("does nothing with one symbol, or while a window is not full", () => {
    expect(quantities({ ...ENTER, closes: { A: [100, 40] } }, pairs)).toEqual({});
    expect(quantities({ ...ENTER, closes: { A: [100, 40], B: [10] } }, pairs)).toEqual({});
  });
});

describe("parameters", () => {
  const rulesOf = (name: string) => parameterRulesOf(name) ?? {};
  const complaints = (name: string, params: Record<string, number | string | boolean>): string[] =>
    checkParameters(rulesOf(name), { ...builtInStrategies[name]?.defaults, ...params });

  it("have the defaults of the session rules, and those break no rule", () => {
    expect(Object.fromEntries(Object.entries(builtInStrategies).map(([name, one]) => [name, one.defaults]))).toEqual({
      mean_reversion: { lookback: 20, z_entry: 2, exposure_cap: 1 },
      momentum: { fast: 20, slow: 50, exposure_cap: 1 },
      carry: { lookback: 30, entry_threshold: 0.003, exposure_cap: 1 },
      pairs: { lookback: 30, z_entry: 2, z_exit: 0.5, exposure_cap: 1 },
    });
    for (const name of Object.keys(builtInStrategies)) expect(complaints(name, {})).toEqual([]);
  });

  it("ask for the bars that fill every window", () => {
    const needed = Object.entries(builtInStrategies).map(([name, one]) => [name, one.barsNeeded?.(one.defaults)]);
    expect(Object.fromEntries(needed)).toEqual({ mean_reversion: 20, momentum: 50, carry: 60, pairs: 90 });
  });

  it.each([
    ["mean_reversion", { lookback: 1 }, "lookback is 1; at least 2"],
    ["mean_reversion", { lookback: 20.5 }, "lookback is 20.5; it must be a whole number"],
    ["mean_reversion", { lookback: 1_501 }, "lookback is 1501; at most 1500"],
    ["mean_reversion", { z_entry: 0 }, "z_entry is 0; above 0"],
    ["mean_reversion", { z_entry: Number.NaN }, "z_entry is NaN; it must be finite"],
    ["mean_reversion", { z_entry: "2" }, 'z_entry is "2"; it must be of type number'],
    ["momentum", { fast: 50 }, "fast is 50; it must be below slow, 50"],
    ["pairs", { z_exit: 2 }, "z_exit is 2; it must be below z_entry, 2"],
    ["pairs", { hedge_ratio: 1_001 }, "hedge_ratio is 1001; at most 1000"],
    ["carry", { threshold: 1 }, "threshold is no parameter; there are lookback, entry_threshold, exposure_cap"],
    ["carry", { toString: 1 }, "toString is no parameter; there are lookback, entry_threshold, exposure_cap"],
  ])("of %s with %j: %s", (name, params, complaint) => {
    expect(complaints(name, params as Record<string, number>)).toEqual([complaint]);
  });

  it("that are missing are a complaint, unless they are optional", () => {
    expect(checkParameters(rulesOf("carry"), { lookback: 3, exposure_cap: 1 })).toEqual([
      "entry_threshold is missing and has no default",
    ]);
    expect(parameterRulesOf("constructor")).toBeNull();
  });
});

describe("a context", () => {
  it("draws the same numbers for the same seed, strategy and run, and others for another run", () => {
    const draw = (run: number, seed = "7"): number[] => {
      const context = sceneContext({ ...BUY, run, seed });
      return [context.random(), context.random()];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1)).not.toEqual(draw(1, "8"));
  });

  it("knows nothing of what it was not given", () => {
    const context = sceneContext(BUY);
    expect([context.bars("Z"), context.mark("Z"), context.position("Z"), context.openOrders("Z")]).toEqual([
      [],
      undefined,
      0,
      [],
    ]);
    expect(context.roundQuantity("A", Number.NaN)).toBe(0);
    expect(Object.isFrozen(context)).toBe(true);
  });
});
