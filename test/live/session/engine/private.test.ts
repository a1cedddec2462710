/** What a session writes is this user's alone: folders 0700 and files 0600, whatever the process's own mask lets through. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { deskOf } from "../desks.ts";
import { create, finish, makeWorkspace, minutes } from "../stage.ts";

it.skipIf(process.platform === "win32")(
  "no other user reads a session's files (skipped on Windows: it has no such modes)",
  async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, length: minutes(2) });
    const modes = (folder: string): [string, string][] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        const found: [string, string] = [path, (statSync(path).mode & 0o777).toString(8)];
        return entry.isDirectory() ? [found, ...modes(path)] : [found];
      });
    const wrong = (): unknown => modes(workspace.sessions).filter(([, mode]) => mode !== "600" && mode !== "700");
    expect(wrong()).toEqual([]);
    await finish(session);
    expect(modes(workspace.sessions).length).toBeGreaterThan(8);
    expect(wrong()).toEqual([]);
  },
);
