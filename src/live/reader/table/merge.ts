/**
 * Tables of one symbol from several files, as one table in order of time.
 *
 * 1. A moment that two files have is one bar where they say the same, with the spread that either of them knows. Where they differ, it
 *    is taken from the file that begins earlier (that was named earlier, where they begin together), and refused in the other.
 * 2. A file that begins in an hour that the clocks showed twice is read as its second showing where the first is another file's.
 * 3. Bars of different lengths are never joined: each length is a series of its own.
 * 4. Files that follow each other are joined without looking at every row.
 */
import { duration, formatDuration } from "../../../shared/time.ts";
import { COLUMNS, newColumns, type BarColumns, type Columns } from "./bar-columns.ts";
import type { Gathering } from "./gathering.ts";
import type { BarTable } from "./imported.ts";
import type { Span } from "./meaning.ts";

/** A table with the file that it came from; moments are closes. */
export interface Piece {
  readonly gathering: Gathering;
  readonly table: BarColumns;
  readonly span: Span;
}

const firstOf = (piece: Piece): number => piece.table.columns.at[0] as number;

interface Joined {
  readonly columns: Columns;
  readonly exact: ReadonlyMap<number, string>;
  readonly opened: Float64Array | null;
  readonly spread: Float64Array | null;
}

/** The opens of a piece's bars. */
function opensOf({ table, span }: Piece): Float64Array {
  if (table.opened !== null) return table.opened;
  return table.columns.at.slice(0, table.size).map((at) => at - span.interval);
}

function joined(pieces: readonly Piece[]): Joined {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) {
    const { table } = only;
    const columns = { ...table.columns };
    for (const name of COLUMNS) columns[name] = columns[name].subarray(0, table.size);
    const spread = table.spread?.subarray(0, table.size) ?? null;
    return { columns, exact: table.exact, opened: table.opened, spread };
  }
  const size = pieces.reduce((sum, piece) => sum + piece.table.size, 0);
  const columns = newColumns(size);
  const exact = new Map<number, string>();
  const uneven = pieces.some(({ table }) => table.opened !== null);
  const opened = uneven ? new Float64Array(size) : null;
  const quoted = pieces.some(({ table }) => table.spread !== null);
  const spread = quoted ? new Float64Array(size).fill(NaN) : null;
  let place = 0;
  for (const piece of pieces) {
    const { table } = piece;
    for (const name of COLUMNS) columns[name].set(table.columns[name].subarray(0, table.size), place);
    for (const [key, text] of table.exact) exact.set(place * 4 + key, text);
    opened?.set(opensOf(piece), place);
    if (table.spread !== null) spread?.set(table.spread.subarray(0, table.size), place);
    place += table.size;
  }
  return { columns, exact, opened, spread };
}

/** Whether one of two bars has the other's spread, or none that is known: that contradicts nothing. */
const fits = (spread: Float64Array, a: number, b: number): boolean =>
  spread[a] === spread[b] || Number.isNaN(spread[a]) || Number.isNaN(spread[b]);

const isSame = ({ columns, exact, spread }: Joined, a: number, b: number): boolean =>
  (spread === null || fits(spread, a, b)) &&
  COLUMNS.every((name) => columns[name][a] === columns[name][b]) &&
  [0, 1, 2, 3].every((price) => exact.get(a * 4 + price) === exact.get(b * 4 + price));

/** Sorts rows of pieces that overlap; of equal ones keeps the first, and refuses what differs at the same moment. */
function interleaved(pieces: readonly Piece[], together: Joined): Joined {
  const { spread, opened } = together;
  const { at } = together.columns;
  const origins = pieces.flatMap((piece, index) => Array<number>(piece.table.size).fill(index));
  const starts: number[] = [];
  pieces.reduce((start, piece) => (starts.push(start), start + piece.table.size), 0);
  const order = Uint32Array.from(origins, (_, index) => index).toSorted(
    (a, b) => (at[a] as number) - (at[b] as number) || a - b,
  );
  const kept: number[] = [];
  for (const index of order) {
    const before = kept.at(-1);
    if (before === undefined || at[before] !== at[index]) {
      kept.push(index);
      continue;
    }
    const piece = pieces[origins[index] as number] as Piece;
    const other = pieces[origins[before] as number] as Piece;
    piece.gathering.bars--;
    if (isSame(together, before, index)) {
      if (spread !== null && Number.isNaN(spread[before])) spread[before] = spread[index] as number;
      piece.gathering.repeated++;
      piece.gathering.sharedRows++;
      continue;
    }
    const row = piece.table.rows[index - (starts[origins[index] as number] as number)] as number;
    const reason = `${other.gathering.name} has a bar of the same time, and other values.`;
    piece.gathering.refuse(row, { rule: "duplicate", reason });
  }
  const columns = newColumns(kept.length);
  for (const name of COLUMNS)
    kept.forEach((index, place) => (columns[name][place] = together.columns[name][index] as number));
  const exact = new Map<number, string>();
  if (together.exact.size > 0)
    for (const [place, index] of kept.entries())
      for (let price = 0; price < 4; price++) {
        const text = together.exact.get(index * 4 + price);
        if (text !== undefined) exact.set(place * 4 + price, text);
      }
  const keptOf = (column: Float64Array | null): Float64Array | null =>
    column === null ? null : Float64Array.from(kept, (index) => column[index] as number);
  return { columns, exact, opened: keptOf(opened), spread: keptOf(spread) };
}

/** Moves the head of a piece to the second showing of its hour, where another piece has bars of the first. */
function settleHeads(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    const { table } = piece;
    const { unsureHead: head, unsureBy: by, columns } = table;
    if (head === 0) continue;
    const after = (columns.at[head - 1] as number) + by;
    if (head < table.size && (columns.at[head] as number) <= after) continue;
    const taken = new Set(
      pieces.flatMap((other) => (other === piece ? [] : [...other.table.columns.at.subarray(0, other.table.size)])),
    );
    let shared = 0;
    for (let index = 0; index < head; index++) if (taken.has(columns.at[index] as number)) shared++;
    if (shared * 2 <= head) continue;
    for (let index = 0; index < head; index++) columns.at[index] = (columns.at[index] as number) + by;
    piece.gathering.notes.push(
      "Its first hour is the second of two that the clocks showed alike: another file has the first.",
    );
  }
}

function tableOf(symbol: string, filled: readonly Piece[], interval: number): BarTable {
  if (filled.length > 1) settleHeads(filled);
  const pieces = filled.toSorted((a, b) => firstOf(a) - firstOf(b));
  const together = joined(pieces);
  const apart = pieces.every((piece, index) => index === 0 || firstOf(piece) > (pieces[index - 1] as Piece).table.last);
  const { columns, exact, opened, spread } = apart ? together : interleaved(pieces, together);
  return {
    symbol,
    interval: duration(interval),
    pricePrecision: Math.max(...pieces.map((piece) => piece.table.pricePrecision)),
    ...columns,
    ...(exact.size === 0 ? {} : { exact }),
    ...(opened === null ? {} : { opened }),
    ...(spread === null ? {} : { spread }),
  };
}

/** The series of a symbol from all its pieces: one for each length of bars, the finest first. None when they hold no bar. */
export function mergePieces(symbol: string, all: readonly Piece[]): BarTable[] {
  const filled = all.filter((piece) => piece.table.size > 0);
  const [first] = filled;
  if (first === undefined) return [];
  const known = [...new Set(filled.flatMap(({ span }) => (span.known ? [span.interval] : [])))].toSorted(
    (a, b) => a - b,
  );
  const finest = known[0] ?? first.span.interval;
  // One bar has no length of its own: it takes that of the others.
  const lengthOf = ({ span }: Piece): number => (span.known ? span.interval : finest);
  if (known.length > 1)
    for (const { gathering } of filled)
      gathering.notes.push(
        `${symbol} comes in bars of ${lengthsOf(known)}, which make a series each. A desk runs on the finest; ` +
          "`resample` in its feed folds them into one.",
      );
  const lengths = known.length === 0 ? [finest] : known;
  return lengths.map((length) =>
    tableOf(
      symbol,
      filled.filter((piece) => lengthOf(piece) === length),
      length,
    ),
  );
}

const lengthsOf = (intervals: readonly number[]): string =>
  intervals.map((one) => formatDuration(duration(one))).join(" and ");

/** Of each symbol the finest of its series, which a session runs on. */
export function finestSeries(tables: readonly BarTable[]): BarTable[] {
  const seen = new Set<string>();
  return tables.filter(({ symbol }) => !seen.has(symbol) && seen.add(symbol));
}

/** A sentence for each symbol that has coarser series, too. */
export function coarserNotes(tables: readonly BarTable[]): string[] {
  return finestSeries(tables).flatMap(({ symbol, interval }) => {
    const others = tables.filter((one) => one.symbol === symbol && one.interval !== interval);
    if (others.length === 0) return [];
    const bars = others.reduce((sum, { at }) => sum + at.length, 0);
    const coarser = `${bars} of ${lengthsOf(others.map((one) => one.interval))} are a coarser series`;
    return [
      `${symbol} has bars of several lengths: the session runs on those of ${formatDuration(interval)}; ${coarser} of its own, ` +
        "which no strategy receives.",
    ];
  });
}
