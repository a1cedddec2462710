/**
 * Compaction: which entries of a long session's journal are dropped, and what vouches for the rest.
 *
 * 1. Only entries of `DROPPED_KINDS` go, and only before the checkpoint from which a start resumes: runs, missed slots, points of
 *    equity and lines of metrics. Orders, sends, answers, fills, halts, reviews and everything that an operator did stay for ever.
 * 2. Before anything goes, it is checked against the chain. What stays is covered by a digest over all kept entries, and the entries
 *    behind the base chain on from the base's hash: so nothing of it can be changed, dropped or moved without being noticed.
 * 3. It goes step by step, each in one transaction with the base that it moves: a crash leaves a journal that is whole.
 */
import { hash } from "node:crypto";
import { CodedError } from "../../shared/errors.ts";
import { CHAIN_START, chainHash } from "./chain.ts";
import type { EntryKind } from "./entries.ts";
import { intoRows, nextPack, packAt, type ChainRow } from "./packs.ts";
import type { Database } from "./sqlite.ts";

export const COMPACTION_TABLES = `
  CREATE TABLE IF NOT EXISTS compaction (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    kept TEXT NOT NULL,
    dropped INTEGER NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
`;

export const DROPPED_KINDS: readonly EntryKind[] = ["run_started", "run_finished", "missed", "equity", "metrics"];

/** How far a journal is compacted: up to entry `seq` it holds only what stays, and `dropped` entries are gone. */
export interface CompactionBase {
  readonly seq: number;
  /** The chain's hash at `seq`. */
  readonly hash: string;
  /** The digest over the kept entries up to `seq`. */
  readonly kept: string;
  readonly dropped: number;
}

export const NOT_COMPACTED: CompactionBase = { seq: 0, hash: CHAIN_START, kept: CHAIN_START, dropped: 0 };

const digestOf = ({ seq, hash: chain, kept, dropped }: CompactionBase): string =>
  hash("sha256", `${seq}\n${chain}\n${kept}\n${dropped}`, "hex");

/** The digest over kept entries with one more. */
export const keptWith = (kept: string, row: ChainRow): string =>
  chainHash(kept, row.seq, row.at, row.kind, `${row.hash}\n${row.body}`);

/** The journal's base. Throws `journal_damaged` for one that was changed. */
export function readBase(database: Database, path: string): CompactionBase {
  const table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'compaction'";
  if (database.prepare(table).get() === undefined) return NOT_COMPACTED;
  const row = database.prepare("SELECT seq, hash, kept, dropped, digest FROM compaction").get() as
    | (CompactionBase & { readonly digest: string })
    | undefined;
  if (row === undefined) return NOT_COMPACTED;
  const { digest, ...base } = row;
  if (digest === digestOf(base)) return base;
  throw new CodedError(
    "journal_damaged",
    `${path}: what it says of its compaction does not match its digest. Restore the session's folder from a copy, or start a new ` +
      "session from its router_state.json.",
    { path },
  );
}

/** Makes the pack that begins at a number rows, where some of it may go: what stays of it has no neighbors to be packed with. */
function unpackNext(database: Database, seq: number, { until, before }: { until: number; before: number }): void {
  const pack = nextPack(database, seq);
  if (pack === null || pack.first !== seq || seq > until) return;
  const [first] = packAt(database, pack, true);
  if (first === undefined || first.at >= before) return;
  database.exec("BEGIN IMMEDIATE");
  intoRows(database, pack);
  database.exec("COMMIT");
}

/**
 * Moves the base on by at most `rowsMax` entries, none past `until` nor of a moment from `before` on. Returns how many were looked
 * at: 0 when there is nothing left to do. Throws `journal_damaged`, and changes nothing, where the chain does not hold.
 */
export function compactStep(
  database: Database,
  path: string,
  limits: { readonly until: number; readonly before: number; readonly rowsMax: number },
): number {
  let base = readBase(database, path);
  unpackNext(database, base.seq + 1, limits);
  // What lies behind the next pack is a later step's.
  const end = Math.min(limits.until, (nextPack(database, base.seq + 1)?.first ?? Number.POSITIVE_INFINITY) - 1);
  const rows = database
    .prepare("SELECT seq, at, kind, body, hash FROM entries WHERE seq > ? AND seq <= ? AND at < ? ORDER BY seq LIMIT ?")
    .all(base.seq, end, limits.before, limits.rowsMax) as ChainRow[];
  if (rows.length === 0) return 0;
  const from = base.seq;
  for (const row of rows) {
    if (row.seq !== base.seq + 1 || row.hash !== chainHash(base.hash, row.seq, row.at, row.kind, row.body))
      throw new CodedError(
        "journal_damaged",
        `${path} is not compacted, because entry ${base.seq + 1} does not match its hash. Verify the session; restore its folder ` +
          "from a copy, or start a new session from its router_state.json.",
        { path, seq: base.seq + 1 },
      );
    const dropped = DROPPED_KINDS.includes(row.kind as EntryKind);
    const kept = dropped ? base.kept : keptWith(base.kept, row);
    base = { seq: row.seq, hash: row.hash, kept, dropped: base.dropped + (dropped ? 1 : 0) };
  }
  const kinds = DROPPED_KINDS.map(() => "?").join(", ");
  database.exec("BEGIN IMMEDIATE");
  database
    .prepare(`DELETE FROM entries WHERE seq > ? AND seq <= ? AND kind IN (${kinds})`)
    .run(from, base.seq, ...DROPPED_KINDS);
  database
    .prepare("INSERT OR REPLACE INTO compaction (only, seq, hash, kept, dropped, digest) VALUES (1, ?, ?, ?, ?, ?)")
    .run(base.seq, base.hash, base.kept, base.dropped, digestOf(base));
  database.exec("COMMIT");
  return rows.length;
}
