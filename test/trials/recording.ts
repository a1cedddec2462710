/**
 * A session of the disk's trials as the log of its writes, and the images of a disk that are drawn from it.
 *
 * 1. A recording is of a real process behind the shim; of some the process was killed on its way, and another one resumed.
 * 2. A recording is used only where its log gives exactly the files that the processes left.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Unprotected } from "../sim/disk/child.ts";
import { PowerLossDisk } from "../sim/disk/power-loss.ts";
import { endOf } from "../sim/disk/processes.ts";
import { readWriteLog, type DiskOperation } from "../sim/disk/write-log.ts";
import { folderIn, type DiskSession } from "./disk-session.ts";

export interface Recording {
  /** The workspace's folder in the log; it is there until it is removed. */
  readonly root: string;
  readonly operations: readonly DiskOperation[];
  /** How many of them the process made that was killed; 0 where none was. */
  readonly killedAt: number;
}

/** Records a session; with `kill`, one that dies at that operation and is opened again. Without its protection one may fail by itself. */
export async function recordWrites(
  session: DiskSession,
  seed: string,
  kill: number | null,
  unprotected: Unprotected | null,
): Promise<Recording> {
  const root = session.workspace();
  const arm = kill === null ? {} : { arm: `kill ${kill} half` };
  const first = await session.run(root, null, { unprotected, seed, ...arm });
  const operations = readWriteLog(session.log);
  const begun = folderIn(root);
  const killed = first.signal === "SIGKILL" && begun !== null && first.acknowledged.length > 0;
  const killedAt = killed ? operations.length : 0;
  if (killed) {
    const second = await session.run(root, begun.id, { unprotected });
    if (second.code !== 0) throw new Error(`The resumed session ended with ${endOf(second)}`);
    operations.push(...readWriteLog(session.log));
  } else if (first.code !== 0 && first.signal !== "SIGKILL" && unprotected === null)
    throw new Error(`The recorded session ended with ${endOf(first)}`);
  needWhole(root, operations);
  return { root, operations, killedAt };
}

/** A draw of which every change that was made is there. */
const EVERYTHING = 0.4;

/** What a disk holds that lost nothing. */
export const wholeOf = (disk: PowerLossDisk): Map<string, Uint8Array> =>
  disk.image(
    () => EVERYTHING,
    512,
    (path) => !path.endsWith("-shm"),
  );

/** Throws when the log does not give the files that are there: then the shim was passed by, and no image would mean anything. */
function needWhole(root: string, operations: readonly DiskOperation[]): void {
  const disk = new PowerLossDisk(root);
  for (const operation of operations) disk.follow(operation);
  const image = wholeOf(disk);
  const there = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.endsWith("-shm"),
  );
  for (const { parentPath, name } of there) {
    const path = relative(root, join(parentPath, name));
    const logged = image.get(path);
    if (logged === undefined || !readFileSync(join(root, path)).equals(logged))
      throw new Error(`The log of operations does not give ${path} as it is.`);
  }
  const files = [...image.keys()].filter((path) => !path.endsWith("/"));
  if (files.length !== there.length)
    throw new Error(`The log of operations has ${files.length} files, and there are ${there.length}.`);
}

/** Writes an image into a folder, in place of what was there. */
export function writeImage(place: string, image: ReadonlyMap<string, Uint8Array>): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const [path, bytes] of image)
    if (path.endsWith("/")) mkdirSync(join(place, path));
    else writeFileSync(join(place, path), bytes);
}
