/**
 * Compaction: a journal without its old runs starts as before, proves what is left, and is refused where it was changed.
 */
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordFixture } from "../../../../src/harness/regress/record.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { compactSession } from "../../../../src/live/session/recovery/compact.ts";
import type { Desk } from "../../../../src/shared/desk.ts";
import { MINUTE, type Duration, type Moment } from "../../../../src/shared/time.ts";
import {
  DROPPED_KINDS,
  openForWriting,
  openJournal,
  readJournal,
  type Workspace,
} from "../../../../src/store/index.ts";
import { OPTIONS } from "../../../harness/regress/stage.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, filesOf, finish, minutes, reopen } from "../stage.ts";

async function stopped(desk: Desk = deskOf()): Promise<{ readonly folder: string; readonly id: string }> {
  const { folder, failure } = await finish(await create(desk, { length: minutes(8) }));
  expect(failure).toBeNull();
  return { folder, id: basename(folder) };
}

const journalPath = (workspace: Workspace, id: string): string => join(workspace.sessions, id, "journal.db");

function rowsOf(workspace: Workspace, id: string) {
  const journal = readJournal(journalPath(workspace, id));
  try {
    const entries = [...journal.read(1)];
    return { entries, base: journal.compaction(), checkpoint: journal.checkpoint(), fault: journal.verify() };
  } finally {
    journal.close();
  }
}

function change(workspace: Workspace, id: string, statement: string): void {
  const database = openForWriting(journalPath(workspace, id));
  database.exec(statement);
  database.close();
}

/** Files of equity and metrics are the end of the whole ones, behind their header; all others are equal. */
function expectShorter(short: Readonly<Record<string, string>>, whole: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(short)) {
    const other = whole[file] ?? "";
    const header = file === "equity_curve.csv" ? text.indexOf("\n") + 1 : 0;
    if (!/equity|metrics/.test(file)) expect(text, file).toBe(other);
    else {
      expect(other.startsWith(text.slice(0, header)) && other.endsWith(text.slice(header)), file).toBe(true);
      expect(text.length, file).toBeLessThan(0.8 * other.length);
    }
  }
}

const keep = (count: number): Duration => (count * MINUTE) as Duration;

describe("a compacted session", () => {
  it("keeps everything but runs and metrics, holds, and continues as it would have", async () => {
    const { folder, id } = await stopped();
    const [workspace, twin] = [crashCopy(folder), crashCopy(folder)];
    const before = rowsOf(workspace, id);
    const done = await compactSession(workspace, id, keep(2));
    const after = rowsOf(workspace, id);
    expect(done.dropped).toBeGreaterThan(100);
    expect(done.bytesAfter).toBeLessThan(done.bytesBefore);
    expect(after.fault).toBeNull();
    const { seq: base } = after.base;
    const stays = before.entries.filter((entry) => entry.seq > base || !DROPPED_KINDS.includes(entry.kind));
    expect(after.entries).toEqual(stays);
    expect(before.entries.length - stays.length).toBe(done.dropped);
    expect(done.entries).toBe(stays.length);
    const verdict = await verifySession(workspace, id);
    expect(verdict.ok).toBe(true);
    expect(verdict.checks.find((check) => check.name === "checkpoint")?.text).toMatch(/were removed/);

    const ends = [];
    for (const one of [workspace, twin]) {
      const session = await reopen(one, id, { length: minutes(6) });
      const summary = await finish(session);
      expect(summary.failure).toBeNull();
      ends.push({ files: filesOf(summary.folder), probe: { ...session.probe(), journal: null } });
    }
    const [short, whole] = ends as [(typeof ends)[0], (typeof ends)[0]];
    expect(short.probe).toEqual(whole.probe);
    expectShorter(short.files, whole.files);
    expect((await verifySession(workspace, id)).ok).toBe(true);
    expect((await compactSession(workspace, id, keep(2))).dropped).toBeGreaterThan(50);
    expect((await compactSession(workspace, id, keep(2))).dropped).toBe(0);
    expect((await verifySession(workspace, id)).ok).toBe(true);
  });

  it("keeps the entry behind which its checkpoint stands, whatever it is", async () => {
    const { folder, id } = await stopped();
    const workspace = crashCopy(folder);
    const journal = openJournal(journalPath(workspace, id));
    const saved = journal.checkpoint();
    if (saved === null || "fault" in saved) throw new Error("There is no checkpoint.");
    journal.append({ kind: "metrics", line: {} }, saved.at);
    journal.commit();
    const texts = { state: JSON.stringify(saved.state), piece: JSON.stringify(saved.memory[0]) };
    journal.saveCheckpoint({ at: saved.at, ...texts, whole: true });
    journal.append({ kind: "metrics", line: {} }, saved.at);
    journal.commit();
    const end = (saved.at + MINUTE) as Moment;
    while (journal.compact(end, 1_000) > 0);
    expect(journal.compaction().dropped).toBeGreaterThan(100);
    expect(journal.checkpoint()).not.toHaveProperty("fault");
    expect(journal.verify()).toBeNull();
    journal.close();
  });

  it("is whole wherever a kill falls between its steps", async () => {
    const { folder, id } = await stopped();
    const whole = crashCopy(folder);
    const journal = openJournal(journalPath(whole, id));
    const saved = journal.checkpoint();
    if (saved === null || "fault" in saved) throw new Error("There is no checkpoint.");
    for (let step = 0; journal.compact(saved.at, 150) > 0; step++) {
      const copy = crashCopy(join(whole.sessions, id));
      expect(rowsOf(copy, id).fault, `step ${step}`).toBeNull();
      expect((await verifySession(copy, id)).ok, `step ${step}`).toBe(true);
      const again = await reopen(copy, id);
      await again.stop("operator");
      expect(again.failure).toBeNull();
    }
    journal.close();
  });

  it.each([
    [
      "a kept order is changed",
      `UPDATE entries SET body = replace(body, '"kind"', '"kind" ') WHERE seq = (SELECT min(seq) FROM entries WHERE kind = 'order')`,
    ],
    ["a kept order is gone", "DELETE FROM entries WHERE seq = (SELECT min(seq) FROM entries WHERE kind = 'order')"],
    ["its base is another", "UPDATE compaction SET seq = seq + 1"],
    ["its base is gone", "DELETE FROM compaction"],
    ["an entry behind its base is gone", "DELETE FROM entries WHERE seq = (SELECT seq + 1 FROM compaction)"],
  ])("is found out by verify where %s", async (_what, statement) => {
    const { folder, id } = await stopped();
    const workspace = crashCopy(folder);
    await compactSession(workspace, id, keep(1));
    change(workspace, id, statement);
    const verdict = await verifySession(workspace, id).catch((error: unknown) => error);
    if (verdict instanceof Error) expect(verdict).toMatchObject({ code: "journal_damaged" });
    else expect(verdict).toMatchObject({ ok: false });
  });

  it("is found out by a start where a kept entry that the start uses was changed", async () => {
    const { folder, id } = await stopped();
    const workspace = crashCopy(folder);
    await compactSession(workspace, id, keep(1));
    const fill = `(SELECT min(seq) FROM entries WHERE kind = 'fill' AND seq - 1 NOT IN (SELECT seq FROM entries))`;
    change(workspace, id, `UPDATE entries SET body = replace(body, '"kind"', '"kind" ') WHERE seq = ${fill}`);
    await expect(reopen(workspace, id)).rejects.toMatchObject({ code: "journal_damaged" });
  });

  it("does not start without its checkpoint, says what can be done, and changes nothing", async () => {
    const { folder, id } = await stopped();
    const workspace = crashCopy(folder);
    await compactSession(workspace, id, keep(1));
    change(workspace, id, "UPDATE checkpoint SET state = replace(state, '1', '2')");
    const before = rowsOf(workspace, id).entries;
    await expect(reopen(workspace, id)).rejects.toMatchObject({
      code: "journal_damaged",
      message: expect.stringMatching(/compacted up to entry \d+, and .*digest.*router_state.json/s) as string,
    });
    expect(rowsOf(workspace, id).entries).toEqual(before);
  });

  it("is no fixture any more", async () => {
    const { folder, id } = await stopped();
    const workspace = crashCopy(folder);
    await compactSession(workspace, id, keep(1));
    await expect(recordFixture({ workspace, session: id, ...OPTIONS })).rejects.toMatchObject({
      code: "fixture_invalid",
      message: expect.stringMatching(/it was compacted/) as string,
    });
  });
});

describe("a compaction", () => {
  it("is refused beside a running session, and where nothing vouches for a start", async () => {
    const session = await create(deskOf());
    const running = { path: join(session.folder, "..", "..") };
    session.start();
    await expect(
      compactSession({ sessions: join(session.folder, ".."), ...running } as unknown as Workspace, session.id, keep(1)),
    ).rejects.toMatchObject({ code: "session_busy" });
    await session.stop("operator");
    const workspace = crashCopy(session.folder);
    change(workspace, session.id, "DELETE FROM checkpoint; DELETE FROM checkpoint_memory");
    await expect(compactSession(workspace, session.id, keep(1))).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringMatching(/no checkpoint yet/) as string,
    });
  });

  it("by the desk's own setting happens while the session runs, and decides nothing else", async () => {
    const desk = deskOf();
    const kept = { ...desk, orchestrator: { ...desk.orchestrator, journalKeep: keep(2) } };
    const [plain, compacted] = [await stopped(desk), await stopped(kept)];
    const workspace = crashCopy(compacted.folder);
    const { entries, base, fault } = rowsOf(workspace, compacted.id);
    expect(fault).toBeNull();
    expect(base.dropped).toBeGreaterThan(100);
    const last = entries.at(-1)?.at ?? 0;
    const old = entries.filter((entry) => entry.at < last - keep(3) && DROPPED_KINDS.includes(entry.kind));
    expect(old).toEqual([]);
    const state = { "router_state.json": "" };
    expectShorter({ ...filesOf(compacted.folder), ...state }, { ...filesOf(plain.folder), ...state });
    expect((await verifySession(workspace, compacted.id)).ok).toBe(true);
  });
});
