/**
 * What an import understood: files, refused rows, and compact tables of bars; and the limits of what it takes in.
 *
 * 1. A table's columns have one length, `at` rises strictly, and every bar keeps the rules of `market.ts`.
 * 2. A row is either in a table (or folded into a bar of one) or counted in `refusedTotal` with its rule; none vanishes.
 * 3. An import that throws leaves nothing behind.
 */
import { CodedError } from "../../shared/errors.ts";
import type { Duration, Moment } from "../../shared/time.ts";

/** One file as it was given: bytes and the name by which people know it. */
export interface ImportSource {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportOptions {
  /** The symbol of files that have no symbol column; null or absent: their name says it. */
  readonly symbol?: string | null;
  /** The IANA zone of times that carry none; UTC when absent. */
  readonly timeZone?: string | null;
  /** How a date that could be read two ways is read: `MM/DD/YYYY`, `%d.%m.%y`. */
  readonly dateFormat?: string | null;
  /** The length of a bar: of the bars that trades are folded into (a minute when absent), or of bars whose rows don't tell. */
  readonly interval?: Duration | null;
  /** Whether the time of a bar's row is its open or its close; absent: its open, unless the column's name says close. */
  readonly stamp?: "open" | "close" | null;
  /** Ends the import with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told now and then how many unpacked bytes have been read, of how many that are unpacked so far. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
}

export type SourceFormat = "logos" | "header" | "lean" | "trades" | "messages";

export type RefusalRule =
  | "columns"
  | "time"
  | "symbol"
  | "nan"
  | "negative"
  | "zero"
  | "high_low"
  | "too_big"
  | "out_of_order"
  | "duplicate";

/** A row that is in no bar, and why. Rows count as an editor's lines do: a header is row 1. */
export interface RefusedRow {
  readonly row: number;
  readonly rule: RefusalRule;
  readonly reason: string;
}

/** What was understood of one file, or of one entry of a zip. */
export interface ImportedFile {
  /** The file, or `archive.zip:entry.csv`. */
  readonly name: string;
  /** The name of the source that it came in. */
  readonly source: string;
  readonly format: SourceFormat;
  /** The format in words, with what was assumed about it. */
  readonly understood: string;
  readonly symbols: readonly string[];
  /** Rows read, the header not counted. */
  readonly rows: number;
  /** Bars that the file gave. */
  readonly bars: number;
  /** The close of the first and of the last bar; null where there is none. */
  readonly first: Moment | null;
  readonly last: Moment | null;
  readonly interval: Duration | null;
  /** What the rows' times are taken for. */
  readonly stamp: "open" | "close" | "trade";
  /** The zone in which times without one were read; null when every time carried its own or was an epoch. */
  readonly timeZone: string | null;
  /** The first refused rows, at most `REFUSED_LISTED_MAX`. */
  readonly refused: readonly RefusedRow[];
  readonly refusedTotal: number;
  /** Of the source's bytes as given, hexadecimal. */
  readonly sha256: string;
  /** Sentences on what was assumed or passed over. */
  readonly notes: readonly string[];
}

/** The bars of one symbol, a column each. */
export interface BarTable {
  readonly symbol: string;
  /** Null when files of different intervals met in this symbol; such a table can be looked at but not replayed. */
  readonly interval: Duration | null;
  /** Decimal places of the prices as they were written, at most 8. */
  readonly pricePrecision: number;
  /** Closes: moments. */
  readonly at: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Imported {
  readonly files: readonly ImportedFile[];
  /** By symbol, in the order of their names. */
  readonly tables: readonly BarTable[];
}

export const SOURCES_MAX = 1_000;
export const SOURCE_BYTES_MAX = 256 * 1024 * 1024;
/** Of all that one import unpacks or reads. */
export const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;
/** Unpacked bytes for each packed one, asked only past `RATIO_FREE_BYTES`; bars seldom reach 30. */
export const RATIO_MAX = 200;
export const RATIO_FREE_BYTES = 1024 * 1024;
export const ENTRIES_MAX = 1_000;
export const ROWS_MAX = 10_000_000;
export const ROW_CHARACTERS_MAX = 16 * 1024;
export const COLUMNS_MAX = 256;
export const SYMBOLS_MAX = 1_000;
export const REFUSED_LISTED_MAX = 100;
/** Past these a number in a price or volume column is taken for a fault of the file. */
export const PRICE_MAX = 1e12;
export const VOLUME_MAX = 1e15;

/** A fault of a whole file. `row` is null where no row is to blame. */
export function fileFault(file: string, row: number | null, rule: string, sentence: string): CodedError {
  const place = row === null ? file : `${file}, row ${row}`;
  return new CodedError("data_invalid", `${place}: ${sentence}`, { file, row, rule });
}

/** A file, row or import past a limit. */
export function tooLarge(file: string, row: number | null, rule: string, sentence: string): CodedError {
  const place = row === null ? file : `${file}, row ${row}`;
  return new CodedError("too_large", `${place}: ${sentence}`, { file, row, rule });
}

/** For who wants all or nothing: throws the first refused row of an import as a fault. */
export function demandClean(imported: Imported): void {
  for (const file of imported.files) {
    const refused = file.refused[0];
    if (refused === undefined) continue;
    const more = file.refusedTotal > 1 ? ` ${file.refusedTotal - 1} more of its rows are refused.` : "";
    throw fileFault(
      file.name,
      refused.row,
      refused.rule,
      `${refused.reason}${more} Mend the file, or leave these rows out.`,
    );
  }
}
