/**
 * Files of bars or trades as tables of bars, with a preview of what was understood.
 *
 * 1. An import is all or nothing: a file that cannot be understood throws with its name, row and rule, and no table is kept.
 * 2. A row that breaks a rule is left out and listed; what the others gave is in the tables.
 * 3. The same bytes and options give the same tables, whichever way they are packed.
 */
import { createHash } from "node:crypto";
import { duration, moment, type Moment } from "../../shared/time.ts";
import {
  SOURCES_MAX,
  SYMBOLS_MAX,
  tooLarge,
  type BarTable,
  type Imported,
  type ImportedFile,
  type ImportOptions,
  type ImportSource,
} from "./imported.ts";
import { mergePieces, type Piece } from "./merge.ts";
import { checkInterval, readPart, type ReadPart } from "./read-part.ts";
import { unpack } from "./unpack.ts";

function rangeOf(read: ReadPart): { first: Moment | null; last: Moment | null } {
  let [first, last] = [Infinity, -Infinity];
  for (const table of read.gathering.tables.values()) {
    if (table.size === 0) continue;
    first = Math.min(first, table.columns.at[0] as number);
    last = Math.max(last, table.last);
  }
  return first === Infinity ? { first: null, last: null } : { first: moment(first), last: moment(last) };
}

/** The interval of a file's bars; null where its symbols differ or none has a bar. */
function intervalOfFile(read: ReadPart): ImportedFile["interval"] {
  const found = new Set(
    [...read.intervals].filter(([symbol]) => read.gathering.tables.get(symbol)?.size).map(([, by]) => by),
  );
  const [only] = found;
  return found.size === 1 && only !== undefined ? duration(only) : null;
}

function fileOf(read: ReadPart, sha256: string, notes: readonly string[]): ImportedFile {
  const { part, gathering, format, understood, stamp, timeZone } = read;
  const { rows, bars, refusedTotal } = gathering;
  return {
    name: part.name,
    source: part.source,
    format,
    understood,
    symbols: [...gathering.tables.values()].filter((table) => table.size > 0).map((table) => table.symbol),
    rows,
    bars,
    ...rangeOf(read),
    interval: intervalOfFile(read),
    stamp,
    timeZone,
    refused: gathering.refused.toSorted((a, b) => a.row - b.row),
    refusedTotal,
    sha256,
    notes: [...notes, ...gathering.notes],
  };
}

function mergeAll(reads: readonly ReadPart[]): BarTable[] {
  const pieces = new Map<string, Piece[]>();
  for (const { gathering, intervals } of reads)
    for (const [symbol, table] of gathering.tables) {
      const piece = { gathering, table, interval: intervals.get(symbol) as number };
      const known = pieces.get(symbol);
      if (known === undefined) pieces.set(symbol, [piece]);
      else known.push(piece);
    }
  if (pieces.size > SYMBOLS_MAX)
    throw tooLarge(
      "the import",
      null,
      "symbols",
      `it has ${pieces.size} symbols; at most ${SYMBOLS_MAX} are taken at once.`,
    );
  const names = [...pieces.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return names.flatMap((symbol) => mergePieces(symbol, pieces.get(symbol) as Piece[]) ?? []);
}

/**
 * Reads files of bars or trades. Asynchronous because archives are unpacked so, and because a long import lets others run.
 * Throws `CodedError`s: `data_invalid` for a file that cannot be understood (with `detail` file, row, rule), `too_large` past
 * a limit, `invalid_input` for an option that means nothing; and the signal's reason when it ends the import.
 */
export async function importBars(sources: readonly ImportSource[], options: ImportOptions = {}): Promise<Imported> {
  checkInterval(options.interval);
  if (sources.length > SOURCES_MAX)
    throw tooLarge(
      "the import",
      null,
      "files",
      `it has ${sources.length} files; at most ${SOURCES_MAX} are taken at once.`,
    );
  const reads: { read: ReadPart; sha256: string; notes: readonly string[] }[] = [];
  const bytes = { bytes: 0 };
  const rows = { rows: 0 };
  for (const source of sources) {
    options.signal?.throwIfAborted();
    const sha256 = createHash("sha256").update(source.bytes).digest("hex");
    const { parts, notes } = await unpack(source, bytes);
    for (const [index, part] of parts.entries())
      reads.push({ read: await readPart(part, options, rows), sha256, notes: index === 0 ? notes : [] });
  }
  const tables = mergeAll(reads.map(({ read }) => read));
  return { files: reads.map(({ read, sha256, notes }) => fileOf(read, sha256, notes)), tables };
}
