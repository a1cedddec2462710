/**
 * The feed that a desk asks for: its recorded files, or its synthetic market.
 *
 * 1. Files are read whole or refused, so that their digests are those of what is played.
 * 2. A name that is no absolute path is looked for in the workspace.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import type { Desk, FeedConfig } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Feed, FeedSource } from "../../shared/ports.ts";
import type { InstrumentFields } from "../../shared/market.ts";
import type { Moment } from "../../shared/time.ts";
import { nodeFileSystem, readInstrumentsFile, readText, type Workspace } from "../../store/index.ts";
import { createReplayFeed, createSyntheticFeed } from "./index.ts";
import {
  cacheBeside,
  CACHED_FROM_BYTES,
  coarserNotes,
  demandReadable,
  fileSource,
  finestSeries,
  importBars,
  type Imported,
  type ImportSource,
  type ReadOptions,
} from "../reader/index.ts";
import {
  actionsWithin,
  completeRates,
  futuresNote,
  jumpNotes,
  pinInstruments,
  type FileFacts,
} from "../instruments/index.ts";
import { workspaceActions } from "./workspace-actions.ts";

/** When a synthetic market begins on a virtual clock whose desk names no start: a Monday, at the opening in New York. */
export const SYNTHETIC_START = 1_767_623_400_000_000 as Moment;

/** A file with market data is at most this long, packed or not. */
export const DATA_FILE_BYTES_MAX = 16 * 1024 ** 3;

const INSTRUMENTS_FILE = "instruments.yaml";
const INSTRUMENTS_BYTES_MAX = 4_000_000;

type ReplayConfig = Extract<FeedConfig, { kind: "replay" }>;

interface FeedRequest {
  readonly config: FeedConfig;
  readonly seed: string;
  readonly start: Moment;
  /** The workspace's folder. */
  readonly folder: string;
}

/**
 * Opens the feed of a new session, and completes its desk with what is known only now: each symbol's instrument. Throws as
 * `openFeed`, and `desk_invalid` for what the desk or the workspace says against the data.
 */
export async function openNewFeed(
  desk: Desk,
  start: Moment,
  workspace: Workspace,
): Promise<{ readonly desk: Desk; readonly feed: Feed; readonly notes: readonly string[] }> {
  const { feed: config, seed } = desk;
  if (config.kind === "synthetic") {
    const { fx: given, ...rest } = desk;
    const fx = given === undefined ? undefined : completeRates(desk, config.symbols);
    const feed = createSyntheticFeed(config, seed, start, null);
    return { desk: fx === undefined ? rest : { ...rest, fx }, feed, notes: [] };
  }
  const written = workspaceInstruments(workspace);
  const whole = await importFeed(config, workspace.path, { ...written, ...desk.instruments });
  const imported = { ...whole, tables: finestSeries(whole.tables) };
  demandReadable(imported);
  const { desk: pinned, symbols } = pinInstruments(desk, config, imported.tables, written, factsOf(imported));
  const said = workspaceActions(workspace, Object.values(symbols), config.timeZone);
  const actions = actionsWithin(imported, said.sources, symbols);
  const feed = createReplayFeed(imported, symbols);
  const futures = futuresNote(Object.values(symbols));
  const notes = [
    ...(futures === null ? [] : [futures]),
    ...coarserNotes(whole.tables),
    ...assumedRates(desk, pinned),
    ...said.notes,
    ...jumpNotes(imported.tables, actions, symbols),
  ];
  return { desk: actions.length === 0 ? pinned : { ...pinned, actions }, feed, notes };
}

const factsOf = (imported: Imported): FileFacts => ({
  shares: sharesOf(imported),
  adjusted: new Set(imported.files.flatMap(({ adjusted, symbols }) => (adjusted === true ? symbols : []))),
});

/** Symbols of files that name splits or dividends. */
const sharesOf = ({ files, actions = [] }: Imported): ReadonlySet<string> =>
  new Set([
    ...files.flatMap(({ columns, symbols }) => ("dividend" in columns || "split" in columns ? symbols : [])),
    ...actions.map(({ symbol }) => symbol),
  ]);

/** What the workspace's `instruments.yaml` says; nothing where there is none. Throws `desk_invalid` for one that breaks a rule. */
export function workspaceInstruments(workspace: Workspace): Readonly<Record<string, InstrumentFields>> {
  const path = join(workspace.path, INSTRUMENTS_FILE);
  return existsSync(path) ? readInstrumentsFile(path, readText(nodeFileSystem, path, INSTRUMENTS_BYTES_MAX)) : {};
}

/** A sentence for each rate that was not written. */
function assumedRates(written: Desk, complete: Desk): string[] {
  const assumed = Object.keys(complete.fx ?? {}).filter((currency) => !Object.hasOwn(written.fx ?? {}, currency));
  const account = complete.broker.currency;
  return assumed.map(
    (currency) => `One ${currency} is assumed to be worth one ${account}; fx in the desk can say otherwise.`,
  );
}

/** Symbols whose prices are declared to be zero or negative at times. */
export const belowZeroOf = (instruments: Readonly<Record<string, InstrumentFields>>): string[] =>
  Object.keys(instruments).filter((symbol) => instruments[symbol]?.allowNegativePrices === true);

/** Reads the files of a recorded feed as the desk, and what is `written` of its instruments, say. Throws as `importBars`, `openSource`. */
export async function importFeed(
  config: ReplayConfig,
  folder: string,
  written: Readonly<Record<string, InstrumentFields>> = {},
): Promise<Imported> {
  const { symbol, dateFormat, adjusted, fileOptions = {}, resample = null, files } = config;
  const sources = files.map((file) =>
    openCached(
      isAbsolute(file) ? file : join(folder, file),
      Object.hasOwn(fileOptions, file) ? fileOptions[file] : undefined,
    ),
  );
  return importBars(sources, {
    symbol,
    timeZone: writtenZone(config),
    dateFormat,
    resample,
    adjusted,
    belowZero: belowZeroOf({ ...config.symbols, ...written }),
  });
}

/** The zone that a desk names; null where it names none, so that a layout's own zone holds. */
export function writtenZone({ timeZone, timeZoneWritten }: ReplayConfig): string | null {
  return timeZone === "UTC" && timeZoneWritten !== true ? null : timeZone;
}

/** Opens the feed of a desk that is complete, or older than that. Throws `not_found`, `too_large` or `data_invalid`, naming the file. */
export async function openFeed({ config, seed, start, folder }: FeedRequest): Promise<Feed> {
  if (config.kind === "synthetic") return createSyntheticFeed(config, seed, start, null);
  const imported = await importFeed(config, folder);
  demandReadable(imported);
  return createReplayFeed(imported, config.symbols);
}

/** Throws `not_found`, `data_invalid` or `too_large` for a path that is no regular file of a size that is read. */
function checkFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new CodedError("not_found", `There is no file ${path}.`, { path });
  if (found.isDirectory())
    throw new CodedError("data_invalid", `${path} is a folder; name the files in it that hold market data.`, { path });
  // A pipe or a device has no end that could be waited for.
  if (!found.isFile())
    throw new CodedError("data_invalid", `${path} is no regular file; copy the data into one.`, { path });
  if (found.size > DATA_FILE_BYTES_MAX)
    throw new CodedError(
      "too_large",
      `${path} has ${found.size} bytes; market data files may have ${DATA_FILE_BYTES_MAX}.`,
      { path },
    );
}

/**
 * A file as a source of an import, which opens it when its turn comes, reads it piece by piece and closes it; the import throws
 * `not_found`, `data_invalid` or `too_large` for what is no such file.
 */
export function openSource(path: string, options?: ReadOptions): ImportSource {
  const name = basename(path);
  const bytes = (): ReturnType<typeof fileSource> => {
    checkFile(path);
    return fileSource(path, name);
  };
  return { name, path, bytes, ...(options === undefined ? {} : { options }) };
}

/**
 * The same for a file that is used again and again: what is read of a long one is kept beside it, and taken from there while
 * file, options and reader are the same.
 */
export function openCached(path: string, options?: ReadOptions): ImportSource {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const source = openSource(path, options);
  return size < CACHED_FROM_BYTES ? source : { ...source, cache: cacheBeside(path) };
}

/** A file's bytes. Throws `not_found`, `data_invalid` or `too_large`. */
export function readSource(path: string): { readonly name: string; readonly bytes: Uint8Array } {
  checkFile(path);
  return { name: basename(path), bytes: readFileSync(path) };
}

/** What identifies the sources of a run: names, digests and rows, and nothing that another version could count otherwise. */
export const identityOf = (sources: readonly FeedSource[]): FeedSource[] =>
  sources.map(({ name, sha256, rows }) => ({ name, sha256, rows }));
