/**
 * Tables of one symbol from several files, as one table in order of time.
 *
 * 1. A moment that two files have is taken from the file that begins earlier (that was named earlier, where they begin
 *    together), and refused in the other as a duplicate.
 * 2. Files that follow each other are joined without looking at every row.
 */
import { duration } from "../../shared/time.ts";
import { BarColumns, COLUMNS, newColumns, type Columns } from "./bar-columns.ts";
import type { Gathering } from "./gathering.ts";
import type { BarTable } from "./imported.ts";

/** A table with the file that it came from; moments are closes. */
export interface Piece {
  readonly gathering: Gathering;
  readonly table: BarColumns;
  readonly interval: number;
}

const firstOf = (piece: Piece): number => piece.table.columns.at[0] as number;

function joined(pieces: readonly Piece[]): Columns {
  const columns = newColumns(pieces.reduce((sum, piece) => sum + piece.table.size, 0));
  let place = 0;
  for (const { table } of pieces) {
    for (const name of COLUMNS) columns[name].set(table.columns[name].subarray(0, table.size), place);
    place += table.size;
  }
  return columns;
}

/** Sorts rows of pieces that overlap, and refuses each moment but its first. */
function interleaved(pieces: readonly Piece[], columns: Columns): Columns {
  const origins = pieces.flatMap((piece, index) => Array<number>(piece.table.size).fill(index));
  const starts: number[] = [];
  pieces.reduce((start, piece) => (starts.push(start), start + piece.table.size), 0);
  const order = Uint32Array.from(origins, (_, index) => index);
  const { at } = columns;
  order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
  const kept: number[] = [];
  for (const index of order) {
    const before = kept.at(-1);
    if (before === undefined || at[before] !== at[index]) {
      kept.push(index);
      continue;
    }
    const piece = pieces[origins[index] as number] as Piece;
    const other = pieces[origins[before] as number] as Piece;
    const row = piece.table.rows[index - (starts[origins[index] as number] as number)] as number;
    piece.gathering.refuse(row, { rule: "duplicate", reason: `${other.gathering.name} has a bar of the same time.` });
    piece.gathering.bars--;
  }
  const result = newColumns(kept.length);
  for (const name of COLUMNS) kept.forEach((index, place) => (result[name][place] = columns[name][index] as number));
  return result;
}

/** The table of a symbol from all its pieces; null when they hold no bar. */
export function mergePieces(symbol: string, all: readonly Piece[]): BarTable | null {
  const pieces = all.filter((piece) => piece.table.size > 0).toSorted((a, b) => firstOf(a) - firstOf(b));
  const [first] = pieces;
  if (first === undefined) return null;
  const together = joined(pieces);
  const apart = pieces.every((piece, index) => index === 0 || firstOf(piece) > (pieces[index - 1] as Piece).table.last);
  const columns = apart ? together : interleaved(pieces, together);
  const same = pieces.every((piece) => piece.interval === first.interval);
  if (!same)
    for (const { gathering } of pieces)
      gathering.notes.push(`Other files have ${symbol} in bars of another interval; import one of them to run it.`);
  const pricePrecision = Math.max(...pieces.map((piece) => piece.table.pricePrecision));
  return { symbol, interval: same ? duration(first.interval) : null, pricePrecision, ...columns };
}
