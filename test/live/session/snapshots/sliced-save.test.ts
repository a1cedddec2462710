/**
 * The router's file saved between passes: it is whole or the old one, and what it says can be made again from the journal.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { digestOf, nodeFileSystem, openJournal } from "../../../../src/store/index.ts";
import { FailingDisk } from "../../../sim/disk/failing-disk.ts";
import { deskOf } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  filesOf,
  finish,
  finishByHand,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  namesIn,
  reopen,
} from "../stage.ts";

/** A machine on which every look at its time costs some: a pass comes to two pieces of a save. */
class SlowTimers extends HandTimers {
  override monotonicMs(): number {
    this.nowMs += 3;
    return this.nowMs;
  }
}

const sliced = (timers: HandTimers, more: Partial<SessionPorts> = {}): Partial<SessionPorts> =>
  handPorts(timers, { savedAtOnceMax: 0, ...more });

const LENGTH = minutes(12);
const temporaryIn = (folder: string): string[] => namesIn(folder).filter((name) => name.endsWith(".tmp"));
const fileDigest = (folder: string): string => digestOf(readFileSync(join(folder, "router_state.json"), "utf8"));

/** Steps until a save has begun, and `more` timers on. */
async function untilSaving(session: LiveSession, timers: HandTimers, saves: number, more: number): Promise<void> {
  session.start();
  let begun = 0;
  let busy = false;
  for (let left = 20_000; begun < saves && left > 0; left -= 1) {
    await timers.step();
    const now = temporaryIn(session.folder).length > 0;
    if (now && !busy) begun += 1;
    busy = now;
  }
  for (let left = more; left > 0; left -= 1) await timers.step();
  expect(temporaryIn(session.folder)).toHaveLength(1);
}

describe("a session whose saves go in slices", () => {
  it("says of which entry each is, writes what others write, verifies, and continues", async () => {
    const timers = new SlowTimers();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, speed: 60, length: LENGTH, ports: sliced(timers) });
    const seen: (readonly [file: string, recorded: string | undefined])[] = [];
    session.subscribe((entries) => {
      if (entriesOf(entries, "snapshot").length > 0) return;
      const recorded = entriesOf(session.entries(), "snapshot").at(-1)?.sha256;
      if (recorded !== undefined) seen.push([fileDigest(session.folder), recorded]);
    });
    const { folder, failure } = await finishByHand(session, timers);
    expect(failure).toBeNull();
    const snapshots = entriesOf(journalOf(folder), "snapshot");
    const late = snapshots.filter((entry) => entry.of !== undefined);
    expect(late.length).toBeGreaterThan(2);
    for (const { seq, of } of late) expect(of).toBeLessThan(seq - 1);
    expect(snapshots.at(-1)).toMatchObject({ cause: "shutdown", sha256: fileDigest(folder) });
    expect(seen.length).toBeGreaterThan(20);
    for (const [file, recorded] of seen) expect(file).toBe(recorded);
    expect(temporaryIn(folder)).toEqual([]);
    const plain = await create(deskOf(), { length: LENGTH });
    expect(filesOf(folder)).toEqual(filesOf((await finish(plain)).folder));
    expect((await verifySession(workspace, session.id)).checks.filter((check) => check.state === "failed")).toEqual([]);
  });

  it("has a newest save in slices that the journal gives again, and that is found out when it is another's", async () => {
    const timers = new SlowTimers();
    const session = await create(deskOf(), { speed: 60, length: LENGTH, ports: sliced(timers) });
    session.start();
    const newest = () => entriesOf(session.entries(), "snapshot").at(-1);
    for (let left = 20_000; newest()?.of === undefined && left > 0; left -= 1) await timers.step();
    expect(newest()?.of).toBeDefined();
    const workspace = crashCopy(session.folder);
    const check = async (name: string) =>
      (await verifySession(workspace, session.id)).checks.find((one) => one.name === name);
    expect(await check("snapshot")).toMatchObject({ state: "passed" });
    expect(await check("file")).toMatchObject({ state: "passed" });
    const journal = openJournal(join(workspace.sessions, session.id, "journal.db"));
    const saved = newest();
    if (saved?.of === undefined) throw new Error("There is no such save.");
    const { sha256, nextSequence, at, of } = saved;
    journal.append({ kind: "snapshot", sha256, nextSequence, cause: "interval", of: of + 3 }, at);
    journal.commit();
    journal.close();
    expect(await check("snapshot")).toMatchObject({ state: "failed" });
  });

  it("makes a start's save while it runs, where the file that lies there is its newest", async () => {
    const timers = new SlowTimers();
    const workspace = makeWorkspace();
    const first = await create(deskOf(), { workspace, speed: 60, length: LENGTH, ports: sliced(timers) });
    const { folder } = await finishByHand(first, timers);
    const [before, saved] = [fileDigest(folder), entriesOf(journalOf(folder), "snapshot").length];
    const open = { speed: 60, length: minutes(2), ports: sliced(timers) } as const;
    // One that is opened and never runs leaves the file as it was, and what it began is swept by the next.
    const idle = crashCopy((await reopen(workspace, first.id, open)).folder);
    const idleFolder = join(idle.sessions, first.id);
    expect(fileDigest(idleFolder)).toBe(before);
    expect(entriesOf(journalOf(idleFolder), "snapshot")).toHaveLength(saved);
    const again = await reopen(idle, first.id, open);
    await finishByHand(again, timers);
    const since = entriesOf(journalOf(idleFolder), "snapshot").slice(saved);
    expect(since[0]).toMatchObject({ cause: "start" });
    expect(since.at(-1)).toMatchObject({ cause: "shutdown", sha256: fileDigest(idleFolder) });
    expect(temporaryIn(idleFolder)).toEqual([]);
    expect((await verifySession(idle, first.id)).ok).toBe(true);
  });

  it.each([0, 3, 9])("leaves the old file whole when it is killed in the midst of one, %i steps in", async (more) => {
    const timers = new SlowTimers();
    const session = await create(deskOf(), { speed: 60, length: LENGTH, ports: sliced(timers) });
    await untilSaving(session, timers, 3, more);
    const workspace = crashCopy(session.folder);
    const folder = join(workspace.sessions, basename(session.folder));
    const recorded = entriesOf(journalOf(folder), "snapshot").at(-1);
    expect(fileDigest(folder)).toBe(recorded?.sha256);
    const again = await reopen(workspace, session.id, { speed: "max" });
    expect(temporaryIn(folder)).toEqual([]);
    expect(await finish(again)).toMatchObject({ failure: null, driftOpen: 0 });
    expect((await verifySession(workspace, session.id)).ok).toBe(true);
  });

  it("drops one that is under way for a halt's, and for the last", async () => {
    const timers = new SlowTimers();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, speed: 60, length: LENGTH, ports: sliced(timers) });
    await untilSaving(session, timers, 2, 1);
    session.halt({ operator: "ada", note: "" });
    expect(temporaryIn(session.folder)).toEqual([]);
    expect(entriesOf(session.entries(), "snapshot").at(-1)).toMatchObject({
      cause: "halt",
      sha256: fileDigest(session.folder),
    });
    const done = session.stop("operator");
    for (let left = 50; session.state !== "stopped" && left > 0; left -= 1) await timers.step();
    expect((await done).failure).toBeNull();
    expect(temporaryIn(session.folder)).toEqual([]);
    expect((await verifySession(workspace, session.id)).ok).toBe(true);
  });

  it.each(["ENOSPC", "EIO", "half"] as const)("fails with it on a disk that takes no more: %s", async (kind) => {
    const timers = new SlowTimers();
    const disk = new FailingDisk(nodeFileSystem);
    const session = await create(deskOf(), { speed: 60, length: LENGTH, ports: sliced(timers, { fs: disk }) });
    await untilSaving(session, timers, 3, 1);
    disk.fault = { kind, path: /router_state/ };
    const before = fileDigest(session.folder);
    for (let left = 50; session.state !== "failed" && left > 0; left -= 1) await timers.step();
    expect((await session.done).failure).toMatchObject({ code: "io" });
    expect(temporaryIn(session.folder)).toEqual([]);
    expect(fileDigest(session.folder)).toBe(before);
  });
});
