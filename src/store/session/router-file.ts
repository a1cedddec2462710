/**
 * `router_state.json`: the router's snapshot on disk, as Logos writes and reads it.
 *
 * 1. Written atomically; read through the orchestrator's checks, so whatever is wrong is named and nothing is restored.
 * 2. Its digest is over the exact bytes.
 */
import { hash } from "node:crypto";
import { basename } from "node:path";
import { readRouterState } from "../../orchestrator/index.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { digestOf } from "../files/digest.ts";
import { readBytes, readText, writeTextAtomic } from "../files/atomic.ts";
import type { SnapshotEntry } from "../journal/entries.ts";
import type { JournalReader } from "../journal/journal.ts";

/** A router state of a million keys is about 90 MB. */
export const ROUTER_STATE_BYTES_MAX = 256_000_000;

/**
 * The digests of a router file that is the session's own: its newest snapshot's, and the one that lies there while the newest is not
 * written yet, which is the snapshot's before it or what a start found in its place.
 */
export function ownDigests(journal: Pick<JournalReader, "read" | "lastOf">): ReadonlySet<string> {
  const newest = snapshotBefore(journal, Number.MAX_SAFE_INTEGER);
  if (newest === null) return new Set();
  const before = newest.found ?? snapshotBefore(journal, newest.seq)?.sha256;
  return new Set([newest.sha256, ...(before === undefined ? [] : [before])]);
}

/** The newest snapshot's entry before a number, as it is read; null where there is none. */
function snapshotBefore(
  journal: Pick<JournalReader, "read" | "lastOf">,
  before: number,
): (SnapshotEntry & { readonly seq: number }) | null {
  const found = journal.lastOf("snapshot", before);
  if (found === null) return null;
  // What a session reads of its journal is checked, and what is looked up in it is not.
  for (const entry of journal.read(found.seq, ["snapshot"])) return entry.kind === "snapshot" ? entry : null;
  return null;
}

/** The digest of the file that lies at a place, over its bytes behind a byte order mark; and its text. Throws as `readText`. */
export function lyingRouterFile(fs: FileSystem, path: string): { readonly sha256: string; text(): string } {
  const bytes = readBytes(fs, path, ROUTER_STATE_BYTES_MAX);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return {
    sha256: hash("sha256", marked ? bytes.subarray(3) : bytes, "hex"),
    text: () => new TextDecoder().decode(bytes),
  };
}

/** Writes the file and answers its digest. Throws `io`. */
export function saveRouterState(fs: FileSystem, path: string, text: string): string {
  writeTextAtomic(fs, path, text);
  return digestOf(text);
}

export interface LoadedRouterState {
  readonly text: string;
  readonly sha256: string;
  readonly state: ReturnType<typeof readRouterState>;
}

/** Checks a router state's text; the errors name `fileName`, the place and the rule. */
export function checkRouterState(text: string, fileName: string): LoadedRouterState {
  return { text, sha256: digestOf(text), state: readRouterState(text, { fileName }) };
}

/** Reads and checks the file. Throws `not_found`, `too_large` or `snapshot_invalid`; nothing on disk changes. */
export function loadRouterState(fs: FileSystem, path: string): LoadedRouterState {
  return checkRouterState(readText(fs, path, ROUTER_STATE_BYTES_MAX), basename(path));
}
