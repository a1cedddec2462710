/**
 * Saved views continue as views that saw everything, and whatever is wrong with what was saved, the journal holds.
 *
 * Fault model: any bit of the archive's file is turned over; the archive is another session's, is ahead of a journal from an older copy,
 * or behind the journal, as a kill between the two leaves it; the disk takes no more.
 */
import { hash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlertBook } from "../../../src/console/alerts/book.ts";
import { Archive } from "../../../src/console/archive/archive.ts";
import {
  readSavedViews,
  VIEWS_VERSION,
  ViewsSaver,
  viewsFrom,
  type ViewsOwner,
} from "../../../src/console/archive/saved-views.ts";
import { SessionViews } from "../../../src/console/projections/session-views.ts";
import type { SessionStream, SessionViewsState } from "../../../src/console/projections/session-views.ts";
import { OpenedSession } from "../../../src/console/state/opened.ts";
import { reopenSession, type LiveSession } from "../../../src/live/session/index.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { openCache, readJournal, sessionFilesAt, type Workspace } from "../../../src/store/index.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { deskOf } from "../../live/session/desks.ts";
import { create, finish, makeWorkspace, minutes, owned } from "../../live/session/stage.ts";
import { insideHost } from "../../sim/inside-host.ts";
import { journals } from "../sim/journal.ts";
import { DESK, probe } from "../sim/probe.ts";

const STREAMS = [
  "desk",
  "schedule",
  "ticks",
  "router",
  "positions",
  "rejections",
  "metrics",
  "orders",
  "drift",
  "log",
] as const satisfies readonly SessionStream[];
const EVERY = 700;

/** A state as it comes back from the disk. */
const throughBytes = (state: SessionViewsState): SessionViewsState =>
  deserialize(serialize(state)) as SessionViewsState;

function expectSame(one: SessionViews, other: SessionViews, at: Parameters<SessionViews["view"]>[1]): void {
  for (const name of STREAMS) expect(one.view(name, at), name).toEqual(other.view(name, at));
  expect(one.session(at, null)).toEqual(other.session(at, null));
}

const ownerOf = (live: Pick<LiveSession, "folder" | "desk">): ViewsOwner => ({
  folder: live.folder,
  desk: live.desk,
  version: "1",
  compacted: false,
});

/** Follows a session's journal to its end, saving views; where the newest saved ones stand. */
function follow(owner: ViewsOwner): number {
  const archive = new Archive(owner.folder, owner.desk, {
    views: (database, journal) => new ViewsSaver(owner, database, journal, EVERY),
  });
  while (archive.follow(200)) continue;
  archive.close();
  return readSavedViews(owner)?.views.position ?? 0;
}

async function ended(workspace: Workspace = makeWorkspace(), seed = "7"): Promise<LiveSession> {
  const live = await create(deskOf({ seed }), { workspace, length: minutes(60) });
  await finish(live);
  return live;
}

function entriesOf(folder: string): JournalEntry[] {
  const journal = readJournal(sessionFilesAt(folder).journal);
  try {
    return [...journal.read(1)];
  } finally {
    journal.close();
  }
}

describe("views from a saved state", () => {
  it("are those of all entries, wherever the state was saved", () => {
    fc.assert(
      fc.property(journals(), fc.nat({ max: 1_000 }), (entries, place) => {
        const whole = new SessionViews(DESK as unknown as Desk, "");
        whole.apply(entries);
        const first = new SessionViews(DESK as unknown as Desk, "");
        const at = Math.round((place / 1_000) * entries.length);
        first.apply(entries.slice(0, at));
        const again = new SessionViews(DESK as unknown as Desk, "");
        if (at > 0) again.restore(throughBytes(first.state()));
        again.apply(entries.slice(at));
        expectSame(again, whole, probe());
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it("are those of a whole session, its ticks included", async () => {
    const live = await ended();
    const entries = entriesOf(live.folder);
    const whole = new SessionViews(live.desk, live.folder);
    whole.apply(entries);
    for (const share of [0.001, 0.2, 0.5, 0.9, 1]) {
      const at = Math.max(1, Math.floor(share * entries.length));
      const first = new SessionViews(live.desk, live.folder);
      first.apply(entries.slice(0, at));
      const again = new SessionViews(live.desk, live.folder);
      again.restore(throughBytes(first.state()));
      again.apply(entries.slice(at));
      expectSame(again, whole, live.probe());
    }
  });
});

/** A state as a text that is the same for the same content: maps and sets as lists, instances under their class's name. */
const textOf = (state: unknown): string =>
  JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { map: [...value] };
    if (value instanceof Set) return { set: [...value] };
    return typeof value === "bigint" ? `${value}n` : value;
  });

describe("the version of saved views", () => {
  it("is that of what the projections keep", () => {
    const parts = fc.sample(journals(300, "max"), { seed: 17, numRuns: 60 }).map((entries) => {
      const views = new SessionViews(DESK as unknown as Desk, "");
      views.apply(entries);
      return textOf(throughBytes(views.state()));
    });
    const digest = hash("sha256", parts.join("\n"), "hex").slice(0, 16);
    expect(
      VIEWS_VERSION,
      "The projections keep something else now, so a state that was saved before must not be read. " +
        `Set VIEWS_VERSION in src/console/archive/saved-views.ts to "${digest}".`,
    ).toBe(digest);
  });
});

describe("what is saved with the archive", () => {
  it("is taken up by the next opening, which reads what came since", async () => {
    const workspace = makeWorkspace();
    const live = await ended(workspace);
    const owner = ownerOf(live);
    const saved = follow(owner);
    expect(saved).toBeGreaterThan(EVERY);
    const again = owned(await reopenSession({ workspace, id: live.id, ports: { openHost: insideHost } }));
    const alerts = new AlertBook({ earlier: [], keep: () => undefined, wallMs: () => 0 });
    const opened = await OpenedSession.of(again, () => 0, alerts, { atOnce: 1, version: "1" });
    await opened.whole;
    const whole = new SessionViews(live.desk, live.folder);
    whole.apply(entriesOf(live.folder));
    expectSame(opened.views, whole, again.probe());
    opened.close();
    await again.stop("signal");
    // The saver itself continues from there, too.
    expect(follow(owner)).toBeGreaterThanOrEqual(saved);
  });

  it("is nothing for another version, another desk and another session", async () => {
    const workspace = makeWorkspace();
    const live = await ended(workspace);
    const owner = ownerOf(live);
    follow(owner);
    expect(readSavedViews({ ...owner, version: "2" })).toBeNull();
    expect(readSavedViews({ ...owner, desk: { ...owner.desk, name: "another" } })).toBeNull();
    const other = await ended(workspace, "8");
    copyFileSync(sessionFilesAt(live.folder).archive, sessionFilesAt(other.folder).archive);
    expect(readSavedViews({ ...owner, folder: other.folder })).toBeNull();
  });

  it("is nothing where it is ahead of the journal, and is made again", async () => {
    const workspace = makeWorkspace();
    const live = await create(deskOf(), { workspace, length: minutes(60) });
    const older = join(makeWorkspace().path, "older");
    cpSync(live.folder, older, { recursive: true });
    await finish(live);
    const owner = ownerOf(live);
    follow(owner);
    for (const file of ["journal.db", "journal.db-wal", "journal.head"]) {
      rmSync(join(live.folder, file), { force: true });
      if (existsSync(join(older, file))) copyFileSync(join(older, file), join(live.folder, file));
    }
    expect(readSavedViews(owner)).toBeNull();
    expect(follow(owner)).toBe(0);
  });

  it("is whole or nothing, whichever bit is turned over", async () => {
    const live = await ended();
    const owner = ownerOf(live);
    follow(owner);
    const { archive } = sessionFilesAt(live.folder);
    const database = openCache(archive);
    database.pragma("wal_checkpoint(TRUNCATE)");
    database.close();
    const expected = readSavedViews(owner);
    const bytes = readFileSync(archive);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (place, bit) => {
        const broken = Buffer.from(bytes);
        broken[place] = (broken[place] as number) ^ (1 << bit);
        writeFileSync(archive, broken);
        const read = readSavedViews(owner);
        if (read !== null) expect(read).toEqual(expected);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("stays as it was where the disk takes no more, and views are made from there", async () => {
    const live = await ended();
    const owner = ownerOf(live);
    const entries = entriesOf(live.folder);
    const journal = readJournal(sessionFilesAt(live.folder).journal);
    const archive = new Archive(owner.folder, owner.desk);
    archive.close();
    const database = openCache(sessionFilesAt(live.folder).archive);
    try {
      const saver = new ViewsSaver(owner, database, journal, EVERY);
      saver.apply(entries.slice(0, EVERY), EVERY);
      expect(readSavedViews(owner)?.views.position).toBe(EVERY);
      database.pragma(`max_page_count = ${Number(database.pragma("page_count", { simple: true }))}`);
      for (let at = EVERY; at < entries.length; at += EVERY) saver.apply(entries.slice(at, at + EVERY), entries.length);
      expect(saver.position).toBe(entries.length);
      const saved = readSavedViews(owner);
      const views = viewsFrom(saved, owner);
      expect(views.position).toBeGreaterThanOrEqual(EVERY);
      views.apply(entries);
      const whole = new SessionViews(live.desk, live.folder);
      whole.apply(entries);
      expectSame(views, whole, live.probe());
    } finally {
      database.close();
      journal.close();
    }
  });
});
