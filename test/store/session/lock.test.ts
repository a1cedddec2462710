/** One writer a folder: two processes, a killed one, and what is reported of them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireLock, lockHolder, nodeFileSystem as fs, openJournal, readJournal } from "../../../src/store/index.ts";
import { at, note } from "../journal/entries.ts";
import { freshFolder, thrownBy } from "../folders.ts";

const WALL = "2026-01-05T15:00:00+00:00";

async function writerOf(folder: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    pid: child.pid as number,
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("a session folder's lock", () => {
  it("keeps a second process out, names the first, and ends with it however that ends", async () => {
    const folder = freshFolder();
    const writer = await writerOf(folder);
    try {
      const error = thrownBy(() => acquireLock(fs, folder, WALL));
      expect(error).toMatchObject({
        code: "session_busy",
        detail: { folder, writer: { pid: writer.pid, host: hostname(), since: "2026-01-05T14:30:00+00:00" } },
      });
      expect(String(error)).toContain(`process ${writer.pid} on ${hostname()}`);
      expect(lockHolder(fs, folder)).toMatchObject({ pid: writer.pid });
    } finally {
      await writer.kill();
    }
    // The killed process's note is still there, and decides nothing.
    expect(existsSync(join(folder, "writer.json"))).toBe(true);
    expect(lockHolder(fs, folder)).toBeNull();
    const lock = acquireLock(fs, folder, WALL);
    expect(lockHolder(fs, folder)).toMatchObject({ pid: process.pid, since: WALL });
    lock.release();
    lock.release();
    expect(lockHolder(fs, folder)).toBeNull();
    expect(existsSync(join(folder, "writer.json"))).toBe(false);
  });

  it("ends with its release on a disk that does not remove the writer's name", () => {
    const folder = freshFolder();
    const remove = (): void => {
      throw new Error("EIO");
    };
    const lock = acquireLock({ ...fs, remove }, folder, WALL);
    expect(thrownBy(() => lock.release())).toMatchObject({ message: "EIO" });
    expect(lockHolder(fs, folder)).toBeNull();
    acquireLock(fs, folder, WALL).release();
  });

  it("is free where there never was one, and looking makes no file", () => {
    const folder = freshFolder();
    expect(lockHolder(fs, folder)).toBeNull();
    expect(fs.list(folder)).toEqual([]);
  });

  it("is held even where nothing readable says by whom", () => {
    const folder = freshFolder();
    const lock = acquireLock(fs, folder, WALL);
    for (const text of ["", "{", "null", "x".repeat(20_000)]) {
      writeFileSync(join(folder, "writer.json"), text);
      expect(lockHolder(fs, folder)).toBe("unknown");
    }
    expect(thrownBy(() => acquireLock(fs, folder, WALL))).toMatchObject({ code: "session_busy" });
    expect(String(thrownBy(() => acquireLock(fs, folder, WALL)))).toContain("another process");
    lock.release();
  });

  it("does not disturb a reader of the journal", () => {
    const folder = freshFolder();
    const lock = acquireLock(fs, folder, WALL);
    const journal = openJournal(join(folder, "journal.db"));
    journal.append(note("a"), at(1));
    journal.commit();
    const reader = readJournal(join(folder, "journal.db"));
    expect(reader.count("session")).toBe(1);
    reader.close();
    journal.close();
    lock.release();
  });

  it("in a folder that is not there is an error of the disk, not a busy session", () => {
    expect(thrownBy(() => acquireLock(fs, join(freshFolder(), "none"), WALL))).toMatchObject({ code: "io" });
  });
});
