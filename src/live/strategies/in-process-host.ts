/**
 * The strategy host that runs in the session's own process: for the built-in strategies, and where a desk wants no other.
 *
 * 1. A strategy that does not load says why, and the others run.
 * 2. What a strategy throws or returns wrongly is an outcome of its run, never an exception of the host.
 * 3. A user's file is loaded from the workspace's `strategies` folder and nowhere else.
 * 4. Whatever a module, its rules, its result or its error do when they are looked at, they cannot throw through the host.
 * 5. A synchronous strategy cannot be interrupted here; the session flags it as over its budget when it returns.
 */
import type { StrategyConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { Strategy } from "../../shared/strategy.ts";
import type { Workspace } from "../../store/index.ts";
import type { HostPort, RunPicture, RunResult } from "../session/parts.ts";
import { builtInStrategies } from "./built-in.ts";
import { sizingOf, strategyFile, type HostedDesk } from "./files.ts";
import { prepareStrategy, problemOf, StrategyInstance, strategyOf } from "./instance.ts";

let loads = 0;

async function load(config: StrategyConfig, workspace: Workspace): Promise<Strategy | string> {
  const { name, module } = config;
  if (Object.hasOwn(builtInStrategies, module)) return builtInStrategies[module] as Strategy;
  try {
    const file = strategyFile(workspace, module);
    if (typeof file === "string") return file;
    loads += 1;
    const loaded = (await import(file.url(name, `&n=${loads}`))) as { readonly default?: unknown };
    return strategyOf(loaded.default);
  } catch (error) {
    return `${module} does not load: ${problemOf(error, module)}`;
  }
}

class InProcessHost implements HostPort {
  readonly notLoaded: ReadonlyMap<string, string>;
  readonly barsNeeded: number;
  onHeartbeat: (strategy: string) => void = () => undefined;
  readonly #loaded: ReadonlyMap<string, StrategyInstance>;

  constructor(loaded: ReadonlyMap<string, StrategyInstance>, notLoaded: ReadonlyMap<string, string>) {
    this.#loaded = loaded;
    this.notLoaded = notLoaded;
    this.barsNeeded = Math.max(1, ...[...loaded.values()].map((one) => one.barsNeeded));
  }

  run(picture: RunPicture): Promise<RunResult> {
    const loaded = this.#loaded.get(picture.strategy);
    if (loaded !== undefined) return Promise.resolve(loaded.run(picture));
    return Promise.resolve({ outcome: "threw", orders: [], message: `${picture.strategy} is not loaded` });
  }

  restore(states: ReadonlyMap<string, string>): void {
    for (const [name, state] of states) this.#loaded.get(name)?.restore(state);
  }

  close(): void {
    for (const instance of this.#loaded.values()) instance.stop();
  }
}

/** Loads a desk's strategies. Never throws for one that does not load: `notLoaded` has its reason. */
export async function createInProcessHost(options: {
  readonly desk: HostedDesk;
  readonly workspace: Workspace;
  readonly metaOf: (symbol: string) => SymbolMeta | undefined;
}): Promise<HostPort> {
  const { desk, workspace, metaOf } = options;
  const loaded = new Map<string, StrategyInstance>();
  const notLoaded = new Map<string, string>();
  for (const config of desk.strategies) {
    const { name, module, symbols, params } = config;
    const strategy = await load(config, workspace);
    const settings = { symbols, sizing: sizingOf(desk, config), seed: desk.seed, metaOf };
    const prepared = typeof strategy === "string" ? strategy : prepareStrategy(strategy, module, params, settings);
    if (typeof prepared === "string") notLoaded.set(name, prepared);
    else loaded.set(name, new StrategyInstance(prepared, module, null));
  }
  return new InProcessHost(loaded, notLoaded);
}
