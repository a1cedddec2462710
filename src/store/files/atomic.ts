/**
 * The atomic file: a path holds the old content or the new, whole, whatever happens in between.
 *
 * 1. Written to a new file in the same folder, until all is written; then synced, closed, and its size checked; then renamed
 *    over the path; then the folder is synced. Success means durable.
 * 2. A failure removes the temporary file and throws a coded error that says what to do. The path is then as it was; only where
 *    the folder's own sync failed, after the rename, it may hold the new content already.
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
  EACCES: "This user may not write there: change the folder's permissions, or use another workspace.",
  EPERM: "This user may not write there: change the folder's permissions, or use another workspace.",
  ENOENT: "The folder is not there: was it moved or deleted?",
  EIO: "The disk reports an error: copy the workspace to another disk and check this one.",
  EFBIG: "The file would be larger than this process may write.",
  ENOTDIR: "A part of this path is a file and no folder: name another place.",
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

/** Puts `bytes` in the place of the file. Throws a coded `io` error; then the content is not known to last. */
export function writeAtomic(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const folder = folderOf(path);
  serial += 1;
  const temporary = `${folder}/.${basename(path)}.${process.pid}.${serial}.tmp`;
  try {
    if (fs.exists(temporary)) fs.remove(temporary);
    const file = fs.create(temporary);
    try {
      writeAll(file, bytes);
      file.sync();
    } finally {
      file.close();
    }
    const size = fs.size(temporary);
    if (size !== bytes.length) throw new Error(`${size} of ${bytes.length} bytes are there`);
    fs.rename(temporary, path);
    fs.syncFolder(folder);
  } catch (error) {
    try {
      fs.remove(temporary);
    } catch {
      // The first failure is the one to tell; a temporary file that stays is named as such.
    }
    throw ioError("Writing", path, error);
  }
}

/** Text in UTF-8. */
export function writeTextAtomic(fs: FileSystem, path: string, text: string): void {
  writeAtomic(fs, path, new TextEncoder().encode(text));
}

/** Reads a text file up to a size. Throws `not_found`, `too_large` or `io`. */
export function readText(fs: FileSystem, path: string, bytesMax: number): string {
  const size = fs.size(path);
  if (size === null) throw new CodedError("not_found", `${path} does not exist.`, { path });
  if (size > bytesMax)
    throw new CodedError("too_large", `${path} has ${size} bytes; at most ${bytesMax} are read.`, {
      path,
      size,
      bytesMax,
    });
  try {
    return new TextDecoder().decode(fs.readFile(path));
  } catch (error) {
    throw ioError("Reading", path, error);
  }
}
