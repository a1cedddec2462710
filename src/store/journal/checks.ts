/**
 * Whether a journal is whole: its head when it is opened, its rows, base, checkpoint and index when it is verified.
 *
 * 1. The first fault is named; what is missing counts as much as what was changed.
 * 2. What a start uses is hashed once by each start, and by no start on the word of an earlier one; of a journal of up to
 *    `WHOLE_CHECKED_MAX` entries that is all of it.
 */
import { CodedError } from "../../shared/errors.ts";
import { CHAIN_START, chainHash } from "./chain.ts";
import { checkpointFault } from "./checkpoints.ts";
import { keptWith, NOT_COMPACTED, readBase, type CompactionBase } from "./compaction.ts";
import type { EntryKind } from "./entries.ts";
import type { Head } from "./head.ts";
import type { ChainRow } from "./packs.ts";
import { hashOf, lastRow, pages } from "./rows.ts";
import type { Database } from "./sqlite.ts";
import { readVenueChanges } from "./venue-changes.ts";

/** The first thing that is wrong with a journal. */
export interface JournalFault {
  readonly seq: number;
  readonly rule: string;
}

/** True once a session's clock has run: its first head was durable before that, so no crash explains a missing one. */
function hasRun(database: Database): boolean {
  for (const { body } of pages(database, 1, ["session"], false))
    if ((JSON.parse(body) as { readonly event?: unknown }).event === "started") return true;
  return false;
}

/** Throws `journal_damaged` when the database lacks what its head says was committed, or when its head is gone. */
export function checkHead(database: Database, path: string, head: Head | null, withoutHead: boolean): void {
  if (head === null) {
    if (withoutHead || !hasRun(database)) return;
    throw new CodedError(
      "journal_damaged",
      `journal.head is missing beside ${path}, so it is unknown whether entries were lost. If you know that the folder is whole, ` +
        "continue with --holds journal; else restore the folder from a copy, or start a new session from its router_state.json.",
      { path },
    );
  }
  const found = head.seq === 0 ? null : hashOf(database, head.seq);
  if (head.seq === 0 || found === head.hash) return;
  throw new CodedError(
    "journal_damaged",
    found === null
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
  for (const row of pages(database, 1, undefined, true)) {
    if (row.seq > base.seq) break;
    kept = keptWith(kept, row);
  }
  return kept === base.kept
    ? null
    : { seq: base.seq, rule: `the entries that were kept up to entry ${base.seq} do not match their digest` };
}

/** Kept entries that a start checks as a whole, about 0.2 s; of a longer list only `verify` sees a change behind a dropped entry. */
const KEPT_CHECKED_MAX = 100_000;

/**
 * Which rows of one open journal have had their hash computed: no row is hashed twice by a start, however many parts read it. It lasts
 * as long as the journal is open and is never saved: a file can be changed in place between two starts, and nothing that lies beside it
 * could show that its bytes are still the ones that were hashed.
 */
export class HashedRows {
  #bits = new Uint8Array(1_024);
  /** Whether the entries before a compaction's base were compared with their digest. */
  kept = false;

  has(seq: number): boolean {
    return ((this.#bits[Math.floor(seq / 8)] ?? 0) & (1 << (seq & 7))) !== 0;
  }

  add(seq: number): void {
    const at = Math.floor(seq / 8);
    if (at >= this.#bits.length) {
      const more = new Uint8Array(Math.max(2 * this.#bits.length, at + 1));
      more.set(this.#bits);
      this.#bits = more;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (seq & 7));
  }
}

/**
 * Rows in order, from a number on and of some kinds only when asked, each checked before it is given out: against its own hash and the
 * hash of the row before it, and for gaps where no kinds are asked for. A row whose predecessor was dropped by a compaction is covered
 * by the digest of what was kept. Throws `journal_damaged`, naming the first that fails.
 */
export function* checkedRows(
  database: Database,
  path: string,
  hashed: HashedRows,
  from: number,
  kinds?: readonly EntryKind[],
): Generator<ChainRow> {
  const base = readBase(database, path);
  let before: { readonly seq: number; readonly hash: string } | null = null;
  for (const row of pages(database, from, kinds, true)) {
    const next = before?.seq ?? from - 1;
    if (kinds === undefined && row.seq > base.seq && row.seq !== Math.max(next, base.seq) + 1)
      throw damaged(path, Math.max(next, base.seq) + 1, `Entry ${Math.max(next, base.seq) + 1} of ${path} is missing.`);
    if (!hashed.has(row.seq)) {
      // A pack's entries were checked with it: what is left is whether it follows what comes before it.
      const first = row.pack?.first ?? row.seq;
      if (first === row.seq || !hashed.has(first)) {
        const previous = before?.seq === first - 1 ? before.hash : previousHash(database, first, base);
        if (previous === null) checkKept(database, path, base, hashed);
        else if (!(row.pack === undefined ? follows(row, previous) : row.pack.before === previous))
          throw changed(path, first);
        hashed.add(first);
      }
      hashed.add(row.seq);
    }
    before = { seq: row.seq, hash: row.hash };
    yield row;
  }
}

/** Entries of a journal that a start checks whole, whether it uses them or not: a fraction of a second. */
const WHOLE_CHECKED_MAX = 100_000;

/** Checks every row of a journal that is not too long for that. Throws `journal_damaged`, naming the first that fails. */
export function checkWhole(database: Database, path: string, hashed: HashedRows): void {
  if (lastRow(database).seq > WHOLE_CHECKED_MAX) return;
  const rows = checkedRows(database, path, hashed, 1);
  while (rows.next().done !== true);
}

/** Whether an entry follows the hash before it, or before the pack that it lies in. */
function follows({ seq, at, kind, body, hash, pack }: ChainRow, before: string): boolean {
  if (pack === undefined) return hash === chainHash(before, seq, at, kind, body);
  return pack.first < seq || pack.before === before;
}

/** The hash of the row before; null where a compaction dropped that row. */
function previousHash(database: Database, seq: number, base: CompactionBase): string | null {
  if (seq === 1) return CHAIN_START;
  if (seq - 1 === base.seq) return base.hash;
  // Behind the base nothing was dropped: a row that is not there is damage, and its successor's hash does not hold.
  return hashOf(database, seq - 1) ?? (seq <= base.seq ? null : "");
}

function checkKept(database: Database, path: string, base: CompactionBase, hashed: HashedRows): void {
  if (hashed.kept) return;
  const count = database.prepare("SELECT count(*) FROM entries WHERE seq <= ?").pluck().get(base.seq);
  const fault = Number(count) > KEPT_CHECKED_MAX ? null : verifyKept(database, base);
  if (fault !== null) throw damaged(path, fault.seq, `In ${path}, ${fault.rule}: one was changed.`);
  hashed.kept = true;
}

/**
 * Every row behind a compaction's base that holds, in order, up to a place. Returns the first fault of all that the database holds, or
 * null.
 */
export function* verifiedRows(
  database: Database,
  path: string,
  place: { readonly seq: number; readonly head: Head | null },
): Generator<ChainRow, JournalFault | null> {
  try {
    return yield* firstFault(database, path, place.head, place.seq);
  } catch (error) {
    // A pack that cannot be read is found while it is read.
    const { seq, last } = (error instanceof CodedError && error.detail) || {};
    if (typeof seq === "number" && typeof last === "number")
      return { seq, rule: `entries ${seq} to ${last} do not match their hash` };
    throw error;
  }
}

function* firstFault(
  database: Database,
  path: string,
  head: Head | null,
  end: number,
): Generator<ChainRow, JournalFault | null> {
  if (head === null && hasRun(database))
    return { seq: lastRow(database).seq, rule: "journal.head is missing: it is unknown whether entries were lost" };
  const base = readBase(database, path);
  const compacted = verifyKept(database, base);
  if (compacted !== null) return compacted;
  let { seq, hash: before } = base;
  for (const row of pages(database, base.seq + 1, undefined, true)) {
    if (row.seq > end) break;
    seq += 1;
    if (row.seq !== seq) return { seq, rule: `entry ${seq} is missing` };
    if (!follows(row, before)) return { seq, rule: `entry ${seq} does not match its hash` };
    before = row.hash;
    if (head !== null && head.seq === seq && head.hash !== row.hash)
      return { seq, rule: `entry ${seq} is not the one that the head names` };
    yield row;
  }
  if (head !== null && head.seq > seq) return { seq, rule: `the head says ${head.seq}, the journal ends at ${seq}` };
  // The rows are right; the index by kind, through which `lastOf` and `count` look, is the database's own to check.
  const checkpoint = checkpointFault(database);
  if (checkpoint !== null) return { seq: checkpoint.seq, rule: checkpoint.fault };
  try {
    readVenueChanges(database, path);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { seq, rule: "the venue's changes do not match their digest" };
  }
  const said = String(database.pragma("integrity_check(1)", { simple: true }));
  return said === "ok" ? null : { seq, rule: `the database's own check says: ${said}` };
}
