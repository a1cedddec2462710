/**
 * A command that takes time is shown as pending until it is confirmed.
 */
import { describe, expect, it } from "vitest";
import { sessionHandlers } from "../../../src/console/handlers/session.ts";
import type { HostState } from "../../../src/console/state/state.ts";

/** Handlers of a session that lives or has ended, and what was pending while it was asked to stop. */
function stopping(alive: boolean) {
  const seen: (string | null)[] = [];
  const opened: { alive: boolean; pending: "stop" | null; live: object } = { alive, pending: null, live: {} };
  opened.live = { stop: () => Promise.resolve(seen.push(opened.pending)) };
  const state = { workspace: {}, sessionPorts: () => ({}), need: () => opened } as unknown as HostState;
  return { handlers: sessionHandlers(state), seen };
}

describe("a stop", () => {
  it.each<[what: string, alive: boolean, pending: readonly (string | null)[]]>([
    ["is pending while a session that runs comes to its end", true, ["stop"]],
    ["is not pending for a session that has ended", false, [null]],
  ])("%s", async (_what, alive, pending) => {
    const { handlers, seen } = stopping(alive);
    await handlers["session.stop"]({ operator: "ann" });
    expect(seen).toEqual(pending);
  });
});
