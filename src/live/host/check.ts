/**
 * Tries a strategy's file as a session would run it: loaded in a host process, then run on a made-up market.
 *
 * 1. Nothing of it touches a session, a desk or the network; the market is the same at each check.
 * 2. A complaint says which line of the file it is about, where there is one.
 * 3. Half the way through its process is replaced: a strategy that then orders otherwise than one whose process lived on keeps
 *    something that its `save` does not return.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "../../orchestrator/random.ts";
import { CodedError } from "../../shared/errors.ts";
import type { StrategyConfig } from "../../shared/desk.ts";
import type { Bar, SymbolMeta } from "../../shared/market.ts";
import type { OrderIntent } from "../../shared/strategy.ts";
import { MINUTE, SECOND, type Duration, type Moment } from "../../shared/time.ts";
import { isModuleFile, type Workspace } from "../../store/index.ts";
import { nodeTimers } from "../clock/index.ts";
import type { RunPicture, RunResult } from "../session/parts.ts";
import { strategyFile } from "../strategies/files.ts";
import type { Layers } from "./layers.ts";
import { ProcessHost } from "./process-host.ts";
import { createStrategyHost, type HostSettings } from "./strategy-host.ts";

const RUNS = 60;
const SYMBOLS = ["AAA", "BBB"];
const START = 1_767_623_400_000_000;
const HANG_S = 5;
const LIMITS: HostSettings = { processes: 1, hangMs: HANG_S * 1_000, loadMs: HANG_S * 1_000 };

export interface Complaint {
  /** A line of the file, from 1; null where it is about the whole of it. */
  readonly line: number | null;
  readonly text: string;
}

export interface StrategyCheck {
  readonly complaints: readonly Complaint[];
  readonly runs: number;
  readonly orders: number;
}

const metaOf = (symbol: string): SymbolMeta => ({
  symbol,
  assetClass: "equity",
  currency: "USD",
  pricePrecision: 2,
  quantityPrecision: 2,
  lotSize: "0.01",
  minQuantity: "0.01",
  minNotional: "1",
});

/** What a line must not hold, and what to write instead. What is said in a comment or a text may be taken for it. */
const SIGNS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/\b(?:Date\.now\s*\(|new Date\s*\(\s*\))/, "a strategy has no clock: use context.now"],
  [/\bMath\.random\s*\(/, "a strategy has no chance of its own: use context.random()"],
  [
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/,
    "a strategy has no timers: it is called when it is due",
  ],
  [/\b(?:process|globalThis\.process)\.\w/, "a strategy has no process: parameters come as context.params"],
  [/\bfetch\s*\(|\bnew (?:WebSocket|EventSource)\b/, "a strategy has no network"],
  [/\brequire\s*\(/, "a strategy is a module: write import, of files of the strategies folder only"],
  [/\basync\s+(?:onTick|onFill)\b|\bonTick\s*[:=]\s*async\b/, "onTick returns a list of orders, and no promise of one"],
  [
    /^\s*(?:export\s+)?(?:const\s+)?(?:enum|namespace)\s+\w/,
    "types are taken out and nothing is translated: no enum, no namespace",
  ],
];
/** Characters of a line that are looked at: patterns may take long over a line of blanks. */
const LINE_MAX = 400;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/;

/** A name that no desk file takes: the file may be right, and could not be used. */
function complaintsOfName(module: string): Complaint[] {
  if (isModuleFile(module)) return [];
  const text = "no desk can name it: a file's name begins with a letter or digit, and has letters, digits, ., _ and -";
  return [{ line: null, text }];
}

/** What the text itself shows, line by line. */
function complaintsOfText(text: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.slice(0, LINE_MAX);
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) continue;
    const name = /^\s*import\s+type\b/.test(line) ? undefined : IMPORT.exec(line)?.[1];
    if (name !== undefined && !name.startsWith("."))
      complaints.push({
        line: index + 1,
        text: `it imports ${name}; only files of the strategies folder can be imported`,
      });
    for (const [pattern, told] of SIGNS) if (pattern.test(line)) complaints.push({ line: index + 1, text: told });
  }
  return complaints;
}

function barsOf(symbol: string, seed: string): Bar[] {
  const stream = createStream(seed, symbol);
  let close = 100;
  return Array.from({ length: 2_000 + RUNS }, (_, index) => {
    const open = close;
    close = Math.max(1, Number((open * (1 + (stream.next() - 0.5) / 100)).toFixed(2)));
    const [low, high] = [Math.min(open, close), Math.max(open, close)];
    return { symbol, at: (START + index * MINUTE) as Moment, open, high, low, close, volume: 1_000 };
  });
}

/** Picture by picture; what was ordered in one is filled before the next. */
class MadeUpMarket {
  readonly #strategy: string;
  readonly #bars: ReadonlyMap<string, readonly Bar[]>;
  readonly #depth: number;
  readonly #positions = new Map<string, number>();
  #fills: RunPicture["fills"][number][] = [];
  #orders = 0;

  constructor(strategy: string, depth: number) {
    this.#strategy = strategy;
    this.#depth = Math.min(2_000, Math.max(1, depth));
    this.#bars = new Map(SYMBOLS.map((symbol) => [symbol, barsOf(symbol, "check")]));
  }

  picture(run: number): RunPicture {
    const bars: Record<string, readonly Bar[]> = {};
    const marks: Record<string, number> = {};
    const positions: Record<string, number> = {};
    for (const [symbol, all] of this.#bars) {
      const seen = all.slice(2_000 + run - this.#depth, 2_000 + run);
      bars[symbol] = seen;
      marks[symbol] = seen.at(-1)?.close ?? 0;
      positions[symbol] = this.#positions.get(symbol) ?? 0;
    }
    const now = (START + (2_000 + run) * MINUTE) as Moment;
    const fills = this.#fills;
    this.#fills = [];
    return { strategy: this.#strategy, run, now, bars, marks, positions, openOrders: [], fills, updates: [], bar: now };
  }

  fill(orders: readonly OrderIntent[], picture: RunPicture): void {
    for (const { symbol, quantity } of orders.slice(0, 1_000)) {
      this.#orders += 1;
      this.#positions.set(symbol, (this.#positions.get(symbol) ?? 0) + quantity);
      const price = picture.marks[symbol] ?? 0;
      this.#fills.push({ orderId: `o-${this.#orders}`, symbol, quantity, price, fee: 0, at: picture.now });
    }
  }
}

interface Trial {
  readonly layers: Layers | null;
  readonly complaints: Complaint[];
  readonly orders: string[];
  readonly runs: number;
}

async function tryIt(workspace: Workspace, config: StrategyConfig, replacedAt: number | null): Promise<Trial> {
  const desk = {
    seed: "check",
    dollarPerTrade: 10_000,
    strategies: [config],
    limits: { maxNotional: null, maxPosition: null, maxPositionBySymbol: {} },
  };
  const open = { desk, workspace, metaOf, timers: nodeTimers, settings: LIMITS };
  const host = await createStrategyHost(open);
  const complaints: Complaint[] = [];
  const orders: string[] = [];
  let runs = 0;
  try {
    const problem = host.notLoaded.get(config.name);
    if (problem !== undefined) complaints.push(complaintOf(ofFile(problem, config.module)));
    const market = new MadeUpMarket(config.name, host.barsNeeded);
    while (runs < RUNS && complaints.length === 0) {
      runs += 1;
      if (runs === replacedAt) host.renew?.();
      const picture = market.picture(runs);
      const result = await host.run(picture, null);
      if (result.outcome === "ok") {
        const orders = result.orders.filter((action) => "because" in action);
        market.fill(orders, picture);
        const small = orders.find(({ quantity }) => Math.abs(quantity) < Number(metaOf("").lotSize));
        if (small !== undefined) complaints.push({ line: null, text: belowLot(runs, small) });
      } else complaints.push(complaintOf(`run ${runs}: ${tellOf(result)}`));
      orders.push(JSON.stringify(result.orders));
    }
  } finally {
    host.close();
  }
  return { layers: host instanceof ProcessHost ? host.layers : null, complaints, orders, runs };
}

const belowLot = (run: number, { symbol, quantity }: OrderIntent): string =>
  `run ${run}: it orders ${quantity} ${symbol}, which is below a lot of ${metaOf(symbol).lotSize} and would be refused: ` +
  "context.roundQuantity and context.minimums say what can be ordered";

const tellOf = (result: RunResult): string =>
  result.outcome === "timed_out" ? `it had not returned after ${HANG_S} s` : (result.message ?? result.outcome);

/** A problem without its file's name in front, which every complaint is told with. */
const ofFile = (problem: string, module: string): string =>
  problem.startsWith(`${module}: `) ? problem.slice(module.length + 2) : problem;

function complaintOf(text: string): Complaint {
  const [, line] = /\bline (\d+)\)/.exec(text) ?? [];
  return { line: line === undefined ? null : Number(line), text };
}

const configOf = (module: string): StrategyConfig => ({
  name: "checked",
  module,
  symbols: SYMBOLS,
  cadence: MINUTE,
  timeBudget: SECOND,
  jitter: 0 as Duration,
  heartbeatTimeout: (2 * MINUTE) as Duration,
  anchor: "finish",
  params: {},
  group: "default",
});

/** How strategies can run on this machine: why a built-in one does not, or null; and what of the fence holds. */
export interface Hosting {
  readonly problem: string | null;
  readonly layers: Layers | null;
}

/** Tries a built-in strategy in a process of its own. */
export async function checkHosting(workspace: Workspace): Promise<Hosting> {
  const { complaints, layers } = await tryIt(workspace, configOf("momentum"), null);
  return { problem: complaints[0]?.text ?? null, layers };
}

/**
 * Checks one file of a workspace's strategies folder. Throws `outside_workspace` for a name that leads out of it, and `not_found` for
 * one that is not there.
 */
export async function checkStrategy(workspace: Workspace, module: string): Promise<StrategyCheck> {
  const file = strategyFile(workspace, module);
  if (typeof file === "string") {
    if (!existsSync(join(workspace.strategies, module)))
      throw new CodedError("not_found", `${file}. \`logos strategies list\` names what is there.`, { module });
    return { complaints: [{ line: null, text: file }], runs: 0, orders: 0 };
  }
  const found = [...complaintsOfName(module), ...complaintsOfText(readFileSync(file.path, "utf8"))];
  const config = configOf(module);
  const whole = await tryIt(workspace, config, null);
  const complaints = [...found, ...whole.complaints];
  const orders = whole.orders.reduce((sum, text) => sum + (JSON.parse(text) as unknown[]).length, 0);
  if (complaints.length > 0) return { complaints, runs: whole.runs, orders };
  const renewed = await tryIt(workspace, config, RUNS / 2);
  if (renewed.complaints.length > 0) {
    const told = renewed.complaints.map(({ line, text }) => ({ line, text: `${text}; its process had been replaced` }));
    return { complaints: told, runs: renewed.runs, orders };
  }
  const differs = whole.orders.findIndex((text, index) => text !== renewed.orders[index]);
  if (differs >= 0) {
    const text =
      `run ${differs + 1} orders otherwise once its process was replaced: ` +
      "it remembers something that save does not return, or load does not put back";
    complaints.push({ line: null, text });
  }
  return { complaints, runs: whole.runs, orders };
}
