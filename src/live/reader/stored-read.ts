/**
 * What was read of a source as the bytes of a cache, and back again.
 *
 * 1. A cache is used only where its key is the one that is asked for and its checksum fits; everything else counts as no cache.
 * 2. What comes out of a cache is what reading the source gives: the same tables, exact texts, refused rows and notes.
 * 3. Neither writing nor reading holds more in memory than the tables and a small piece of the file.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { BarColumns, COLUMNS, newColumns } from "./table/bar-columns.ts";
import { bytesSource, type ByteSource } from "./table/byte-source.ts";
import { Gathering, type BarBudget } from "./table/gathering.ts";
import type { RefusalRule, RefusedRow } from "./table/imported.ts";
import type { Span } from "./table/meaning.ts";
import type { ReadPart } from "./read-part.ts";
import {
  bytesOfValue,
  codeOfMoments,
  codeOfNumbers,
  packed,
  unpacked,
  VALUES_AT_ONCE,
  type ColumnCode,
} from "./table/packed-column.ts";

/** The parts of a source that was read, and what was said of its packing. */
export interface SourceRead {
  readonly parts: readonly ReadPart[];
  readonly notes: readonly string[];
  /** Bytes that came out of its packing. */
  readonly unpackedBytes: number;
}

interface StoredTable {
  readonly symbol: string;
  readonly span: Span;
  readonly size: number;
  readonly pricePrecision: number;
  readonly unsureHead: number;
  readonly unsureBy: number;
  readonly actions: BarColumns["actions"];
  readonly codes: readonly ColumnCode[];
  readonly opened: ColumnCode | null;
  readonly spread: ColumnCode | null;
  /** Lengths of the pieces of exact texts, in bytes. */
  readonly exact: readonly number[];
}

interface StoredPart extends Pick<
  ReadPart,
  "format" | "layout" | "understood" | "columns" | "stamp" | "timeZone" | "order" | "questions"
> {
  readonly name: string;
  readonly source: string;
  readonly rows: number;
  readonly held: number;
  readonly bars: number;
  readonly repeated: number;
  readonly refusedTotal: number;
  readonly refused: readonly RefusedRow[];
  readonly refusedBy: readonly (readonly [RefusalRule, number])[];
  readonly notes: readonly string[];
  readonly tables: readonly StoredTable[];
}

interface Stored {
  readonly key: string;
  readonly notes: readonly string[];
  readonly unpackedBytes: number;
  readonly parts: readonly StoredPart[];
}

const MAGIC = "Logos bars 1\n";
const HEAD_BYTES = MAGIC.length + 4;
const SUM_BYTES = 4;
const PIECE_BYTES = VALUES_AT_ONCE * 8;
const EXACT_AT_ONCE = 16 * 1024;
const STORED_MAX = 64 * 1024 * 1024;

/** The exact texts of a table, some thousands at a time. */
function* exactPieces({ exact }: BarColumns): Generator<Uint8Array> {
  let lines: string[] = [];
  for (const [place, text] of exact) {
    lines.push(`${place} ${text}`);
    if (lines.length < EXACT_AT_ONCE) continue;
    yield Buffer.from(lines.join("\n"));
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(lines.join("\n"));
}

const columnOf = (table: BarColumns, name: (typeof COLUMNS)[number]): Float64Array =>
  table.columns[name].subarray(0, table.size);

function storedTable(table: BarColumns, span: Span): StoredTable {
  const { symbol, size, pricePrecision, unsureHead, unsureBy, actions, opened, spread } = table;
  return {
    symbol,
    span,
    size,
    pricePrecision,
    unsureHead,
    unsureBy,
    actions,
    codes: COLUMNS.map((name) => (name === "at" ? codeOfMoments : codeOfNumbers)(columnOf(table, name))),
    opened: opened === null ? null : codeOfMoments(opened.subarray(0, size)),
    spread: spread === null ? null : codeOfNumbers(spread.subarray(0, size)),
    exact: Array.from(exactPieces(table), ({ length }) => length),
  };
}

function storedPart(read: ReadPart): StoredPart {
  const { part, gathering, spans, format, layout, understood, columns, stamp, timeZone, order, questions } = read;
  const { rows, held, bars, repeated, refusedTotal, refused, notes } = gathering;
  return {
    name: part.name,
    source: part.source,
    format,
    layout,
    understood,
    columns,
    stamp,
    timeZone,
    order,
    questions,
    rows,
    held,
    bars,
    repeated,
    refusedTotal,
    refused,
    notes,
    refusedBy: [...gathering.refusedBy],
    tables: [...gathering.tables].map(([symbol, table]) => storedTable(table, spans.get(symbol) as Span)),
  };
}

function* bodyOf({ parts }: SourceRead, stored: Stored): Generator<Uint8Array> {
  for (const [place, { gathering }] of parts.entries())
    for (const [index, table] of [...gathering.tables.values()].entries()) {
      const { codes, opened, spread } = (stored.parts[place] as StoredPart).tables[index] as StoredTable;
      for (const [column, name] of COLUMNS.entries()) yield* packed(columnOf(table, name), codes[column] as ColumnCode);
      const rows = table.rows.subarray(0, table.size);
      yield new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
      if (opened !== null) yield* packed((table.opened as Float64Array).subarray(0, table.size), opened);
      if (spread !== null) yield* packed((table.spread as Float64Array).subarray(0, table.size), spread);
      yield* exactPieces(table);
    }
}

/** A cache's bytes, piece by piece; each is to be taken before the next is asked for. None where it would be out of proportion. */
export function* storedBytes(key: string, read: SourceRead): Generator<Uint8Array> {
  const stored: Stored = {
    key,
    notes: read.notes,
    unpackedBytes: read.unpackedBytes,
    parts: read.parts.map(storedPart),
  };
  const text = Buffer.from(JSON.stringify(stored));
  if (text.length > STORED_MAX) return;
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, "latin1");
  head.writeUInt32LE(text.length, MAGIC.length);
  let sum = 0;
  for (const bytes of [head, text]) {
    sum = crc32(bytes, sum);
    yield bytes;
  }
  for (const bytes of bodyOf(read, stored)) {
    sum = crc32(bytes, sum);
    yield bytes;
  }
  const end = Buffer.alloc(SUM_BYTES);
  end.writeUInt32LE(sum);
  yield end;
}

function isWhole(bytes: ByteSource): boolean {
  const end = bytes.size - SUM_BYTES;
  if (end < HEAD_BYTES) return false;
  const space = new Uint8Array(PIECE_BYTES);
  let sum = 0;
  for (let from = 0; from < end; from += PIECE_BYTES)
    sum = crc32(bytes.read(from, Math.min(PIECE_BYTES, end - from), space), sum);
  return Buffer.from(bytes.read(end, SUM_BYTES)).readUInt32LE() === sum;
}

/** Reads a cache from its beginning to its end. */
class Cursor {
  readonly #bytes: ByteSource;
  readonly #space = new Uint8Array(PIECE_BYTES);
  #at: number;

  constructor(bytes: ByteSource, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Uint8Array {
    const found = this.#bytes.read(this.#at, length, this.#space);
    this.#at += length;
    return found;
  }

  column(size: number, code: ColumnCode): Float64Array {
    const values = new Float64Array(size);
    for (let from = 0; from < size; from += VALUES_AT_ONCE)
      unpacked(this.take(Math.min(VALUES_AT_ONCE, size - from) * bytesOfValue(code)), code, values, from);
    return values;
  }

  rows(size: number): Uint32Array {
    const rows = new Uint32Array(size);
    for (let from = 0; from < size; from += VALUES_AT_ONCE) {
      const bytes = this.take(Math.min(VALUES_AT_ONCE, size - from) * 4);
      rows.set(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), from);
    }
    return rows;
  }
}

function tableOf(stored: StoredTable, cursor: Cursor): BarColumns {
  const { symbol, size, pricePrecision, unsureHead, unsureBy, actions, codes, opened, spread, exact } = stored;
  const table = new BarColumns(symbol);
  Object.assign(table, { size, pricePrecision, unsureHead, unsureBy });
  const columns = newColumns(0);
  for (const [index, name] of COLUMNS.entries()) columns[name] = cursor.column(size, codes[index] as ColumnCode);
  table.columns = columns;
  table.rows = cursor.rows(size);
  table.opened = opened === null ? null : cursor.column(size, opened);
  table.spread = spread === null ? null : cursor.column(size, spread);
  table.actions.push(...actions);
  for (const length of exact)
    for (const line of Buffer.from(cursor.take(length)).toString().split("\n")) {
      const space = line.indexOf(" ");
      table.exact.set(Number(line.slice(0, space)), line.slice(space + 1));
    }
  return table;
}

function partOf(stored: StoredPart, cursor: Cursor, budget: BarBudget): ReadPart {
  const { name, source, rows, held, bars, repeated, refusedTotal, refused, refusedBy, notes, tables, ...said } = stored;
  const gathering = new Gathering({ name, budget, wanted: null, rowsExpected: 0 });
  Object.assign(gathering, { rows, held, bars, repeated, refusedTotal });
  gathering.refused.push(...refused);
  gathering.notes.push(...notes);
  for (const [rule, count] of refusedBy) gathering.refusedBy.set(rule, count);
  for (const table of tables) gathering.tables.set(table.symbol, tableOf(table, cursor));
  return {
    ...said,
    part: { name, source, path: null, entry: null, bytes: bytesSource(new Uint8Array()) },
    gathering,
    spans: new Map(tables.map(({ symbol, span }) => [symbol, span])),
  };
}

/** What a cache holds for a key; null for one that is broken, or of another key. Throws what reading the file throws. */
export function readStored(key: string, bytes: ByteSource, budget: BarBudget): SourceRead | null {
  const head = Buffer.from(bytes.read(0, HEAD_BYTES));
  if (head.length < HEAD_BYTES || head.toString("latin1", 0, MAGIC.length) !== MAGIC || !isWhole(bytes)) return null;
  const length = head.readUInt32LE(MAGIC.length);
  const stored = JSON.parse(Buffer.from(bytes.read(HEAD_BYTES, length)).toString()) as Stored;
  if (stored.key !== key) return null;
  const cursor = new Cursor(bytes, HEAD_BYTES + length);
  const { notes, unpackedBytes, parts } = stored;
  return { notes, unpackedBytes, parts: parts.map((part) => partOf(part, cursor, budget)) };
}
