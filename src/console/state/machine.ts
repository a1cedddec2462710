/**
 * What of the machine becomes an alert: a disk that is nearly full, and sessions whose process ended without stopping them.
 *
 * 1. It looks at the disk once in `DISK_EVERY_MS`, and once in `WATCH_MS` at the open session and at what another host of the workspace
 *    reported, whether or not a view is open.
 * 2. A disk that cannot be asked raises nothing.
 */
import { statfsSync } from "node:fs";
import type { DiskRoom } from "../bridge/api.ts";
import type { Timers } from "../../shared/ports.ts";
import type { HostState } from "./state.ts";
import type { Occurrence } from "../alerts/book.ts";

export const WATCH_MS = 1_000;
export const DISK_EVERY_MS = 30_000;
const DISK_WARNING_BYTES = 1_000_000_000;
const DISK_CRITICAL_BYTES = 200_000_000;
const DISK_WARNING_SHARE = 0.03;

/** The disk that holds a path. */
export function diskRoom(path: string): DiskRoom | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}

/** Null while there is room enough. A small disk is nearly full later than a large one. */
export function diskTrouble({ freeBytes, totalBytes }: DiskRoom): Omit<Occurrence, "at"> | null {
  const warning = Math.min(DISK_WARNING_BYTES, totalBytes * DISK_WARNING_SHARE);
  if (freeBytes >= warning) return null;
  const critical = freeBytes < Math.min(DISK_CRITICAL_BYTES, totalBytes * (DISK_WARNING_SHARE / 5));
  const left = `${Math.floor(freeBytes / 1_000_000).toLocaleString("en")} MB`;
  const text = `The disk is nearly full: ${left} left. Delete or compact old sessions; a session that cannot write halts.`;
  return { cause: "disk", severity: critical ? "critical" : "warning", text, view: "sessions" };
}

/** Sessions that were running when their process ended, as the list of sessions has them. */
function interruptions(state: HostState): ReadonlyMap<string, Occurrence> {
  const newest = Object.values(state.sessions().sessions).find(({ problem }) => problem === null);
  if (newest === undefined || newest.open || newest.state !== "interrupted") return new Map();
  const cause = `interrupted:${newest.id}`;
  const text = `Session ${newest.id} was interrupted: its process ended without stopping it.`;
  const at = state.ports.wallMs() * 1_000;
  return new Map([[cause, { cause, severity: "critical", text, at, view: "desk", target: newest.id } as const]]);
}

/** Watches until the answer is called. */
export function watchMachine(state: HostState, timers: Timers): () => void {
  let timer: unknown = null;
  let diskMs = -Infinity;
  let listed: unknown = null;
  const wall = (): number => state.ports.wallMs() * 1_000;
  const look = (): void => {
    state.opened?.probe();
    state.alerts.refresh();
    const sessions = state.sessions();
    if (sessions !== listed && state.opened?.alive !== true) {
      listed = sessions;
      state.alerts.holds(null, wall(), (cause) => cause.startsWith("interrupted:"), interruptions(state));
    } else if (state.opened?.alive === true)
      state.alerts.end(null, wall(), (cause) => cause.startsWith("interrupted:"));
    if (timers.monotonicMs() - diskMs >= DISK_EVERY_MS) {
      diskMs = timers.monotonicMs();
      const room = state.ports.diskRoom(state.workspace.path);
      const trouble = room === null ? null : diskTrouble(room);
      const holds = new Map(trouble === null ? [] : [["disk", { ...trouble, at: wall() }]]);
      state.alerts.holds(null, wall(), (cause) => cause === "disk", holds);
    }
    timer = timers.set(look, WATCH_MS);
  };
  look();
  return () => {
    if (timer !== null) timers.clear(timer);
  };
}
