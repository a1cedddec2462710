/**
 * Finds and resolves the desk that a person asks for.
 *
 * 1. Nothing is started and nothing on disk is changed by resolving a desk.
 * 2. Without a file the workspace's `desk.yaml` is taken, and where there is none the demo desk. A name that is no path is looked
 *    for among the workspace's own desks: `night` is `desks/night.yaml`.
 * 3. Market data files take the place of a desk's own feed; without a desk file they bring a desk of their own.
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Desk } from "../../shared/desk.ts";
import type { Duration } from "../../shared/time.ts";
import {
  checkDeskText,
  demoDesk,
  findDesk,
  loadDesk,
  loadProfile,
  resolveBarsDesk,
  type BarsFeed,
  type DeskCheck,
  type DeskSources,
  type ResolvedDesk,
  type Workspace,
} from "../../store/index.ts";
import { createReplayFeed } from "../feed/index.ts";
import { finestSeries, importBars, type ReadOptions } from "../reader/index.ts";
import { instrumentsOf } from "../instruments/index.ts";
import { dataFiles, isPattern } from "../feed/data-files.ts";
import { belowZeroOf, openCached, workspaceInstruments } from "../feed/factory.ts";
import { builtInStrategies } from "../strategies/index.ts";

export interface DeskRequest {
  readonly workspace: Workspace;
  /** A desk file's path, the name of one of the workspace's desks, `demo` or `busy`; absent: the workspace's, else the demo. */
  readonly file?: string | undefined;
  /** Paths of market data files. */
  readonly bars?: readonly string[] | undefined;
  /** How those files are read; what is left out is found in them. */
  readonly options?: ReadOptions | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly flags?: DeskSources["flags"] | undefined;
  /** The folder that relative paths are read from; the process's when absent. */
  readonly folder?: string | undefined;
  /** The resources folder of a packaged program. */
  readonly resources?: string | undefined;
}

const ONE_SYMBOL = "The files hold one symbol, so pairs, which trades two, does not run.";

async function barsOf(
  request: DeskRequest,
): Promise<{ readonly feed: BarsFeed; readonly interval: Duration | null } | null> {
  const { bars, options = {}, folder = process.cwd() } = request;
  if (bars === undefined || bars.length === 0) return null;
  const files = bars.flatMap((file) => filesOf(file, folder));
  const { symbol, timeZone, dateFormat, ...rest } = options;
  const said = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  const written = workspaceInstruments(request.workspace);
  const imported = await importBars(
    files.map((file) => openCached(file)),
    { ...options, belowZero: belowZeroOf(written) },
  );
  createReplayFeed(imported);
  const tables = finestSeries(imported.tables);
  const symbols = instrumentsOf(tables, written, "USD");
  const intervals = tables.map((table) => table.interval);
  const interval = intervals.length === 0 ? null : (Math.min(...intervals) as Duration);
  const named = {
    symbol: symbol ?? null,
    dateFormat: dateFormat ?? null,
    ...(timeZone === undefined || timeZone === null ? {} : { timeZone }),
    ...(said.length === 0 ? {} : { options: Object.fromEntries(said) }),
  };
  return { feed: { files, symbols, ...named }, interval };
}

/** The files of a name on the command line: a pattern or a folder means those that it holds. */
function filesOf(name: string, folder: string): readonly string[] {
  const path = resolve(folder, name);
  const isOne = existsSync(path) ? !statSync(path).isDirectory() : !isPattern(name);
  return isOne ? [path] : dataFiles(path, folder);
}

/** Whether a desk is one that the program brings. */
export function isDemo({ source }: Pick<Desk, "source">): boolean {
  return source === "demo" || source === "busy";
}

/** Throws `desk_invalid`, `data_invalid`, `not_found`, `usage` or `invalid_input`, each with its place and rule. */
export async function openDesk(request: DeskRequest): Promise<ResolvedDesk> {
  const { workspace, file, env, flags, folder = process.cwd(), resources } = request;
  const bars = await barsOf(request);
  const outside = {
    builtIns: builtInStrategies,
    ...(env === undefined ? {} : { env }),
    ...(flags === undefined ? {} : { flags }),
  };
  const noted = (resolved: ResolvedDesk, ...notes: readonly string[]): ResolvedDesk => {
    return { ...resolved, notes: [...resolved.notes, ...notes] };
  };
  if (bars !== null && file === undefined) {
    const interval = bars.interval === null ? {} : { barInterval: bars.interval };
    const resolved = resolveBarsDesk({ ...outside, ...bars.feed, ...interval });
    return bars.feed.symbols.length > 1 ? noted(resolved) : noted(resolved, ONE_SYMBOL);
  }
  const sources = { ...outside, ...(bars === null ? {} : { bars: bars.feed }) };
  const demo = { ...sources, ...(resources === undefined ? {} : { resources }) };
  if (file === "demo" || file === "busy") return noted(demoDesk({ ...demo, variant: file }));
  if (file === undefined && !existsSync(workspace.deskFile)) return noted(demoDesk(demo));
  return noted(loadDesk(pathOf(workspace, file, folder), { ...sources, ...insideOf(workspace) }));
}

/** The path of a desk that a person names. */
function pathOf(workspace: Workspace, file: string | undefined, folder: string): string {
  if (file === undefined) return workspace.deskFile;
  const path = resolve(folder, file);
  return existsSync(path) ? path : (findDesk(workspace, file) ?? path);
}

/** How names in a desk are resolved: in its workspace. */
function insideOf({ path, data }: Workspace): Required<Pick<DeskSources, "resolveFile" | "resolveProfile">> {
  return {
    resolveFile: (name) => dataFiles(name, path),
    resolveProfile: (name) => loadProfile(data, name),
  };
}

interface DeskTextRequest extends Pick<DeskRequest, "workspace" | "env"> {
  /** The desk's place in the workspace, as messages name it. */
  readonly place: string;
  readonly text: string;
}

/** Looks at a desk's text that is on no disk yet: all that is wrong with it, or its desk. Reads no data. */
export function checkDesk({ workspace, place, text, env }: DeskTextRequest): DeskCheck {
  const outside = { builtIns: builtInStrategies, ...(env === undefined ? {} : { env }) };
  return checkDeskText({ ...outside, text, fileName: place, source: place, ...insideOf(workspace) });
}
