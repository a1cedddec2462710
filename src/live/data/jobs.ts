/**
 * The work on market data files that takes long: reading one, keeping its bars, putting together the bars of a range.
 *
 * 1. A job is plain data and so is its result: both cross to a thread of their own and back.
 * 2. A file that was read for its bars is kept in memory until it changes or others take its place.
 */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import {
  importBars,
  isMostlyRefused,
  type BarTable,
  type Imported,
  type ImportedFile,
  type ReadOptions,
} from "../reader/index.ts";
import { checkDesk } from "../desk/index.ts";
import { openCached, openNewFeed, SYNTHETIC_START } from "../feed/factory.ts";
import { needsVirtualClock, unknownSymbol } from "../feed/desk-faults.ts";
import { workspaceAt } from "../../store/index.ts";
import { headOf } from "./head.ts";
import { keepTables, nothingRead } from "./keep.ts";
import { openedAt, thinned, type ThinnedBars } from "./thinned.ts";

interface FileToRead {
  readonly path: string;
  /** The name that people know it by, where the path has another. */
  readonly name?: string;
  readonly options: ReadOptions;
}

export interface ReadJob extends FileToRead {
  readonly kind: "read";
  /** Only the file's first lines, for a first look. A file that has none is refused as `data_invalid`. */
  readonly head?: boolean;
}

export interface KeepJob extends FileToRead {
  readonly kind: "keep";
  readonly workspace: string;
  readonly overwrite: boolean;
}

export interface BarsJob {
  readonly kind: "bars";
  readonly path: string;
  /** Null for the first symbol of the file. */
  readonly symbol: string | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly points: number;
}

/** Reads the data of a desk whose text is on no disk yet, and resolves its instruments and rates, as a start does. */
export interface TryJob {
  readonly kind: "try";
  readonly workspace: string;
  readonly place: string;
  readonly text: string;
}

export type Job = ReadJob | KeepJob | BarsJob | TryJob;

/** The bars of one symbol in brief. Moments and interval are microseconds. */
export interface SeriesInfo {
  readonly symbol: string;
  readonly bars: number;
  readonly from: number;
  readonly to: number;
  readonly interval: number | null;
}

export interface ReadResult {
  readonly files: readonly ImportedFile[];
  readonly series: readonly SeriesInfo[];
}

export interface KeepResult {
  readonly paths: readonly string[];
  readonly bars: number;
}

export interface BarsResult extends ThinnedBars {
  readonly symbol: string;
  readonly interval: number | null;
  readonly pricePrecision: number;
  readonly total: number;
  readonly first: number;
  readonly last: number;
}

/** What a start would find. Moments are microseconds; null where the market has no end. */
export interface TryResult {
  readonly notes: readonly string[];
  readonly symbols: readonly { readonly symbol: string; readonly text: string }[];
  readonly from: number | null;
  readonly to: number | null;
}

export interface Results {
  readonly try: TryResult;
  readonly read: ReadResult;
  readonly keep: KeepResult;
  readonly bars: BarsResult;
}

/** Bars that are kept in memory for charts, over all files: 48 bytes each. */
const CACHED_BARS_MAX = 4_000_000;
/** A list of more series than this is cut: a view shows no more. */
const SERIES_MAX = 200;

interface Cached {
  readonly key: string;
  readonly tables: readonly BarTable[];
}

const barsIn = (tables: readonly BarTable[]): number => tables.reduce((sum, { at }) => sum + at.length, 0);

const infoOf = (table: BarTable): SeriesInfo => ({
  symbol: table.symbol,
  bars: table.at.length,
  from: openedAt(table, 0),
  to: table.at.at(-1) as number,
  interval: table.interval,
});

function importHead({ path, name = basename(path), options }: ReadJob): Promise<Imported> {
  const bytes = headOf(path);
  if (bytes === null) throw new CodedError("data_invalid", `${name} shows nothing before its end is there.`);
  return importBars([{ name, path: name, bytes }], options);
}

/** Runs jobs one at a time. `onProgress` takes a share of one. */
export class JobRunner {
  #cached: Cached[] = [];

  async run(job: Job, onProgress: (share: number) => void): Promise<Results[Job["kind"]]> {
    if (job.kind === "bars") return this.#bars(job, onProgress);
    if (job.kind === "try") return tried(job);
    const head = job.kind === "read" && job.head === true;
    const imported = head ? await importHead(job) : await this.#import(job, onProgress);
    if (job.kind === "keep") return keep(imported, job);
    const filled = imported.tables.filter(({ at }) => at.length > 0);
    return { files: imported.files, series: filled.slice(0, SERIES_MAX).map(infoOf) };
  }

  #import({ path, name, options }: FileToRead, onProgress: (share: number) => void): Promise<Imported> {
    const source = openCached(path);
    const named = name === undefined ? source : { ...source, name, path: name };
    return importBars([named], {
      ...options,
      onProgress: (read, total) => onProgress(total === 0 ? 0 : Math.min(1, read / total)),
    });
  }

  async #bars(job: BarsJob, onProgress: (share: number) => void): Promise<BarsResult> {
    const tables = await this.#tables(job.path, onProgress);
    const table = job.symbol === null ? tables[0] : tables.find(({ symbol }) => symbol === job.symbol);
    if (table === undefined)
      throw new CodedError("not_found", `The file holds no bars${job.symbol === null ? "" : ` of ${job.symbol}`}.`);
    return {
      symbol: table.symbol,
      interval: table.interval,
      pricePrecision: table.pricePrecision,
      total: table.at.length,
      first: openedAt(table, 0),
      last: table.at.at(-1) as number,
      ...thinned(table, job.from, job.to, job.points),
    };
  }

  async #tables(path: string, onProgress: (share: number) => void): Promise<readonly BarTable[]> {
    const found = statSync(path, { throwIfNoEntry: false });
    const key = `${path}\0${found?.size}\0${found?.mtimeMs}`;
    const known = this.#cached.find((one) => one.key === key);
    if (known !== undefined) return known.tables;
    const imported = await this.#import({ path, options: {} }, onProgress);
    const tables = imported.tables.filter(({ at }) => at.length > 0);
    this.#cached = [{ key, tables }, ...this.#cached.filter((one) => !one.key.startsWith(`${path}\0`))];
    let bars = 0;
    this.#cached = this.#cached.filter((one, index) => {
      bars += barsIn(one.tables);
      return index === 0 || bars <= CACHED_BARS_MAX;
    });
    return tables;
  }
}

/** Throws what a start throws. */
async function tried({ workspace: path, place, text }: TryJob): Promise<TryResult> {
  const workspace = workspaceAt(path);
  const { resolved, complaints } = checkDesk({ workspace, place, text });
  if (resolved === null) throw new CodedError("desk_invalid", complaints[0]?.rule ?? "The desk breaks a rule.");
  const given = resolved.desk;
  if (given.clock.kind === "system" && given.feed.kind === "replay") throw needsVirtualClock();
  const start = given.clock.kind === "virtual" ? given.clock.start : null;
  const { desk, feed, notes } = await openNewFeed(given, start ?? SYNTHETIC_START, workspace);
  const wanted = new Set(desk.strategies.flatMap(({ symbols }) => symbols));
  const known = new Set(feed.symbols.map(({ symbol }) => symbol));
  for (const { name, symbols } of desk.strategies)
    for (const symbol of symbols) if (!known.has(symbol)) throw unknownSymbol(name, symbol, [...known]);
  return {
    notes,
    symbols: feed.symbols
      .filter(({ symbol }) => wanted.has(symbol))
      .map(({ symbol, assetClass, currency, tickSize, multiplier = "1" }) => ({
        symbol,
        text: [
          assetClass,
          currency,
          tickSize === undefined ? "" : `tick ${tickSize}`,
          multiplier === "1" ? "" : `× ${multiplier}`,
        ]
          .filter((one) => one !== "")
          .join(", "),
      })),
    from: start ?? feed.start,
    to: feed.end,
  };
}

function keep(imported: Imported, { workspace, overwrite }: KeepJob): KeepResult {
  if (imported.tables.length === 0) throw nothingRead(imported);
  const broken = imported.files.find(isMostlyRefused);
  if (broken !== undefined)
    throw new CodedError("data_invalid", `Most rows of ${broken.name} are refused, so nothing is kept.`);
  const overwriteHint = "Choose to write over it, or delete it first";
  return { paths: keepTables(imported, { workspace, overwrite, overwriteHint }), bars: barsIn(imported.tables) };
}
