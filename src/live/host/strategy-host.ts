/**
 * The host of a desk's strategies: built-in ones inside the session's process, users' files in processes of their own.
 *
 * 1. Which strategy runs where changes no result on a virtual clock.
 * 2. A desk without users' files starts no process, unless all strategies are to run in one.
 * 3. Where no process can be started users' strategies do not run, and say so: they never run inside by accident.
 */
import { cpus } from "node:os";
import type { StrategyConfig } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { Timers } from "../../shared/ports.ts";
import type { Workspace } from "../../store/index.ts";
import type { HostPort, RunLimits, RunPicture, RunResult } from "../session/parts.ts";
import { builtInStrategies } from "../strategies/built-in.ts";
import { sizingOf, strategyFile, type HostedDesk, type StrategyFile } from "../strategies/files.ts";
import { createInProcessHost } from "../strategies/in-process-host.ts";
import { problemOf } from "../strategies/instance.ts";
import { childRequest, forkChild, neverThrowing, type LaunchChild } from "./launch.ts";
import { ProcessHost, type ProcessLimits, type ToHostStrategy } from "./process-host.ts";

/**
 * Where strategies run. `files`: built-in ones inside, users' files in processes; `all`: everything in processes; `none`:
 * everything inside, which lets a strategy that hangs stop the session.
 */
export interface HostSettings extends Partial<ProcessLimits> {
  readonly processesFor?: "files" | "all" | "none";
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

export interface StrategyHostOptions {
  readonly desk: HostedDesk;
  readonly workspace: Workspace;
  readonly metaOf: (symbol: string) => SymbolMeta | undefined;
  readonly timers: Timers;
  readonly settings?: HostSettings | undefined;
}

/** Two hosts as one. */
class MixedHost implements HostPort {
  readonly #inside: HostPort;
  readonly #outside: HostPort;
  readonly #outsiders: ReadonlySet<string>;
  readonly notLoaded: ReadonlyMap<string, string>;
  readonly barsNeeded: number;

  constructor(
    inside: HostPort,
    outside: HostPort,
    outsiders: ReadonlySet<string>,
    refused: ReadonlyMap<string, string>,
  ) {
    this.#inside = inside;
    this.#outside = outside;
    this.#outsiders = outsiders;
    this.notLoaded = new Map([...inside.notLoaded, ...outside.notLoaded, ...refused]);
    this.barsNeeded = Math.max(inside.barsNeeded, outside.barsNeeded);
  }

  get onHeartbeat(): (strategy: string) => void {
    return this.#outside.onHeartbeat;
  }

  set onHeartbeat(hear: (strategy: string) => void) {
    this.#outside.onHeartbeat = hear;
  }

  run(picture: RunPicture, limits: RunLimits | null): Promise<RunResult> {
    return (this.#outsiders.has(picture.strategy) ? this.#outside : this.#inside).run(picture, limits);
  }

  restore(states: ReadonlyMap<string, string>): void {
    this.#inside.restore(states);
    this.#outside.restore(states);
  }

  renew(): void {
    this.#outside.renew?.();
  }

  close(): void {
    this.#inside.close();
    this.#outside.close();
  }
}

/** A strategy for a process host, or why its file cannot be used. */
function toHost(config: StrategyConfig, options: StrategyHostOptions): ToHostStrategy | string {
  const { desk, workspace, metaOf } = options;
  const { name: strategy, module, symbols, params } = config;
  const builtIn = Object.hasOwn(builtInStrategies, module);
  let file: StrategyFile | string | null;
  try {
    file = builtIn ? null : strategyFile(workspace, module);
  } catch (error) {
    return `${module} does not load: ${problemOf(error)}`;
  }
  if (typeof file === "string") return file;
  const metas = symbols.map(metaOf).filter((meta) => meta !== undefined);
  const common = { strategy, module, symbols, params, sizing: sizingOf(desk, config), seed: desk.seed, metas };
  const step: ToHostStrategy["step"] = (job, state) => {
    const url = file === null ? null : addressOf(file, strategy, job, workspace, module);
    if (url === undefined)
      return `${module} has changed since the session was opened; open it again to run what it is now`;
    return { kind: "load", job, ...common, url, state };
  };
  return { config, step };
}

/** The address of a file that is still what it was, or undefined. */
function addressOf(
  file: StrategyFile,
  strategy: string,
  job: number,
  workspace: Workspace,
  module: string,
): string | undefined {
  try {
    const now = strategyFile(workspace, module);
    return typeof now !== "string" && now.sha256 === file.sha256 ? file.url(strategy, `&n=${job}`) : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the host of a desk's strategies. Never throws for one that does not load: `notLoaded` has its reason. */
export async function createStrategyHost(options: StrategyHostOptions): Promise<HostPort> {
  const { desk, workspace, metaOf, timers, settings = {} } = options;
  const { processesFor = "files", launch = forkChild, ...given } = settings;
  const limits = { ...defaultLimits(), ...given };
  const outside = desk.strategies.filter(
    ({ module }) => processesFor === "all" || (processesFor === "files" && !Object.hasOwn(builtInStrategies, module)),
  );
  const names = new Set(outside.map(({ name }) => name));
  const strategies = desk.strategies.filter(({ name }) => !names.has(name));
  const inside = await createInProcessHost({ desk: { ...desk, strategies }, workspace, metaOf });
  const refused = new Map<string, string>();
  const hosted: ToHostStrategy[] = [];
  for (const config of outside) {
    const strategy = toHost(config, options);
    if (typeof strategy === "string") refused.set(config.name, strategy);
    else hosted.push(strategy);
  }
  if (outside.length === 0) return inside;
  // Electron's own program starts no Node: its windows' process has to hand over what does.
  if (process.versions["electron"] !== undefined && launch === forkChild) {
    for (const { name, module } of outside)
      refused.set(name, `${module} needs a process of its own, and this window cannot start one: logos run DESK`);
    hosted.length = 0;
  }
  const request = childRequest(workspace.strategies, limits.memoryMb);
  const open = { strategies: hosted, limits, launch: neverThrowing(launch), request, timers };
  return new MixedHost(inside, await ProcessHost.open(open), names, refused);
}
