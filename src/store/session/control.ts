/**
 * How another process asks a running session for something: a file in, a file out, in the session's `control` folder.
 *
 * 1. A request appears whole (it is renamed into place) and is answered once; the answer appears whole, too.
 * 2. The session looks; nothing listens on a port, and nothing outlives the folder.
 * 3. What is read is hostile until checked: size and count are limited, and a broken request is answered with its fault.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { OperatorCommand } from "../../shared/contract/operator-commands.ts";
import { CodedError, type ErrorShape } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import type { Scope } from "../../shared/scope.ts";
import { ioError, readText, writeTextAtomic } from "../files/atomic.ts";

/** `value` is what the command answers, as JSON; absent where it answers nothing. */
export type ControlReply =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly error: ErrorShape };

/** A request as it came; `value` is unchecked JSON. */
export interface ControlRequest {
  readonly id: string;
  readonly value: unknown;
}

const REQUEST_BYTES_MAX = 64_000;
/** Requests taken at one look; the rest wait for the next. */
const REQUESTS_MAX = 64;
const REQUEST = /^([0-9a-f-]{36})\.request\.json$/;

export const controlFolderOf = (session: string): string => join(session, "control");

export class ControlInbox {
  readonly #fs: FileSystem;
  readonly #folder: string;

  /** Opens the inbox empty: what was asked of an earlier process is not this one's. */
  constructor(fs: FileSystem, session: string) {
    this.#fs = fs;
    this.#folder = controlFolderOf(session);
    try {
      fs.makeFolder(this.#folder);
      for (const name of fs.list(this.#folder)) this.#drop(name);
    } catch (error) {
      throw ioError("Making", this.#folder, error);
    }
  }

  /** Whether something waits, at the cost of one look. A folder that is gone has nothing. */
  get waits(): boolean {
    return this.#names().length > 0;
  }

  #names(): string[] {
    try {
      return this.#fs.list(this.#folder).filter((name) => REQUEST.test(name));
    } catch {
      return [];
    }
  }

  /** Removes a file; false for what is none, as a folder of that name: it is no request. */
  #drop(name: string): boolean {
    try {
      this.#fs.remove(join(this.#folder, name));
      return true;
    } catch {
      return false;
    }
  }

  /** The requests that wait, oldest name first; each is taken once. */
  take(): ControlRequest[] {
    const requests: ControlRequest[] = [];
    for (const name of this.#names()) {
      const id = REQUEST.exec(name)?.[1];
      if (id === undefined || requests.length >= REQUESTS_MAX) continue;
      const path = join(this.#folder, name);
      let value: unknown = null;
      try {
        value = JSON.parse(readText(this.#fs, path, REQUEST_BYTES_MAX));
      } catch {
        // An unreadable request stays null, and its sender gets the answer that it is no command.
      }
      if (this.#drop(name)) requests.push({ id, value });
    }
    return requests;
  }

  reply(id: string, reply: ControlReply): void {
    writeTextAtomic(this.#fs, join(this.#folder, `${id}.reply.json`), JSON.stringify(reply));
  }
}

/**
 * Asks the process that runs a session. Resolves with its answer once it has done it; throws its error, or `wrong_state` when no
 * answer comes within the time (the request is then withdrawn).
 */
export async function requestControl(
  fs: FileSystem,
  session: string,
  command: OperatorCommand,
  options: { readonly timeoutMs?: number } = {},
): Promise<unknown> {
  const folder = controlFolderOf(session);
  const id = randomUUID();
  const request = join(folder, `${id}.request.json`);
  const reply = join(folder, `${id}.reply.json`);
  writeTextAtomic(fs, request, JSON.stringify(command));
  const timeoutMs = options.timeoutMs ?? 10_000;
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 50) {
    if (fs.exists(reply)) {
      const answer = JSON.parse(readText(fs, reply, REQUEST_BYTES_MAX)) as ControlReply;
      fs.remove(reply);
      if (answer.ok) return answer.value;
      throw new CodedError(answer.error.code, answer.error.message, answer.error.detail);
    }
    await pause(50);
  }
  fs.remove(request);
  throw new CodedError(
    "wrong_state",
    `The process that runs ${session} did not answer within ${timeoutMs / 1_000} s. It may be busy or hang: ` +
      `a file named KILL in that folder halts it at its next pass.`,
  );
}

/** A file that halts: everything, or the part of the desk that its name says. */
export interface KillFile {
  readonly path: string;
  /** Null for everything: `KILL` itself, or a name that says no part. */
  readonly scope: Scope | null;
}

const KILL_NAME = "KILL";
const KILL_SCOPE = /^KILL\.(strategy|group|symbol)\.(.+)$/;

/** The names in a folder; none where it cannot be listed. */
function namesIn(fs: FileSystem, folder: string): readonly string[] {
  try {
    return fs.list(folder);
  } catch {
    // `KILL` itself is asked for by name, so that the switch for everything does not hang on a listing.
    return [];
  }
}

/**
 * The kill switches that are on as files in these folders: `KILL` for everything, `KILL.strategy.NAME`, `KILL.group.NAME` and
 * `KILL.symbol.NAME` for a part. `%2F` in a name is a slash, which no file's name has. Any other name that begins with `KILL.` is one
 * for everything: who wrote it wanted something to stop.
 */
export function killFilesIn(fs: FileSystem, folders: readonly string[]): KillFile[] {
  return folders.flatMap((folder): KillFile[] => {
    const all = join(folder, KILL_NAME);
    const parts = namesIn(fs, folder)
      .filter((name) => name.startsWith(`${KILL_NAME}.`))
      .map((name): KillFile => {
        const [, kind, of] = KILL_SCOPE.exec(name) ?? [];
        const scope = of === undefined ? null : { kind: kind as Scope["kind"], name: of.replaceAll(/%2F/gi, "/") };
        return { path: join(folder, name), scope };
      });
    return fs.exists(all) ? [{ path: all, scope: null }, ...parts] : parts;
  });
}
