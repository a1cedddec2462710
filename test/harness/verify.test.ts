/**
 * `verify` on journals whose chain is right and whose meaning is wrong, and on files that were changed.
 *
 * 1. The first are a real session's journal with one entry behind it that the session would not have written.
 * 2. What a thread finds in a journal is what is found without one.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../src/harness/verify.ts";
import { orderIdOf } from "../../src/orchestrator/index.ts";
import { openJournal, type EntryBody } from "../../src/store/index.ts";
import type { EntryKind, JournalEntry } from "../../src/store/journal/entries.ts";
import { deskOf } from "../live/session/desks.ts";
import { crashCopy, create, entriesOf, finish, journalOf, minutes } from "../live/session/stage.ts";

function newest<K extends EntryKind>(
  entries: readonly JournalEntry[],
  kind: K,
  found: (entry: Extract<JournalEntry, { kind: K }>) => boolean = () => true,
): Extract<JournalEntry, { kind: K }> {
  const entry = entriesOf(entries, kind).findLast(found);
  if (entry === undefined) throw new Error(`The session wrote no such entry of the kind ${kind}.`);
  return entry;
}

const bodyOf = ({ seq: _seq, at: _at, ...body }: JournalEntry): EntryBody => body;

/** The checks of a session with one entry more, and that entry's number; `null` adds none. */
async function verified(more: ((entries: readonly JournalEntry[]) => EntryBody) | null) {
  const session = await create(deskOf(), { length: minutes(4) });
  expect((await finish(session)).fills).toBeGreaterThan(0);
  const entries = journalOf(session.folder);
  const last = newest(entries, "session");
  const workspace = crashCopy(session.folder);
  const id = basename(session.folder);
  if (more !== null) {
    const journal = openJournal(join(workspace.sessions, id, "journal.db"));
    journal.append(more(entries), last.at);
    journal.commit();
    journal.close();
  }
  const { checks } = await verifySession(workspace, id);
  return {
    seq: entries.length + 1,
    check: (name: (typeof checks)[number]["name"]) => checks.find((check) => check.name === name),
  };
}

describe("a journal whose chain is right", () => {
  it("passes as the session left it", async () => {
    const { check } = await verified(null);
    for (const name of ["chain", "orders", "replay", "snapshot"] as const)
      expect(check(name), name).toMatchObject({ state: "passed" });
  });

  it.each<[what: string, more: (entries: readonly JournalEntry[]) => EntryBody, text: RegExp]>([
    ["an order that is sent a second time", (entries) => bodyOf(newest(entries, "send")), /^ROUTER-\d+ is sent twice$/],
    [
      "an order's number that is left out",
      (entries) => {
        const orderId = orderIdOf(entriesOf(entries, "send").length + 2);
        return { ...bodyOf(newest(entries, "order", (one) => one.accepted && !one.replay)), orderId } as EntryBody;
      },
      /^ROUTER-\d+ follows number \d+; a number is missing or used again$/,
    ],
    [
      "a fill that is booked a second time",
      (entries) => bodyOf(newest(entries, "fill", (one) => one.verdict === "booked")),
      /^fill \S+ is booked twice$/,
    ],
  ])("fails for %s", async (_what, more, text) => {
    const { check, seq } = await verified(more);
    expect(check("chain")).toMatchObject({ state: "passed" });
    expect(check("orders")).toMatchObject({ state: "failed", seq });
    expect(check("orders")?.text).toMatch(text);
  });

  it("fails for a snapshot that was made of another router", async () => {
    const { check, seq } = await verified(
      (entries) => ({ ...bodyOf(newest(entries, "snapshot")), sha256: "0".repeat(64) }) as EntryBody,
    );
    expect(check("snapshot")).toMatchObject({ state: "failed", seq });
  });
});

describe("session.json", () => {
  const change =
    (edit: (record: Record<string, unknown>) => void) =>
    (text: string): string => {
      const record = JSON.parse(text) as Record<string, unknown>;
      edit(record);
      return JSON.stringify(record);
    };
  /** The check of a copy of the session whose `session.json` was changed. */
  const recordCheck = async (edit: (text: string) => string) => {
    const left = await create(deskOf(), { length: minutes(4) });
    await finish(left);
    const workspace = crashCopy(left.folder);
    const id = basename(left.folder);
    const path = join(workspace.sessions, id, "session.json");
    const text = readFileSync(path, "utf8");
    const changed = edit(text);
    expect(changed === text).toBe(edit === asItWas);
    writeFileSync(path, changed);
    const { checks, ok } = await verifySession(workspace, id);
    const check = checks.find(({ name }) => name === "record");
    expect(ok).toBe(check?.state !== "failed");
    return check;
  };
  const asItWas = (text: string): string => text;

  it("passes as the session left it, and is not compared where it is of an earlier entry", async () => {
    expect(await recordCheck(asItWas)).toMatchObject({ state: "passed" });
    const earlier = change((record) => (record["position"] = Number(record["position"]) - 1));
    expect(await recordCheck(earlier)).toMatchObject({ state: "skipped", text: expect.stringMatching(/is of entry/) });
    const older = change((record) => delete record["currency"]);
    expect(await recordCheck(older)).toMatchObject({
      state: "skipped",
      text: expect.stringMatching(/earlier version/),
    });
  });

  it.each(["runs", "orders", "fills", "driftOpen", "workingOrders", "startedAt"])(
    "fails where %s is one more",
    async (name) => {
      const check = await recordCheck(change((record) => (record[name] = Number(record[name]) + 1)));
      expect(check).toMatchObject({ state: "failed", text: expect.stringContaining(`says ${name} `) });
    },
  );

  it.each(["id", "desk", "seed", "runDigest", "fees", "equityStart"])("fails where %s is another", async (name) => {
    const check = await recordCheck(change((record) => (record[name] = "9")));
    expect(check).toMatchObject({ state: "failed", text: expect.stringContaining(`says ${name} "9"`) });
  });

  it("fails where a halt is missing or the desk is another, and where it cannot be read", async () => {
    const halt = { source: "operator", code: "operator", message: "", at: 1, value: null, limit: null, operator: null };
    expect(await recordCheck(change((record) => (record["halts"] = [{ ...halt, note: null }])))).toMatchObject({
      state: "failed",
      text: expect.stringContaining("says halts "),
    });
    const richer = change(({ configuration }) => {
      (configuration as { broker: { cash: string } }).broker.cash = "7";
    });
    expect(await recordCheck(richer)).toMatchObject({
      state: "failed",
      text: expect.stringContaining("another configuration"),
    });
    expect(await recordCheck((text) => text.slice(1))).toMatchObject({
      state: "failed",
      text: expect.stringContaining("session.json is no JSON"),
    });
  });
});

describe("a journal that is read in a thread", () => {
  const inJournal = (sql: string) => (folder: string) => changeIn(join(folder, "journal.db"), sql);
  const atVenue = (sql: string) => (folder: string) => changeIn(join(folder, "broker.db"), sql);
  function changeIn(path: string, sql: string): void {
    const database = new Database(path);
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
    database.close();
  }

  it.each<[what: string, change: (folder: string) => void, failed: readonly string[]]>([
    ["as the session left it", () => undefined, []],
    ["with a changed entry", inJournal("UPDATE entries SET body = replace(body, '1', '2') WHERE seq = 40"), ["chain"]],
    ["with a dropped entry", inJournal("DELETE FROM entries WHERE seq = 40"), ["chain"]],
    [
      "without its last entry",
      inJournal("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)"),
      ["chain", "file"],
    ],
    ["with two moments exchanged", inJournal("UPDATE entries SET at = at + 1 WHERE seq = 40"), ["chain"]],
    ["with a changed checkpoint", inJournal("UPDATE checkpoint SET state = replace(state, '1', '2')"), ["chain"]],
    ["with a changed fill at the venue", atVenue("UPDATE fills SET price = price || '1' WHERE cursor = 2"), ["venue"]],
    ["with a lost fill at the venue", atVenue("DELETE FROM fills WHERE cursor = 2"), ["venue"]],
    ["with a changed order at the venue", atVenue("UPDATE orders SET filled = '99' WHERE number = 2"), ["venue"]],
    ["with a lost order at the venue", atVenue("DELETE FROM orders WHERE number = 2"), ["venue"]],
  ])("has the same verdict %s", async (_what, change, failed) => {
    const session = await create(deskOf(), { length: minutes(4) });
    expect((await finish(session)).fills).toBeGreaterThan(3);
    const workspace = crashCopy(session.folder);
    const id = basename(session.folder);
    change(join(workspace.sessions, id));
    const alone = await verifySession(workspace, id);
    const shares: number[] = [];
    expect(await verifySession(workspace, id, (share) => void shares.push(share), 1)).toEqual(alone);
    expect(alone.checks.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual(failed);
    expect(shares.every((share, index) => share >= (shares[index - 1] ?? 0) && share <= 1)).toBe(true);
  });
});
