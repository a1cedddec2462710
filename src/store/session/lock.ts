/**
 * The writer's lock: a session folder takes one writer.
 *
 * 1. The lock is the operating system's: an exclusive transaction on a small database of its own, held for the writer's life.
 *    It ends with the process, however that ends, so no stale lock ever needs guessing about.
 * 2. Readers of the journal are not disturbed by it.
 * 3. `writer.json` only names who has it; it decides nothing.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import { databaseError, openForReading, openForWriting, type Database } from "../journal/sqlite.ts";

export interface WriterInfo {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

export interface Lock {
  release(): void;
}

/** The locks that this process holds: one without a reference would end when its memory is reclaimed. */
const held = new Set<Database>();

const lockPathOf = (folder: string): string => join(folder, "session.lock");
const infoPathOf = (folder: string): string => join(folder, "writer.json");

function writerInfo(fs: FileSystem, folder: string): WriterInfo | null {
  try {
    const value = JSON.parse(readText(fs, infoPathOf(folder), 10_000)) as Partial<WriterInfo>;
    return { pid: Number(value.pid), host: String(value.host), since: String(value.since) };
  } catch {
    return null;
  }
}

function busy(fs: FileSystem, folder: string): CodedError {
  const writer = writerInfo(fs, folder);
  const who = writer === null ? "another process" : `process ${writer.pid} on ${writer.host}, since ${writer.since},`;
  return new CodedError(
    "session_busy",
    `${folder} is open: ${who} is running this session. Use \`logos status\`, \`halt\`, \`review\` or \`resume\` beside it, ` +
      "or stop that process first.",
    { folder, writer },
  );
}

const isBusy = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  return code === "SQLITE_BUSY" || code === "SQLITE_LOCKED";
};

/** Takes the folder's lock. Throws `session_busy` naming the process that has it, or `io`. */
export function acquireLock(fs: FileSystem, folder: string, wall: string): Lock {
  let database: Database | null = null;
  try {
    // The lock's own file needs no log beside it; an exclusive transaction keeps every other one out.
    database = openForWriting(lockPathOf(folder), "DELETE");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw isBusy(cause) ? busy(fs, folder) : databaseError("Locking", lockPathOf(folder), error);
  }
  const mine = database;
  held.add(mine);
  try {
    const info: WriterInfo = { pid: process.pid, host: hostname(), since: wall };
    writeTextAtomic(fs, infoPathOf(folder), `${JSON.stringify(info)}\n`);
  } catch (error) {
    held.delete(mine);
    mine.close();
    throw error;
  }
  return {
    release: () => {
      if (!held.delete(mine)) return;
      try {
        fs.remove(infoPathOf(folder));
      } finally {
        // A disk that does not remove the name must not keep the session from being opened again while this process lives.
        mine.close();
      }
    },
  };
}

/** Whether some process has the folder, and which. Changes nothing. */
export function lockHolder(fs: FileSystem, folder: string): WriterInfo | "unknown" | null {
  if (!fs.exists(lockPathOf(folder))) return null;
  let database: Database | null = null;
  try {
    database = openForReading(lockPathOf(folder), 0);
    database.prepare("SELECT count(*) FROM sqlite_master").get();
    return null;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return isBusy(cause) ? (writerInfo(fs, folder) ?? "unknown") : null;
  } finally {
    database?.close();
  }
}
