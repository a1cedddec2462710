/**
 * The journal: one SQLite file, one writer, every entry in order.
 *
 * 1. `append` numbers an entry and keeps it in memory; `commit` makes everything appended durable in one transaction.
 * 2. A commit that throws may have happened or not. The journal is then closed for writing for good; only a new start, which
 *    reads what is really there, goes on.
 * 3. Numbers are gapless from 1, and each row's hash chains over the one before.
 * 4. The head outside the database is never ahead of what is committed; a database behind its head is refused.
 * 5. A journal of a newer schema is refused, and nothing in it is changed.
 * 6. What cannot be read is a coded error; a damaged row or index is never passed over.
 */
import { dirname, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { moment, type Moment } from "../../shared/time.ts";
import { CHAIN_START, chainHash } from "./chain.ts";
import type { EntryBody, EntryKind, JournalEntry } from "./entries.ts";
import { HeadWriter, readHead, type Head } from "./head.ts";
import {
  assertDurable,
  databaseError,
  openForReading,
  openForWriting,
  type Database,
  type Statement,
} from "./sqlite.ts";

export const JOURNAL_SCHEMA = 1;
/** A body's text is at most this long; a restore holds a whole router state. */
export const BODY_CHARS_MAX = 1_000_000;
export const RESTORE_CHARS_MAX = 256_000_000;
/** Entries read in one go; memory stays flat however long the journal is. */
const PAGE_ROWS = 2_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_kind ON entries (kind, seq);
`;

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
  readonly hash: string;
}

/** The first thing that is wrong with a journal. */
export interface JournalFault {
  readonly seq: number;
  readonly rule: string;
}

export interface JournalReader {
  /** The last entry's number, committed or not; 0 for an empty journal. */
  readonly position: number;
  /** Entries in order, from a number on; of some kinds only, when asked. */
  read(from?: number, kinds?: readonly EntryKind[]): Iterable<JournalEntry>;
  /** The newest entry of a kind, or null. */
  lastOf(kind: EntryKind): JournalEntry | null;
  /** How many entries of a kind are committed. */
  count(kind: EntryKind): number;
  /** Reads everything and names the first fault; null when chain, numbers, head and index hold. Throws where nothing can be read. */
  verify(): JournalFault | null;
  close(): void;
}

function entryOf(row: Row, path: string): JournalEntry {
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
function* pages(database: Database, from: number, kinds: readonly EntryKind[] | undefined): Generator<Row> {
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

/** Lines are put together up to about this much. */
const LINES_CHARS = 4_000_000;

function* linesOf(database: Database, without: readonly EntryKind[]): Generator<string> {
  const filter = without.length === 0 ? "" : `AND kind NOT IN (${without.map(() => "?").join(", ")})`;
  const select = database
    .prepare(
      `SELECT '{"at":' || at || ',' || substr(body, 2) || char(10) FROM entries WHERE seq >= ? AND seq < ? ${filter} ORDER BY seq`,
    )
    .pluck();
  const { seq: end } = lastRow(database);
  let [lines, characters]: [string[], number] = [[], 0];
  for (let from = 1; from <= end; from += PAGE_ROWS)
    for (const line of select.all(from, from + PAGE_ROWS, ...without) as string[]) {
      lines.push(line);
      characters += line.length;
      if (characters < LINES_CHARS) continue;
      yield lines.join("");
      [lines, characters] = [[], 0];
    }
  if (lines.length > 0) yield lines.join("");
}

function checkSchema(database: Database, path: string): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > JOURNAL_SCHEMA)
    throw new CodedError(
      "schema_newer",
      `${path} was written by a newer version of Logos Console (schema ${version}; this one knows ${JOURNAL_SCHEMA}). ` +
        "Open it with that version; nothing was changed.",
      { path, version },
    );
}

function lastRow(database: Database): Head {
  const row = database.prepare("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").get() as
    | { seq: number; hash: string }
    | undefined;
  return row ?? { seq: 0, hash: CHAIN_START };
}

/** True once a session's clock has run: by then its first head was durable, so that no crash explains a missing one. */
function hasRun(database: Database): boolean {
  const started = `SELECT 1 FROM entries WHERE kind = 'session' AND json_extract(body, '$.event') = 'started' LIMIT 1`;
  return database.prepare(started).get() !== undefined;
}

/** Throws `journal_damaged` when the database lacks what its head says was committed, or when its head is gone. */
function checkHead(database: Database, path: string, head: Head | null, withoutHead: boolean): void {
  if (head === null) {
    if (withoutHead || !hasRun(database)) return;
    throw new CodedError(
      "journal_damaged",
      `journal.head is missing beside ${path}, so nobody can tell whether entries were lost. If you know that the folder is whole, ` +
        "go on with --holds journal; else restore the folder from a copy, or start a new session from its router_state.json.",
      { path },
    );
  }
  const row = database.prepare("SELECT hash FROM entries WHERE seq = ?").get(head.seq) as { hash: string } | undefined;
  if (head.seq === 0 || row?.hash === head.hash) return;
  throw new CodedError(
    "journal_damaged",
    row === undefined
      ? `${path} has lost entries: its head says ${head.seq}, the database ends at ${lastRow(database).seq}. ` +
          "Restore the session's folder from a copy, or start a new session from its router_state.json."
      : `${path} is not the journal that its head belongs to: entry ${head.seq} has another hash. ` +
          "Restore the session's folder from a copy.",
    { path, head: head.seq },
  );
}

function verifyRows(database: Database, head: Head | null): JournalFault | null {
  if (head === null && hasRun(database))
    return { seq: lastRow(database).seq, rule: "journal.head is missing: nobody can tell whether entries were lost" };
  let before = CHAIN_START;
  let seq = 0;
  for (const row of pages(database, 1, undefined)) {
    seq += 1;
    if (row.seq !== seq) return { seq, rule: `entry ${seq} is missing` };
    if (row.hash !== chainHash(before, row.seq, row.at, row.kind, row.body))
      return { seq, rule: `entry ${seq} does not match its hash` };
    before = row.hash;
    if (head !== null && head.seq === seq && head.hash !== row.hash)
      return { seq, rule: `entry ${seq} is not the one that the head names` };
  }
  if (head !== null && head.seq > seq) return { seq, rule: `the head says ${head.seq}, the journal ends at ${seq}` };
  // The rows are right; the index by kind, through which `lastOf` and `count` look, is the database's own to check.
  const said = String(database.pragma("integrity_check(1)", { simple: true }));
  return said === "ok" ? null : { seq, rule: `the database's own check says: ${said}` };
}

class Reader implements JournalReader {
  protected readonly path: string;
  protected readonly database: Database;

  constructor(path: string, database: Database) {
    this.path = path;
    this.database = database;
  }

  get position(): number {
    return this.coded(() => lastRow(this.database).seq);
  }

  *read(from = 1, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    try {
      for (const row of pages(this.database, from, kinds)) yield entryOf(row, this.path);
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  /**
   * Entries as lines of JSON, `at` and then the body as it lies on the disk, many lines in a text, each line with its end. For who
   * compares texts and looks into few of them: nothing is parsed.
   */
  *lines(without: readonly EntryKind[]): Iterable<string> {
    try {
      yield* linesOf(this.database, without);
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  lastOf(kind: EntryKind): JournalEntry | null {
    return this.coded(() => {
      const row = this.database
        .prepare("SELECT seq, at, kind, body, hash FROM entries WHERE kind = ? ORDER BY seq DESC LIMIT 1")
        .get(kind) as Row | undefined;
      return row === undefined ? null : entryOf(row, this.path);
    });
  }

  count(kind: EntryKind): number {
    return this.coded(() => {
      const row = this.database.prepare("SELECT count(*) AS n FROM entries WHERE kind = ?").get(kind) as { n: number };
      return row.n;
    });
  }

  verify(): JournalFault | null {
    return this.coded(() => verifyRows(this.database, readHead(headPathOf(this.path))));
  }

  protected coded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  close(): void {
    this.database.close();
  }
}

export class Journal extends Reader {
  readonly #insert: Statement;
  readonly #head: HeadWriter;
  #pending: { readonly seq: number; readonly at: Moment; readonly kind: string; readonly text: string }[] = [];
  #position: number;
  #last: Head;
  #asserted = false;
  #fault: CodedError | null = null;

  constructor(path: string, database: Database) {
    super(path, database);
    this.#last = lastRow(database);
    this.#position = this.#last.seq;
    this.#insert = database.prepare("INSERT INTO entries (seq, at, kind, body, hash) VALUES (?, ?, ?, ?, ?)");
    this.#head = new HeadWriter(headPathOf(path));
  }

  override get position(): number {
    return this.#position;
  }

  /** The last durable entry's number. */
  get committed(): number {
    return this.#last.seq;
  }

  get head(): Head {
    return this.#last;
  }

  /** Numbers an entry; it is durable after the next `commit`. Throws `too_large`, or the fault that closed the journal. */
  append(body: EntryBody, at: Moment): JournalEntry {
    if (this.#fault !== null) throw this.#fault;
    const text = JSON.stringify(body);
    const limit = body.kind === "restore" ? RESTORE_CHARS_MAX : BODY_CHARS_MAX;
    if (text.length > limit)
      throw new CodedError(
        "too_large",
        `A journal entry of kind ${body.kind} has ${text.length} characters; at most ${limit}.`,
      );
    this.#position += 1;
    this.#pending.push({ seq: this.#position, at, kind: body.kind, text });
    return { ...body, seq: this.#position, at };
  }

  /** Makes everything appended durable. Throws when that may not have happened, and then the journal takes nothing more. */
  commit(): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#pending.length === 0) return;
    let head = this.#last;
    try {
      this.database.exec("BEGIN IMMEDIATE");
      for (const { seq, at, kind, text } of this.#pending) {
        const hash = chainHash(head.hash, seq, at, kind, text);
        this.#insert.run(seq, at, kind, text, hash);
        head = { seq, hash };
      }
      this.database.exec("COMMIT");
      if (!this.#asserted) {
        assertDurable(this.database, this.path);
        this.#asserted = true;
      }
      this.#head.write(head);
    } catch (error) {
      this.#fault = databaseError("Journaling to", this.path, error);
      throw this.#fault;
    }
    this.#last = head;
    this.#pending = [];
  }

  /** Closes the files; what was appended and never committed is gone, as after a crash. */
  override close(): void {
    try {
      this.#head.close();
    } finally {
      super.close();
    }
  }
}

export const headPathOf = (path: string): string => join(dirname(path), "journal.head");

/**
 * Opens or creates a journal for its one writer; the caller holds the session's lock. `withoutHead`: an operator has said that a
 * journal whose head is missing is whole.
 */
export function openJournal(path: string, options: { readonly withoutHead?: boolean } = {}): Journal {
  const database = openForWriting(path);
  try {
    checkSchema(database, path);
    database.exec(TABLES);
    database.pragma(`user_version = ${JOURNAL_SCHEMA}`);
    checkHead(database, path, readHead(headPathOf(path)), options.withoutHead === true);
    return new Journal(path, database);
  } catch (error) {
    database.close();
    throw databaseError("Opening", path, error);
  }
}

/** Opens a journal beside its writer, or without one; changes nothing. */
export function readJournal(path: string): JournalReader & Pick<Reader, "lines"> {
  const database = openForReading(path);
  try {
    checkSchema(database, path);
    return new Reader(path, database);
  } catch (error) {
    database.close();
    throw databaseError("Reading", path, error);
  }
}
