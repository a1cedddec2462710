/**
 * A session that stands still, for browser tests of a state that a running session passes through: `test/sim/still-host.ts` in a
 * process of its own, asked for one state after another.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export const STATES = ["none", "running", "paused", "halted", "stopped", "failed", "interrupted", "lost"] as const;
export type StillState = (typeof STATES)[number];

export interface StillHost {
  /** The address of a page in the state; the state before it is gone. */
  open(state: StillState): Promise<string>;
  /** Takes the host away from under the page. */
  lose(): Promise<void>;
  end(): void;
}

export async function stillHost(): Promise<StillHost> {
  const host: ChildProcess = fork(join(import.meta.dirname, "..", "sim", "still-host.ts"), { stdio: "inherit" });
  await once(host, "message");
  const ask = async (message: object): Promise<{ readonly url?: string }> => {
    host.send(message);
    return ((await once(host, "message")) as [{ readonly url?: string }])[0];
  };
  return {
    open: async (state) => (await ask({ state })).url ?? "",
    lose: async () => void (await ask({ lose: true })),
    end: () => host.disconnect(),
  };
}
