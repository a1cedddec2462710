/**
 * `router_state.json`: the router's snapshot on disk, as Logos writes and reads it.
 *
 * 1. Written atomically; read through the orchestrator's checks, so whatever is wrong is named and nothing is restored.
 * 2. Its digest is over the exact bytes.
 */
import { basename } from "node:path";
import { readRouterState } from "../../orchestrator/index.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { digestOf } from "../files/digest.ts";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import type { JournalReader } from "../journal/journal.ts";

/** A router state of a million keys is about 90 MB. */
export const ROUTER_STATE_BYTES_MAX = 256_000_000;

/**
 * The digests of a router file that is the session's own: its newest snapshot's, and the one that lies there while the newest is not
 * written yet, which is the snapshot's before it or what a start found in its place.
 */
export function ownDigests(journal: Pick<JournalReader, "read">): ReadonlySet<string> {
  let [newest, before]: (string | null)[] = [null, null];
  for (const entry of journal.read(1, ["snapshot"]))
    if (entry.kind === "snapshot") [newest, before] = [entry.sha256, entry.found ?? newest];
  return new Set([newest, before].filter((digest) => digest !== null && digest !== undefined));
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
