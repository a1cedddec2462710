/**
 * What a router snapshot holds in figures, and what differs from now: for every preview of a restore.
 *
 * 1. The session's own `router_state.json` is the present state where no process reports a newer one.
 */
import { OrderRouter, readRouterState, type RouterSnapshot } from "../../../orchestrator/index.ts";
import type { FileSystem } from "../../../shared/ports.ts";
import { readText } from "../../../store/files/atomic.ts";
import type { SessionFiles } from "../../../store/session/folder.ts";
import { ROUTER_STATE_BYTES_MAX } from "../../../store/session/router-file.ts";

export interface RouterFigures {
  readonly rateLimitPerSec: number;
  readonly maxInflight: number;
  readonly nextSequence: number;
  readonly halted: boolean;
  readonly inflight: number;
  readonly keys: number;
}

export function figuresOf(snapshot: RouterSnapshot): RouterFigures {
  const { rateLimitPerSec, maxInflight, nextSequence, halted } = snapshot;
  const { inflightCount, keys } = OrderRouter.restore(snapshot);
  return { rateLimitPerSec, maxInflight, nextSequence, halted, inflight: inflightCount, keys };
}

/** The figures of a session that is not running; null where it has no router file. */
export function figuresOnDisk(fs: FileSystem, files: Pick<SessionFiles, "routerState">): RouterFigures | null {
  if (!fs.exists(files.routerState)) return null;
  const text = readText(fs, files.routerState, ROUTER_STATE_BYTES_MAX);
  return figuresOf(readRouterState(text, { fileName: "router_state.json" }));
}

const NAMES: Readonly<Record<keyof RouterFigures, string>> = {
  rateLimitPerSec: "orders a second for each strategy",
  maxInflight: "orders in flight at most",
  nextSequence: "the next order's number",
  halted: "halted",
  inflight: "orders in flight",
  keys: "known keys",
};

/** One sentence for each figure that differs; none where there is nothing to compare with. */
export function differencesOf(figures: RouterFigures, current: RouterFigures | null): string[] {
  if (current === null) return [];
  return (Object.keys(NAMES) as (keyof RouterFigures)[])
    .filter((name) => figures[name] !== current[name])
    .map((name) => `${NAMES[name]}: now ${String(current[name])}, in the snapshot ${String(figures[name])}`);
}
