/**
 * The one place where SQLite is loaded and opened.
 *
 * 1. The Node version is checked first: on an older one the database's binary would end the process without a word.
 * 2. A writer has WAL and `synchronous=FULL`, set at each open and asserted again after the first write, because in WAL the
 *    setting can fall back silently.
 * 3. A pipe, a device, a folder or a link that leads nowhere is refused before SQLite sees it: it would wait for a pipe, and a copy of a
 *    device never ends.
 */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { CodedError } from "../../shared/errors.ts";
import { ioError } from "../files/atomic.ts";

export type Database = BetterSqlite3.Database;
export type Statement = BetterSqlite3.Statement;

export const NODE_MAJOR_MIN = 24;
const FULL = 2;

let loaded: typeof BetterSqlite3 | null = null;

function load(): typeof BetterSqlite3 {
  if (loaded !== null) return loaded;
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN)
    throw new CodedError(
      "runtime",
      `The journal's database needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. ` +
        "Run the program through `npm run logos -- …`, which uses the Node that comes with it.",
      { node: process.versions.node },
    );
  loaded = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
  return loaded;
}

/** Throws where a database's file, or one of those that SQLite keeps beside it, is there and is no regular file. */
function assertRegular(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    const file = path + suffix;
    const own = lstatSync(file, { throwIfNoEntry: false });
    if (own === undefined) continue;
    const found = own.isSymbolicLink() ? statSync(file) : own;
    if (!found.isFile())
      throw Object.assign(new Error("it is no regular file"), { code: found.isDirectory() ? "EISDIR" : "EFTYPE" });
  }
}

/** Opens for writing, creating the file when it is absent. Throws a coded `io` or `journal_damaged` error. */
export function openForWriting(path: string, mode: "WAL" | "DELETE" = "WAL"): Database {
  try {
    assertRegular(path);
    // SQLite gives its log the mode of the file; who is not this user reads neither.
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
    const database = new (load())(path, { timeout: mode === "WAL" ? 2_000 : 300 });
    database.pragma(`journal_mode = ${mode}`);
    database.pragma("synchronous = FULL");
    return database;
  } catch (error) {
    throw databaseError("Opening", path, error);
  }
}

/** An empty database without a file. */
export function openInMemory(): Database {
  return new (load())(":memory:");
}

/**
 * Opens a database that can be made again from something else, creating it when it is absent: what a power cut takes is made again.
 * Throws a coded `io` or `journal_damaged` error.
 */
export function openCache(path: string): Database {
  try {
    assertRegular(path);
    const database = new (load())(path, { timeout: 2_000 });
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = OFF");
    return database;
  } catch (error) {
    throw databaseError("Opening", path, error);
  }
}

/** What SQLite says where it may not make the files that it reads a write-ahead log with. */
const NO_LOG: ReadonlySet<unknown> = new Set([
  "SQLITE_CANTOPEN",
  "SQLITE_READONLY",
  "SQLITE_READONLY_CANTINIT",
  "SQLITE_READONLY_DIRECTORY",
]);

/**
 * Opens beside a running writer; changes nothing. On a disk that cannot be written it reads a copy in memory. `waitMs`: how long it waits
 * for a lock.
 */
export function openForReading(path: string, waitMs = 2_000): Database {
  let database: Database | null = null;
  try {
    assertRegular(path);
    database = new (load())(path, { readonly: true, fileMustExist: true, timeout: waitMs });
    database.pragma("schema_version");
    return database;
  } catch (error) {
    database?.close();
    const { code, path: at } = error as { code?: unknown; path?: unknown };
    // A copy needs no file to share the log by, so one that leads nowhere is as one that cannot be made.
    if (!(NO_LOG.has(code) || at === `${path}-shm`) || !existsSync(path)) throw databaseError("Opening", path, error);
  }
  try {
    return copyOf(path);
  } catch (error) {
    throw databaseError("Opening", path, error);
  }
}

/** A database with what its write-ahead log holds, in memory; the copy that this takes is this user's alone and gone afterwards. */
function copyOf(path: string): Database {
  const place = mkdtempSync(join(tmpdir(), "logos-read-"));
  try {
    const copy = join(place, "copy.db");
    copyFileSync(path, copy);
    chmodSync(copy, 0o600);
    if (existsSync(`${path}-wal`)) {
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      chmodSync(`${copy}-wal`, 0o600);
    }
    const whole = new (load())(copy);
    try {
      whole.pragma("journal_mode = DELETE");
      return new (load())(whole.serialize(), { readonly: true });
    } finally {
      whole.close();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Throws when the database would not survive a power cut. */
export function assertDurable(database: Database, path: string): void {
  const synchronous = database.pragma("synchronous", { simple: true });
  const mode = database.pragma("journal_mode", { simple: true });
  if (synchronous === FULL && mode === "wal") return;
  throw new CodedError(
    "io",
    `${path} is not kept durably here (journal mode ${String(mode)}, synchronous ${String(synchronous)}). ` +
      "Put the workspace on a local disk that supports write-ahead logging.",
    { path },
  );
}

/** SQLite's error as a coded one. */
export function databaseError(doing: string, path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const code = (error as { code?: unknown }).code;
  // A plain SQLITE_ERROR is a table or column that is not there, because our own statements are right.
  if (typeof code === "string" && /^SQLITE_(CORRUPT|NOTADB$|ERROR$)/.test(code))
    return new CodedError(
      "journal_damaged",
      `${path} is damaged (${code}). Restore the session's folder from a copy, or start a new session from its ` +
        `router_state.json.`,
      { path },
      { cause: error },
    );
  const plain: Readonly<Record<string, string>> = {
    SQLITE_FULL: "ENOSPC",
    SQLITE_READONLY: "EROFS",
    SQLITE_CANTOPEN: "EACCES",
    SQLITE_READONLY_DIRECTORY: "EROFS",
    SQLITE_IOERR_WRITE: "EIO",
    SQLITE_IOERR_FSYNC: "EIO",
  };
  const known = typeof code === "string" ? plain[code] : undefined;
  return ioError(doing, path, known === undefined ? error : Object.assign(new Error(String(error)), { code: known }));
}
