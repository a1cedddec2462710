/**
 * Whether a journal is whole: its head when it is opened, its rows, base, checkpoint and index when somebody verifies it.
 *
 * 1. The first fault is named; what is missing counts as much as what was changed.
 */
import { CodedError } from "../../shared/errors.ts";
import { CHAIN_START, chainHash } from "./chain.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { keptWith, NOT_COMPACTED, readBase, type ChainRow, type CompactionBase } from "./compaction.ts";
import type { EntryKind } from "./entries.ts";
import type { Head } from "./head.ts";
import { lastRow, pages } from "./rows.ts";
import type { Database } from "./sqlite.ts";
import { readVenueChanges } from "./venue-changes.ts";

/** The first thing that is wrong with a journal. */
export interface JournalFault {
  readonly seq: number;
  readonly rule: string;
}

/** True once a session's clock has run: its first head was durable before that, so no crash explains a missing one. */
function hasRun(database: Database): boolean {
  const started = `SELECT 1 FROM entries WHERE kind = 'session' AND json_extract(body, '$.event') = 'started' LIMIT 1`;
  return database.prepare(started).get() !== undefined;
}

/** Throws `journal_damaged` when the database lacks what its head says was committed, or when its head is gone. */
export function checkHead(database: Database, path: string, head: Head | null, withoutHead: boolean): void {
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

const damaged = (path: string, seq: number, what: string): CodedError =>
  new CodedError(
    "journal_damaged",
    `${what} Restore the session's folder from a copy, or start a new session from its router_state.json.`,
    { path, seq },
  );

const changed = (path: string, seq: number): CodedError =>
  damaged(path, seq, `Entry ${seq} of ${path} does not match its hash: it was changed.`);

/** The entries before a compaction's base against the digest that was made when the others went. */
function verifyKept(database: Database, base: CompactionBase): JournalFault | null {
  let { kept } = NOT_COMPACTED;
  for (const row of pages(database, 1, undefined)) {
    if (row.seq > base.seq) break;
    kept = keptWith(kept, row);
  }
  return kept === base.kept
    ? null
    : { seq: base.seq, rule: `the entries that were kept up to entry ${base.seq} do not match their digest` };
}

/**
 * Rows from a number on, each against the chain from the row before. The row before itself is covered by what the caller stands on: a
 * checkpoint's digest, a compaction's base, or the chain's start. Throws `journal_damaged`.
 */
export function* checkedPages(database: Database, from: number, path: string): Generator<ChainRow> {
  const base = readBase(database, path);
  const first = Math.max(from, base.seq + 1);
  const anchor = database
    .prepare("SELECT hash FROM entries WHERE seq = ?")
    .pluck()
    .get(first - 1);
  let before = first - 1 === base.seq ? base.hash : typeof anchor === "string" ? anchor : "";
  let seq = first - 1;
  for (const row of pages(database, first, undefined)) {
    seq += 1;
    const sound = row.seq === seq && row.hash === chainHash(before, row.seq, row.at, row.kind, row.body);
    if (!sound) throw row.seq === seq ? changed(path, seq) : damaged(path, seq, `Entry ${seq} of ${path} is missing.`);
    before = row.hash;
    yield row;
  }
}

/**
 * Rows of some kinds, each against its own hash and the hash of the row before it. Where that one was let go by a compaction, the row
 * is covered by the digest of what was kept, which `verify` looks at. Throws `journal_damaged`.
 */
export function* checkedOfKinds(
  database: Database,
  from: number,
  kinds: readonly EntryKind[],
  path: string,
): Generator<ChainRow> {
  const before = database.prepare("SELECT hash FROM entries WHERE seq = ?").pluck();
  for (const row of pages(database, from, kinds)) {
    const hash = row.seq === 1 ? CHAIN_START : before.get(row.seq - 1);
    if (typeof hash === "string" && row.hash !== chainHash(hash, row.seq, row.at, row.kind, row.body))
      throw changed(path, row.seq);
    yield row;
  }
}

/** The first fault of everything that the database holds, or null. */
export function verifyRows(database: Database, path: string, head: Head | null): JournalFault | null {
  if (head === null && hasRun(database))
    return { seq: lastRow(database).seq, rule: "journal.head is missing: nobody can tell whether entries were lost" };
  const base = readBase(database, path);
  const compacted = verifyKept(database, base);
  if (compacted !== null) return compacted;
  let { seq, hash: before } = base;
  for (const row of pages(database, base.seq + 1, undefined)) {
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
  const checkpoint = readCheckpoint(database);
  if (checkpoint !== null && "fault" in checkpoint) return { seq: checkpoint.seq, rule: checkpoint.fault };
  try {
    readVenueChanges(database, path);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { seq, rule: "the venue's changes do not match their digest" };
  }
  const said = String(database.pragma("integrity_check(1)", { simple: true }));
  return said === "ok" ? null : { seq, rule: `the database's own check says: ${said}` };
}
