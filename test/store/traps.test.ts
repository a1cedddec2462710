/**
 * What lies in a workspace under a name that the program reads, and is no file: a pipe, a device, a folder, a circle of links, a link
 * that leads out, a file of gigabytes. Each reading ends, with its value or a coded error, and none waits or fills the memory.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDesk } from "../../src/live/desk/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { openForReading, openForWriting, openCache } from "../../src/store/journal/sqlite.ts";
import {
  AlertFile,
  findDesk,
  killFilesIn,
  listDesks,
  listSessions,
  nodeFileSystem,
  openWorkspace,
  profileNames,
  readDeskText,
  readRecentWorkspaces,
  readSettings,
  type Workspace,
} from "../../src/store/index.ts";
import { freshFolder } from "./folders.ts";

const TRAPS: readonly (readonly [string, (path: string) => void])[] = [
  ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ["a device", (path) => symlinkSync("/dev/zero", path)],
  ["a folder", (path) => mkdirSync(path)],
  ["a circle of links", (path) => symlinkSync(path, path)],
  ["a link that leads nowhere", (path) => symlinkSync(`${path}.nowhere`, path)],
  ["a link out of the workspace", (path) => symlinkSync("/etc", path)],
  [
    "a file of three gigabytes",
    (path) => {
      writeFileSync(path, "");
      truncateSync(path, 3_000_000_000);
    },
  ],
];

/** What a reading gives: its value, or the code of its error; anything but a coded error is thrown on. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

type Reading = (workspace: Workspace) => unknown;
const desk = (workspace: Workspace, file: string): unknown =>
  openDesk({ workspace, file: join(workspace.path, file), env: {} });

const READINGS: readonly (readonly [string, Reading, (value: unknown) => boolean])[] = [
  ["settings.json", readSettings, (value) => JSON.stringify(value) === "{}"],
  ["desk.yaml", (workspace) => desk(workspace, "desk.yaml"), (value) => typeof value === "string"],
  ["desk.yaml", (workspace) => readDeskText(workspace, "desk.yaml"), (value) => typeof value === "string"],
  ["desks/night.yaml", (workspace) => desk(workspace, "desks/night.yaml"), (value) => typeof value === "string"],
  ["desks/night.yaml", listDesks, (value) => Array.isArray(value)],
  ["desks", listDesks, (value) => Array.isArray(value)],
  ["alerts.jsonl", (workspace) => new AlertFile(workspace).open(), () => true],
  ["alerts.jsonl", (workspace) => new AlertFile(workspace).others(), () => true],
  ["alerts.jsonl", (workspace) => new AlertFile(workspace).append([]), () => true],
  ["data/own.import.yaml", ({ data }) => profileNames(data), (value) => Array.isArray(value)],
  ["sessions/2026-01-01_0000_a_b", listSessions, (value) => typeof value === "object"],
  ["KILL", ({ fs, path }) => killFilesIn(fs, [path]), (value) => Array.isArray(value)],
  ["recent.json", ({ path }) => readRecentWorkspaces(join(path, "recent.json")), (value) => Array.isArray(value)],
];

describe.each(TRAPS)("%s", (what, lay) => {
  it.each(READINGS)("named %s is no end of the program", async (place, read, fits) => {
    const workspace = openWorkspace(freshFolder());
    const path = join(workspace.path, place);
    mkdirSync(join(path, ".."), { recursive: true });
    lay(path);
    expect(fits(await outcome(() => read(workspace)))).toBe(true);
  });

  it.each(["", "-wal", "-journal"])(
    "in the place of a database's file%s is refused before it is opened",
    async (suffix) => {
      for (const open of [openForReading, openForWriting, openCache]) {
        const path = join(freshFolder(), "some.db");
        lay(path + suffix);
        if (suffix !== "") openFresh(path);
        const made = await outcome(() => open(path));
        // What is a regular file is the database's own to judge.
        if (what.startsWith("a file")) expect(made).toBeDefined();
        else expect(made).toBe("io");
      }
    },
  );

  it("is no desk that a person names", async () => {
    const workspace = openWorkspace(freshFolder());
    mkdirSync(join(workspace.path, "desks"));
    lay(join(workspace.path, "desks", "night.yaml"));
    const found = await outcome(() => findDesk(workspace, "night"));
    if (what.startsWith("a file")) expect(await outcome(() => desk(workspace, "desks/night.yaml"))).toBe("too_large");
    else expect([null, "outside_workspace"]).toContain(found);
  });
});

/** An empty regular file. */
function openFresh(path: string): void {
  nodeFileSystem.append(path).close();
}
