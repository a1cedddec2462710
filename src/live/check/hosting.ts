/**
 * Whether strategies can run on this machine, and what of the fence around them holds.
 *
 * 1. A built-in strategy is loaded in a host process of its own; nothing of it touches a session.
 */
import type { Workspace } from "../../store/index.ts";
import { nodeTimers } from "../clock/index.ts";
import { createStrategyHost, ProcessHost, type Layers } from "../host/index.ts";
import { CHECKED, madeUpDesk } from "./market.ts";

/** Why a built-in strategy does not run on this machine, or null; and what of the fence holds. */
export interface Hosting {
  readonly problem: string | null;
  readonly layers: Layers | null;
}

/** Tries a built-in strategy in a process of its own. */
export async function checkHosting(workspace: Workspace): Promise<Hosting> {
  const desk = madeUpDesk("momentum", {});
  const host = await createStrategyHost({ desk, workspace, metaOf: () => undefined, timers: nodeTimers });
  try {
    return { problem: host.notLoaded.get(CHECKED) ?? null, layers: host instanceof ProcessHost ? host.layers : null };
  } finally {
    host.close();
  }
}
