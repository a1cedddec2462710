/**
 * The shape of a separated file by a sample of it: what stands between cells and rows, where the table begins, which mark is decimal.
 *
 * 1. The sample has the file's head and pieces spread over the rest, so that what only later rows show is seen, too.
 * 2. Nothing is settled by a guess that the sample speaks against; what it leaves open is asked.
 */
import { Buffer } from "node:buffer";
import { fileFault, ROW_CHARACTERS_MAX, tooLarge, type ImportOptions } from "../table/imported.ts";
import type { ByteSource } from "../table/byte-source.ts";
import type { DecimalMark } from "../table/numbers.ts";
import { RowScanner } from "./scan.ts";

export interface Dialect {
  readonly separator: string;
  readonly newline: number;
  readonly decimal: DecimalMark;
  /** Rows of the head, with their lines in the file. */
  readonly head: readonly SampleRow[];
  /** Rows of pieces of the rest, without their places. */
  readonly rest: readonly (readonly string[])[];
  /** Cells of the lines before the first row that are comments, without their mark. */
  readonly comments: readonly (readonly string[])[];
  /** Whether the sample is the whole file. */
  readonly whole: boolean;
  /** Set when each number with a comma could be read with it as decimal or thousands mark. */
  readonly decimalUnclear: string | null;
}

export interface SampleRow {
  readonly line: number;
  readonly cells: readonly string[];
}

const HEAD_BYTES = 256 * 1024;
const PIECE_BYTES = 8 * 1024;
const PIECES = 48;
const SEPARATORS = ["\t", ";", "|", ","] as const;
const LINES_SCORED = 60;
const SEPARATOR_NAMES: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  pipe: "|",
  space: " ",
};

/** The separator that a person names. */
export const separatorOf = (named: string): string => SEPARATOR_NAMES[named.toLowerCase()] ?? named;

/** How often most lines have the mark, and what share of the lines that is. */
function score(lines: readonly string[], mark: string): { readonly count: number; readonly share: number } {
  const counts = new Map<number, number>();
  for (const line of lines) {
    const count = line.replaceAll(/"[^"]*"/g, "").split(mark).length - 1;
    counts.set(count, (counts.get(count) ?? 0) + 1);
  }
  const [count, times] = [...counts]
    .filter(([found]) => found > 0)
    .toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  return { count, share: lines.length === 0 ? 0 : times / lines.length };
}

function separatorBy(lines: readonly string[]): string {
  const scores = SEPARATORS.map((mark) => ({ mark, ...score(lines, mark) }));
  const steady = scores.find(({ count, share }) => count >= 1 && share >= 0.7);
  const best = scores.toSorted((a, b) => b.share * b.count - a.share * a.count)[0];
  if (steady !== undefined) return steady.mark;
  if (best !== undefined && best.count > 0) return best.mark;
  const blanks = score(lines, " ");
  return blanks.count >= 4 && blanks.share >= 0.6 ? " " : ",";
}

function rowsIn(bytes: Uint8Array, name: string, separator: string, newline: number, cut: boolean): SampleRow[] {
  const rows: SampleRow[] = [];
  const settings = { name, separator: separator.charCodeAt(0), newline, decimal: "." as const };
  const scanner = new RowScanner({
    ...settings,
    onRow: (row) => rows.push({ line: row.line, cells: row.texts() }),
  });
  scanner.write(bytes, !cut);
  return rows;
}

/** Whole lines out of the middle of a file, read as rows; none where a piece breaks the rules of quotes. */
function pieceRows(source: ByteSource, at: number, name: string, separator: string, newline: number): string[][] {
  const bytes = source.read(at, PIECE_BYTES);
  const from = bytes.indexOf(newline);
  const to = bytes.lastIndexOf(newline);
  if (from < 0 || to <= from) return [];
  try {
    return rowsIn(bytes.subarray(from + 1, to), name, separator, newline, false).map(({ cells }) => [...cells]);
  } catch {
    return [];
  }
}

const GROUPED = /^[-+]?[^\d,.]{0,4}\d{1,3}(,\d{3})+$/;
const COMMA_DECIMAL = /^[-+]?\s?[^\d,.]{0,4}(\d+|\d{1,3}(\.\d{3})+),\d+\s?[^\d,.]{0,4}$/;
const POINT_DECIMAL = /^[-+]?\s?[^\d,.]{0,4}(\d*|\d{1,3}(,\d{2,3})+)\.\d+([eE][-+]?\d+)?\s?[^\d,.]{0,4}$/;
const POINT_GROUPED = /^[-+]?\d{1,3}(\.\d{3})+$/;

function decimalBy(rows: readonly (readonly string[])[]): {
  readonly mark: DecimalMark;
  readonly unclear: string | null;
} {
  let [commas, points] = [0, 0];
  let unclear: string | null = null;
  for (const cells of rows)
    for (const cell of cells) {
      if (!cell.includes(",") && !cell.includes(".")) continue;
      if (GROUPED.test(cell)) unclear ??= cell;
      else if (COMMA_DECIMAL.test(cell)) commas++;
      else if (POINT_DECIMAL.test(cell) && !POINT_GROUPED.test(cell)) points++;
    }
  if (commas > 0 && points === 0) return { mark: ",", unclear: null };
  return { mark: ".", unclear: points === 0 && commas === 0 ? unclear : null };
}

/** Numbers in quotes between commas are grouped by thousands: a decimal comma stands where the comma separates nothing. */
function settleDecimal(separator: string, rows: readonly (readonly string[])[], named: DecimalMark | null | undefined) {
  if (named !== null && named !== undefined) return { mark: named, unclear: null };
  const found = decimalBy(rows);
  return separator === "," && found.unclear !== null ? { ...found, unclear: null } : found;
}

const COMMENTS_MAX = 30;

function commentsOf(lines: readonly string[], name: string, separator: string, before: number): string[][] {
  return lines
    .slice(0, Math.min(before, COMMENTS_MAX))
    .filter((line) => line.startsWith("#") && line.includes(separator))
    .flatMap((line) => {
      try {
        const bytes = Buffer.from(line.replace(/^#+\s*/, ""));
        return rowsIn(bytes, name, separator, 10, false).map(({ cells }) => cells.map((cell) => cell.trim()));
      } catch {
        return [];
      }
    });
}

/** Looks at a file. Throws `data_invalid` for one that is empty or no text, `too_large` for a row past the limit. */
export function dialectOf(name: string, source: ByteSource, options: ImportOptions): Dialect {
  const head = Buffer.from(source.read(0, HEAD_BYTES));
  const whole = head.length === source.size;
  const nul = head.indexOf(0);
  if (nul >= 0)
    throw fileFault(name, null, "nul", `it has a NUL byte at ${nul}; it is no text, or not UTF-8. Save it as UTF-8.`);
  const newline = head.includes(10) ? 10 : head.includes(13) ? 13 : 10;
  if (!whole && head.indexOf(newline) < 0)
    throw tooLarge(name, 1, "row_size", `the row has more than ${ROW_CHARACTERS_MAX} characters; is this a table?`);
  const text = head
    .subarray(0, 64 * 1024)
    .toString("utf8")
    .split(/\r?\n|\r/);
  const lines = text.filter((line) => line.trim() !== "" && !line.startsWith("#")).slice(0, LINES_SCORED);
  const named = options.separator ?? null;
  const separator = named === null ? separatorBy(lines) : separatorOf(named);
  if (separator.length !== 1 || separator.charCodeAt(0) > 126)
    throw fileFault(
      name,
      null,
      "separator",
      `${JSON.stringify(separator)} is no separator; write comma, semicolon, tab, pipe or space.`,
    );
  const rows = rowsIn(head, name, separator, newline, !whole);
  const rest: string[][] = [];
  if (!whole)
    for (let piece = 1; piece <= PIECES; piece++) {
      const at = Math.floor(HEAD_BYTES + ((source.size - HEAD_BYTES - PIECE_BYTES) * piece) / PIECES);
      if (at >= HEAD_BYTES) rest.push(...pieceRows(source, at, name, separator, newline));
    }
  const { mark, unclear } = settleDecimal(
    separator,
    [...rows.slice(0, 2_000).map(({ cells }) => cells), ...rest],
    options.decimal,
  );
  const comments = commentsOf(text, name, separator, rows[0]?.line ?? Infinity);
  return { separator, newline, decimal: mark, head: rows, comments, rest, whole, decimalUnclear: unclear };
}
