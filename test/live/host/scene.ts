/**
 * Strategies for tests of the host: good ones with a memory, and hostile ones of every kind that the program speaks of.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostSettings } from "../../../src/live/host/index.ts";
import type { RunSnapshot } from "../../../src/live/strategies/run-types.ts";
import type { Bar } from "../../../src/shared/market.ts";
import type { Moment } from "../../../src/shared/time.ts";
import type { Workspace } from "../../../src/store/index.ts";

const head = "export default { defaults: {}, parameters: {},";

/** Trades back and forth by a count of its own, which it saves, and by the fills that were reported to it. */
const COUNTING = `
import type { Anything } from "./types-that-need-not-exist.ts";
interface Memory { readonly runs: number; readonly fills: number; readonly seen: string }
let memory: Memory = { runs: 0, fills: 0, seen: "" };
export default {
  defaults: { every: 2 },
  parameters: { every: { type: "integer", min: 1, describe: "runs between two orders" } },
  barsNeeded: () => 30,
  onStart(start: { symbols: readonly string[] }) { memory = { runs: 0, fills: 0, seen: start.symbols.join() }; },
  onFill(fill: { quantity: number }) { memory = { ...memory, fills: memory.fills + 1 }; },
  onTick(context: any) {
    memory = { ...memory, runs: memory.runs + 1 };
    context.heartbeat();
    const symbol = context.symbols[0];
    if (memory.runs % context.params.every !== 0 || context.openOrders(symbol).length > 0) return [];
    const bars = context.bars(symbol);
    const lean = Math.sign(bars.at(-1).close - bars[0].close) || 1;
    const quantity = context.roundQuantity(symbol, lean * (1 + context.random()));
    return [{ symbol, quantity, because: { text: "run " + memory.runs + ", fills " + memory.fills, values: { bars: bars.length } } }];
  },
  save: (): Memory => memory,
  load(state: Memory) { memory = state; },
};
`;

export const HOSTILE: Readonly<Record<string, string>> = {
  "hang.ts": `${head} onTick() { for (;;); } };`,
  "wait.ts": `${head} onTick() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return []; } };`,
  "throw.ts": `${head}\n onTick() {\n  throw new TypeError("no"); } };`,
  "huge.ts": `${head} onTick(c) { return new Array(20_000).fill({ symbol: c.symbols[0], quantity: 1 }); } };`,
  "long-text.ts":
    `${head} onTick(c) { return new Array(9_000).fill(0).map((_, i) => ({ symbol: c.symbols[0], quantity: 1, ` +
    `clientOrderId: String(i), because: { text: "x".repeat(1e6), values: {} } })); } };`,
  "nan.ts": `${head} onTick(c) { return [{ symbol: c.symbols[0], quantity: NaN }]; } };`,
  "many.ts": `${head} onTick(c) { return Array.from({ length: 10_000 }, () => ({ symbol: c.symbols[0], quantity: 0.01 })); } };`,
  "leak.ts": `const all = []; ${head} onTick() { for (;;) all.push(new Array(1_000_000).fill(0.5)); } };`,
  "exit.ts": `${head} onTick() { process.exit(0); } };`,
  "state.ts": `${head} onTick: () => [], save: () => "x".repeat(100_000) };`,
  "cyclic.ts": `${head} onTick: () => [], save() { const a = {}; a.a = a; return a; } };`,
  "promise.ts": `${head} async onTick() { throw new Error("later"); } };`,
  "proxy.ts": `${head} onTick: () => new Proxy([], { get() { throw new Error("mine"); } }) };`,
  "prototype.ts": `${head} onTick() { Object.prototype.toString = 1; return [{ "__proto__": 5 }]; } };`,
};

/** Modules that do not load, with what is said of them. */
export const REFUSED: readonly (readonly [name: string, text: string, problem: RegExp])[] = [
  ["reads.ts", `import { readFileSync } from "node:fs"; ${head} onTick: () => [] };`, /imports node:fs/],
  ["spawns.ts", `import { spawn } from "child_process"; ${head} onTick: () => [] };`, /imports child_process/],
  ["later.ts", `const fs = await import("node:fs"); ${head} onTick: () => [] };`, /imports node:fs/],
  ["package.ts", `import zod from "zod"; ${head} onTick: () => [] };`, /imports zod/],
  [
    "up.ts",
    `import x from "../../outside.ts"; ${head} onTick: () => [] };`,
    /imports \.\.\/\.\.\/outside\.ts|Cannot find module/,
  ],
  ["data.ts", `import x from "data:text/javascript,export default 1"; ${head} onTick: () => [] };`, /imports data:/],
  ["syntax.ts", `const a: number = 1;\n${head}\n onTick: = };`, /line 3/],
  ["script.mjs", `const a = 1;\n${head}\n onTick: = };`, /line 3/],
  ["nothing.ts", "export const onTick = () => [];", /no strategy/],
  ["no-tick.ts", "export default { defaults: {}, parameters: {} };", /no onTick/],
  [
    "own-rules.ts",
    `export default { defaults: { n: 1 }, parameters: { n: { type: "number", min: 2, describe: "" } }, onTick: () => [] };`,
    /n is 1; at least 2/,
  ],
  ["stuck.ts", `for (;;);\n${head} onTick: () => [] };`, /had not loaded after/],
  ["ends.ts", `${head} barsNeeded() { return Infinity; }, onTick: () => [] };`, /barsNeeded gave Infinity/],
  ["evil.ts", `const f = new Function("return 1"); ${head} onTick: () => [] };`, /EvalError/],
  [
    "timer.ts",
    `setTimeout(() => undefined, 1); ${head} onTick: () => [] };`,
    /setTimeout is not defined \(|setTimeout is not defined/,
  ],
];

export function writeStrategies(workspace: Workspace, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(workspace.strategies, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

export const GOOD = { "counting.ts": COUNTING };

/** Long enough that no good run is taken for one that hangs: what its process waits for a core does not count. */
export const PATIENT: HostSettings = { hangMs: 1_000, loadMs: 2_500, memoryMb: 64 };

const AT = 1_767_623_400_000_000 as Moment;

/** What happened before a run: an order that works, its fill, and its update. */
export const MOVED: Partial<RunSnapshot> = {
  openOrders: [
    {
      orderId: "ROUTER-00000001",
      clientOrderId: "a",
      symbol: "AAA",
      quantity: 10,
      filled: 0,
      type: "trailing_stop",
      stopPrice: 80,
      trail: { amount: 2 },
      timeInForce: "gtc",
      state: "accepted",
      placedAt: AT,
      expiresAt: null,
    },
  ],
  fills: [{ orderId: "ROUTER-00000001", symbol: "AAA", quantity: 1, price: 1, fee: 0, at: AT }],
  updates: [
    {
      request: "order",
      orderId: "ROUTER-00000001",
      clientOrderId: "a",
      symbol: "AAA",
      state: "accepted",
      reason: "accepted",
      detail: null,
      value: null,
      limit: null,
      freeAt: null,
      at: AT,
    },
  ],
};

/** A snapshot of a run with so many bars. */
export function snapshotAt(
  strategy: string,
  run: number,
  bars: readonly Bar[],
  more: Partial<RunSnapshot> = {},
): RunSnapshot {
  const at = (AT + run * 60_000_000) as Moment;
  return {
    strategy,
    run,
    now: at,
    bars: { AAA: bars },
    marks: { AAA: 100 },
    positions: { AAA: 0 },
    openOrders: [],
    fills: [],
    updates: [],
    bar: bars.at(-1)?.at ?? null,
    ...more,
  };
}

export function barsUpTo(count: number): Bar[] {
  return Array.from({ length: count }, (_, index) => ({
    symbol: "AAA",
    at: (1_767_623_400_000_000 + index * 60_000_000) as Moment,
    open: 100 + index,
    high: 101 + index,
    low: 99 + index,
    close: 100.5 + index,
    volume: 1_000,
  }));
}
