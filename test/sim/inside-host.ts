/**
 * A strategy host in the test's own process, behind the same interface as the real one: for tests that open sessions by the
 * hundred and are not about processes. `test/live/host` holds that both give the same bytes.
 *
 * 1. What a strategy throws or returns wrongly is an outcome of its run; one that does not load says why, and the others run.
 * 2. A strategy that hangs cannot be ended here, and nothing is taken away from it: no file that hangs or ends its process runs here.
 */
import { pathToFileURL } from "node:url";
import type { StrategyConfig } from "../../src/shared/desk.ts";
import type { Strategy } from "../../src/shared/strategy.ts";
import type { Workspace } from "../../src/store/index.ts";
import type { OpenHost } from "../../src/live/host/index.ts";
import type { HostPort } from "../../src/live/host/port.ts";
import type { RunSnapshot, RunResult } from "../../src/live/strategies/run-types.ts";
import { builtInStrategies } from "../../src/live/strategies/built-in.ts";
import { sizingOf, strategyFile } from "../../src/live/strategies/files.ts";
import { prepareStrategy, problemOf, StrategyInstance, strategyOf } from "../../src/live/strategies/instance.ts";

let loads = 0;

async function load(config: StrategyConfig, workspace: Workspace): Promise<Strategy | string> {
  const { name, module } = config;
  if (Object.hasOwn(builtInStrategies, module)) return builtInStrategies[module] as Strategy;
  try {
    const file = strategyFile(workspace, module);
    if (typeof file === "string") return file;
    loads += 1;
    const address = `${pathToFileURL(file.path).href}?as=${encodeURIComponent(name)}&n=${loads}`;
    const loaded = (await import(address)) as { readonly default?: unknown };
    return strategyOf(loaded.default);
  } catch (error) {
    return `${module} does not load: ${problemOf(error, module)}`;
  }
}

class InsideHost implements HostPort {
  readonly notLoaded: ReadonlyMap<string, string>;
  readonly barsNeeded: number;
  onHeartbeat: (strategy: string) => void = () => undefined;
  readonly #loaded: ReadonlyMap<string, StrategyInstance>;

  constructor(loaded: ReadonlyMap<string, StrategyInstance>, notLoaded: ReadonlyMap<string, string>) {
    this.#loaded = loaded;
    this.notLoaded = notLoaded;
    this.barsNeeded = Math.max(1, ...[...loaded.values()].map((one) => one.barsNeeded));
  }

  run(runSnapshot: RunSnapshot): Promise<RunResult> {
    const loaded = this.#loaded.get(runSnapshot.strategy);
    if (loaded !== undefined) return Promise.resolve(loaded.run(runSnapshot));
    return Promise.resolve({ outcome: "threw", orders: [], message: `${runSnapshot.strategy} is not loaded` });
  }

  hadItsTurn(): boolean {
    return true;
  }

  restore(states: ReadonlyMap<string, string>): void {
    for (const [name, state] of states) this.#loaded.get(name)?.restore(state);
  }

  close(): void {
    for (const instance of this.#loaded.values()) instance.stop();
  }
}

/** Loads a desk's strategies in this process. Never throws for one that does not load: `notLoaded` has its reason. */
export const insideHost: OpenHost = async ({ desk, workspace, metaOf }) => {
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
  return new InsideHost(loaded, notLoaded);
};
