/**
 * The atomic file: a path holds the old content or the new, whole, whatever happens in between.
 *
 * 1. Written to a new file in the same folder, until all is written; then synced, closed, and its size checked; then renamed
 *    over the path; then the folder is synced. Success means durable.
 * 2. A failure removes the temporary file and throws a coded error that says what to do. The path is then as it was; only where
 *    the folder's own sync failed, after the rename, it may hold the new content already.
 *    A process that is killed leaves a temporary file: `sweepTemporary` removes those of a path, for who alone may write it.
 * 3. A short write is not success: what was not taken is written again, and a write that takes nothing is a failure.
 */
import { basename } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import type { FileHandle, FileSystem } from "../../shared/ports.ts";
import { folderOf } from "./node-file-system.ts";

/** What a person can do about a disk's error. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full: make room, then try again.",
  EDQUOT: "The disk quota is used up: make room, then try again.",
  EROFS: "The disk is read-only: mount it writable, or use another workspace.",
  EACCES: "This user has no permission there: change the folder's permissions, or use another workspace.",
  EPERM: "This user has no permission there: change the folder's permissions, or use another workspace.",
  ELOOP: "It is a circle of links: name a file.",
  ENOENT: "The folder is not there: was it moved or deleted?",
  EIO: "The disk reports an error: copy the workspace to another disk and check this one.",
  EFBIG: "The file would be larger than this process may write.",
  ENOTDIR: "A part of this path is a file and no folder: name another place.",
  EFTYPE: "It is a pipe, a device or the like: name a regular file.",
  EISDIR: "It is a folder: name a file in it.",
  EEXIST: "A file of that name is in the way: move it, or name another place.",
  EMFILE: "Too many files are open: close other programs.",
};

/** A disk's error as a coded one: what was tried, where, and what to do. */
export function ioError(doing: string, path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const said = error instanceof Error ? error.message : String(error);
  const advice = ADVICE[code] ?? "Check the disk and the folder's permissions, then try again.";
  return new CodedError(
    "io",
    `${doing} ${path} failed (${code === "" ? said : code}). ${advice}`,
    { path, cause: code },
    {
      cause: error,
    },
  );
}

/** Writes all of `bytes`, however few are taken at a time. */
export function writeAll(file: FileHandle, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    const taken = file.write(bytes, written);
    if (taken <= 0) throw new Error("the disk took no more bytes");
    written += taken;
  }
}

let serial = 0;

/** A file that is written piece by piece and put in its place when it is whole. A method that throws has dropped it: a coded `io` error. */
export class AtomicFile {
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #temporary: string;
  #file: FileHandle | null = null;
  #bytes = 0;

  constructor(fs: FileSystem, path: string) {
    this.#fs = fs;
    this.#path = path;
    serial += 1;
    this.#temporary = `${folderOf(path)}/.${basename(path)}.${process.pid}.${serial}.tmp`;
    this.#try(() => {
      if (fs.exists(this.#temporary)) fs.remove(this.#temporary);
      this.#file = fs.create(this.#temporary);
    });
  }

  write(bytes: Uint8Array): void {
    this.#try(() => {
      if (this.#file === null) throw new Error("the file is closed");
      writeAll(this.#file, bytes);
      this.#bytes += bytes.length;
    });
  }

  /** Makes what is written so far durable, so that little is left to do for the end. */
  sync(): void {
    this.#try(() => this.#file?.sync());
  }

  /** Nothing more is written: all of it is on the disk, beside its place. */
  close(): void {
    this.#try(() => {
      this.#file?.sync();
      this.#release();
      const size = this.#fs.size(this.#temporary);
      if (size !== this.#bytes) throw new Error(`${size} of ${this.#bytes} bytes are there`);
    });
  }

  /** Puts the closed file in its place. */
  place(): void {
    this.#try(() => {
      this.#fs.rename(this.#temporary, this.#path);
      this.#fs.syncFolder(folderOf(this.#path));
    });
  }

  /** Gives it up: the path stays as it is. */
  drop(): void {
    try {
      this.#release();
    } catch {
      // A file that is given up need not be closed well.
    }
    try {
      this.#fs.remove(this.#temporary);
    } catch {
      // The failure before is the one to report; a temporary file that stays is named as such.
    }
  }

  #release(): void {
    const file = this.#file;
    this.#file = null;
    file?.close();
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.drop();
      throw ioError("Writing", this.#path, error);
    }
  }
}

/** Puts `bytes` in the place of the file. Throws a coded `io` error; then the content is not known to last. */
export function writeAtomic(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const file = new AtomicFile(fs, path);
  file.write(bytes);
  file.close();
  file.place();
}

/** Removes what processes that were killed left of writing a file; nothing may be writing it now. */
export function sweepTemporary(fs: FileSystem, path: string): void {
  const folder = folderOf(path);
  const begin = `.${basename(path)}.`;
  for (const name of fs.list(folder))
    if (name.startsWith(begin) && name.endsWith(".tmp")) fs.remove(`${folder}/${name}`);
}

/** Text in UTF-8. */
export function writeTextAtomic(fs: FileSystem, path: string, text: string): void {
  writeAtomic(fs, path, new TextEncoder().encode(text));
}

/** A file's bytes, null where there is none. A name that leads in a circle, or may not be looked at, is a coded `io` error. */
export function sizeOf(fs: FileSystem, path: string): number | null {
  try {
    return fs.size(path);
  } catch (error) {
    throw ioError("Reading", path, error);
  }
}

/** Reads a text file up to a size. Throws `not_found`, `too_large` or `io`. */
export function readText(fs: FileSystem, path: string, bytesMax: number): string {
  return new TextDecoder().decode(readBytes(fs, path, bytesMax));
}

/** As `readText`, the file's bytes. */
export function readBytes(fs: FileSystem, path: string, bytesMax: number): Uint8Array {
  const size = sizeOf(fs, path);
  if (size === null) throw new CodedError("not_found", `${path} does not exist.`, { path });
  if (size > bytesMax)
    throw new CodedError("too_large", `${path} has ${size} bytes; at most ${bytesMax} are read.`, {
      path,
      size,
      bytesMax,
    });
  try {
    return fs.readFile(path);
  } catch (error) {
    throw ioError("Reading", path, error);
  }
}
