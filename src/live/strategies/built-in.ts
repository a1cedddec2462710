/**
 * The four built-in strategies: mean reversion, momentum, carry, pairs.
 *
 * 1. A signal exists from the bar on which every window is full; before that nothing is ordered.
 * 2. None has a memory of its own: what they do follows from bars, positions and open orders, so a restart changes nothing.
 * 3. Signals are those of the session rules' table. What is only the rounding of binary sums is no movement.
 */
import type { Bar } from "../../shared/market.ts";
import type { OrderIntent, ParameterRule, Strategy, StrategyContext } from "../../shared/strategy.ts";
import { hedgeRatio, mean, newestCloses, newestJoined, zScore } from "./signals.ts";
import { capped, orderToward, targetOf } from "./sizing.ts";

const exposureCap: ParameterRule = {
  type: "number",
  above: 0,
  max: 10,
  describe: "the signal is clipped to this, either way",
};
const lookbackRule = (describe: string): ParameterRule => ({ type: "integer", min: 2, max: 1_500, describe });

const number = (context: StrategyContext, name: string): number => Number(context.params[name]);
const short = (value: number): string => String(Number(value.toPrecision(4)));

/** A signal with the sentence and the numbers behind it. Few signals become an order, so the sentence is made when it is asked for. */
export interface Signal {
  readonly value: number;
  readonly text: string;
  readonly values: Readonly<Record<string, number>>;
}

/** z = (close − mean) / deviation: +1 at z ≤ −entry, −1 at z ≥ entry, else 0. */
export function meanReversionSignal(bars: readonly Bar[], lookback: number, entry: number): Signal | null {
  const closes = newestCloses(bars, lookback);
  const score = closes === null ? null : zScore(closes);
  if (score === null) return closes === null ? null : { value: 0, text: "closes do not move", values: {} };
  const value = score.z <= -entry ? 1 : score.z >= entry ? -1 : 0;
  const where = value === 1 ? "below" : value === -1 ? "above" : "within";
  return {
    value,
    get text() {
      return `z ${short(score.z)} is ${where} ±${entry} over ${lookback} bars`;
    },
    values: { z: score.z, mean: score.mean, deviation: score.deviation, z_entry: entry, lookback },
  };
}

/** +1 while the fast mean is above the slow one, −1 below, 0 at equal. */
export function momentumSignal(bars: readonly Bar[], fast: number, slow: number): Signal | null {
  const closes = newestCloses(bars, slow);
  if (closes === null) return null;
  const fastMean = mean(newestCloses(bars, fast) ?? closes);
  const slowMean = mean(closes);
  const value = Math.sign(fastMean - slowMean);
  const where = value > 0 ? "above" : value < 0 ? "below" : "at";
  return {
    value,
    get text() {
      return `the ${fast}-bar mean ${short(fastMean)} is ${where} the ${slow}-bar mean ${short(slowMean)}`;
    },
    values: { fast_mean: fastMean, slow_mean: slowMean, fast, slow },
  };
}

/** The mean over `lookback` of (close / close `lookback` bars ago − 1): +1 at ≥ threshold, −1 at ≤ −threshold. */
export function carrySignal(bars: readonly Bar[], lookback: number, threshold: number): Signal | null {
  const closes = newestCloses(bars, 2 * lookback);
  if (closes === null) return null;
  const changes: number[] = [];
  for (let index = lookback; index < closes.length; index += 1)
    changes.push((closes[index] as number) / (closes[index - lookback] as number) - 1);
  const carry = mean(changes);
  const value = carry >= threshold ? 1 : carry <= -threshold ? -1 : 0;
  return {
    value,
    get text() {
      return `the mean change over ${lookback} bars is ${short(carry * 100)} %, the threshold ±${short(threshold * 100)} %`;
    },
    values: { carry, entry_threshold: threshold, lookback },
  };
}

/** A spread that moves less than this share of the first leg's price does not move. */
const ROUNDING = 1e-12;

export interface PairSignal extends Signal {
  readonly ratio: number;
}

/** The spread's z: enter at ±entry, hold, leave inside ±exit. `held`: the sign of what is held in the first leg. */
export function pairsSignal(
  a: readonly Bar[],
  b: readonly Bar[],
  settings: { readonly lookback: number; readonly entry: number; readonly exit: number; readonly ratio: number | null },
  held: number,
): PairSignal | null {
  const joined = newestJoined(a, b, settings.lookback);
  if (joined === null) return null;
  const [closesA, closesB] = joined;
  const ratio = settings.ratio ?? hedgeRatio(closesA, closesB);
  if (ratio === null) return null;
  const score = zScore(closesA.map((close, index) => close - ratio * (closesB[index] as number)));
  // Legs that lie on one line leave a spread of rounding errors, whose z means nothing.
  if (score === null || score.deviation <= ROUNDING * Math.abs(mean(closesA)))
    return { value: 0, text: "the spread does not move", values: {}, ratio };
  const { z } = score;
  const value = z <= -settings.entry ? 1 : z >= settings.entry ? -1 : Math.abs(z) < settings.exit ? 0 : held;
  return {
    value,
    get text() {
      return `the spread's z is ${short(z)}; enter at ±${settings.entry}, leave inside ±${settings.exit}`;
    },
    values: { z, spread_mean: score.mean, hedge_ratio: ratio, z_entry: settings.entry, z_exit: settings.exit },
    ratio,
  };
}

/** A strategy that trades each of its symbols by a signal of its own. */
function bySymbol(signalOf: (context: StrategyContext, bars: readonly Bar[]) => Signal | null): Strategy["onTick"] {
  return (context) => {
    const orders: OrderIntent[] = [];
    for (const symbol of context.symbols) {
      const bars = context.bars(symbol);
      const close = bars.at(-1)?.close;
      const signal = signalOf(context, bars);
      if (signal === null || close === undefined) continue;
      const value = capped(signal.value, number(context, "exposure_cap"));
      const because = () => ({ text: signal.text, values: { signal: value, ...signal.values } });
      const order = orderToward(context, symbol, targetOf(context, symbol, value, close), close, because);
      if (order !== null) orders.push(order);
    }
    return orders;
  };
}

const meanReversion: Strategy = {
  defaults: { lookback: 20, z_entry: 2, exposure_cap: 1 },
  parameters: {
    lookback: lookbackRule("bars of the mean and the deviation"),
    z_entry: { type: "number", above: 0, max: 20, describe: "deviations from the mean at which it enters" },
    exposure_cap: exposureCap,
  },
  barsNeeded: (params) => Number(params["lookback"]),
  onTick: bySymbol((context, bars) =>
    meanReversionSignal(bars, number(context, "lookback"), number(context, "z_entry")),
  ),
};

const momentum: Strategy = {
  defaults: { fast: 20, slow: 50, exposure_cap: 1 },
  parameters: {
    fast: { type: "integer", min: 1, max: 1_500, below: "slow", describe: "bars of the fast mean" },
    slow: lookbackRule("bars of the slow mean"),
    exposure_cap: exposureCap,
  },
  barsNeeded: (params) => Number(params["slow"]),
  onTick: bySymbol((context, bars) => momentumSignal(bars, number(context, "fast"), number(context, "slow"))),
};

const carry: Strategy = {
  defaults: { lookback: 30, entry_threshold: 0.003, exposure_cap: 1 },
  parameters: {
    lookback: { type: "integer", min: 1, max: 900, describe: "bars that a change spans, and that the mean spans" },
    entry_threshold: {
      type: "number",
      above: 0,
      max: 1,
      describe: "the mean change at which it enters, a share of one",
    },
    exposure_cap: exposureCap,
  },
  barsNeeded: (params) => 2 * Number(params["lookback"]),
  onTick: bySymbol((context, bars) =>
    carrySignal(bars, number(context, "lookback"), number(context, "entry_threshold")),
  ),
};

function tradePair(context: StrategyContext): OrderIntent[] {
  const [first, second] = context.symbols;
  if (first === undefined || second === undefined) return [];
  const ratio = context.params["hedge_ratio"];
  const signal = pairsSignal(
    context.bars(first),
    context.bars(second),
    {
      lookback: number(context, "lookback"),
      entry: number(context, "z_entry"),
      exit: number(context, "z_exit"),
      ratio: ratio === undefined ? null : Number(ratio),
    },
    Math.sign(context.position(first)),
  );
  const closeA = context.bars(first).at(-1)?.close;
  const closeB = context.bars(second).at(-1)?.close;
  if (signal === null || closeA === undefined || closeB === undefined) return [];
  const value = capped(signal.value, number(context, "exposure_cap"));
  const held = Math.sign(context.position(first));
  // What is held keeps its size while the signal holds: both legs change together or not at all.
  if (held !== 0 && Math.sign(value) === held) return [];
  const targetA = targetOf(context, first, value, closeA);
  const bound = context.sizing.maxPosition ?? Infinity;
  // The ratio is between prices; what a unit of price is worth may differ between the legs.
  const unitB = context.unitValue(second);
  const units = unitB === 0 ? 0 : context.unitValue(first) / unitB;
  const targetB = Math.max(-bound, Math.min(bound, -signal.ratio * targetA * units));
  const because = () => ({ text: signal.text, values: { signal: value, ...signal.values } });
  return [
    orderToward(context, first, targetA, closeA, because),
    orderToward(context, second, targetB, closeB, because),
  ].filter((order) => order !== null);
}

const pairs: Strategy = {
  defaults: { lookback: 30, z_entry: 2, z_exit: 0.5, exposure_cap: 1 },
  parameters: {
    lookback: lookbackRule("bars of the spread's mean and deviation, and of the regression"),
    z_entry: { type: "number", above: 0, max: 20, describe: "deviations of the spread at which it enters" },
    z_exit: { type: "number", min: 0, max: 20, below: "z_entry", describe: "deviations inside which it leaves" },
    hedge_ratio: {
      type: "number",
      min: -1_000,
      max: 1_000,
      optional: true,
      describe: "units of the second leg for one of the first; else least squares",
    },
    exposure_cap: exposureCap,
  },
  // More than the window, because a moment that only one of the two has does not count.
  barsNeeded: (params) => 3 * Number(params["lookback"]),
  onTick: tradePair,
};

export const builtInStrategies: Readonly<Record<string, Strategy>> = {
  mean_reversion: meanReversion,
  momentum,
  carry,
  pairs,
};

/** The rules of a built-in strategy; null for any other module. */
export function parameterRulesOf(module: string): Readonly<Record<string, ParameterRule>> | null {
  return Object.hasOwn(builtInStrategies, module) ? (builtInStrategies[module]?.parameters ?? null) : null;
}
