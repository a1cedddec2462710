/**
 * The strategy host that runs in the session's own process.
 *
 * 1. A strategy that does not load says why, and the others run.
 * 2. What a strategy throws or returns wrongly is an outcome of its run, never an exception of the host.
 * 3. A user's file is loaded from the workspace's `strategies` folder and nowhere else.
 * 4. Whatever a module, its rules, its result or its error do when they are looked at, they cannot throw through the host.
 * 5. A synchronous strategy cannot be interrupted here; the session flags it as over its budget when it returns.
 */
import { existsSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { Parameters, SizingLimits, Strategy } from "../../shared/strategy.ts";
import { resolveInside, type Workspace } from "../../store/index.ts";
import { positionLimitOf } from "../risk/index.ts";
import type { HostPort, RunPicture, RunResult } from "../session/parts.ts";
import { builtInStrategies } from "./built-in.ts";
import { contextOf, type ContextSettings } from "./context.ts";
import { checkParameters, withDefaults } from "./parameters.ts";
import { checkResult } from "./result.ts";

/** Bars that a strategy gets which does not say how many it needs, and the most that one can ask for. */
const BARS_DEFAULT = 200;
const BARS_MAX = 10_000;
const MESSAGE_MAX = 500;

interface Loaded {
  readonly strategy: Strategy;
  readonly settings: ContextSettings;
  readonly barsNeeded: number;
}

/** An error in one line, without the paths of this machine. */
function messageOf(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.replace(/\s+/g, " ").slice(0, MESSAGE_MAX);
  } catch {
    return "something that cannot even be shown as a text";
  }
}

function strategyOf(value: unknown): Strategy | string {
  if (typeof value !== "object" || value === null)
    return "its default export is no strategy: export default { defaults, parameters, onTick }";
  const { defaults, parameters, onTick } = value as Partial<Strategy>;
  if (typeof onTick !== "function") return "its default export has no onTick(context) function";
  if (typeof defaults !== "object" || defaults === null) return "its default export has no defaults object";
  if (typeof parameters !== "object" || parameters === null) return "its default export has no parameters object";
  return value as Strategy;
}

async function load(config: StrategyConfig, workspace: Workspace): Promise<Strategy | string> {
  if (Object.hasOwn(builtInStrategies, config.module)) return builtInStrategies[config.module] as Strategy;
  try {
    const path = resolveInside(workspace, workspace.strategies, config.module);
    if (!existsSync(path)) return `${config.module} is not in the strategies folder ${workspace.strategies}`;
    // The time of change is part of the address, so that an edited file is read anew at the next start.
    const url = `${pathToFileURL(path).href}?changed=${statSync(path).mtimeMs}`;
    const module = (await import(url)) as { readonly default?: unknown };
    return strategyOf(module.default);
  } catch (error) {
    return `${config.module} does not load: ${messageOf(error)}`;
  }
}

function sizingOf(desk: Desk, config: StrategyConfig): SizingLimits {
  const { limits } = desk;
  const bounds = config.symbols
    .map((symbol) => positionLimitOf(limits, symbol))
    .filter((bound) => bound !== null)
    .map(Number);
  return {
    dollarPerTrade: desk.dollarPerTrade,
    ...(bounds.length > 0 ? { maxPosition: Math.min(...bounds) } : {}),
    ...(limits.maxNotional === null ? {} : { maxNotional: Number(limits.maxNotional) }),
  };
}

class InProcessHost implements HostPort {
  readonly notLoaded: ReadonlyMap<string, string>;
  readonly barsNeeded: number;
  onHeartbeat: (strategy: string) => void = () => undefined;
  readonly #loaded: ReadonlyMap<string, Loaded>;

  constructor(loaded: ReadonlyMap<string, Loaded>, notLoaded: ReadonlyMap<string, string>) {
    this.#loaded = loaded;
    this.notLoaded = notLoaded;
    this.barsNeeded = Math.max(1, ...[...loaded.values()].map((one) => one.barsNeeded));
  }

  run(picture: RunPicture): Promise<RunResult> {
    return Promise.resolve(this.#run(picture));
  }

  close(): void {
    // Nothing runs between two calls, so there is nothing to end.
  }

  #run(picture: RunPicture): RunResult {
    const loaded = this.#loaded.get(picture.strategy);
    if (loaded === undefined) return { outcome: "threw", orders: [], message: `${picture.strategy} is not loaded` };
    let returned: unknown;
    try {
      returned = loaded.strategy.onTick(contextOf(picture, loaded.settings));
    } catch (error) {
      return { outcome: "threw", orders: [], message: messageOf(error) };
    }
    try {
      if (returned instanceof Promise) {
        // An asynchronous onTick is no strategy; what it fails with later must not end the session.
        returned.catch(() => undefined);
        const message = "onTick returned a promise; it must return a list of orders, so make it synchronous";
        return { outcome: "bad_result", orders: [], message };
      }
      const checked = checkResult(returned, loaded.settings.symbols);
      return checked.ok
        ? { outcome: "ok", orders: checked.orders, message: null }
        : { outcome: "bad_result", orders: [], message: checked.problem };
    } catch (error) {
      return { outcome: "bad_result", orders: [], message: `its result cannot be read: ${messageOf(error)}` };
    }
  }
}

/** The bars that a strategy asks for, or what is wrong with its number. */
function barsOf(strategy: Strategy, params: Parameters): number | string {
  const bars: unknown = strategy.barsNeeded?.(params) ?? BARS_DEFAULT;
  return typeof bars === "number" && Number.isSafeInteger(bars) && bars >= 0 && bars <= BARS_MAX
    ? bars
    : `barsNeeded gave ${String(bars)}; it must be a whole number from 0 to ${BARS_MAX}`;
}

/** A loaded strategy with its parameters checked, or why it cannot run. */
function prepare(
  strategy: Strategy,
  config: StrategyConfig,
  settings: Omit<ContextSettings, "params">,
): Loaded | string {
  try {
    const params = Object.freeze(withDefaults(strategy, config.params));
    const complaints = checkParameters(strategy.parameters, params);
    if (complaints.length > 0) return `${config.module}: ${complaints.join("; ")}`;
    const barsNeeded = barsOf(strategy, params);
    if (typeof barsNeeded === "string") return `${config.module}: ${barsNeeded}`;
    return { strategy, settings: { ...settings, params }, barsNeeded };
  } catch (error) {
    return `${config.module}: its rules cannot be used: ${messageOf(error)}`;
  }
}

/** Loads a desk's strategies. Never throws for one that does not load: `notLoaded` has its reason. */
export async function createInProcessHost(options: {
  readonly desk: Desk;
  readonly workspace: Workspace;
  readonly metaOf: (symbol: string) => SymbolMeta | undefined;
}): Promise<HostPort> {
  const { desk, workspace, metaOf } = options;
  const loaded = new Map<string, Loaded>();
  const notLoaded = new Map<string, string>();
  for (const config of desk.strategies) {
    const strategy = await load(config, workspace);
    if (typeof strategy === "string") {
      notLoaded.set(config.name, strategy);
      continue;
    }
    const settings = { symbols: config.symbols, sizing: sizingOf(desk, config), seed: desk.seed, metaOf };
    const prepared = prepare(strategy, config, settings);
    if (typeof prepared === "string") notLoaded.set(config.name, prepared);
    else loaded.set(config.name, prepared);
  }
  return new InProcessHost(loaded, notLoaded);
}
