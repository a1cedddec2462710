/**
 * The real disk behind the FileSystem port.
 *
 * 1. Every method is synchronous and throws Node's own error, with its `code`, when the disk refuses.
 * 2. Nothing here retries or swallows; the callers decide what a failure means.
 * 3. What is made here belongs to its user alone. Only regular files are read or appended to.
 */
import * as fs from "node:fs";
import { dirname } from "node:path";
import type { FileHandle, FileSystem } from "../../shared/ports.ts";
import { readRegular } from "./regular.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

function handle(descriptor: number): FileHandle {
  return {
    write: (bytes, offset) => fs.writeSync(descriptor, bytes, offset, bytes.length - offset),
    sync: () => fs.fsyncSync(descriptor),
    close: () => fs.closeSync(descriptor),
  };
}

/**
 * Makes a folder and those above it that are missing, from the top down, each durably: a file in it is only as safe as the folder's
 * own name. Node's own recursive call never ends on some systems' special folders, where making one is answered as if the one above
 * it were missing.
 */
function makeFolder(path: string): void {
  const above = dirname(path);
  if (above !== path && !fs.existsSync(above)) makeFolder(above);
  try {
    fs.mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !fs.statSync(path).isDirectory()) throw error;
    return;
  }
  syncFolder(above);
}

function syncFolder(path: string): void {
  // Windows opens no folders; its renames are in the file system's own log.
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(path, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Opens a regular file, or a new one, for appending. A pipe of that name is not waited for. */
function openToAppend(path: string): number {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = fs.constants;
  const descriptor = fs.openSync(path, O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), FILE_MODE);
  if (fs.fstatSync(descriptor).isFile()) return descriptor;
  fs.closeSync(descriptor);
  throw Object.assign(new Error("it is no regular file"), { code: "EFTYPE" });
}

export const nodeFileSystem: FileSystem = {
  readFile: (path) => readRegular(path),
  size: (path) => fs.statSync(path, { throwIfNoEntry: false })?.size ?? null,
  exists: (path) => fs.existsSync(path),
  list: (folder) => fs.readdirSync(folder).toSorted(),
  makeFolder: (path) => {
    makeFolder(path);
  },
  create: (path) => handle(fs.openSync(path, "wx", FILE_MODE)),
  append: (path) => handle(openToAppend(path)),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.rmSync(path, { force: true }),
  truncate: (path, size) => fs.truncateSync(path, size),
  syncFolder: (path) => {
    syncFolder(path);
  },
};

/** The folder that a path lies in. */
export const folderOf = (path: string): string => dirname(path);
