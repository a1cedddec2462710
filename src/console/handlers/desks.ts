/**
 * What a view may ask of the workspace's desks and strategies: lists, texts, checks, forms, and keeping them.
 *
 * 1. A desk is read again only when its file, or what it is looked at with, has changed.
 * 2. Data is read on a thread of its own; a newer check before a start ends the one before.
 * 3. A view names a place in the workspace and never a path.
 */
import { statSync } from "node:fs";
import { basename } from "node:path";
import type { DeskList, DeskModule, DeskParameter } from "../../shared/contract/contract-desks.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { Desk } from "../../shared/desk.ts";
import type { ParameterRule, Parameters } from "../../shared/strategy.ts";
import { checkStrategy, strategyRules, type StrategyRules } from "../../live/check/index.ts";
import { DataThread } from "../../live/data/index.ts";
import { checkDesk, openDesk } from "../../live/desk/index.ts";
import { exampleList, newStrategy } from "../../live/host/index.ts";
import { builtInStrategies, strategyFiles } from "../../live/strategies/index.ts";
import {
  demoText,
  deskDigest,
  deskForm,
  deskPath,
  isModuleFile,
  listDesks,
  parameterRule,
  profileNames,
  readDeskText,
  resolveInside,
  saveDesk,
  type Workspace,
} from "../../store/index.ts";
import { symbolsOf } from "../projections/session.ts";
import { marketOf, type HostState } from "../state/state.ts";

type DeskHandlers = Pick<Handlers, Extract<keyof Handlers, `${"desk" | "desks"}.${string}`> | StrategyFileName>;
type StrategyFileName = "strategy.examples" | "strategy.new" | "strategy.check" | "strategy.changed";
type Listed = DeskList["desks"][number];

const briefOf = (desk: Desk): NonNullable<Listed["brief"]> => ({
  name: desk.name,
  strategies: desk.strategies.length,
  symbols: symbolsOf(desk),
  market: marketOf(desk),
  clock: desk.clock.kind,
  seed: desk.seed,
});

function parametersOf(rules: Readonly<Record<string, ParameterRule>>, defaults: Parameters): DeskParameter[] {
  return Object.entries(rules).map(([name, rule]) => ({
    name,
    type: rule.type,
    means: rule.describe,
    rule: parameterRule(rule),
    fallback: defaults[name] === undefined ? "" : String(defaults[name]),
  }));
}

/** What a file was when it was last looked at; empty where it is gone. */
function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.size} ${found.mtimeMs}`;
}

/** The version of a desk; one whose name leads out of the workspace has none, and its reading says why. */
function versionIn(workspace: Workspace, place: string): string {
  try {
    return versionOf(deskPath(workspace, place));
  } catch {
    return "";
  }
}

/** The strategies that a desk can name; a file is loaded again only when it has changed. */
class Modules {
  readonly #state: HostState;
  readonly #known = new Map<string, { readonly version: string; readonly rules: StrategyRules }>();

  constructor(state: HostState) {
    this.#state = state;
  }

  /** Why some of the names that a desk has cannot be used, one sentence each. */
  async problemsOf(names: readonly string[]): Promise<string[]> {
    const files = names.filter((name) => isModuleFile(name));
    await this.#load();
    return files.flatMap((name) => {
      const found = this.#known.get(name);
      const problem = found === undefined ? `${name} is not in the strategies folder.` : found.rules.problem;
      return problem === null ? [] : [problem];
    });
  }

  async #load(): Promise<string[]> {
    const { workspace } = this.#state;
    const files = strategyFiles(workspace);
    const versions = new Map(
      files.map((file) => [file, versionOf(resolveInside(workspace, workspace.strategies, file))]),
    );
    const fresh = files.filter((file) => this.#known.get(file)?.version !== versions.get(file));
    const { launch } = this.#state.sessionPorts().hosts;
    const loaded = await strategyRules(workspace, fresh, launch === undefined ? {} : { launch });
    for (const [file, rules] of loaded) this.#known.set(file, { version: versions.get(file) ?? "", rules });
    for (const file of this.#known.keys()) if (!versions.has(file)) this.#known.delete(file);
    return files;
  }

  async list(): Promise<DeskModule[]> {
    const files = await this.#load();
    const builtIn = Object.entries(builtInStrategies).map(([name, { parameters, defaults }]) => ({
      name,
      builtIn: true,
      problem: null,
      parameters: parametersOf(parameters, defaults),
    }));
    const own = files.flatMap((name) => {
      const rules = this.#known.get(name)?.rules;
      if (rules === undefined) return [];
      // A helper that other files import has no default export, and no desk can name it.
      if (rules.problem?.includes("has no default export") === true) return [];
      const parameters = parametersOf(rules.parameters, rules.defaults);
      return [{ name, builtIn: false, problem: rules.problem, parameters }];
    });
    return [...builtIn, ...own];
  }
}

/** The list of desks; each is read again only when its file has changed. */
class Desks {
  readonly #state: HostState;
  readonly #known = new Map<string, { readonly version: string; readonly listed: Listed }>();

  constructor(state: HostState) {
    this.#state = state;
  }

  async list(): Promise<DeskList> {
    const { workspace } = this.#state;
    const places = listDesks(workspace);
    const desks: Listed[] = [];
    for (const place of places) {
      const version = versionIn(workspace, place);
      const known = this.#known.get(place);
      const same = known?.version === version && known.listed.error === null;
      const listed = same ? known.listed : await this.#read(place);
      // The chosen desk is what the first screen shows: what was mended is started at once.
      if (!same && place === this.#state.startsWith && this.#state.opened?.alive !== true)
        await this.#state.readDesk().catch(() => undefined);
      this.#known.set(place, { version, listed });
      desks.push(listed);
    }
    for (const place of this.#known.keys()) if (!places.includes(place)) this.#known.delete(place);
    return { chosen: this.#state.startsWith, desks };
  }

  async #read(desk: string): Promise<Listed> {
    try {
      const opened = await openDesk(this.#state.deskRequest(desk));
      return { desk, brief: briefOf(opened.desk), error: null };
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { desk, brief: null, error: shapeOf(error) };
    }
  }
}

function strategyHandlers(state: HostState): Pick<DeskHandlers, StrategyFileName> {
  const { workspace } = state;
  return {
    "strategy.examples": async () => exampleList(),
    "strategy.new": async ({ name, from }) => {
      const path = newStrategy(workspace, name, from);
      return { file: basename(path), path };
    },
    "strategy.check": async ({ file }) => {
      const { complaints, refused, ...counts } = await checkStrategy(workspace, file);
      return { file, complaints: complaints.map((one) => ({ ...one })), refused: { ...refused }, ...counts };
    },
    "strategy.changed": async ({ file }) => {
      const found = statSync(resolveInside(workspace, workspace.strategies, file), { throwIfNoEntry: false });
      return { changedMs: found === undefined ? null : Math.floor(found.mtimeMs) };
    },
  };
}

export function deskHandlers(state: HostState): DeskHandlers & { readonly close: () => void } {
  const { workspace } = state;
  const env = state.options.environment;
  const thread = new DataThread();
  const modules = new Modules(state);
  const desks = new Desks(state);
  return {
    ...strategyHandlers(state),
    "desks.list": () => desks.list(),
    "desks.choose": async ({ desk }) => {
      if (desk !== "demo" && desk !== "busy") readDeskText(workspace, desk);
      // One that is broken can be chosen, too: its error, and the way out of it, are shown.
      await state.choose(desk).catch(() => undefined);
      return {};
    },
    "desk.form": async () => {
      const { settings, strategy, symbol, instrument, file, order } = deskForm();
      const plain = (fields: typeof settings) => fields.map((one) => ({ ...one, words: [...one.words] }));
      return {
        settings: plain(settings),
        strategy: plain(strategy),
        symbol: plain(symbol),
        instrument: plain(instrument),
        file: plain(file),
        order: Object.fromEntries(Object.entries(order).map(([section, keys]) => [section, [...keys]])),
        modules: await modules.list(),
        profiles: profileNames(workspace.data),
      };
    },
    "desk.read": async ({ desk }) =>
      desk === "demo" || desk === "busy" ? { text: demoText(desk), digest: null } : readDeskText(workspace, desk),
    "desk.digest": async ({ desk }) => ({ digest: deskDigest(workspace, desk) }),
    "desk.check": async ({ desk: place, text }) => {
      const { complaints, resolved } = checkDesk({ workspace, place, text, env });
      const { feed } = resolved?.desk ?? {};
      return {
        complaints: complaints.map((one) => ({ ...one })),
        brief: resolved === null ? null : briefOf(resolved.desk),
        notes: [...(resolved?.notes ?? [])],
        symbols: feed?.kind === "synthetic" ? feed.symbols.map(({ symbol }) => symbol) : [],
      };
    },
    "desk.try": async ({ desk: place, text }) => {
      thread.cancel();
      const { complaints, resolved } = checkDesk({ workspace, place, text, env });
      const nothing = { notes: [], symbols: [], from: null, to: null };
      if (resolved === null)
        return { ...nothing, problems: complaints.map(({ line, path, rule }) => `Line ${line}: ${path} ${rule}.`) };
      const broken = await modules.problemsOf([...new Set(resolved.desk.strategies.map(({ module }) => module))]);
      try {
        const found = await thread.run({ kind: "try", workspace: workspace.path, place, text });
        const symbols = found.symbols.map((one) => ({ ...one }));
        return { problems: broken, notes: [...found.notes], symbols, from: found.from, to: found.to };
      } catch (error) {
        if (!(error instanceof CodedError) || error.code === "internal") throw error;
        return { ...nothing, problems: [...broken, error.message] };
      }
    },
    "desk.save": async ({ desk, text, base }) => {
      const saved = saveDesk(workspace, desk, text, base);
      if (desk === state.startsWith && state.opened?.alive !== true) await state.readDesk().catch(() => undefined);
      return saved;
    },
    close: () => thread.close(),
  };
}
