/**
 * Where caches of market data files are: a hidden folder beside the files.
 *
 * 1. A cache is made of its file and can be deleted at any time. Where none can be read or written, files are read as they are.
 * 2. A cache is put in its place whole. A link is never followed to one.
 * 3. A file has at most `OF_ONE_MAX` caches, one for each way of reading it, and a folder `FOLDER_BYTES_MAX` of them; those that were
 *    used longest ago make room, and so do those whose file is gone.
 */
import { Buffer } from "node:buffer";
import { lstatSync, mkdirSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AtomicFile } from "../../store/files/atomic.ts";
import { nodeFileSystem } from "../../store/files/node-file-system.ts";
import { CACHE_FOLDER, cacheName, cachesOf, fileOfCache } from "../../store/workspace/data-cache.ts";
import { fileSource, type SourceCache } from "./table/byte-source.ts";

/** A shorter file is read as fast as what is kept of it. */
export const CACHED_FROM_BYTES = 1024 * 1024;
export const OF_ONE_MAX = 4;
const FOLDER_BYTES_MAX = 2 * 1024 ** 3;
const NAME_BYTES_MAX = 180;
/** What was left of writing a cache is removed after this time, when nothing can be writing it any more. */
const LEFT_MS_MAX = 3_600_000;

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function makeRoom(folder: string, file: string): void {
  const now = Date.now();
  const beside = new Set(readdirSync(dirname(folder)));
  const own = new Set(cachesOf(file));
  const found = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ name, path, usedMs: stat.mtimeMs, bytes: stat.size }];
  });
  let [ofOne, total] = [0, 0];
  for (const { name, path, usedMs, bytes } of found.toSorted((a, b) => b.usedMs - a.usedMs)) {
    const of = fileOfCache(name);
    if (of !== null) total += bytes;
    if (own.has(path)) ofOne++;
    const isOver = total > FOLDER_BYTES_MAX || (own.has(path) && ofOne > OF_ONE_MAX);
    const isLeft = of === null ? name.endsWith(".tmp") && now - usedMs > LEFT_MS_MAX : isOver || !beside.has(of);
    if (isLeft) rmSync(path, { force: true });
  }
}

function save(path: string, cache: string, bytes: Iterable<Uint8Array>): void {
  const folder = dirname(cache);
  if (!isFolder(folder)) mkdirSync(folder, { mode: 0o700 });
  const file = new AtomicFile(nodeFileSystem, cache);
  let any = false;
  for (const piece of bytes) {
    file.write(piece);
    any = true;
  }
  if (!any) return file.drop();
  file.close();
  file.place();
  makeRoom(folder, path);
}

/** The cache of a file. */
export function cacheBeside(path: string): SourceCache {
  const name = basename(path);
  const folder = join(dirname(path), CACHE_FOLDER);
  const placeOf = (place: string): string => join(folder, cacheName(name, place));
  return {
    load: (place) => {
      try {
        const cache = placeOf(place);
        if (!isFolder(folder) || lstatSync(cache, { throwIfNoEntry: false })?.isFile() !== true) return null;
        const found = fileSource(cache, name);
        utimesSync(cache, new Date(), new Date());
        return found;
      } catch {
        return null;
      }
    },
    save: (place, bytes) => {
      if (Buffer.byteLength(name) > NAME_BYTES_MAX) return;
      try {
        save(path, placeOf(place), bytes);
      } catch {
        // A folder that may not be written, or a full disk: the file is read as it is.
      }
    },
  };
}
