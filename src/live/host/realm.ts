/**
 * What runs inside the strategies' realm: the one door between their code and the host process. Loaded there as text (`engine.ts`).
 *
 * 1. The realm has the language and nothing of Node. Texts come in, texts go out.
 * 2. Two functions of the host are known only here: a strategy never gets one of them, nor what one of them throws.
 * 3. Whatever a strategy throws becomes a text here. No object of a strategy is looked at outside.
 */
import type { Parameters, SizingLimits } from "../../shared/strategy.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { RunSnapshot, RunResult } from "../strategies/run-types.ts";
import {
  hookProblem,
  prepareStrategy,
  problemOf,
  resultText,
  rulesText,
  StrategyInstance,
  strategyOf,
  unknownHook,
  type Attempt,
} from "../strategies/instance.ts";
import { Histories, type BarsStep } from "./history.ts";
import { lockDown } from "./lockdown.ts";

/** Characters of one answer; a longer one is refused here, so that no other part has to read it. */
const ANSWER_CHARS_MAX = 1_000_000;
const MESSAGE_CHARS_MAX = 1_900;

/** What a realm is asked, as JSON. */
export type ToRealm =
  | {
      readonly kind: "load";
      readonly strategy: string;
      readonly module: string;
      readonly symbols: readonly string[];
      readonly params: Parameters;
      readonly sizing: SizingLimits;
      readonly seed: string;
      readonly metas: readonly SymbolMeta[];
      readonly state: string | null;
    }
  | { readonly kind: "drop"; readonly strategy: string }
  | { readonly kind: "stop" };

/** What a realm answers to a load. */
export interface RealmLoaded {
  readonly problem: string | null;
  readonly barsNeeded: number;
  /** The defaults and rules of its parameters, as JSON; null where there is nothing to say. */
  readonly rules: string | null;
}

/** The realm as the host process has it. Each function takes and gives texts, or takes something that it never looks into. */
export interface RealmDoor {
  /** Answers a `ToRealm`. */
  readonly handle: (text: string) => string;
  /** Takes what a run sees, less the bars, and the `BarsStep`s that are new or an empty text; answers its result. */
  readonly run: (seen: string, bars: string) => string;
  /** Keeps what a strategy's code threw. */
  readonly hold: (thrown: unknown) => void;
  /** What was thrown or rejected, as one line. */
  readonly describe: (thrown: unknown) => string;
}

let found: { readonly default?: unknown } = {};

/** Takes a strategy's module; called by a module that the host process puts on top of it. */
export function adopt(module: { readonly default?: unknown }): void {
  found = module;
}

class Door {
  readonly #beat: () => void;
  readonly #enter: () => boolean;
  readonly #histories = new Histories();
  readonly #instances = new Map<string, StrategyInstance>();
  #pending: (() => unknown) | null = null;
  #returned: unknown;
  #thrown: unknown;

  constructor(beat: () => void, enter: () => boolean) {
    this.#beat = beat;
    this.#enter = enter;
    // The host enters a strategy's code by these names, because the engine says where an error was thrown only to who entered.
    const names = { logosCall: () => this.#call(), logosThrow: () => this.#throw() };
    for (const [name, value] of Object.entries(names)) Object.defineProperty(globalThis, name, { value });
  }

  handle(text: string): string {
    const asked = JSON.parse(text) as ToRealm;
    if (asked.kind === "load") return JSON.stringify(this.#load(asked));
    if (asked.kind === "drop") this.#instances.delete(asked.strategy);
    else for (const instance of this.#instances.values()) instance.stop();
    return "{}";
  }

  hold(thrown: unknown): void {
    this.#thrown = thrown;
    try {
      // The engine writes the place of the throw in front of a stack that is a text.
      (thrown as { stack: string }).stack = "";
    } catch {
      // It is no object, or does not want one: then it has no place.
    }
  }

  #call(): void {
    const call = this.#pending;
    this.#pending = null;
    if (call !== null) this.#returned = call();
  }

  #throw(): never {
    throw this.#thrown;
  }

  readonly #attemptIn =
    (file: string): Attempt =>
    (call) => {
      this.#pending = call;
      const ok = this.#enter();
      const value = this.#returned;
      const thrown = this.#thrown;
      // Nothing of one strategy may be left here for the next one.
      this.#returned = undefined;
      this.#thrown = undefined;
      return ok ? { ok, value } : { ok, problem: problemOf(thrown, file) };
    };

  #load(asked: Extract<ToRealm, { kind: "load" }>): RealmLoaded {
    const { strategy: name, module, symbols, params, sizing, seed, state } = asked;
    const strategy = this.#found(module);
    if (typeof strategy === "string") return { problem: strategy, barsNeeded: 0, rules: null };
    const metas = new Map(asked.metas.map((meta) => [meta.symbol, Object.freeze(meta)]));
    const prepared = prepareStrategy(strategy, module, params, {
      symbols: Object.freeze(symbols),
      sizing: Object.freeze(sizing),
      seed,
      metaOf: (symbol) => metas.get(symbol),
      heartbeat: () => {
        try {
          this.#beat();
        } catch {
          // What the host's function throws is the host's, and must not be seen here.
        }
      },
    });
    if (typeof prepared === "string") return { problem: prepared, barsNeeded: 0, rules: null };
    this.#instances.set(name, new StrategyInstance(prepared, module, state, this.#attemptIn(module)));
    return { problem: null, barsNeeded: prepared.barsNeeded, rules: rulesText(strategy) };
  }

  #found(module: string): ReturnType<typeof strategyOf> {
    try {
      const loaded = found;
      found = {};
      const stray = unknownHook(loaded);
      const strategy = stray === null ? strategyOf(loaded.default) : hookProblem(stray);
      return typeof strategy === "string" ? `${module}: ${strategy}` : strategy;
    } catch (error) {
      return `${module} does not load: ${problemOf(error)}`;
    }
  }

  run(text: string, bars: string): string {
    if (bars !== "") for (const step of JSON.parse(bars) as readonly BarsStep[]) this.#histories.take(step);
    const seen = JSON.parse(text) as Omit<RunSnapshot, "bars">;
    const instance = this.#instances.get(seen.strategy);
    if (instance === undefined) return threw(`${seen.strategy} is not loaded`);
    const result = instance.run({ ...seen, bars: this.#histories.windows(Object.keys(seen.positions)) });
    return answerOf(result, instance.unread);
  }
}

const threw = (message: string): string =>
  JSON.stringify({ outcome: "threw", orders: [], message } satisfies RunResult);

function answerOf(result: RunResult, unread: number): string {
  const { message } = result;
  const bounded = message === null || message.length <= MESSAGE_CHARS_MAX;
  const text = resultText(bounded ? result : { ...result, message: `${message.slice(0, MESSAGE_CHARS_MAX)}…` }, unread);
  if (text.length <= ANSWER_CHARS_MAX) return text;
  const why = `its answer has ${text.length} characters; at most ${ANSWER_CHARS_MAX}`;
  return JSON.stringify({ outcome: "bad_result", orders: [], message: why } satisfies RunResult);
}

/**
 * Opens the door and takes everything else away. `beat`: called at a heartbeat; `enter`: makes the host call `logosCall` from
 * outside, and answers whether it returned; what it threw was given to `hold` before.
 */
export function openDoor(beat: () => void, enter: () => boolean): RealmDoor {
  const door = new Door(beat, enter);
  lockDown("strategy");
  return Object.freeze({
    handle: (text: string) => door.handle(text),
    run: (seen: string, bars: string) => door.run(seen, bars),
    hold: (thrown: unknown) => door.hold(thrown),
    describe: (thrown: unknown) => problemOf(thrown),
  });
}
