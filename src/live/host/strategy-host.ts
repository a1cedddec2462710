/**
 * The host of a desk's strategies: every one of them, built-in or a user's file, runs in a child process.
 *
 * 1. No strategy runs on the loop's thread, so none can hold it up, whatever it does.
 * 2. Where no process can be started strategies do not run, and say so: they never run inside by accident.
 * 3. How many processes there are changes no result on a virtual clock.
 */
import { cpus } from "node:os";
import type { StrategyConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { Timers } from "../../shared/ports.ts";
import type { Workspace } from "../../store/index.ts";
import type { HostPort } from "./port.ts";
import { builtInStrategies } from "../strategies/built-in.ts";
import { sizingOf, strategyFile, type HostedDesk } from "../strategies/files.ts";
import { problemOf } from "../strategies/instance.ts";
import { childRequest, forkChild, neverThrowing, type LaunchChild } from "./launch.ts";
import type { ProcessLimits } from "./host-process.ts";
import { ProcessHost } from "./process-host.ts";
import type { ToHostStrategy } from "./protocol.ts";

/** Limits of the processes, and how one is started: Node's `fork` by default. */
export interface HostSettings extends Partial<ProcessLimits> {
  readonly launch?: LaunchChild;
}

/** The limits where nothing else is asked for. */
export function defaultLimits(): ProcessLimits {
  return {
    processes: Math.max(1, Math.min(4, cpus().length - 1)),
    memoryMb: 256,
    hangMs: 10_000,
    loadMs: 10_000,
    stallMs: 100,
  };
}

/** What it takes to open the host of a desk's strategies. */
export interface StrategyHostOptions {
  readonly desk: HostedDesk;
  readonly workspace: Workspace;
  readonly metaOf: (symbol: string) => SymbolMeta | undefined;
  readonly timers: Timers;
  readonly settings?: HostSettings | undefined;
  /** Takes the defaults and rules of a strategy's parameters, as JSON, when it is loaded. */
  readonly onRules?: (strategy: string, rules: string | null) => void;
}

/** Opens a host. Tests that are not about processes put one of their own in its place. */
export type OpenHost = (options: StrategyHostOptions) => Promise<HostPort>;

/** A strategy for a process host, or why its file cannot be used. */
function toHost(config: StrategyConfig, options: StrategyHostOptions): ToHostStrategy | string {
  const { desk, workspace, metaOf } = options;
  const { name: strategy, module, symbols, params } = config;
  const builtIn = Object.hasOwn(builtInStrategies, module);
  try {
    const file = builtIn ? null : strategyFile(workspace, module);
    if (typeof file === "string") return file;
  } catch (error) {
    return `${module} does not load: ${problemOf(error)}`;
  }
  const metas = symbols.map(metaOf).filter((meta) => meta !== undefined);
  const common = { strategy, module, symbols, params, sizing: sizingOf(desk, config), seed: desk.seed, metas };
  const step: ToHostStrategy["step"] = (job, state, digest) => ({
    kind: "load",
    job,
    ...common,
    file: !builtIn,
    digest,
    state,
  });
  const belowZero = metas.filter((meta) => meta.allowNegativePrices === true).map(({ symbol: name }) => name);
  const { onRules } = options;
  return { config, builtIn, belowZero, step, onRules: (rules) => onRules?.(strategy, rules) };
}

/** Opens the host of a desk's strategies. Never throws for one that does not load: `notLoaded` has its reason. */
export const createStrategyHost: OpenHost = (options) => {
  const { desk, workspace, timers, settings = {} } = options;
  const { launch = forkChild, ...given } = settings;
  const limits = { ...defaultLimits(), ...given };
  // Electron's own program starts no Node: its windows' process has to hand over what does.
  const unable = process.versions["electron"] !== undefined && launch === forkChild;
  const refused = new Map<string, string>();
  const strategies: ToHostStrategy[] = [];
  for (const config of desk.strategies) {
    const strategy = unable
      ? `${config.module} needs a process of its own, and this window cannot start one: logos run DESK`
      : toHost(config, options);
    if (typeof strategy === "string") refused.set(config.name, strategy);
    else strategies.push(strategy);
  }
  const request = childRequest(workspace.strategies, limits.memoryMb);
  return ProcessHost.open({ strategies, refused, limits, launch: neverThrowing(launch), request, timers });
};
