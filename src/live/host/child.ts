/**
 * A host process: loads strategies and runs them, one step after the other.
 *
 * 1. It speaks only through its port, and does its steps in the order in which they came.
 * 2. Each run is answered before the next one begins: so whoever listens knows which one is under way. Runs that are asked for
 *    together are answered together, within `TOGETHER_MS`: who listens then knows no more than that it is one of them.
 * 3. When the session's process is gone it ends, and so do the processes that it was told to guard.
 * 4. Before the first strategy is loaded its own means are taken away (`lockdown.ts`).
 * 5. What a user's code sets off belongs to its own run: promises are waited for before the answer, so one that never comes to rest
 *    hangs in its own run, and one that nobody catches fails it.
 */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import type { Bar } from "../../shared/market.ts";
import type { Strategy } from "../../shared/strategy.ts";
import type { RunResult } from "../session/parts.ts";
import { builtInStrategies } from "../strategies/built-in.ts";
import {
  hookProblem,
  lineIn,
  prepareStrategy,
  problemOf,
  StrategyInstance,
  strategyOf,
  unknownHook,
} from "../strategies/instance.ts";
import { lockDown, restrictModules } from "./lockdown.ts";
import {
  barsOfRows,
  TOGETHER_MAX,
  type BarsStep,
  type FromHost,
  type LoadStep,
  type Ran,
  type RunStep,
} from "./protocol.ts";
import type { Step, ToHost } from "./protocol.ts";

/** Milliseconds between two heartbeats that are passed on. */
const BEAT_MS = 100;
/** Answers after which it waits until they have left the process. */
const UNSENT_MAX = 32;
const LARGE_CHARS = 16_000;
/** Milliseconds for which answers wait for each other. */
const TOGETHER_MS = 0.5;
/** A run of less is too short to make the process grow by much; who runs longer is measured, and everybody now and then. */
const MEASURED_MS = 1;
const MEASURE_EVERY_MS = 20;

// Kept from before they are taken away.
const { pid } = process;
const endProcess = process.exit.bind(process);
const kill = process.kill.bind(process);
const rss = process.memoryUsage.rss.bind(process.memoryUsage);
const clock = performance.now.bind(performance);
const onRejection = process.on.bind(process, "unhandledRejection") as (hear: (reason: unknown) => void) => unknown;
const soon = setImmediate;

/** Everything that is already set off happens before this resolves. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    soon(resolve);
  });

interface Port {
  /** Sends; `sent` is called when the text has left the process. */
  readonly send: (text: string, sent: () => void) => void;
  readonly listen: (hear: (text: unknown) => void) => void;
}

/** Node's channel of a forked process, or the port of Electron's utility process. */
function openPort(): Port {
  const { parentPort } = process as unknown as {
    readonly parentPort?: {
      on(event: "message", hear: (told: { readonly data: unknown }) => void): void;
      postMessage(text: string): void;
    };
  };
  if (parentPort !== undefined) {
    const say = parentPort.postMessage.bind(parentPort);
    return {
      send: (text, sent) => {
        say(text);
        sent();
      },
      listen: (hear) => parentPort.on("message", ({ data }) => hear(data)),
    };
  }
  const post = process.send?.bind(process);
  const on = process.on.bind(process) as (event: "message", hear: (text: unknown) => void) => unknown;
  if (post === undefined) return endProcess(64);
  return {
    send: (text, sent) => void post(text, undefined, undefined, sent),
    listen: (hear) => void on("message", hear),
  };
}

interface History {
  bars: Bar[];
  total: number;
  picture: readonly Bar[] | null;
}

class Host {
  readonly #port: Port;
  readonly #instances = new Map<string, StrategyInstance>();
  readonly #bars = new Map<string, History>();
  readonly #steps: { readonly step: Step; readonly together: boolean }[] = [];
  /** Answers that wait for each other, since the last that were sent. */
  #answers: Ran[] = [];
  #answeredMs = 0;
  #working = false;
  #guarded: readonly number[] = [];
  #unsent = 0;
  #job = 0;
  #loading = false;
  /** What was rejected and caught by nobody, since it was last asked for. */
  #stray: { readonly error: unknown } | null = null;
  #lastBeat = 0;
  /** Bytes that the process held when it was last measured, which costs as much as a small run. */
  #rss = rss();
  #measuredMs = clock();

  constructor(port: Port, folder: string) {
    this.#port = port;
    // Types are taken out by a part of Node that is loaded when it is first needed, and could not be any more.
    stripTypeScriptTypes("const ready: boolean = true;");
    onRejection((error) => {
      this.#stray ??= { error };
    });
    restrictModules(folder, () => this.#loading);
    lockDown();
  }

  hear(text: unknown): void {
    const told = JSON.parse(String(text)) as ToHost;
    if (told.kind === "guard") this.#guarded = told.pids;
    else if (told.kind === "stop") this.#stop();
    else {
      for (const step of told.steps) this.#steps.push({ step, together: told.together });
      if (!this.#working) void this.#work();
    }
  }

  /** The session's process is gone. */
  orphaned(): never {
    for (const one of this.#guarded)
      try {
        if (one !== pid) kill(one, "SIGKILL");
      } catch {
        // It has ended already.
      }
    return endProcess(0);
  }

  tell(message: FromHost): Promise<void> | null {
    const text = JSON.stringify(message);
    this.#unsent += 1;
    if (text.length < LARGE_CHARS && this.#unsent < UNSENT_MAX) {
      this.#port.send(text, () => {
        this.#unsent -= 1;
      });
      return null;
    }
    return new Promise((resolve) => {
      this.#port.send(text, () => {
        this.#unsent -= 1;
        resolve();
      });
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#steps.shift(); next !== undefined; next = this.#steps.shift()) {
      const { step, together } = next;
      if (step.kind === "bars") {
        this.#take(step);
        continue;
      }
      const told = step.kind === "load" ? await this.#load(step) : await this.#run(step);
      const sent = told.kind === "ran" && together ? this.#gather(told) : this.tell(told);
      if (sent !== null) await sent;
    }
    this.#working = false;
  }

  /** Keeps an answer back for those that follow, as long as there are any and it is not for long. */
  #gather(told: Ran): Promise<void> | null {
    this.#answers.push(told);
    const now = clock();
    const more = this.#steps[0]?.together === true && this.#answers.length < TOGETHER_MAX;
    if (more && now - this.#answeredMs < TOGETHER_MS) return null;
    this.#answeredMs = now;
    const answers = this.#answers;
    this.#answers = [];
    return this.tell({ kind: "answers", told: answers });
  }

  async #load(step: LoadStep): Promise<FromHost> {
    const { job, strategy } = step;
    this.#job = job;
    const problem = await this.#make(step);
    const barsNeeded = this.#instances.get(strategy)?.barsNeeded ?? 0;
    return { kind: "loaded", job, problem, barsNeeded };
  }

  /** Makes a strategy anew from its state; answers why it cannot. */
  async #make(step: LoadStep): Promise<string | null> {
    const { strategy: name, module, url, symbols, params, sizing, seed, state } = step;
    this.#instances.delete(name);
    const strategy =
      url === null
        ? (builtInStrategies[module] ?? `${module} is no built-in strategy`)
        : await this.#import(url, module);
    if (typeof strategy === "string") return strategy;
    const metas = new Map(step.metas.map((meta) => [meta.symbol, Object.freeze(meta)]));
    const prepared = prepareStrategy(strategy, module, params, {
      symbols: Object.freeze(symbols),
      sizing: Object.freeze(sizing),
      seed,
      metaOf: (symbol) => metas.get(symbol),
      heartbeat: () => this.#beat(),
    });
    if (typeof prepared === "string") return prepared;
    this.#instances.set(name, new StrategyInstance(prepared, url === null ? null : module, state));
    return null;
  }

  async #import(url: string, module: string): Promise<Strategy | string> {
    this.#loading = true;
    const strategy = await load(url, module);
    const stray = await this.#settled(module);
    this.#loading = false;
    return stray === null ? strategy : `${module} does not load: ${stray}`;
  }

  /** Waits for what a user's code has set off; answers what of it failed. */
  async #settled(module: string): Promise<string | null> {
    await turn();
    const stray = this.#stray;
    this.#stray = null;
    return stray === null ? null : `a promise failed and nobody caught it: ${problemOf(stray.error, module)}`;
  }

  async #run(step: RunStep): Promise<Ran> {
    const { job, load: first, strategy, run, now, marks, positions, openOrders, fills, updates, bar } = step;
    this.#job = job;
    const problem = first === null ? null : await this.#make(first);
    const instance = this.#instances.get(strategy);
    if (problem !== null || instance === undefined) {
      const message = problem ?? `${strategy} is not loaded`;
      return { kind: "ran", job, result: { outcome: "threw", orders: [], message }, rss: this.#held(clock()) };
    }
    const began = clock();
    const bars: Record<string, readonly Bar[]> = {};
    for (const symbol of Object.keys(positions)) bars[symbol] = this.#picture(symbol);
    const result = instance.run({ strategy, run, now, bars, marks, positions, openOrders, fills, updates, bar });
    const stray = instance.file === null ? null : await this.#settled(instance.file);
    const told: RunResult = stray === null ? result : { ...result, outcome: "threw", orders: [], message: stray };
    return { kind: "ran", job, result: told, rss: this.#held(began) };
  }

  /** Bytes that the process holds, measured anew after a run that could have made it grow. */
  #held(began: number): number {
    const now = clock();
    if (now - began < MEASURED_MS && now - this.#measuredMs < MEASURE_EVERY_MS) return this.#rss;
    this.#measuredMs = now;
    this.#rss = rss();
    return this.#rss;
  }

  #take(step: BarsStep): void {
    const { symbol, fresh, total } = step;
    let history = this.#bars.get(symbol);
    if (history === undefined || fresh) {
      history = { bars: [], total, picture: null };
      this.#bars.set(symbol, history);
    }
    for (const bar of barsOfRows(symbol, step.rows)) history.bars.push(bar);
    history.total = total;
    if (history.bars.length >= 2 * total) history.bars.splice(0, history.bars.length - total);
    history.picture = null;
  }

  #picture(symbol: string): readonly Bar[] {
    const history = this.#bars.get(symbol);
    if (history === undefined) return [];
    history.picture ??= Object.freeze(history.total === 0 ? [] : history.bars.slice(-history.total));
    return history.picture;
  }

  #beat(): void {
    const now = clock();
    if (now - this.#lastBeat < BEAT_MS) return;
    this.#lastBeat = now;
    void this.tell({ kind: "beat", job: this.#job });
  }

  #stop(): void {
    for (const instance of this.#instances.values()) instance.stop();
    endProcess(0);
  }
}

/** Where a file's syntax breaks: of JavaScript the engine says only what is wrong, and the parser of types says where. */
function syntaxLine(url: string, error: Error): number | null {
  if (error.name !== "SyntaxError") return null;
  try {
    stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
    return null;
  } catch (problem) {
    const [, line] = /^[^\n]*:(\d+)\n/.exec(String((problem as Error).stack)) ?? [];
    return line === undefined ? null : Number(line);
  }
}

/** A user's strategy, or why its file is none. */
async function load(url: string, module: string): Promise<Strategy | string> {
  try {
    const loaded = (await import(url)) as { readonly default?: unknown };
    const stray = unknownHook(loaded);
    const strategy = stray === null ? strategyOf(loaded.default) : hookProblem(stray);
    return typeof strategy === "string" ? `${module}: ${strategy}` : strategy;
  } catch (error) {
    const line = error instanceof Error ? (lineIn(error.stack, module) ?? syntaxLine(url, error)) : null;
    return `${module} does not load${line === null ? "" : ` (line ${line})`}: ${problemOf(error)}`;
  }
}

const port = openPort();
// A terminal's Ctrl-C goes to every process of the group; the session's own decides what becomes of this one.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
const onGone = process.once.bind(process, "disconnect") as (call: () => void) => void;
const host = new Host(port, process.argv[2] ?? "file:///nowhere/");
onGone(() => host.orphaned());
port.listen((text) => host.hear(text));
void host.tell({ kind: "ready" });
