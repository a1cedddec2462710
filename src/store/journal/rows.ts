/**
 * The journal's rows: read in pages, one by one or as lines of JSON, and made entries again.
 *
 * 1. Memory stays flat however long the journal is.
 * 2. A row that cannot be read is a coded error, never passed over.
 * 3. Whether an entry lies in a row of its own or in a pack makes no difference to a reader.
 */
import { CodedError } from "../../shared/errors.ts";
import { moment } from "../../shared/time.ts";
import { CHAIN_START } from "./chain.ts";
import { placed, type EntryBody, type EntryKind, type JournalEntry } from "./entries.ts";
import type { Head } from "./head.ts";
import {
  lastPacked,
  lastPackedOf,
  nextPack,
  packAt,
  packedCount,
  packedHash,
  packedRow,
  type ChainRow as Row,
} from "./packs.ts";
import type { Database } from "./sqlite.ts";

/** Entries read in one go; memory stays flat however long the journal is. */
const PAGE_ROWS = 2_000;

export function entryOf(row: Row, path: string): JournalEntry {
  try {
    return placed(JSON.parse(row.body) as EntryBody, row.seq, moment(row.at));
  } catch (error) {
    throw new CodedError(
      "journal_damaged",
      `Entry ${row.seq} of ${path} cannot be read. Restore the session's folder from a copy, or start a new session from ` +
        "its router_state.json.",
      { path, seq: row.seq },
      { cause: error },
    );
  }
}

/**
 * Reads in pages, so that the reader may take its time and no statement stays open over a commit. `hashed`: what comes from a pack has its
 * hash and was checked against the pack's; rows of their own always have theirs.
 */
export function* pages(
  database: Database,
  from: number,
  kinds: readonly EntryKind[] | undefined,
  hashed: boolean,
): Generator<Row> {
  const filter = kinds === undefined ? "" : `AND kind IN (${kinds.map(() => "?").join(", ")})`;
  const select = database.prepare(
    `SELECT seq, at, kind, body, hash FROM entries WHERE seq >= ? AND seq < ? ${filter} ORDER BY seq LIMIT ${PAGE_ROWS}`,
  );
  const wanted = kinds === undefined ? null : new Set<string>(kinds);
  for (let next = from; ;) {
    const pack = nextPack(database, next, kinds);
    const end = pack?.first ?? Number.MAX_SAFE_INTEGER;
    while (next < end) {
      const rows = select.all(next, end, ...(kinds ?? [])) as Row[];
      yield* rows;
      const last = rows.at(-1);
      next = last === undefined || rows.length < PAGE_ROWS ? end : last.seq + 1;
    }
    if (pack === null) return;
    const rows = packAt(database, pack, hashed);
    // A compaction has made rows of it meanwhile.
    if (rows.length === 0) continue;
    for (const row of rows) if (row.seq >= next && (wanted === null || wanted.has(row.kind))) yield row;
    next = pack.last + 1;
  }
}

export function* linesOf(database: Database, without: readonly EntryKind[]): Generator<string> {
  const left = new Set<string>(without);
  const { seq: end } = lastRow(database);
  for (let from = 1; from <= end; from += PAGE_ROWS) {
    const until = from + PAGE_ROWS;
    let text = "";
    for (let next = from; next < until;) {
      const pack = nextPack(database, next);
      if (pack === null || pack.first > next) {
        const stop = Math.min(until, pack?.first ?? until);
        const lines = linesOfRows(database, next, stop, without);
        if (lines.length === 1) text += lines[0] as string;
        else {
          if (text !== "") yield text;
          text = "";
          yield* lines;
        }
        next = stop;
      } else {
        for (const { seq, at, kind, body } of packAt(database, pack, false))
          if (seq >= next && seq < until && !left.has(kind)) text += `{"at":${at},${body.slice(1)}\n`;
        next = pack.last + 1;
      }
    }
    if (text !== "") yield text;
  }
}

/** Lines of rows as one text; as a text each where one is too much for the database. */
function linesOfRows(
  database: Database,
  from: number,
  until: number,
  without: readonly EntryKind[],
): readonly string[] {
  const filter = without.length === 0 ? "" : `AND kind NOT IN (${without.map(() => "?").join(", ")})`;
  const rows = `SELECT at, body FROM entries WHERE seq >= ? AND seq < ? ${filter} ORDER BY seq`;
  const line = `'{"at":' || at || ',' || substr(body, 2) || char(10)`;
  try {
    // The database puts a page together faster than this process would.
    const whole = database.prepare(`SELECT coalesce(group_concat(${line}, ''), '') FROM (${rows})`).pluck();
    return [whole.get(from, until, ...without) as string];
  } catch (error) {
    if ((error as { code?: unknown }).code !== "SQLITE_TOOBIG") throw error;
    const single = database.prepare(`SELECT ${line} FROM (${rows})`).pluck();
    return single.all(from, until, ...without) as string[];
  }
}

/** The entry with a number, or null. */
export function rowAt(database: Database, seq: number): Row | null {
  const row = database.prepare("SELECT seq, at, kind, body, hash FROM entries WHERE seq = ?").get(seq);
  return (row as Row | undefined) ?? packedRow(database, seq);
}

/** The hash of the entry with a number, or null. */
export function hashOf(database: Database, seq: number): string | null {
  const hash = database.prepare("SELECT hash FROM entries WHERE seq = ?").pluck().get(seq);
  return (hash as string | undefined) ?? packedHash(database, seq);
}

/** The newest entry of a kind before a number, or null. */
export function newestOf(database: Database, kind: EntryKind, before: number): Row | null {
  const newest = "SELECT seq, at, kind, body, hash FROM entries WHERE kind = ? AND seq < ? ORDER BY seq DESC LIMIT 1";
  const row = (database.prepare(newest).get(kind, before) as Row | undefined) ?? null;
  const packed = lastPackedOf(database, kind, before);
  return packed !== null && (row === null || packed.seq > row.seq) ? packed : row;
}

/** How many entries of a kind there are, from a number on. */
export function countOf(database: Database, kind: EntryKind, from: number): number {
  const rows = "SELECT count(*) FROM entries WHERE kind = ? AND seq >= ?";
  const count = Number(database.prepare(rows).pluck().get(kind, from)) + packedCount(database, kind, from);
  const pack = nextPack(database, from);
  if (pack === null || pack.first >= from) return count;
  return count + packAt(database, pack, false).filter((row) => row.kind === kind && row.seq >= from).length;
}

/** The numbers of the entries of a kind, in order. */
export function seqsOf(database: Database, kind: EntryKind): number[] {
  const rows = "SELECT seq FROM entries INDEXED BY entries_by_kind WHERE kind = ? ORDER BY seq";
  const seqs = database.prepare(rows).pluck().all(kind) as number[];
  const found = seqs.length;
  for (let pack = nextPack(database, 1, [kind]); pack !== null; pack = nextPack(database, pack.last + 1, [kind]))
    for (const row of packAt(database, pack, false)) if (row.kind === kind) seqs.push(row.seq);
  return seqs.length === found ? seqs : seqs.toSorted((a, b) => a - b);
}

/** The newest row's place in the chain. */
export function lastRow(database: Database): Head {
  const row = database.prepare("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").get() as
    | { seq: number; hash: string }
    | undefined;
  const packed = lastPacked(database);
  return packed !== null && packed.seq > (row?.seq ?? 0) ? packed : (row ?? { seq: 0, hash: CHAIN_START });
}
