/**
 * Tables of one symbol from several files, as one table in order of time.
 *
 * 1. A moment that two files have is one bar where they say the same. Where they differ, it is taken from the file that begins
 *    earlier (that was named earlier, where they begin together), and refused in the other.
 * 2. A file that begins in an hour that the clocks showed twice is read as its second showing where the first is another file's.
 * 3. Files that follow each other are joined without looking at every row.
 */
import { duration } from "../../../shared/time.ts";
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
    return { columns, exact: table.exact, opened: table.opened };
  }
  const size = pieces.reduce((sum, piece) => sum + piece.table.size, 0);
  const columns = newColumns(size);
  const exact = new Map<number, string>();
  const uneven = pieces.some(({ table }) => table.opened !== null);
  const opened = uneven ? new Float64Array(size) : null;
  let place = 0;
  for (const piece of pieces) {
    const { table } = piece;
    for (const name of COLUMNS) columns[name].set(table.columns[name].subarray(0, table.size), place);
    for (const [key, text] of table.exact) exact.set(place * 4 + key, text);
    opened?.set(opensOf(piece), place);
    place += table.size;
  }
  return { columns, exact, opened };
}

const isSame = ({ columns, exact }: Joined, a: number, b: number): boolean =>
  COLUMNS.every((name) => columns[name][a] === columns[name][b]) &&
  [0, 1, 2, 3].every((price) => exact.get(a * 4 + price) === exact.get(b * 4 + price));

/** Sorts rows of pieces that overlap; of equal ones keeps the first, and refuses what differs at the same moment. */
function interleaved(pieces: readonly Piece[], together: Joined): Joined {
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
  const { opened } = together;
  return {
    columns,
    exact,
    opened: opened === null ? null : Float64Array.from(kept, (index) => opened[index] as number),
  };
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

/** The table of a symbol from all its pieces; null when they hold no bar. */
export function mergePieces(symbol: string, all: readonly Piece[]): BarTable | null {
  const filled = all.filter((piece) => piece.table.size > 0);
  if (filled.length > 1) settleHeads(filled);
  const pieces = filled.toSorted((a, b) => firstOf(a) - firstOf(b));
  const [first] = pieces;
  if (first === undefined) return null;
  const together = joined(pieces);
  const apart = pieces.every((piece, index) => index === 0 || firstOf(piece) > (pieces[index - 1] as Piece).table.last);
  const { columns, exact, opened } = apart ? together : interleaved(pieces, together);
  // One bar has no length of its own: it takes that of the others.
  const sure = pieces.filter(({ span }) => span.known);
  const { interval } = (sure[0] ?? first).span;
  const same = (sure.length === 0 ? pieces : sure).every(({ span }) => span.interval === interval);
  if (!same)
    for (const { gathering } of pieces)
      gathering.notes.push(
        `Other files have ${symbol} in bars of another interval; import one of them to run it, ` +
          "or fold them into one with `resample` in the desk's feed.",
      );
  const pricePrecision = Math.max(...pieces.map((piece) => piece.table.pricePrecision));
  return {
    symbol,
    interval: same ? duration(interval) : null,
    pricePrecision,
    ...columns,
    ...(exact.size === 0 ? {} : { exact }),
    ...(opened === null ? {} : { opened }),
  };
}
