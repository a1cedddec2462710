/**
 * The file that a new strategy begins with, and the types that its author writes against.
 *
 * 1. The file loads, passes its own check and orders something as it is.
 * 2. The types are those of the program itself, read from its source.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The name of the file with the types, beside the strategies. */
export const TYPES_FILE = "logos.d.ts";

const source = (name: string): string => readFileSync(join(import.meta.dirname, "..", "..", "shared", name), "utf8");

/** A module's text without its imports and its opening comment. */
const bodyOf = (text: string): string => text.replace(/^\/\*\*[\s\S]*?\*\/\n/, "").replaceAll(/^import [^;]*;\n/gm, "");

/** The types of a strategy, in one file that needs no other. */
export function strategyTypes(): string {
  const [bar] = /\/\*\*[^*]*\*\/\nexport interface Bar \{[\s\S]*?\n\}\n|export interface Bar \{[\s\S]*?\n\}\n/.exec(
    source("market.ts"),
  ) ?? [""];
  const [states] = /export const ORDER_STATES =[\s\S]*?\nexport type OrderState[^\n]*\n/.exec(
    source("order-state.ts"),
  ) ?? [""];
  const [terms] = /export type OrderType =[\s\S]*?(?=\ntype PriceField)/.exec(source("orders.ts")) ?? [""];
  return [
    "/** What a strategy of Logos Console is written against. Made by `logos strategies new`; a newer program rewrites it. */",
    "",
    "/** Microseconds since 1970, UTC. */",
    "export type Moment = number;",
    "",
    bar,
    states
      .replace("export const ORDER_STATES =", "declare const ORDER_STATES:")
      .replace("[\n", "readonly [\n")
      .replace("] as const;", "];"),
    terms,
    bodyOf(source("strategy.ts")).trim(),
    "",
  ].join("\n");
}

const WHEN_IT_RUNS = ` *
 *   cadence: 30s    every 30 seconds; bar: once for each closed bar; 24h with \`sessions\`: at the opening of each day
 *   anchor: finish  the next run is a cadence after this one has ended; slot: runs stay on a grid that begins with the session
 *   runtime         simulated run times on a virtual clock; on recorded data runs take no time unless the desk has this section
 *   clock.start     the session's first moment; bars before it are history that the first run sees already
`;

const ON_ORDER = `  /**
   * Optional: each change of an order since the run before, after the fills. A refusal has the guard's value, its limit and the earliest
   * moment at which a new order could pass. Beside orders a run may return { cancel: id }, { cancelAll: true } and
   * { replace: id, limitPrice }.
   */
  onOrder(update: OrderUpdate): void {
    if (update.state === "rejected") memory = { ...memory, refused: memory.refused + 1 };
  },

`;

/** A strategy that runs as it is: it follows a moving average, and remembers how often it ran. */
export function strategyTemplate(name: string): string {
  return `/**
 * ${name}: long while the last close is above the mean of the last \`lookback\` closes, flat below it.
 *
 * A strategy is one file of this folder. It is called when it is due, looks at \`context\`, and returns what it wants to order; what
 * became of its orders it sees in the next run. By \`broker.fillModel: bars\` a market order fills at the open of the next bar, limits and
 * stops where the bar's path reaches them. It has no files, no network, no clock and no chance of its own, so that the same seed gives
 * the same run. Helpers can be imported from other files of this folder: import { x } from "./helpers.ts".
 *
 * logos strategies check ${name}.ts tries it, and says what is wrong. In desk.yaml it is
 * \`module: ${name}.ts\`, and when it runs is said there:
${WHEN_IT_RUNS} */
import type { OrderIntent, OrderUpdate, Strategy, StrategyContext, StrategyFill } from "./${TYPES_FILE}";

/** What it remembers from run to run. Only what \`save\` returns is kept when its process is replaced. */
interface Memory {
  readonly runs: number;
  readonly fills: number;
  readonly refused: number;
}

let memory: Memory = { runs: 0, fills: 0, refused: 0 };

const strategy: Strategy<Memory> = {
  /** The parameters where the desk says nothing, and the rules that every desk's are checked by. */
  defaults: { lookback: 20 },
  parameters: {
    lookback: { type: "integer", min: 2, max: 1_000, describe: "bars over which the mean is taken" },
  },
  /** How many bars it wants to see. */
  barsNeeded: (params) => Number(params.lookback),

  /** One run. Ends by returning orders; an empty list is fine. */
  onTick(context: StrategyContext): readonly OrderIntent[] {
    memory = { ...memory, runs: memory.runs + 1 };
    const lookback = Number(context.params.lookback);
    const orders: OrderIntent[] = [];
    for (const symbol of context.symbols) {
      const bars = context.bars(symbol);
      const close = bars.at(-1)?.close;
      // Not enough history yet, or an order that has not filled: wait.
      if (close === undefined || bars.length < lookback || context.openOrders(symbol).length > 0) continue;
      const mean = bars.slice(-lookback).reduce((sum, bar) => sum + bar.close, 0) / lookback;
      const worth = close * context.unitValue(symbol);
      const target = close > mean ? context.sizing.dollarPerTrade / worth : 0;
      const quantity = context.roundQuantity(symbol, target - context.position(symbol));
      const least = context.minimums(symbol);
      const small = Math.abs(quantity) < least.quantity || Math.abs(quantity) * worth < least.notional;
      if (small || (target > 0 && context.position(symbol) > 0)) continue;
      orders.push({
        symbol,
        quantity,
        // The console shows this sentence and these numbers as the order's "why".
        because: {
          text: \`the close is \${close > mean ? "above" : "below"} its mean over \${lookback} bars\`,
          values: { close, mean, runs: memory.runs },
        },
      });
    }
    return orders;
  },

  /** Optional: each fill since the run before, before \`onTick\`. */
  onFill(fill: StrategyFill): void {
    if (fill.quantity !== 0) memory = { ...memory, fills: memory.fills + 1 };
  },

${ON_ORDER}  /** Optional: before the first run, unless there is a memory to load. */
  onStart: () => void (memory = { runs: 0, fills: 0, refused: 0 }),

  /** Optional, both or none: plain JSON, at most 65,536 characters. */
  save: () => memory,
  load(saved: Memory): void {
    memory = saved;
  },
};

export default strategy;
`;
}
