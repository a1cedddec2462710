/**
 * The journal's rows: read in pages, one by one or as lines of JSON, and made entries again.
 *
 * 1. Memory stays flat however long the journal is.
 * 2. A row that cannot be read is a coded error, never passed over.
 */
import { CodedError } from "../../shared/errors.ts";
import { moment } from "../../shared/time.ts";
import { CHAIN_START } from "./chain.ts";
import type { ChainRow as Row } from "./compaction.ts";
import type { EntryBody, EntryKind, JournalEntry } from "./entries.ts";
import type { Head } from "./head.ts";
import type { Database } from "./sqlite.ts";

/** Entries read in one go; memory stays flat however long the journal is. */
const PAGE_ROWS = 2_000;

export function entryOf(row: Row, path: string): JournalEntry {
  try {
    const body = JSON.parse(row.body) as EntryBody;
    return { ...body, seq: row.seq, at: moment(row.at) };
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

/** Reads in pages, so that the reader may take its time and no statement stays open over a commit. */
export function* pages(database: Database, from: number, kinds: readonly EntryKind[] | undefined): Generator<Row> {
  const filter = kinds === undefined ? "" : `AND kind IN (${kinds.map(() => "?").join(", ")})`;
  const select = database.prepare(
    `SELECT seq, at, kind, body, hash FROM entries WHERE seq >= ? ${filter} ORDER BY seq LIMIT ${PAGE_ROWS}`,
  );
  for (let next = from; ;) {
    const rows = select.all(next, ...(kinds ?? [])) as Row[];
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    next = last.seq + 1;
  }
}

export function* linesOf(database: Database, without: readonly EntryKind[]): Generator<string> {
  const filter = without.length === 0 ? "" : `AND kind NOT IN (${without.map(() => "?").join(", ")})`;
  const rows = `SELECT at, body FROM entries WHERE seq >= ? AND seq < ? ${filter} ORDER BY seq`;
  const line = `'{"at":' || at || ',' || substr(body, 2) || char(10)`;
  // The database puts a page together faster than this process would; a page that is too much for it comes line by line.
  const whole = database.prepare(`SELECT group_concat(${line}, '') FROM (${rows})`).pluck();
  const single = database.prepare(`SELECT ${line} FROM (${rows})`).pluck();
  const { seq: end } = lastRow(database);
  for (let from = 1; from <= end; from += PAGE_ROWS) {
    let lines: Iterable<string | null>;
    try {
      lines = [whole.get(from, from + PAGE_ROWS, ...without) as string | null];
    } catch (error) {
      if ((error as { code?: unknown }).code !== "SQLITE_TOOBIG") throw error;
      lines = single.all(from, from + PAGE_ROWS, ...without) as string[];
    }
    for (const text of lines) if (text !== null) yield text;
  }
}

/** The newest row's place in the chain. */
export function lastRow(database: Database): Head {
  const row = database.prepare("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").get() as
    | { seq: number; hash: string }
    | undefined;
  return row ?? { seq: 0, hash: CHAIN_START };
}
