/** The status of a session from its folder alone: running, stopped, halted, crashed, damaged; and that looking changes nothing. */
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { readReview, readStatus, statusOf } from "../../../src/live/status/index.ts";
import {
  acquireLock,
  makeSessionFolder,
  nameLatest,
  nodeFileSystem as fs,
  openJournal,
  openWorkspace,
  type EntryBody,
  type Journal,
  type Lock,
  type SessionFiles,
  type Workspace,
} from "../../../src/store/index.ts";
import { freshFolder, thrownBy } from "../../store/folders.ts";
import { at, equity, fill, halt, note, order } from "../../store/journal/entries.ts";
import { recordOf, saveRecord } from "../../store/session/records.ts";

const locks: Lock[] = [];
const journals: Journal[] = [];
afterEach(() => {
  for (const journal of journals.splice(0)) journal.close();
  for (const lock of locks.splice(0)) lock.release();
});

interface Folder {
  readonly workspace: Workspace;
  readonly files: SessionFiles;
}

const ended = (event: "stopped" | "failed" | "paused"): EntryBody => ({
  kind: "session",
  event,
  wall: "2026-01-05T15:30:00+00:00",
  text: "",
  detail: {},
});

/** A session folder with a journal of some entries, and a record of a state. */
function sessionOf(bodies: readonly EntryBody[], state: string | null = "running"): Folder {
  const workspace = openWorkspace(freshFolder());
  const files = makeSessionFolder(workspace, "2026-01-05_1430_basket_book");
  const journal = openJournal(files.journal);
  for (const [index, body] of bodies.entries()) journal.append(body, at(index));
  if (state === "stopped" || state === "failed") journal.append(ended(state), at(bodies.length));
  journal.commit();
  journal.close();
  if (state !== null)
    saveRecord(
      fs,
      files,
      recordOf({ id: files.id, state, ...(state === "running" ? { equityEnd: null, pnl: null } : {}) }),
    );
  return { workspace, files };
}

/** Holds the session's lock, as the process that runs it does. */
function hold({ files }: Folder): void {
  locks.push(acquireLock(fs, files.folder, "2026-01-05T14:30:00+00:00"));
}

const LIVE: readonly EntryBody[] = [note("started"), order(1), fill(1), fill(2), equity("1003.25"), order(3)];

describe("status", () => {
  it("of a running session is healthy, with its process and figures", () => {
    const session = sessionOf(LIVE);
    hold(session);
    writeFileSync(
      join(session.files.folder, "orchestrator_metrics.jsonl"),
      '{"p95_latency_s":9}\n{"p95_latency_s":0.0123456,"skip_rate":0.25,"queue_depth_max":7,"ticks":40}\n',
    );
    expect(readStatus(session.workspace, session.files.id)).toMatchObject({
      id: "2026-01-05_1430_basket_book",
      health: "healthy",
      reason: null,
      state: "running",
      pid: process.pid,
      desk: "demo",
      seed: "7",
      sessionTime: "2026-01-05T14:30:05+00:00",
      equity: "1003.25",
      pnl: "3.25",
      drawdown: "-0.0035",
      positions: { AAA: "0.5" },
      lastSignal: { at: "2026-01-05T14:30:05+00:00", strategy: "alpha", text: "reason 3" },
      openDrift: 0,
      latencyP95Ms: 12.346,
      skipRate: 0.25,
      queueDepthMax: 7,
      samples: 40,
    });
  });

  it.each<[what: string, spoil: (session: Folder) => void, says: RegExp]>([
    [
      "is behind its head",
      ({ files }) => {
        const database = new Database(files.journal);
        database.exec("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)");
        database.close();
      },
      /has lost entries: its head says \d+, the database ends at \d+/,
    ],
    [
      "is another session's",
      ({ files }) => {
        const other = sessionOf([...LIVE, order(4)]);
        for (const file of ["journal.db", "journal.db-wal"])
          if (existsSync(join(other.files.folder, file)))
            copyFileSync(join(other.files.folder, file), join(files.folder, file));
          else rmSync(join(files.folder, file), { force: true });
        const database = new Database(files.journal);
        database.exec("UPDATE entries SET hash = 'x' || hash");
        database.close();
      },
      /is not the journal that its head belongs to/,
    ],
    ["cannot be read", ({ files }) => writeFileSync(files.journal, "no database".repeat(500)), /is damaged/],
    [
      "holds a trigger",
      ({ files }) => {
        const database = new Database(files.journal);
        database.exec("CREATE TRIGGER quiet BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END");
        database.close();
      },
      /trigger named "quiet"/,
    ],
    [
      "is of another run than its record",
      ({ files }) => {
        const detail = { runDigest: "another" };
        rmSync(join(files.folder, "journal.head"));
        for (const end of ["", "-wal", "-shm"]) rmSync(`${files.journal}${end}`, { force: true });
        const journal = openJournal(files.journal);
        journal.append({ kind: "session", event: "created", wall: "", text: "", detail }, at(0));
        journal.commit();
        journal.close();
      },
      /is the journal of another session than session\.json/,
    ],
  ])("of one whose journal %s says so", (_what, spoil, says) => {
    const session = sessionOf(LIVE, "stopped");
    spoil(session);
    expect(statusOf(session.files)).toMatchObject({ health: "failed", reason: expect.stringMatching(says) as string });
  });

  it("of a stopped one is stopped, by name, as latest, and by its folder", () => {
    const { workspace, files } = sessionOf(LIVE, "stopped");
    nameLatest(workspace, files.id);
    const found = readStatus(workspace, "latest");
    expect(found).toMatchObject({ health: "stopped", state: "stopped", pid: null, reason: null });
    const { writtenSecondsAgo: _, ...rest } = statusOf(files.folder);
    expect(found).toMatchObject(rest);
  });

  it("of a crashed one is offline and interrupted, with what its journal knows", () => {
    const session = sessionOf(LIVE);
    expect(statusOf(session.files)).toMatchObject({
      health: "offline",
      state: "interrupted",
      pid: null,
      equity: "1003.25",
      reason: expect.stringContaining("Reopen it") as string,
    });
  });

  it("of a halted one is halted, with the newest reason, until it is resumed", () => {
    const halts = [halt("data_stale", "The feed is silent."), halt("unknown_fill", "A fill without an order.")];
    const halted = sessionOf([...LIVE, ...halts]);
    expect(statusOf(halted.files)).toMatchObject({ health: "halted", reason: "A fill without an order." });
    hold(halted);
    expect(statusOf(halted.files)).toMatchObject({ health: "halted", pid: process.pid });
    const resumed = sessionOf([...LIVE, ...halts, { kind: "resume", operator: "kim", note: "seen" }]);
    hold(resumed);
    expect(statusOf(resumed.files)).toMatchObject({ health: "healthy", reason: null });
  });

  it("of a failed one is failed, even halted", () => {
    expect(statusOf(sessionOf([...LIVE, halt("x", "y")], "failed").files).health).toBe("failed");
  });

  it("of one that runs and writes nothing is stale, unless it is paused", () => {
    const old = (session: Folder): Folder => {
      hold(session);
      // The process that runs it has its journal open, so the log is there and looking makes none.
      journals.push(openJournal(session.files.journal));
      for (const name of fs.list(session.files.folder).filter((one) => one.startsWith("journal")))
        utimesSync(join(session.files.folder, name), new Date(0), new Date(0));
      return session;
    };
    expect(statusOf(old(sessionOf(LIVE)).files)).toMatchObject({
      health: "stale",
      reason: expect.stringMatching(/written nothing for \d+ s/) as string,
    });
    expect(statusOf(old(sessionOf([...LIVE, ended("paused")])).files).health).toBe("healthy");
  });

  it("takes the last whole line of the metrics, whatever stands around it", () => {
    const { files } = sessionOf(LIVE);
    const path = join(files.folder, "orchestrator_metrics.jsonl");
    const samples = (text: string): number | null => {
      writeFileSync(path, text);
      return statusOf(files).samples;
    };
    expect(samples('{"ticks":1}\n{"ticks":2}\n{"tic')).toBe(2);
    expect(samples('{"ticks":1}\n{"ticks":2}')).toBe(1);
    expect(samples(`${'{"ticks":1}\n'.repeat(20_000)}{"ticks":3}\n`)).toBe(3);
    expect(samples(`{"ticks":4,"text":"${"é".repeat(20_000)}"}\n`)).toBe(4);
    for (const text of [
      "",
      "\n",
      '{"ticks":5}',
      "null\n",
      "[]\n",
      '{"ticks":"6"}\n',
      `{"ticks":7,"x":"${"y".repeat(70_000)}"}\n`,
    ])
      expect(samples(text)).toBeNull();
    rmSync(path);
    expect(statusOf(files).samples).toBeNull();
  });

  it("adds positions up from booked fills and adopted ones alone", () => {
    const drift = (item: string, symbol: string, quantity: string): EntryBody => ({
      kind: "drift",
      item,
      drift: "unknown_fill",
      orderId: null,
      text: "",
      evidence: { symbol, quantity },
    });
    const review = (item: string, action: "adopt" | "dismiss"): EntryBody => ({
      kind: "review",
      item,
      action,
      strategy: null,
      operator: "kim",
      note: "seen",
      realized: action === "adopt" ? "0" : null,
    });
    const { files } = sessionOf([
      fill(1),
      fill(1, { verdict: "duplicate" }),
      fill(3, { verdict: "quarantined", symbol: "BBB" }),
      fill(5, { symbol: "CCC", quantity: "0.1" }),
      fill(7, { symbol: "CCC", quantity: "0.2" }),
      fill(9, { symbol: "CCC", quantity: "-0.3" }),
      drift("D-1", "BBB", "2"),
      drift("D-2", "DDD", "5"),
      drift("D-3", "EEE", "5"),
      review("D-1", "adopt"),
      review("D-2", "dismiss"),
    ]);
    expect(statusOf(files)).toMatchObject({ positions: { AAA: "2", BBB: "2" }, openDrift: 1 });
    const { items, open } = readReview(files);
    expect(open).toBe(1);
    expect(items.map(({ item, review: reviewed }) => [item, reviewed?.action ?? null])).toEqual([
      ["D-1", "adopt"],
      ["D-2", "dismiss"],
      ["D-3", null],
    ]);
  });

  it("reports from the journal alone, or from the record alone, what is known", () => {
    const journal = sessionOf(LIVE, null);
    expect(statusOf(journal.files)).toMatchObject({
      state: "interrupted",
      desk: null,
      seed: null,
      equity: "1003.25",
      // The journal's first equity is where it began.
      pnl: "0",
    });
    const record = sessionOf(LIVE, "stopped");
    for (const name of fs.list(record.files.folder).filter((one) => one.startsWith("journal")))
      rmSync(join(record.files.folder, name));
    expect(statusOf(record.files)).toMatchObject({
      health: "stopped",
      equity: "1001.5",
      pnl: "1.5",
      positions: {},
      lastSignal: null,
      writtenSecondsAgo: null,
    });
  });

  it("says where there is no session", () => {
    const { workspace } = sessionOf([]);
    expect(thrownBy(() => readStatus(workspace, "none"))).toMatchObject({ code: "no_session" });
    expect(thrownBy(() => readStatus(workspace, "../.."))).toMatchObject({ code: "outside_workspace" });
    expect(thrownBy(() => statusOf(freshFolder()))).toMatchObject({ code: "no_session" });
  });

  it("of a damaged journal is an error with its code", () => {
    const { files } = sessionOf(
      Array.from({ length: 400 }, (_, index) => note(`long text ${index} ${"·".repeat(200)}`)),
    );
    const bytes = readFileSync(files.journal);
    bytes.fill(0xff, 4_096 * 3, Math.min(bytes.length, 4_096 * 12));
    writeFileSync(files.journal, bytes);
    expect(thrownBy(() => statusOf(files))).toMatchObject({ code: "journal_damaged" });
  });

  it("changes nothing in the folder, beside a writer or without one", () => {
    const session = sessionOf(LIVE, "stopped");
    appendFileSync(join(session.files.folder, "orchestrator_metrics.jsonl"), '{"ticks":1}\n');
    const runSnapshot = (): unknown =>
      fs
        .list(session.files.folder)
        // A reader of a log maps SQLite's own index of it, which is made and left as the database likes.
        .filter((name) => !/-(wal|shm)$/.test(name))
        .map((name) => [name, readFileSync(join(session.files.folder, name)).toString("base64")]);
    const before = runSnapshot();
    statusOf(session.files);
    readReview(session.files);
    expect(runSnapshot()).toEqual(before);
  });
});
