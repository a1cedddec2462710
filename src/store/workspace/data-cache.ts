/**
 * The names of what the reader keeps of market data files, so that it goes with them.
 *
 * 1. A name here belongs to one file: `.logos-cache/NAME.<16 digits>.bars` beside NAME.
 */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export const CACHE_FOLDER = ".logos-cache";

const NAME = /^(.+)\.[0-9a-f]{16}\.bars$/s;

/** The name of a file's cache for one way of reading it, which a digest names. */
export const cacheName = (file: string, digest: string): string => `${file}.${digest.slice(0, 16)}.bars`;

/** The name of the file that a cache is of; null for what is none. */
export const fileOfCache = (name: string): string | null => NAME.exec(name)?.[1] ?? null;

/** The paths of a file's caches. */
export function cachesOf(path: string): string[] {
  const folder = join(dirname(path), CACHE_FOLDER);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => fileOfCache(name) === basename(path))
    .map((name) => join(folder, name));
}

/** Removes a file's caches. What cannot be removed stays: it is used for no other bytes. */
export function removeCaches(path: string): void {
  try {
    for (const cache of cachesOf(path)) rmSync(cache, { force: true });
  } catch {
    // A folder that may not be read or written.
  }
}
