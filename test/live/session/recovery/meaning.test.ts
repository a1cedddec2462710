/**
 * A start on journals whose chain is right and whose entries say something else than is decided again: each is refused, and named.
 *
 * 1. A real session's journal is written once more with one entry changed, so every hash holds.
 */
import { basename, join } from "node:path";
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Desk } from "../../../../src/shared/desk.ts";
import { orderId } from "../../../../src/shared/ids.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import { openJournal, type EntryBody } from "../../../../src/store/index.ts";
import type { JournalEntry } from "../../../../src/store/journal/entries.ts";
import { deskOf, NO_FAULTS, withBroker } from "../desks.ts";
import { crashCopy, create, finish, journalOf, minutes, reopen } from "../stage.ts";

const bodyOf = ({ seq: _seq, at: _at, ...body }: JournalEntry): EntryBody => body;

type Change = (entry: JournalEntry) => JournalEntry | null;

/** A finished session whose journal has the first entry that `change` answers for in that form. */
async function rewritten(desk: Desk, change: Change) {
  const session = await create(desk, { length: minutes(4) });
  expect((await finish(session)).failure).toBeNull();
  const workspace = crashCopy(session.folder);
  const id = basename(session.folder);
  const folder = join(workspace.sessions, id);
  const entries = journalOf(session.folder);
  for (const name of ["journal.db", "journal.db-wal", "journal.db-shm", "journal.head"])
    rmSync(join(folder, name), { force: true });
  const journal = openJournal(join(folder, "journal.db"));
  let changed: number | null = null;
  for (const entry of entries) {
    const other = changed === null ? change(entry) : null;
    if (other !== null) changed = entry.seq;
    journal.append(bodyOf(other ?? entry), entry.at);
  }
  journal.commit();
  journal.close();
  return { seq: changed, again: () => reopen(workspace, id, { length: minutes(1) }) };
}

describe("a start on a journal that means something else", () => {
  it("opens the one that means the same", async () => {
    const { again } = await rewritten(deskOf(), () => null);
    expect((await finish(await again())).failure).toBeNull();
  });

  it.each<readonly [what: string, desk: Desk, change: Change, says: RegExp]>([
    [
      "the first run of a strategy",
      deskOf(),
      (entry) =>
        entry.kind === "registered" ? { ...entry, nextRun: (entry.nextRun + SECOND) as typeof entry.at } : null,
      /the first run of \S+ was \d+ and is \d+/,
    ],
    [
      "the next run behind one",
      deskOf(),
      (entry) =>
        entry.kind === "run_finished" && entry.nextRun !== null
          ? { ...entry, nextRun: (entry.nextRun + 1) as typeof entry.at }
          : null,
      /the next run of \S+ was \d+ and is \d+/,
    ],
    [
      "an order's id",
      deskOf(),
      (entry) => (entry.kind === "order" && entry.accepted ? { ...entry, orderId: orderId("ROUTER-00000077") } : null),
      /the order's id was "ROUTER-00000077" and is "ROUTER-\d+"/,
    ],
    [
      "the router's answer",
      deskOf(),
      (entry) =>
        entry.kind === "order" && entry.accepted
          ? { ...entry, accepted: false, orderId: null, reason: "rate_limited" }
          : null,
      /the order's id was null and is "ROUTER-\d+"/,
    ],
    [
      "a kill switch's answer",
      deskOf(),
      (entry) =>
        entry.kind === "order" && entry.accepted
          ? { ...entry, accepted: false, orderId: null, reason: "strategy_halted" }
          : null,
      /the kill switch's answer was "strategy_halted" and is null/,
    ],
    [
      "a drift item's id",
      withBroker({ faults: { ...NO_FAULTS, unknownFill: 0.2 } }),
      (entry) => (entry.kind === "drift" ? { ...entry, item: `${entry.item}9` } : null),
      /the drift item's id was "\S+9" and is "\S+"/,
    ],
  ])("refuses another one: %s", async (_what, desk, change, says) => {
    const { seq, again } = await rewritten(desk, change);
    expect(seq).not.toBeNull();
    await expect(again()).rejects.toMatchObject({
      code: "journal_damaged",
      message: expect.stringMatching(says) as string,
      detail: { seq },
    });
  });
});
