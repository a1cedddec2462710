/** A journal that is another session's than the record beside it is refused by a start, before anything of the folder is touched. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { deskOf } from "../desks.ts";
import { crashCopy, create, finish, journalOf, minutes, reopen } from "../stage.ts";

async function ended(seed: string) {
  const session = await create(deskOf({ seed }), { length: minutes(2) });
  await finish(session);
  const workspace = crashCopy(session.folder);
  return { workspace, id: basename(session.folder), folder: join(workspace.sessions, basename(session.folder)) };
}

it("is named, and nothing is changed; beside a record that says nothing it opens", async () => {
  const [own, other] = [await ended("1"), await ended("2")];
  const files = ["journal.db", "journal.head", "broker.db", "router_state.json"];
  for (const name of files) {
    for (const end of ["-wal", "-shm"]) rmSync(join(own.folder, `${name}${end}`), { force: true });
    cpSync(join(other.folder, name), join(own.folder, name));
  }
  const again = () => reopen(own.workspace, own.id, { length: minutes(1), holds: "journal" });
  await expect(again()).rejects.toMatchObject({
    code: "session_conflict",
    message: expect.stringMatching(/is the journal of another session than session\.json/) as string,
  });
  for (const name of ["broker.db", "router_state.json"])
    expect(readFileSync(join(own.folder, name)).equals(readFileSync(join(other.folder, name))), name).toBe(true);
  expect(journalOf(own.folder)).toEqual(journalOf(other.folder));
  writeFileSync(join(own.folder, "session.json"), "no record");
  expect((await finish(await again())).failure).toBeNull();
});
