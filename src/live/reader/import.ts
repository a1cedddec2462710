/**
 * Files of bars, trades or quotes as tables of bars, with a description of what was understood.
 *
 * 1. An import is all or nothing: a file that cannot be understood throws with its name, row and rule, and no table is kept.
 *    Where several cannot, all of them are named.
 * 2. A row that breaks a rule is left out, counted and listed by its kind; what the others gave is in the tables.
 * 3. The same bytes and options give the same tables, whichever way they are packed.
 */
import { createHash } from "node:crypto";
import type { CorporateAction } from "../../shared/market.ts";
import { duration, moment, type Duration, type Moment } from "../../shared/time.ts";
import { actionsOf } from "./table/actions.ts";
import { bytesSource, type ByteSource, type SourceCache } from "./table/byte-source.ts";
import { toText } from "./formats/convert.ts";
import { refusalsOf, remarksOf, samplesOf } from "./describe.ts";
import { Faults } from "./table/faults.ts";
import {
  mostlyRefused,
  BARS_MAX,
  SOURCES_MAX,
  SYMBOLS_MAX,
  tooLarge,
  UNPACKED_BYTES_MAX,
  type BarTable,
  type Imported,
  type ImportedFile,
  type ImportOptions,
  type ImportSource,
} from "./table/imported.ts";
import type { Span } from "./table/meaning.ts";
import { mergePieces, type Piece } from "./table/merge.ts";
import { checkInterval, readPart, type ReadPart } from "./read-part.ts";
import { readerVersion } from "./reader-version.ts";
import { readStored, storedBytes, type SourceRead } from "./stored-read.ts";
import { resampled } from "./table/resample.ts";
import type { BarBudget } from "./table/gathering.ts";
import { unpack, type ByteBudget } from "./formats/unpack.ts";

const HASHED_AT_ONCE = 1024 * 1024;

interface Range {
  readonly first: Moment | null;
  readonly last: Moment | null;
  readonly firstOpen: Moment | null;
}

function rangeOf({ gathering, spans }: ReadPart): Range {
  let [first, last, open] = [Infinity, -Infinity, Infinity];
  for (const [symbol, table] of gathering.tables) {
    if (table.size === 0) continue;
    const close = table.columns.at[0] as number;
    first = Math.min(first, close);
    open = Math.min(open, table.opened?.[0] ?? close - (spans.get(symbol) as Span).interval);
    last = Math.max(last, table.last);
  }
  if (first === Infinity) return { first: null, last: null, firstOpen: null };
  return { first: moment(first), last: moment(last), firstOpen: moment(open) };
}

/** The length of a file's bars; null where its symbols differ or none has a bar. */
function spanOfFile({ gathering, spans }: ReadPart): Span | null {
  const found = [...spans].filter(([symbol]) => gathering.tables.get(symbol)?.size).map(([, span]) => span);
  const [only] = found;
  return only !== undefined && found.every(({ interval }) => interval === only.interval) ? only : null;
}

interface Read {
  readonly read: ReadPart;
  /** Of its source, among all. */
  readonly place: number;
  readonly sha256: string;
  readonly isAdjusted: boolean;
  readonly notes: readonly string[];
}

function fileOf({ read, sha256, isAdjusted, notes }: Read): ImportedFile {
  const { part, gathering, format, layout, understood, columns, stamp, timeZone, order, questions } = read;
  const { rows, bars, repeated, refusedTotal, sharedRows } = gathering;
  const span = spanOfFile(read);
  const shared = sharedRows === 0 ? [] : [`${sharedRows} of its bars are in another file, too, and count once.`];
  return {
    name: part.name,
    source: part.source,
    format,
    layout,
    understood,
    columns,
    symbols: [...gathering.tables.values()].filter((table) => table.size > 0).map((table) => table.symbol),
    ...(isAdjusted ? { adjusted: true as const } : {}),
    rows,
    bars,
    repeated,
    ...rangeOf(read),
    interval: span === null ? null : duration(span.interval),
    unit: span?.unit ?? null,
    order,
    stamp,
    timeZone,
    samples: samplesOf(read),
    questions,
    ...remarksOf(read),
    refused: gathering.refused.toSorted((a, b) => a.row - b.row),
    refusedTotal,
    refusals: refusalsOf(gathering),
    sha256,
    notes: [...notes, ...gathering.notes, ...shared],
  };
}

function mergeAll(reads: readonly ReadPart[], resample: Duration | null): BarTable[] {
  const pieces = new Map<string, Piece[]>();
  for (const { gathering, spans } of reads)
    for (const [symbol, table] of gathering.tables) {
      const found = { gathering, table, span: spans.get(symbol) as Span };
      const piece = resample === null ? found : resampled(found, resample);
      const known = pieces.get(symbol);
      if (known === undefined) pieces.set(symbol, [piece]);
      else known.push(piece);
    }
  if (pieces.size > SYMBOLS_MAX)
    throw tooLarge(
      "the import",
      null,
      "symbols",
      `it has ${pieces.size} symbols; at most ${SYMBOLS_MAX} are taken at once. Name those that are wanted with --symbols AAPL,MSFT.`,
    );
  const names = [...pieces.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return names.flatMap((symbol) => mergePieces(symbol, pieces.get(symbol) as Piece[]));
}

/** The digest of a source as it was given, read piece by piece. */
async function digestOf(bytes: ByteSource, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  const space = new Uint8Array(Math.min(HASHED_AT_ONCE, bytes.size));
  for (let from = 0; from < bytes.size; from += HASHED_AT_ONCE) {
    signal?.throwIfAborted();
    hash.update(bytes.read(from, HASHED_AT_ONCE, space));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hash.digest("hex");
}

function allActions(reads: readonly ReadPart[]): CorporateAction[] {
  const all = reads.flatMap(({ gathering, spans }) =>
    [...gathering.tables].flatMap(([symbol, table]) => actionsOf(table, spans.get(symbol) as Span, gathering)),
  );
  // Files that overlap name the same action twice.
  const unlike = new Map(
    all.map((action) => [`${action.symbol} ${action.at} ${action.split} ${action.dividend}`, action]),
  );
  return [...unlike.values()].toSorted((a, b) => a.at - b.at || (a.symbol < b.symbol ? -1 : 1));
}

const isBytes = (bytes: ImportSource["bytes"]): bytes is Uint8Array => bytes instanceof Uint8Array;

/** What a person says of one file, over what is said of all. */
function optionsOf(source: ImportSource, options: ImportOptions): ImportOptions {
  const own = Object.entries(source.options ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return { ...options, ...Object.fromEntries(own) };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What settles how a source is read, beside its bytes and the reader. */
function askedOf(source: ImportSource, options: ImportOptions): string {
  const { signal: _signal, onProgress: _onProgress, resample: _resample, ...read } = options;
  const said = Object.entries(read).filter(([, value]) => value !== undefined && value !== null);
  return digest(JSON.stringify([source.name, source.path ?? null, said.toSorted(([a], [b]) => (a < b ? -1 : 1))]));
}

/** What one import has taken in so far, against its limits. */
interface Budgets {
  readonly bytes: ByteBudget;
  readonly bars: BarBudget;
}

interface CachePlace {
  readonly cache: SourceCache;
  readonly place: string;
  readonly key: string;
}

/** Where a source is kept; null for one that is not. */
function cachePlaceOf(source: ImportSource, sha256: string, options: ImportOptions): CachePlace | null {
  const { cache } = source;
  if (cache === undefined) return null;
  const place = askedOf(source, options);
  return { cache, place, key: digest(`${readerVersion()} ${sha256} ${place}`) };
}

/** What is kept of a source, counted; null where there is nothing, or where it passes a limit, which reading it then says. */
function fromCache({ cache, place, key }: CachePlace, { bytes, bars }: Budgets): SourceRead | null {
  const kept = cache.load(place);
  if (kept === null) return null;
  try {
    const found = readStored(key, kept, bars);
    if (found === null) return null;
    const allBars = bars.bars + found.parts.reduce((sum, { gathering }) => sum + gathering.held, 0);
    const allBytes = bytes.bytes + found.unpackedBytes;
    if (allBars > BARS_MAX || allBytes > UNPACKED_BYTES_MAX) return null;
    [bars.bars, bytes.bytes] = [allBars, allBytes];
    return found;
  } catch {
    // One that cannot be read, or is no cache: the file itself is read.
    return null;
  } finally {
    kept.close();
  }
}

/** Reads the parts of one source, or takes what is kept of it. What is at fault in a part is handed to `faults`. */
async function readSource(
  source: ImportSource,
  plain: ByteSource,
  options: ImportOptions,
  budgets: Budgets,
  onFault: (error: unknown) => void,
): Promise<SourceRead & { readonly sha256: string }> {
  const sha256 = await digestOf(plain, options.signal);
  const cached = cachePlaceOf(source, sha256, options);
  const kept = cached === null ? null : fromCache(cached, budgets);
  if (kept !== null) {
    plain.checkSame();
    options.onProgress?.(plain.size, plain.size);
    return { ...kept, sha256 };
  }
  const before = budgets.bytes.bytes;
  const { parts, notes } = await unpack(source, plain, budgets.bytes);
  const reads: ReadPart[] = [];
  for (const part of parts)
    try {
      reads.push(await readPart(await toText(part), options, budgets.bars));
    } catch (error) {
      onFault(error);
    }
  const read = { parts: reads, notes, unpackedBytes: budgets.bytes.bytes - before };
  if (reads.length === parts.length) cached?.cache.save(cached.place, storedBytes(cached.key, read));
  return { ...read, sha256 };
}

/**
 * Reads files of bars, trades or quotes. Asynchronous because archives are unpacked so, and because a long import lets others run.
 * Sources that are files are closed when it ends. Every file is looked at before a fault is thrown, and several faults are one error
 * with `detail.faults`. Throws `CodedError`s: `data_invalid` for a file that cannot be understood (with
 * `detail` file, row, rule, and the open question where there is one), `too_large` past a limit, `invalid_input` for an option
 * that means nothing; and the signal's reason when it ends the import.
 */
export async function importBars(sources: readonly ImportSource[], options: ImportOptions = {}): Promise<Imported> {
  const reads: Read[] = [];
  const faults = new Faults();
  const opened: ByteSource[] = [];
  try {
    checkInterval(options.interval);
    if (sources.length > SOURCES_MAX)
      throw tooLarge(
        "the import",
        null,
        "files",
        `it has ${sources.length} files; at most ${SOURCES_MAX} are taken at once.`,
      );
    const budgets: Budgets = { bytes: { bytes: 0 }, bars: { bars: 0 } };
    for (const [place, source] of sources.entries()) {
      options.signal?.throwIfAborted();
      const asked = optionsOf(source, options);
      checkInterval(asked.interval);
      try {
        const bytes = typeof source.bytes === "function" ? source.bytes() : source.bytes;
        if (!isBytes(bytes)) opened.push(bytes);
        const plain = isBytes(bytes) ? bytesSource(bytes) : bytes;
        const onFault = (error: unknown): void => faults.take(error, place);
        const { parts, notes, sha256 } = await readSource(source, plain, asked, budgets, onFault);
        for (const [index, read] of parts.entries())
          reads.push({ read, place, sha256, isAdjusted: asked.adjusted === true, notes: index === 0 ? notes : [] });
      } catch (error) {
        faults.take(error, place);
      }
    }
  } finally {
    for (const { bytes } of sources) if (typeof bytes !== "function" && !isBytes(bytes)) opened.push(bytes);
    for (const bytes of new Set(opened)) bytes.close();
  }
  if (faults.any)
    for (const read of reads) {
      const fault = mostlyRefused(fileOf(read), "kept");
      if (fault !== null) faults.take(fault, read.place);
    }
  faults.finish();
  const actions = allActions(reads.map(({ read }) => read));
  const tables = mergeAll(
    reads.map(({ read }) => read),
    options.resample ?? null,
  );
  return { files: reads.map(fileOf), tables, ...(actions.length === 0 ? {} : { actions }) };
}
