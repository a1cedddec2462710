/**
 * One strategy with its own state, and one run of it: whatever process it runs in.
 *
 * 1. Whatever a strategy does when it is loaded, run, saved or looked at, it cannot throw through here.
 * 2. A run is: `load` or `onStart` before the first, `onFill` for each new fill, `onOrder` for each update, `onTick`, `save`. What any
 *    of them throws costs that run. A run that failed keeps the state that the strategy saves after it.
 * 3. A state is plain JSON of at most `STATE_CHARS_MAX` characters; a larger one refuses the run, and the one before stays.
 */
import type { Parameters, Strategy } from "../../shared/strategy.ts";
import type { RunSnapshot, RunResult } from "./run-types.ts";
import { contextOf, type ContextSettings } from "./context.ts";
import { checkParameters, withDefaults } from "./parameters.ts";
import { checkResult } from "./result.ts";

/** Bars that a strategy gets which does not say how many it needs, and the most that one can ask for. */
const BARS_DEFAULT = 200;
export const BARS_MAX = 10_000;
const MESSAGE_MAX = 500;
/** Characters of all complaints about one strategy together. */
const PROBLEM_MAX = 1_500;
export const STATE_CHARS_MAX = 65_536;
/** Characters of the defaults and rules of all parameters of a strategy together. */
export const RULES_CHARS_MAX = 20_000;

/** How a user's code is called: what it returned, or what it threw as one line. Never throws. */
export type Attempt = (
  call: () => unknown,
) => { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** Calls a user's code under a plain `try`; `file`: the file whose lines its errors are reported with. */
const attemptIn =
  (file: string | null): Attempt =>
  (call) => {
    try {
      return { ok: true, value: call() };
    } catch (error) {
      return { ok: false, problem: problemOf(error, file) };
    }
  };

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max)}…`);

/** An error in one line, without the paths of this machine; with the line of the strategy's own file where there is one. */
export function problemOf(error: unknown, file: string | null = null): string {
  try {
    const name = (value: unknown): string => cut(String(value), MESSAGE_MAX);
    const text = error instanceof Error ? `${name(error.name)}: ${name(error.message)}` : name(error);
    const line = error instanceof Error && file !== null ? lineIn(error.stack, file) : null;
    const where = line === null ? "" : ` (${file ?? ""}, line ${line})`;
    return cut(text.replaceAll(/\s+/g, " "), MESSAGE_MAX) + where;
  } catch {
    return "something that cannot even be shown as a text";
  }
}

/** The first line of a file, named by its last part, that a stack names; null when it names none. */
export function lineIn(stack: unknown, file: string): number | null {
  if (typeof stack !== "string") return null;
  const name = file.split("/").at(-1) ?? file;
  // A stack names files by their addresses, in which blanks and the like are written otherwise.
  const names = [name, encodeURI(name).replaceAll("#", "%23").replaceAll("?", "%3F")];
  for (const line of stack.slice(0, 20_000).split("\n"))
    for (const one of names) {
      const at = line.indexOf(one);
      const found = at < 0 ? null : /^(?:\?[^:\s)]*)?:(\d+)/.exec(line.slice(at + one.length));
      if (found !== null) return Number(found[1]);
    }
  return null;
}

/** The functions that a strategy may have beside \`onTick\`. */
const HOOKS: readonly string[] = ["onFill", "onOrder", "onStart", "onStop", "save", "load", "barsNeeded"];

const CALLED: ReadonlySet<string> = new Set(["onTick", ...HOOKS]);
const SPELLINGS: ReadonlySet<string> = new Set([...CALLED].map((name) => name.toLowerCase()));

/** The first name in an object that reads as a hook and is none: it would never be called. Helpers of other names are let be. */
export function unknownHook(value: object): string | null {
  for (let owner: object | null = value; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (owner === Object.prototype) return null;
    for (const name of Object.getOwnPropertyNames(owner))
      if (!CALLED.has(name) && (/^on[A-Z]/.test(name) || SPELLINGS.has(name.toLowerCase()))) return name;
  }
  return null;
}

export const hookProblem = (name: string): string =>
  `${cut(name, 60)} is unknown and would never be called; the functions of a strategy are onTick, ${HOOKS.join(", ")}`;

/** A module's default export as a strategy, or what it lacks. */
export function strategyOf(value: unknown): Strategy | string {
  if (value === undefined)
    return "it has no default export, so it is no strategy: export default { defaults, parameters, onTick }";
  if (typeof value !== "object" || value === null)
    return "its default export is no strategy: export default { defaults, parameters, onTick }";
  const { defaults, parameters, onTick, ...rest } = value as Partial<Strategy>;
  if (typeof onTick !== "function") return "its default export has no onTick(context) function";
  if (typeof defaults !== "object" || defaults === null) return "its default export has no defaults object";
  if (typeof parameters !== "object" || parameters === null) return "its default export has no parameters object";
  const members: Readonly<Record<string, unknown>> = rest;
  for (const name of HOOKS)
    if (members[name] !== undefined && typeof members[name] !== "function") return `its ${name} is no function`;
  const unknown = unknownHook(value);
  if (unknown !== null) return hookProblem(unknown);
  if (rest.load !== undefined && rest.save === undefined) return "it has load and no save, so nothing would be loaded";
  return value as Strategy;
}

/** The bars that a strategy asks for, or what is wrong with its number. */
function barsOf(strategy: Strategy, params: Parameters): number | string {
  const bars: unknown = strategy.barsNeeded?.(params) ?? BARS_DEFAULT;
  return typeof bars === "number" && Number.isSafeInteger(bars) && bars >= 0 && bars <= BARS_MAX
    ? bars
    : `barsNeeded gave ${cut(String(bars), 80)}; it must be a whole number from 0 to ${BARS_MAX}`;
}

/** The defaults and rules of a strategy's parameters as JSON; null where they are none or too long. Never throws. */
export function rulesText({ defaults, parameters }: Strategy): string | null {
  try {
    const text = JSON.stringify({ defaults, parameters });
    return text.length <= RULES_CHARS_MAX ? text : null;
  } catch {
    return null;
  }
}

/** Of what a run sees, what a strategy has no function for; together a sum. */
export const UNREAD_FILLS = 1;
export const UNREAD_UPDATES = 2;

/** A result as JSON, with what its strategy would not read of the next run's snapshot. */
export const resultText = (result: RunResult, unread: number): string =>
  unread === 0 ? JSON.stringify(result) : `${JSON.stringify(result).slice(0, -1)},"unread":${unread}}`;

export interface Prepared {
  readonly strategy: Strategy;
  readonly settings: ContextSettings;
  readonly barsNeeded: number;
}

/** A loaded strategy with its parameters checked, or why it cannot run. */
export function prepareStrategy(
  strategy: Strategy,
  module: string,
  given: Parameters,
  settings: Omit<ContextSettings, "params">,
): Prepared | string {
  try {
    const params = Object.freeze(withDefaults(strategy, given));
    const complaints = checkParameters(strategy.parameters, params);
    if (complaints.length > 0) return cut(`${module}: ${complaints.join("; ")}`, PROBLEM_MAX);
    const barsNeeded = barsOf(strategy, params);
    if (typeof barsNeeded === "string") return `${module}: ${barsNeeded}`;
    return { strategy, settings: { ...settings, params, barsMax: barsNeeded }, barsNeeded };
  } catch (error) {
    return `${module}: its rules cannot be used: ${problemOf(error, module)}`;
  }
}

export class StrategyInstance {
  readonly #prepared: Prepared;
  readonly #file: string | null;
  readonly #attempt: Attempt;
  readonly #belowZero: readonly string[];
  #begun = false;
  #unread = 0;
  /** What it remembers, as JSON; null when it remembers nothing. */
  #state: string | null;

  /** `file`: the strategy's own file, whose lines its errors name; null for a built-in. */
  constructor(prepared: Prepared, file: string | null, state: string | null, attempt: Attempt = attemptIn(file)) {
    this.#prepared = prepared;
    this.#file = file;
    this.#state = state;
    this.#attempt = attempt;
    const { symbols, metaOf } = prepared.settings;
    this.#belowZero = symbols.filter((symbol) => metaOf(symbol)?.allowNegativePrices === true);
  }

  get file(): string | null {
    return this.#file;
  }

  get barsNeeded(): number {
    return this.#prepared.barsNeeded;
  }

  /** What its strategy had no function for at the end of its last run, a sum of `UNREAD_*`; 0 behind a run that failed. */
  get unread(): number {
    return this.#unread;
  }

  run(snapshot: RunSnapshot): RunResult {
    const before = this.#state;
    const saves = this.#saves();
    let returned: unknown;
    let text: unknown;
    let ticked = false;
    // One call for both: entering a user's code costs more than a small run.
    const ran = this.#attempt(() => {
      returned = this.#tick(snapshot);
      ticked = true;
      if (saves) text = this.#saved();
    });
    const result = ticked || ran.ok ? this.#resultOf(returned) : threw(ran.problem);
    if (!saves || !this.#begun) return result;
    const problem = this.#keep(ticked ? (ran.ok ? { ok: true, value: text } : ran) : this.#attempt(this.#saved));
    // The first problem is the one that is reported.
    const reported = problem === null || result.outcome !== "ok" ? result : problem;
    return this.#state === before ? reported : { ...reported, state: this.#state };
  }

  /** Gives it back what it remembered; the next run begins with that. */
  restore(state: string): void {
    this.#state = state;
    this.#begun = false;
  }

  stop(): void {
    try {
      if (this.#begun) this.#prepared.strategy.onStop?.();
    } catch {
      // Nothing waits for it or depends on it.
    }
  }

  /** The run of the user's code: what it returned. Throws what that throws. */
  #tick(snapshot: RunSnapshot): unknown {
    const { strategy, settings } = this.#prepared;
    this.#unread = 0;
    if (!this.#begun) this.#begin();
    const context = contextOf(snapshot, settings);
    for (const fill of snapshot.fills) strategy.onFill?.(fill, context);
    if (strategy.onOrder !== undefined) for (const update of snapshot.updates) strategy.onOrder(update, context);
    const returned = strategy.onTick(context);
    this.#unread =
      (strategy.onFill === undefined ? UNREAD_FILLS : 0) | (strategy.onOrder === undefined ? UNREAD_UPDATES : 0);
    return returned;
  }

  #resultOf(returned: unknown): RunResult {
    try {
      if (returned instanceof Promise) {
        // An asynchronous onTick is no strategy; what it fails with later must not end the session.
        returned.catch(() => undefined);
        return refused("onTick returned a promise; it must return a list of orders, so make it synchronous");
      }
      const checked = checkResult(returned, this.#prepared.settings.symbols, this.#belowZero);
      return checked.ok ? { outcome: "ok", orders: checked.orders, message: null } : refused(checked.problem);
    } catch (error) {
      return refused(`its result cannot be read: ${problemOf(error, this.#file)}`);
    }
  }

  #begin(): void {
    const { strategy, settings } = this.#prepared;
    const { symbols, params, sizing } = settings;
    if (this.#state !== null && strategy.load !== undefined) strategy.load(JSON.parse(this.#state));
    else strategy.onStart?.(Object.freeze({ symbols, params, sizing }));
    this.#begun = true;
  }

  /** Whether it has a `save`; one that throws when it is looked for is asked, and its throw is reported. */
  #saves(): boolean {
    try {
      return this.#prepared.strategy.save !== undefined;
    } catch {
      return true;
    }
  }

  /** What it remembers as JSON. Throws what the user's code throws. */
  readonly #saved = (): unknown => JSON.stringify(this.#prepared.strategy.save?.());

  /** Keeps what was saved; answers what is wrong with it. */
  #keep(saved: ReturnType<Attempt>): RunResult | null {
    if (!saved.ok) return threw(`save: ${saved.problem}`);
    const text = saved.value;
    if (typeof text !== "string" && text !== undefined) return refused("save did not give plain JSON");
    if (text !== undefined && text.length > STATE_CHARS_MAX)
      return refused(`save gave ${text.length} characters of JSON; at most ${STATE_CHARS_MAX}`);
    this.#state = text ?? null;
    return null;
  }
}

const threw = (message: string): RunResult => ({ outcome: "threw", orders: [], message });
const refused = (message: string): RunResult => ({ outcome: "bad_result", orders: [], message });
