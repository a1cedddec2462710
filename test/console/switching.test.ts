/**
 * Another workspace in place of the open one: over a real host, with readers, a running session, and folders that are none.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ConsoleHost } from "../../src/console/bridge/api.ts";
import { createSwitchingHost } from "../../src/console/switching.ts";
import { readRecentWorkspaces } from "../../src/store/index.ts";
import { temporaryFolder } from "./sim/hosts.ts";

let host: ConsoleHost | null = null;
afterEach(() => host?.quit());

async function start() {
  const home = temporaryFolder();
  const recentFile = join(home, "state", "workspaces.json");
  const workspace = join(home, "first");
  const made = await createSwitchingHost({
    workspace,
    recentFile,
    hostKind: "loopback",
    version: "0.0.0",
    environment: {},
  });
  host = made;
  const refusal = (procedure: string, input: unknown): Promise<unknown> =>
    made.call(procedure, input).then(
      () => "none",
      (error: unknown) => error,
    );
  return { home, recentFile, workspace, host: made, refusal };
}

/** Resolves once the host has the workspace. */
async function opened(on: ConsoleHost, path: string): Promise<void> {
  while (on.workspace !== path) await new Promise((resolve) => setImmediate(resolve));
}

describe("opening another workspace", () => {
  it("asks before a folder becomes one, disconnects readers, and is remembered", async () => {
    const { home, recentFile, workspace, host: on, refusal } = await start();
    const path = join(home, "second");
    expect(await refusal("workspaces.open", { path: "second", create: false })).toMatchObject({
      code: "invalid_input",
    });
    expect(await refusal("workspaces.open", { path, create: false })).toMatchObject({
      code: "not_found",
      detail: { rule: "missing" },
    });
    mkdirSync(path);
    writeFileSync(join(path, "letter.txt"), "dear");
    expect(await refusal("workspaces.open", { path, create: false })).toMatchObject({ detail: { rule: "folder" } });
    expect(await refusal("workspaces.open", { path: join(path, "letter.txt"), create: true })).toMatchObject({
      code: "invalid_input",
    });
    expect(existsSync(join(path, "sessions"))).toBe(false);
    expect(existsSync(recentFile)).toBe(false);

    const ended: string[] = [];
    on.connect(
      () => undefined,
      (reason) => ended.push(reason),
    );
    expect(await on.call("workspaces.open", { path, create: true })).toEqual({ path });
    await opened(on, path);
    expect(ended).toEqual(["The console has opened another workspace."]);
    expect(readRecentWorkspaces(recentFile).map((one) => one.path)).toEqual([path, workspace]);
    expect(await on.call("workspaces.list", {})).toMatchObject({
      current: path,
      recent: [{ path: workspace, there: true }],
      dialog: false,
    });
    // Back again needs no word: it is a workspace.
    await on.call("workspaces.open", { path: workspace, create: false });
    await opened(on, workspace);
  });

  it("is refused while a session runs, and nothing changes", async () => {
    const { home, workspace, host: on, refusal } = await start();
    await on.call("session.start", {});
    expect(await refusal("workspaces.open", { path: join(home, "other"), create: true })).toMatchObject({
      code: "wrong_state",
    });
    expect(on.workspace).toBe(workspace);
    expect(on.sessionRunning()).toBe(true);
  });

  it("leaves everything as it was where it cannot be opened", async () => {
    const { home, workspace, host: on, refusal } = await start();
    const path = join(home, "blocked");
    mkdirSync(path);
    writeFileSync(join(path, "desk.yaml"), "name: x");
    writeFileSync(join(path, "sessions"), "no folder");
    expect(await refusal("workspaces.open", { path, create: false })).toMatchObject({ code: "io" });
    expect(on.workspace).toBe(workspace);
    expect(await on.call("desks.list", {})).toMatchObject({ chosen: "demo" });
  });
});
