/**
 * A session's folder: its name, its files, its one writer, and the list of them all.
 *
 * 1. A session is its folder; the folder's name is its id, and a second one of a name gets a number behind it.
 * 2. `latest` names the newest session; it is a text file, so that it works on every platform.
 * 3. Listing reads what is there and says what cannot be read; it never throws for one broken session.
 */
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, lstatSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { NAME, sessionId, type SessionId } from "../../shared/ids.ts";
import { ioError, writeTextAtomic } from "../files/atomic.ts";
import { readRegular } from "../files/regular.ts";
import { resolveInside, type Workspace } from "../workspace/workspace.ts";
import { lockHolder, type WriterInfo } from "./lock.ts";
import { readRecord, type SessionRecord } from "./record.ts";

export interface SessionFiles {
  readonly id: SessionId;
  readonly folder: string;
  readonly journal: string;
  readonly broker: string;
  readonly routerState: string;
  readonly record: string;
  readonly report: string;
  /** The views' index over the journal; made again from it when it is missing. */
  readonly archive: string;
}

/** The places in a session's folder, without touching the disk. */
export function sessionFilesAt(folder: string): SessionFiles {
  return {
    id: sessionId(basename(folder)),
    folder,
    journal: join(folder, "journal.db"),
    broker: join(folder, "broker.db"),
    routerState: join(folder, "router_state.json"),
    record: join(folder, "session.json"),
    report: join(folder, "session.md"),
    archive: join(folder, "archive.db"),
  };
}

const word = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 24);

/** `2026-11-23_0930_<symbol or basket>_<strategy or book>`, from the wall's UTC time. */
export function sessionNameOf(wallMs: number, symbols: readonly string[], strategies: readonly string[]): string {
  const iso = new Date(wallMs).toISOString();
  const symbol = symbols.length === 1 ? word(symbols[0] ?? "") || "symbol" : "basket";
  const strategy = strategies.length === 1 ? word(strategies[0] ?? "") || "strategy" : "book";
  return `${iso.slice(0, 10)}_${iso.slice(11, 13)}${iso.slice(14, 16)}_${symbol}_${strategy}`;
}

/**
 * Makes a new session's folder, durably: what is journaled in it must not go with its name. A name that is taken gets `-2`, `-3`, …
 * Throws `io`.
 */
export function makeSessionFolder(workspace: Workspace, name: string): SessionFiles {
  // Someone may have deleted the folder of all sessions meanwhile; a workspace that is gone itself is not made again.
  if (existsSync(workspace.path))
    try {
      workspace.fs.makeFolder(workspace.sessions);
    } catch (error) {
      throw ioError("Making", workspace.sessions, error);
    }
  for (let number = 1; number <= 10_000; number += 1) {
    const folder = join(workspace.sessions, number === 1 ? name : `${name}-${number}`);
    try {
      mkdirSync(folder, 0o700);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw ioError("Making", folder, error);
    }
    try {
      workspace.fs.syncFolder(workspace.sessions);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw ioError("Syncing", workspace.sessions, error);
    }
    return sessionFilesAt(folder);
  }
  throw new CodedError("io", `${workspace.sessions} has ten thousand sessions named ${name}; move some away.`);
}

/** Removes the folder of a session that never began. On a disk that refuses even that, the error to report is why it never began. */
export function discardSessionFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // A folder without a journal stays; it is listed as one that cannot be read, and does no harm.
  }
}

/** Writes which session is the newest. */
export function nameLatest(workspace: Workspace, id: SessionId): void {
  writeTextAtomic(workspace.fs, join(workspace.sessions, "latest"), `${id}\n`);
}

const LATEST_BYTES_MAX = 10_000;

/** The newest session's id: what `latest` names, when it is there. A link, as Logos makes it, is read too. */
export function latestSession(workspace: Workspace): SessionId | null {
  const path = join(workspace.sessions, "latest");
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const name = found.isSymbolicLink()
    ? basename(readlinkSync(path))
    : found.isFile()
      ? readRegular(path, LATEST_BYTES_MAX).toString("utf8").trim()
      : "";
  return NAME.test(name) && workspace.fs.exists(join(workspace.sessions, name)) ? sessionId(name) : null;
}

/** The folder of a session that is there; `latest` means the newest. Throws `no_session` or `outside_workspace`. */
export function findSession(workspace: Workspace, id: string): SessionFiles {
  const name = id === "latest" ? latestSession(workspace) : id;
  if (name === null)
    throw new CodedError(
      "no_session",
      `There is no session in ${workspace.sessions} yet. Start one with \`logos run\`.`,
    );
  const folder = resolveInside(workspace, workspace.sessions, name);
  if (!NAME.test(name) || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CodedError(
      "no_session",
      `There is no session ${name} in ${workspace.sessions}. \`logos sessions\` lists them.`,
      { id },
    );
  return sessionFilesAt(folder);
}

export interface SessionFound {
  readonly id: SessionId;
  readonly files: SessionFiles;
  /** The process that has it open, if one has. */
  readonly writer: WriterInfo | "unknown" | null;
  readonly record: SessionRecord | null;
  /** Why its record cannot be read, when it cannot. */
  readonly problem: string | null;
}

/** Past this many, the oldest are not listed. */
export const SESSIONS_LISTED_MAX = 500;

function look(workspace: Workspace, id: string): SessionFound {
  const files = sessionFilesAt(join(workspace.sessions, id));
  const writer = lockHolder(workspace.fs, files.folder);
  try {
    return { id: files.id, files, writer, record: readRecord(workspace.fs, files.record), problem: null };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { id: files.id, files, writer, record: null, problem: text };
  }
}

/** The workspace's sessions, newest first by name, and how many there are in all. */
export function listSessions(workspace: Workspace): { readonly sessions: SessionFound[]; readonly total: number } {
  let names: string[];
  try {
    names = readdirSync(workspace.sessions, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
      .map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { sessions: [], total: 0 };
    throw ioError("Listing", workspace.sessions, error);
  }
  // Numbers behind a name count as numbers, so that -10 comes after -9.
  const order = new Intl.Collator("en", { numeric: true });
  const newest = names.toSorted((a, b) => order.compare(b, a));
  return { sessions: newest.slice(0, SESSIONS_LISTED_MAX).map((id) => look(workspace, id)), total: names.length };
}

/** All bytes in a session's folder. */
export function sessionBytes(files: SessionFiles): number {
  return readdirSync(files.folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(files.folder, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
