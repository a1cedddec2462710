/**
 * Packs: the entries of one large commit in one row, compressed. A long replay's journal is a tenth of what its rows would take.
 *
 * 1. A pack holds entries without a gap; no entry lies in a pack and in a row of its own. Bodies are the same texts as in rows.
 * 2. The chain goes through each of its entries. Their hashes are not stored: they follow from the hash before the pack, and the last of
 *    them has to be the pack's own. So a changed pack is noticed whenever one of its entries is read; which of them it was is not known.
 * 3. A pack that cannot be read is a coded error.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { CodedError } from "../../shared/errors.ts";
import { chainHash } from "./chain.ts";
import type { Head } from "./head.ts";
import type { Database, Statement } from "./sqlite.ts";

export const PACKS_TABLE = `
  CREATE TABLE IF NOT EXISTS packs (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    before TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
`;

/** Entries of one commit from which on they are a pack: fewer gain little, and a row is found and repaired more easily. */
export const PACK_MIN = 64;
/** Characters of one body, and of all of them, up to which entries are packed. */
const BODY_CHARS_MAX = 100_000;
const PACK_CHARS_MAX = 16_000_000;
/** A pack's text in bytes, moments and kinds included. */
const TEXT_BYTES_MAX = 4 * PACK_CHARS_MAX;
/** The fastest level: the next ones win a tenth of the size for twice the time. */
const LEVEL = 1;

/** An entry with its place in the chain. */
export interface ChainRow {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
  readonly hash: string;
  /** Of a pack's entry: the hash before the pack, which is right where it is the hash of the entry before `first`. */
  readonly pack?: { readonly first: number; readonly before: string };
}

interface PackRow {
  readonly last: number;
  readonly first: number;
  readonly kinds: string;
  readonly before: string;
  readonly hash: string;
  readonly body: Uint8Array;
}

/** An entry that is to be written. */
export interface Appended {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

const COLUMNS = "last, first, kinds, before, hash, body";
const withPacks = new WeakSet<Database>();

/** Whether the database has packs at all; a journal of an older version has none. */
function hasTable(database: Database): boolean {
  if (withPacks.has(database)) return true;
  const table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'packs'";
  if (database.prepare(table).get() === undefined) return false;
  withPacks.add(database);
  return true;
}

/** How many entries there are of each kind, as JSON, in order of first sight. */
function kindsText(entries: readonly { readonly kind: string }[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of entries) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return JSON.stringify(Object.fromEntries(kinds));
}

/** Writes packs within the journal's transactions. */
export class PackWriter {
  readonly #insert: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO packs (last, first, kinds, before, hash, body) VALUES (?, ?, ?, ?, ?, ?)",
    );
  }

  /** Writes entries that follow `head` as one pack, and answers the last one's place; null where they are better rows. */
  write(head: Head, entries: readonly Appended[]): Head | null {
    if (entries.length < PACK_MIN) return null;
    let chars = 0;
    for (const { text } of entries) {
      if (text.length > BODY_CHARS_MAX) return null;
      chars += text.length;
    }
    if (chars > PACK_CHARS_MAX) return null;
    let { hash } = head;
    let lines = "";
    for (const { seq, at, kind, text } of entries) {
      hash = chainHash(hash, seq, at, kind, text);
      lines += `${at}\n${kind}\n${text}\n`;
    }
    const [first, last] = [entries[0] as Appended, entries.at(-1) as Appended];
    const body = deflateRawSync(lines, { level: LEVEL });
    this.#insert.run(last.seq, first.seq, kindsText(entries), head.hash, hash, body);
    return { seq: last.seq, hash };
  }
}

const damaged = (database: Database, { first, last }: PackRow, cause?: unknown): CodedError =>
  new CodedError(
    "journal_damaged",
    `Entries ${first} to ${last} of ${database.name} do not match their hash, or cannot be read: they were changed. Restore the ` +
      "session's folder from a copy, or start a new session from its router_state.json.",
    { path: database.name, seq: first, last },
    { cause },
  );

/** The entries of a pack. `hashed`: each with its hash, and checked against the pack's own; else their hashes are empty. */
function unpack(database: Database, pack: PackRow, hashed: boolean): ChainRow[] {
  const { first, last, before } = pack;
  let parts: string[];
  try {
    parts = inflateRawSync(pack.body, { maxOutputLength: TEXT_BYTES_MAX }).toString("utf8").split("\n");
  } catch (error) {
    throw damaged(database, pack, error);
  }
  if (parts.length !== 3 * (last - first + 1) + 1) throw damaged(database, pack);
  const rows: ChainRow[] = [];
  const place = { first, before };
  let hash = hashed ? before : "";
  for (let seq = first; seq <= last; seq += 1) {
    const line = 3 * (seq - first);
    const [at, kind, body] = [Number(parts[line]), parts[line + 1] as string, parts[line + 2] as string];
    if (hashed) hash = chainHash(hash, seq, at, kind, body);
    rows.push({ seq, at, kind, body, hash, pack: place });
  }
  if (hashed && (hash !== pack.hash || kindsText(rows) !== pack.kinds)) throw damaged(database, pack);
  return rows;
}

interface Unpacked {
  readonly last: number;
  readonly hash: string;
  readonly hashed: boolean;
  readonly rows: readonly ChainRow[];
}

/** The pack that was read last of each database: entries are asked for one by one, and lie together. */
const newest = new WeakMap<Database, Unpacked>();

/** A pack's place, and how many entries it has of each kind. */
export interface PackPlace {
  readonly first: number;
  readonly last: number;
  readonly hash: string;
  readonly kinds: Readonly<Record<string, number>>;
}

const statements = new WeakMap<Database, Map<string, Statement>>();

/** A statement that is asked again and again: preparing it costs as much as asking. */
function prepared(database: Database, sql: string): Statement {
  const known = statements.get(database) ?? new Map<string, Statement>();
  statements.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** The condition that a pack has an entry of one of some kinds; its values are `pathsOf` the kinds. */
const anyKind = (kinds: readonly string[]): string => `(${kinds.map(() => "json_extract(kinds, ?) > 0").join(" OR ")})`;
const pathsOf = (kinds: readonly string[]): string[] => kinds.map((kind) => `$.${kind}`);

/** The next pack with entries from a number on, of some kinds only when asked; null behind the last. */
export function nextPack(database: Database, from: number, kinds: readonly string[] = []): PackPlace | null {
  if (!hasTable(database)) return null;
  const filter = kinds.length === 0 ? "" : `AND ${anyKind(kinds)}`;
  const next = `SELECT first, last, hash, kinds FROM packs WHERE last >= ? ${filter} ORDER BY last LIMIT 1`;
  const row = prepared(database, next).get(from, ...pathsOf(kinds)) as
    | (Omit<PackPlace, "kinds"> & { kinds: string })
    | undefined;
  return row === undefined ? null : { ...row, kinds: JSON.parse(row.kinds) as Record<string, number> };
}

/** How many entries of a kind lie in packs that begin at a number or behind it. */
export function packedCount(database: Database, kind: string, from: number): number {
  if (!hasTable(database)) return 0;
  const sum = "SELECT coalesce(sum(json_extract(kinds, ?)), 0) FROM packs WHERE first >= ?";
  return Number(prepared(database, sum).pluck().get(`$.${kind}`, from));
}

/**
 * The entries of a pack; none where it is a pack no more. `hashed`: with their hashes, which lead to the pack's
 * own. Throws `journal_damaged` where they do not, or cannot be read.
 */
export function packAt(database: Database, { last, hash }: PackPlace, hashed: boolean): readonly ChainRow[] {
  const kept = newest.get(database);
  if (kept?.last === last && kept.hash === hash && (kept.hashed || !hashed)) return kept.rows;
  const pack = database.prepare(`SELECT ${COLUMNS} FROM packs WHERE last = ?`).get(last) as PackRow | undefined;
  if (pack === undefined) return [];
  const rows = unpack(database, pack, hashed);
  newest.set(database, { last, hash: pack.hash, hashed, rows });
  return rows;
}

/** The packed entry with a number, or null. */
export function packedRow(database: Database, seq: number): ChainRow | null {
  const pack = nextPack(database, seq);
  return pack === null || pack.first > seq ? null : (packAt(database, pack, false)[seq - pack.first] ?? null);
}

/** The hash of the packed entry with a number, or null. */
export function packedHash(database: Database, seq: number): string | null {
  const pack = nextPack(database, seq);
  if (pack === null || pack.first > seq) return null;
  return pack.last === seq ? pack.hash : (packAt(database, pack, true)[seq - pack.first]?.hash ?? null);
}

/** The newest pack's last entry's place in the chain, or null. */
export function lastPacked(database: Database): Head | null {
  if (!hasTable(database)) return null;
  const row = database.prepare("SELECT last AS seq, hash FROM packs ORDER BY last DESC LIMIT 1").get();
  return (row as Head | undefined) ?? null;
}

/** The newest packed entry of a kind before a number, or null. */
export function lastPackedOf(database: Database, kind: string, before: number): ChainRow | null {
  if (!hasTable(database)) return null;
  const lasts = `SELECT last FROM packs WHERE first < ? AND ${anyKind([kind])} ORDER BY last DESC`;
  for (const last of prepared(database, lasts)
    .pluck()
    .all(before, ...pathsOf([kind])) as number[]) {
    const pack = nextPack(database, last);
    const found = pack === null ? [] : packAt(database, pack, false);
    const row = found.findLast(({ seq, kind: own }) => own === kind && seq < before);
    if (row !== undefined) return row;
  }
  return null;
}

/** Makes a pack's entries rows again, as a compaction needs them; the caller's transaction holds it. */
export function intoRows(database: Database, pack: PackPlace): void {
  const insert = database.prepare("INSERT INTO entries (seq, at, kind, body, hash) VALUES (?, ?, ?, ?, ?)");
  for (const { seq, at, kind, body, hash } of packAt(database, pack, true)) insert.run(seq, at, kind, body, hash);
  database.prepare("DELETE FROM packs WHERE last = ?").run(pack.last);
}
