/**
 * Checkpoints: what a journal's entries add up to at one of them, so that a long journal starts fast. They lie in the journal's
 * own database, and a start without them gives the same state from the entries.
 *
 * 1. There is one checkpoint at a time. Its `state` is rewritten each time; what only ever grows is its `memory`, a list of
 *    pieces of which each holds what came since the one before. A piece that is `whole` begins the list again.
 * 2. A checkpoint is written in one transaction: a crash leaves the one before, whole.
 * 3. Digests chain over the pieces; the state's digest covers the last piece's and the hash of the entry at which it stands. So
 *    nothing of it can be changed, dropped or moved, nor put beside another journal, without being noticed.
 * 4. What does not match is reported as a fault and never used.
 */
import { hash } from "node:crypto";
import { moment, type Moment } from "../../shared/time.ts";
import { CHAIN_START } from "./chain.ts";
import { hashOf } from "./rows.ts";
import type { Database } from "./sqlite.ts";

export const CHECKPOINT_TABLES = `
  CREATE TABLE IF NOT EXISTS checkpoint (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoint_memory (
    seq INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
`;

/** What is to be saved. `state` and `piece` are JSON texts. */
export interface CheckpointTexts {
  readonly at: Moment;
  readonly state: string;
  readonly piece: string;
  /** The piece holds everything that grows; those before it go. */
  readonly whole: boolean;
}

/** A checkpoint as it was saved, parsed. It follows entry `seq`. */
export interface SavedCheckpoint {
  readonly seq: number;
  readonly at: Moment;
  readonly state: unknown;
  /** Oldest first; the first is whole. */
  readonly memory: readonly unknown[];
}

/** Why a checkpoint that is there cannot be used. */
export interface CheckpointFault {
  readonly seq: number;
  readonly fault: string;
}

interface StateRow {
  readonly seq: number;
  readonly at: number;
  readonly state: string;
  readonly digest: string;
}

interface PieceRow {
  readonly seq: number;
  readonly body: string;
  readonly digest: string;
}

const pieceDigest = (before: string, seq: number, body: string): string =>
  hash("sha256", `${before}\n${seq}\n${body}`, "hex");

const stateDigest = (lastPiece: string, seq: number, at: number, entryHash: string, state: string): string =>
  hash("sha256", `${lastPiece}\n${seq}\n${at}\n${entryHash}\n${state}`, "hex");

/** Writes a checkpoint behind the entry `head`; the caller's transaction holds it. */
export function writeCheckpoint(
  database: Database,
  head: { readonly seq: number; readonly hash: string },
  { at, state, piece, whole }: CheckpointTexts,
): void {
  if (whole) database.prepare("DELETE FROM checkpoint_memory").run();
  const before = database.prepare("SELECT digest FROM checkpoint_memory ORDER BY seq DESC LIMIT 1").pluck().get();
  const digest = pieceDigest(typeof before === "string" ? before : CHAIN_START, head.seq, piece);
  database.prepare("INSERT INTO checkpoint_memory (seq, body, digest) VALUES (?, ?, ?)").run(head.seq, piece, digest);
  database
    .prepare("INSERT OR REPLACE INTO checkpoint (only, seq, at, state, digest) VALUES (1, ?, ?, ?, ?)")
    .run(head.seq, at, state, stateDigest(digest, head.seq, at, head.hash, state));
}

/** The entry behind which the checkpoint stands, 0 where there is none. */
export function checkpointSeq(database: Database): number {
  return Number(database.prepare("SELECT coalesce(max(seq), 0) FROM checkpoint").pluck().get());
}

/**
 * The checkpoint, or null where there is none. Everything of it is checked before it is parsed; a writer that saves the next
 * meanwhile is not seen.
 */
export function readCheckpoint(database: Database): SavedCheckpoint | CheckpointFault | null {
  const texts = database.transaction(() => checkedTexts(database))();
  if (texts === null || "fault" in texts) return texts;
  const { seq, at, state, memory } = texts;
  return { seq, at: moment(at), state: JSON.parse(state), memory: memory.map((body) => JSON.parse(body) as unknown) };
}

/** Why the checkpoint that is there is not whole, or null. */
export function checkpointFault(database: Database): CheckpointFault | null {
  const texts = database.transaction(() => checkedTexts(database))();
  return texts !== null && "fault" in texts ? texts : null;
}

interface Texts {
  readonly seq: number;
  readonly at: number;
  readonly state: string;
  readonly memory: readonly string[];
}

function checkedTexts(database: Database): Texts | CheckpointFault | null {
  if (!hasTables(database)) return null;
  const row = database.prepare("SELECT seq, at, state, digest FROM checkpoint").get() as StateRow | undefined;
  const pieces = database.prepare("SELECT seq, body, digest FROM checkpoint_memory ORDER BY seq").all() as PieceRow[];
  if (row === undefined) return pieces.length === 0 ? null : { seq: 0, fault: "the checkpoint's state is missing" };
  const { seq, at, state } = row;
  const wrong = (fault: string): CheckpointFault => ({ seq, fault });
  let before = CHAIN_START;
  for (const piece of pieces) {
    before = pieceDigest(before, piece.seq, piece.body);
    if (before !== piece.digest) return wrong(`the checkpoint's piece at entry ${piece.seq} does not match its digest`);
  }
  if (pieces.at(-1)?.seq !== seq) return wrong("the checkpoint's last piece is missing");
  const entry = hashOf(database, seq);
  if (entry === null) return wrong(`the checkpoint follows entry ${seq}, which is missing`);
  if (stateDigest(before, seq, at, entry, state) !== row.digest)
    return wrong(`the checkpoint behind entry ${seq} does not match its digest`);
  return { seq, at, state, memory: pieces.map(({ body }) => body) };
}

/** A journal of an older version has none. */
const hasTables = (database: Database): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkpoint'").get() !== undefined;
