/**
 * The journal: one SQLite file, one writer, every entry in order.
 *
 * 1. `append` numbers an entry and keeps it in memory; `commit` makes everything appended durable in one transaction.
 * 2. A commit that throws may have happened or not. The journal is then closed for writing for good; only a new start, which
 *    reads what is really there, continues.
 * 3. Numbers are gapless from 1, and each row's hash chains over the one before. Up to a compaction's base only what stays is there.
 * 4. The head outside the database is never ahead of what is committed; a database behind its head is refused.
 * 5. A journal of a newer schema is refused, and nothing in it is changed.
 * 6. A trigger, view or table that is not ours is refused when the journal is opened.
 * 7. What a venue that follows the journal has yet to write lies in the same transaction as what the session learned of it.
 * 8. A large commit's entries lie in one compressed row (`packs.ts`), others in rows of their own; readers see no difference.
 * 9. What cannot be read is a coded error; a damaged row or index is never passed over.
 * 10. What a session reads of its journal is checked against the chain, each row once: a start costs one pass, however many parts read.
 * 11. It has over 400 lines because the one writer and its reader share a connection, its statements and what is pending.
 */
import { dirname, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import type { VenueChanges } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";
import { chainHash } from "./chain.ts";
import { checkedRows, checkHead, checkWhole, HashedRows, verifiedRows, type JournalFault } from "./checks.ts";
import {
  CHECKPOINT_TABLES,
  checkpointSeq,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointFault,
  type CheckpointTexts,
  type SavedCheckpoint,
} from "./checkpoints.ts";
import { COMPACTION_TABLES, compactStep, readBase, type CompactionBase } from "./compaction.ts";
import { placed, type EntryBody, type EntryKind, type JournalEntry } from "./entries.ts";
import { assertOwnSchema } from "./schema.ts";
import { PACKS_TABLE, PackWriter, type Appended } from "./packs.ts";
import { countOf, entryOf, hashOf, lastRow, linesOf, newestOf, pages, rowAt, seqsOf } from "./rows.ts";
import { HeadWriter, readHead, type Head } from "./head.ts";
import type { HeldPlace, JournalReader, VerifiedEntry } from "./reader.ts";
import {
  assertDurable,
  databaseError,
  openForReading,
  openForWriting,
  type Database,
  type Statement,
} from "./sqlite.ts";
import { readVenueChanges, VENUE_CHANGES_TABLE, VenueChangesWriter } from "./venue-changes.ts";

export const JOURNAL_SCHEMA = 3;
/** A body's text is at most this long; a restore holds a whole router state. */
export const BODY_CHARS_MAX = 1_000_000;
export const RESTORE_CHARS_MAX = 256_000_000;

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

const SCHEMA_STEPS = [TABLES, CHECKPOINT_TABLES, COMPACTION_TABLES, VENUE_CHANGES_TABLE, PACKS_TABLE];

export type { JournalFault } from "./checks.ts";
export type { HeldPlace, JournalReader } from "./reader.ts";

/** What a generator returns at its end. */
function resultOf<Result>(all: Generator<unknown, Result>): Result {
  for (;;) {
    const next = all.next();
    if (next.done === true) return next.value;
  }
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

class Reader implements JournalReader {
  protected readonly path: string;
  protected readonly database: Database;
  protected readonly hashed = new HashedRows();
  #held: HeldPlace | null = null;

  constructor(path: string, database: Database) {
    this.path = path;
    this.database = database;
  }

  get position(): number {
    return this.#held?.seq ?? this.coded(() => lastRow(this.database).seq);
  }

  *read(from = 1, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    try {
      const end = this.#held?.seq ?? Number.MAX_SAFE_INTEGER;
      for (const row of pages(this.database, from, kinds, false)) {
        if (row.seq > end) return;
        yield entryOf(row, this.path);
      }
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  *readChecked(from: number, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    try {
      for (const row of checkedRows(this.database, this.path, this.hashed, from, kinds)) yield entryOf(row, this.path);
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  checkWhole(): void {
    try {
      checkWhole(this.database, this.path, this.hashed);
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  headProblem(): string | null {
    try {
      // The head is read before the rows: a running session writes it after them.
      checkHead(this.database, this.path, readHead(headPathOf(this.path)), false);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
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

  *entriesAt(seqs: Iterable<number>): Iterable<JournalEntry> {
    try {
      for (const seq of seqs) {
        const row = rowAt(this.database, seq);
        if (row !== null) yield entryOf(row, this.path);
      }
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  seqsOf(kind: EntryKind): number[] {
    return this.coded(() => seqsOf(this.database, kind));
  }

  hashAt(seq: number): string | null {
    return this.coded(() => hashOf(this.database, seq));
  }

  lastOf(kind: EntryKind, before = Number.MAX_SAFE_INTEGER): JournalEntry | null {
    return this.coded(() => {
      const row = newestOf(this.database, kind, before);
      return row === null ? null : entryOf(row, this.path);
    });
  }

  count(kind: EntryKind, from = 1): number {
    return this.coded(() => countOf(this.database, kind, from));
  }

  compaction(): CompactionBase {
    return this.coded(() => readBase(this.database, this.path));
  }

  checkpoint(): SavedCheckpoint | CheckpointFault | null {
    return this.coded(() => readCheckpoint(this.database));
  }

  venueChanges(): VenueChanges | null {
    return this.coded(() => readVenueChanges(this.database, this.path));
  }

  verify(): JournalFault | null {
    return this.coded(() => this.database.transaction(() => resultOf(this.verified()))());
  }

  *verified(): Generator<VerifiedEntry, JournalFault | null> {
    try {
      const place = this.#held ?? { head: readHead(headPathOf(this.path)), seq: this.position };
      const rows = verifiedRows(this.database, this.path, place);
      for (let next = rows.next(); ; next = rows.next()) {
        if (next.done === true) return next.value;
        const row = next.value;
        yield { seq: row.seq, read: () => entryOf(row, this.path) };
      }
    } catch (error) {
      throw databaseError("Reading", this.path, error);
    }
  }

  hold(place?: HeldPlace): HeldPlace {
    // The head is read before the rows: a running session writes it after them.
    const head = place === undefined ? readHead(headPathOf(this.path)) : place.head;
    this.coded(() => this.database.exec("BEGIN"));
    this.#held = place ?? { seq: this.position, head };
    return this.#held;
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
  readonly #venue: VenueChangesWriter;
  readonly #packs: PackWriter;
  #pending: Appended[] = [];
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
    this.#venue = new VenueChangesWriter(database);
    this.#packs = new PackWriter(database);
  }

  override get position(): number {
    return this.#position;
  }

  /** Whatever a session uses of its journal is checked, by whichever part it is read. */
  override read(from = 1, kinds?: readonly EntryKind[]): Iterable<JournalEntry> {
    return this.readChecked(from, kinds);
  }

  /** The last durable entry's number. */
  get committed(): number {
    return this.#last.seq;
  }

  get head(): Head {
    return this.#last;
  }

  /**
   * Numbers an entry, which the body itself becomes; it is durable after the next `commit`. Throws `too_large`, or the fault that closed
   * the journal.
   */
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
    return placed(body, this.#position, at);
  }

  /**
   * Makes everything appended durable, and with it what a venue has yet to write. Throws when that may not have happened, and then
   * the journal takes nothing more.
   */
  commit(venue: VenueChanges | null = null): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#pending.length === 0 && venue === null) return;
    let head = this.#last;
    try {
      this.database.exec("BEGIN IMMEDIATE");
      head = this.#packs.write(head, this.#pending) ?? this.#writeRows(head);
      this.#venue.write(venue);
      this.database.exec("COMMIT");
      if (!this.#asserted) {
        assertDurable(this.database, this.path);
        this.#asserted = true;
      }
      if (head !== this.#last) this.#head.write(head);
    } catch (error) {
      this.#fault = databaseError("Journaling to", this.path, error);
      throw this.#fault;
    }
    for (const { seq } of this.#pending) this.hashed.add(seq);
    this.#last = head;
    this.#pending = [];
  }

  #writeRows(before: Head): Head {
    let head = before;
    for (const { seq, at, kind, text } of this.#pending) {
      const hash = chainHash(head.hash, seq, at, kind, text);
      this.#insert.run(seq, at, kind, text, hash);
      head = { seq, hash };
    }
    return head;
  }

  /**
   * Saves a checkpoint behind the last committed entry. Nothing may be appended and uncommitted. Throws when it may not be on
   * disk, and then the journal takes nothing more.
   */
  saveCheckpoint(texts: CheckpointTexts): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#pending.length > 0) throw new Error("A checkpoint follows committed entries only.");
    try {
      this.database.exec("BEGIN IMMEDIATE");
      writeCheckpoint(this.database, this.#last, texts);
      this.database.exec("COMMIT");
    } catch (error) {
      this.#fault = databaseError("Journaling to", this.path, error);
      throw this.#fault;
    }
  }

  /**
   * Removes what a start from the saved checkpoint does not need, of moments before `before`; at most `rowsMax` entries are looked
   * at. Returns how many were: 0 when nothing is left to do. Throws as `commit` does.
   */
  compact(before: Moment, rowsMax: number): number {
    if (this.#fault !== null) throw this.#fault;
    try {
      // The head names the newest entry and the checkpoint the one behind which it stands: both stay, whatever they are.
      const until = Math.min(checkpointSeq(this.database), this.#last.seq) - 1;
      return compactStep(this.database, this.path, { until, before, rowsMax });
    } catch (error) {
      this.#fault = databaseError("Compacting", this.path, error);
      throw this.#fault;
    }
  }

  /** Returns the space of dropped entries to the disk. Needs about the journal's size of free space meanwhile. */
  shrink(): void {
    this.coded(() => {
      this.database.exec("VACUUM");
      this.database.pragma("wal_checkpoint(TRUNCATE)");
    });
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
    assertOwnSchema(database, path, SCHEMA_STEPS);
    for (const step of SCHEMA_STEPS) database.exec(step);
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
    assertOwnSchema(database, path, SCHEMA_STEPS);
    return new Reader(path, database);
  } catch (error) {
    database.close();
    throw databaseError("Reading", path, error);
  }
}
