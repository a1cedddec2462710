/**
 * A journal without its head: whether it is whole is unknown, so the session does not start until an operator says so.
 */
import { readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import { reopenSession } from "../../../../src/live/session/index.ts";
import { deskOf } from "../desks.ts";
import { create, finish, makeWorkspace, minutes, owned } from "../stage.ts";

/** Every file of a folder by its bytes, but for the lock's and those in which SQLite tidies up by itself. */
const bytesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !/lock|^journal\.db/.test(entry.name))
      .map((entry) => [entry.name, readFileSync(join(folder, entry.name)).toString("base64")]),
  );

describe.each([
  ["missing", (path: string) => rmSync(path)],
  ["empty", (path: string) => truncateSync(path, 0)],
])("a journal whose head is %s", (_, damage) => {
  it("is refused with what can be done, verified as a fault, and opened when an operator says that it holds", async () => {
    const workspace = makeWorkspace();
    const { id, folder } = await finish(await create(deskOf(), { workspace, length: minutes(1) }));
    damage(join(folder, "journal.head"));
    const before = bytesOf(folder);
    await expect(reopenSession({ workspace, id })).rejects.toMatchObject({
      code: "journal_damaged",
      message: expect.stringMatching(/journal\.head is missing.*--holds journal.*copy.*router_state\.json/) as unknown,
    });
    expect(bytesOf(folder)).toEqual(before);
    const verdict = await verifySession(workspace, id);
    expect(verdict.ok).toBe(false);
    expect(verdict.checks.find((check) => check.name === "chain")?.text).toMatch(/head is missing/);
    const session = owned(await reopenSession({ workspace, id, holds: "journal", length: minutes(1) }));
    expect((await finish(session)).failure).toBeNull();
    expect((await verifySession(workspace, id)).ok).toBe(true);
  });
});
