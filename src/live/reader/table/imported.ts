/**
 * What an import understood: files, refused rows, and compact tables of bars; and the limits of what it takes in.
 *
 * 1. A table's columns have one length, `at` rises strictly, and every bar keeps the rules of `market.ts`.
 * 2. A row is either in a table (or folded into a bar of one) or counted in `refusedTotal` with its rule; none vanishes.
 * 3. An import that throws leaves nothing behind.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { CorporateAction } from "../../../shared/market.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import type { ByteSource, SourceCache } from "./byte-source.ts";
import { Faults } from "./faults.ts";

/** One file as it was given: its bytes, or where they are read from, and the name by which people know it. */
export interface ImportSource {
  readonly name: string;
  /** A function opens a file when its turn comes; what it throws is a fault of this file. */
  readonly bytes: Uint8Array | ByteSource | (() => ByteSource);
  /** The path, where folders say something that the name does not. */
  readonly path?: string;
  /** What is kept of the file from the use before, for files that take long to read. */
  readonly cache?: SourceCache;
  /** What a person says of this file alone; what it leaves out is as for all files. */
  readonly options?: ReadOptions;
}

/** What a person says of a file. Everything that is left out is found in the file, or asked. */
export interface ReadOptions {
  /** The symbol of files that have no symbol column; null or absent: their name says it. */
  readonly symbol?: string | null | undefined;
  /** Where the symbol is in the name of a file without a symbol column: `{symbol}_5min_*.csv`. */
  readonly symbolPattern?: string | null | undefined;
  /** The IANA zone of times that carry none; UTC when absent. */
  readonly timeZone?: string | null | undefined;
  /** How a date that could be read two ways is read: `MM/DD/YYYY`, `%d.%m.%y`. */
  readonly dateFormat?: string | null | undefined;
  /** What numbers in the column of times count (`excel`, `days`, `s`, `ms`, `us`, `ns`), or a date format with its time. */
  readonly timeFormat?: string | null | undefined;
  /** The length of a bar: of the bars that trades are folded into (a minute when absent), or of bars whose rows don't say. */
  readonly interval?: Duration | null | undefined;
  /** Whether the time of a bar's row is its open or its close; absent: by evidence, else its open. */
  readonly stamp?: "open" | "close" | null | undefined;
  /** What the columns are: `time,open,high,low,close,volume,-,-`. The file's own header is then passed over. */
  readonly columns?: string | null | undefined;
  /** Lines before the header, or before the first row where `columns` are named. */
  readonly skip?: number | null | undefined;
  /** The mark between cells: a character, or `comma`, `semicolon`, `tab`, `pipe`, `space`. */
  readonly separator?: string | null | undefined;
  readonly decimal?: "." | "," | null | undefined;
  readonly newestFirst?: boolean | null | undefined;
  /** The prices are adjusted for splits and dividends already. */
  readonly adjusted?: boolean | null | undefined;
  /** Only these symbols are read. */
  readonly symbols?: readonly string[] | null | undefined;
}

export interface ImportOptions extends ReadOptions {
  /** Bars are folded into longer ones of this length; files of different lengths of one symbol then fit together. */
  readonly resample?: Duration | null | undefined;
  /** Symbols whose prices may be zero or negative, beside those that are known for it by name. */
  readonly belowZero?: readonly string[] | undefined;
  /** Ends the import with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with how many unpacked bytes have been read, of how many that are unpacked so far. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
}

/** What a bar spans: a fixed length, or a day, week, month, quarter or year of its zone. */
export type Unit = "fixed" | "day" | "week" | "month" | "quarter" | "year";

/** In which order a file's rows stand. */
export type RowOrder = "rising" | "newest_first" | "unsorted";

export type SourceFormat = "logos" | "header" | "lean" | "trades" | "quotes" | "messages";

export type RefusalRule =
  | "columns"
  | "time"
  | "symbol"
  | "nan"
  | "negative"
  | "zero"
  | "high_low"
  | "too_big"
  | "duplicate";

/** A row that is in no bar, and why. Rows count as an editor's lines do: a header is row 1. */
export interface RefusedRow {
  readonly row: number;
  readonly rule: RefusalRule;
  readonly reason: string;
}

/** A kind of refusal: how many rows, and the first of them. */
export interface RefusalKind {
  readonly rule: RefusalRule;
  readonly count: number;
  readonly first: readonly RefusedRow[];
}

/** What a file leaves open: what was assumed, and which option settles it. */
export interface Question {
  readonly about: "zone" | "date_order" | "stamp" | "columns" | "decimal" | "symbol" | "time";
  readonly text: string;
  /** What was taken meanwhile; null where nothing could be. */
  readonly assumed: string | null;
  readonly choices: readonly { readonly label: string; readonly option: string; readonly value: string }[];
}

/** A bar as it was read. */
export interface SampleBar {
  readonly symbol: string;
  readonly opened: Moment;
  readonly closed: Moment;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** A stretch without bars that is longer than the closed hours that recur. */
export interface Gap {
  readonly symbol: string;
  readonly from: Moment;
  readonly to: Moment;
}

/** Two closes in a row that differ by more than 40 %. */
export interface Jump {
  readonly symbol: string;
  readonly at: Moment;
  readonly from: number;
  readonly to: number;
}

/** What was understood of one file, or of one entry of a zip. */
export interface ImportedFile {
  /** The file, or `archive.zip:entry.csv`. */
  readonly name: string;
  /** The name of the source that it came in. */
  readonly source: string;
  readonly format: SourceFormat;
  /** The layout's name: `Binance klines`, `CSV with a header`. */
  readonly layout: string;
  /** The format in words, with what was assumed about it. */
  readonly understood: string;
  /** What was taken for what: `open` → `Eröffnung`. */
  readonly columns: Readonly<Record<string, string>>;
  readonly symbols: readonly string[];
  /** Its prices are declared adjusted for splits and dividends; absent: they are not. */
  readonly adjusted?: true;
  /** Rows read, the header not counted. */
  readonly rows: number;
  /** Bars that the file gave. */
  readonly bars: number;
  /** Rows that say the same as another of their moment. */
  readonly repeated: number;
  /** The close of the first and of the last bar; null where there is none. */
  readonly first: Moment | null;
  readonly last: Moment | null;
  /** The open of the first bar. */
  readonly firstOpen: Moment | null;
  readonly interval: Duration | null;
  readonly unit: Unit | null;
  readonly order: RowOrder;
  /** What the rows' times are taken for. */
  readonly stamp: "open" | "close" | "trade";
  /** The zone in which times without one were read; null when every time carried its own or was an epoch. */
  readonly timeZone: string | null;
  readonly samples: readonly SampleBar[];
  readonly questions: readonly Question[];
  readonly gaps: readonly Gap[];
  readonly gapsTotal: number;
  readonly jumps: readonly Jump[];
  readonly jumpsTotal: number;
  /** The first refused rows, at most `REFUSED_LISTED_MAX` and three of each kind more. */
  readonly refused: readonly RefusedRow[];
  readonly refusedTotal: number;
  readonly refusals: readonly RefusalKind[];
  /** Of the source's bytes as given, hexadecimal. */
  readonly sha256: string;
  /** Sentences on what was assumed or passed over. */
  readonly notes: readonly string[];
}

/** The bars of one symbol and one length, a column each. */
export interface BarTable {
  readonly symbol: string;
  /** The length of its bars; of months and longer about. */
  readonly interval: Duration;
  /** Decimal places of the prices as they were written, at most 18. */
  readonly pricePrecision: number;
  /** Closes: moments. */
  readonly at: Float64Array;
  /** Opens, where they are not all `interval` before the close: days of a zone, months. */
  readonly opened?: Float64Array | null;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Bar × 4 + price (open, high, low, close) → its decimal text, where a binary number cannot give it back. */
  readonly exact?: ReadonlyMap<number, string>;
  /** Ask less bid of each bar's last quote, NaN where it is not known; prices are then the middle. Absent or null: of no bar. */
  readonly spread?: Float64Array | null;
}

export interface Imported {
  readonly files: readonly ImportedFile[];
  /** By symbol, in the order of their names; of a symbol with bars of several lengths one for each, the finest first. */
  readonly tables: readonly BarTable[];
  /** Splits and dividends that the files name, by symbol and moment. */
  readonly actions?: readonly CorporateAction[];
}

export const SOURCES_MAX = 1_000;
/** Of a plain table, which is read piece by piece. */
export const PLAIN_BYTES_MAX = 16 * 1024 * 1024 * 1024;
/** Of a compressed file, or of one that is no table of text. */
export const PACKED_BYTES_MAX = 512 * 1024 * 1024;
/** Of all that one import unpacks. */
export const UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
/** Unpacked bytes for each packed one, asked only past `RATIO_FREE_BYTES`; bars seldom reach 30. */
export const RATIO_MAX = 200;
export const RATIO_FREE_BYTES = 1024 * 1024;
export const ENTRIES_MAX = 1_000;
/** Bars that one import holds: 56 bytes each. Rows that are folded into them, as trades are, may be many more. */
export const BARS_MAX = 10_000_000;
/** Rows of a file that is made into text in memory. */
export const ROWS_MAX = 10_000_000;
export const ROW_CHARACTERS_MAX = 16 * 1024;
export const COLUMNS_MAX = 256;
export const SYMBOLS_MAX = 1_000;
export const REFUSED_LISTED_MAX = 100;
/** Past these a number in a price or volume column is taken for a fault of the file. */
export const PRICE_MAX = 1e12;
export const VOLUME_MAX = 1e15;

/** A fault of a whole file. `row` is null where no row is to blame. */
export function fileFault(
  file: string,
  row: number | null,
  rule: string,
  sentence: string,
  question?: Question,
): CodedError {
  const place = row === null ? file : `${file}, row ${row}`;
  const detail = { file, row, rule, ...(question === undefined ? {} : { question }) };
  return new CodedError("data_invalid", `${place}: ${sentence}`, detail);
}

/** A file, row or import past a limit. */
export function tooLarge(file: string, row: number | null, rule: string, sentence: string): CodedError {
  const place = row === null ? file : `${file}, row ${row}`;
  return new CodedError("too_large", `${place}: ${sentence}`, { file, row, rule });
}

/** Whether more of a file's rows are refused than read: then it is understood wrongly, or is no table of prices. */
export const isMostlyRefused = ({ rows, refusedTotal }: Pick<ImportedFile, "rows" | "refusedTotal">): boolean =>
  refusedTotal * 2 > rows;

/** The fault of a file of which most rows are refused, which is then not run or kept; null for another. */
export function mostlyRefused(
  file: Pick<ImportedFile, "name" | "rows" | "refused" | "refusedTotal">,
  verb: "run" | "kept",
): CodedError | null {
  const [refused] = file.refused;
  if (refused === undefined || !isMostlyRefused(file)) return null;
  const counts = `${file.refusedTotal} of its ${file.rows} rows are refused, so it is not ${verb}; the first:`;
  const advice = "`logos import FILE --preview` shows how it was read, and which options settle it.";
  return fileFault(file.name, refused.row, refused.rule, `${counts} ${refused.reason} ${advice}`);
}

/** For a session, which would trade on what is left of a file: throws `data_invalid` where most rows of a file are refused. */
export function demandReadable(imported: Imported): void {
  const faults = new Faults();
  for (const [place, file] of imported.files.entries()) {
    const fault = mostlyRefused(file, "run");
    if (fault !== null) faults.take(fault, place);
  }
  faults.finish();
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
