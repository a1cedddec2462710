/**
 * Passes that share a commit: a crash at any instruction leaves journal and venue at one moment of before, and what follows is the same.
 *
 * 1. A run is copied within its passes and at each step of a commit, as a kill would leave it; each copy is opened again.
 * 2. Every copy ends as the uninterrupted run, decision for decision: no order is lost between journal and venue.
 * 3. The canary settles the venue before the journal: then the venue has orders that no entry accounts for, and that is noticed.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import { nodeTimers } from "../../../../src/live/clock/index.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { createStream } from "../../../../src/orchestrator/index.ts";
import type { Desk, BrokerConfig } from "../../../../src/shared/desk.ts";
import type { BrokerAdapter, VenueDisk } from "../../../../src/shared/ports.ts";
import { MILLISECOND, type Duration } from "../../../../src/shared/time.ts";
import { openForReading, readJournal, type Workspace } from "../../../../src/store/index.ts";
import { readBooks, sentUnjournaled } from "../../../sim/disk/agreement.ts";
import { deskOf, NO_FAULTS } from "../desks.ts";
import { crashCopy, create, finish, journalOf, minutes, reopen, wrapBroker } from "../stage.ts";

type Spot = "sent" | "filled" | "before the journal" | "between journal and venue" | "behind the venue" | "reported";

interface Copy {
  readonly spot: Spot;
  readonly workspace: Workspace;
}

/** Timers on which real time passes by being asked for, so that some passes share a commit and some do not. */
function countedTimers(): SessionPorts["timers"] {
  let nowMs = 0;
  return { ...nodeTimers, monotonicMs: () => (nowMs += 17) };
}

/** The paper venue that says where it is; `venueFirst` settles it before the journal commits. */
function watched(at: (spot: Spot) => void, venueFirst = false): Partial<SessionPorts> {
  const openBroker: SessionPorts["openBroker"] = (files, { broker: config, seed }, { symbols }): BrokerAdapter =>
    wrapBroker(new PaperBroker({ path: files.broker, config, seed, symbols }), (inner) => {
      const own = inner.disk as VenueDisk;
      const disk: VenueDisk = {
        defer: (deferred) => own.defer(deferred),
        redo: (changes) => own.redo(changes),
        changes: () => {
          const changes = own.changes();
          if (venueFirst) own.settle();
          if (changes !== null) at("before the journal");
          return changes;
        },
        settle: () => {
          at("between journal and venue");
          own.settle();
          at("behind the venue");
        },
      };
      return {
        disk,
        placeOrder: async (order) => {
          const outcome = await inner.placeOrder(order);
          at("sent");
          return outcome;
        },
        takeEvents: (now) => {
          const events = inner.takeEvents(now);
          if (events.length > 0) at("filled");
          return events;
        },
      };
    });
  return { openBroker, timers: countedTimers() };
}

/** What a start adds of its own: it says that it came, and measures once more. */
const OWN_OF_A_START: ReadonlySet<string> = new Set(["session", "snapshot", "equity", "metrics"]);

/** Everything that was decided and booked. That a report came twice is not compared: a report that comes again changes nothing. */
function decided(folder: string): unknown[] {
  return journalOf(folder)
    .filter(({ kind }) => !OWN_OF_A_START.has(kind))
    .filter((entry) => entry.kind !== "fill" || entry.verdict !== "duplicate")
    .map(({ seq: _seq, ...entry }) => entry);
}

function venueRows(folder: string): unknown[] {
  const database = openForReading(join(folder, "broker.db"));
  try {
    return ["orders", "fills"].flatMap((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1`).all());
  } finally {
    database.close();
  }
}

const deskWith = (broker: Partial<BrokerConfig>): Desk => {
  const desk = deskOf();
  return { ...desk, broker: { ...desk.broker, ...broker } };
};

const latency = (700 * MILLISECOND) as Duration;
const DESKS: readonly (readonly [string, Desk])[] = [
  ["a quiet venue", deskOf()],
  ["partial fills and refusals", deskWith({ partialFillShare: 0.003, faults: { ...NO_FAULTS, reject: 0.2 } })],
  ["a slow venue that loses answers", deskWith({ latency, faults: { ...NO_FAULTS, dropAck: 0.3 } })],
];

/** Runs a desk and copies it at about `share` of the instructions. */
async function copied(desk: Desk, share: number, seed: string, venueFirst = false) {
  const random = createStream(seed, "copies");
  const copies: Copy[] = [];
  let folder = "";
  const at = (spot: Spot): void => {
    if (folder !== "" && random.next() < share) copies.push({ spot, workspace: crashCopy(folder) });
  };
  const session = await create(desk, { length: minutes(8), ports: watched(at, venueFirst) });
  session.subscribe(() => at("reported"));
  folder = session.folder;
  const summary = await finish(session);
  expect(summary.failure).toBeNull();
  return { id: session.id, folder, summary, copies };
}

/** Runs a copy to its end; what is wrong with it, or where it differs from the uninterrupted run, or null. */
async function differs({ workspace }: Copy, id: string, whole: string): Promise<string | null> {
  const ahead = sentUnjournaled(readBooks(join(workspace.sessions, id)));
  if (ahead !== null) return ahead;
  const session = await reopen(workspace, id, { ports: watched(() => undefined) });
  const { failure } = await finish(session);
  if (failure !== null) return failure.message;
  const [ours, theirs] = [decided(session.folder), decided(whole)].map((rows) =>
    rows.map((row) => JSON.stringify(row)),
  );
  const at = (theirs ?? []).findIndex((row, index) => row !== ours?.[index]);
  if (at !== -1) return `${theirs?.[at]} | ${ours?.[at]}`;
  if (ours?.length !== theirs?.length) return `${ours?.length} entries instead of ${theirs?.length}`;
  return JSON.stringify(venueRows(session.folder)) === JSON.stringify(venueRows(whole)) ? null : "the venues differ";
}

describe("passes that share a commit", () => {
  const covered = new Set<Spot>();

  it.each(DESKS)("resume after a crash as if nothing had happened: %s", async (name, desk) => {
    const { id, folder, summary, copies } = await copied(desk, 0.06, name);
    expect(summary.fills).toBeGreaterThan(2);
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies) {
      expect(await differs(copy, id, folder), copy.spot).toBeNull();
      covered.add(copy.spot);
    }
    const verdict = await verifySession(copies[0]?.workspace as Workspace, id);
    expect(verdict.ok).toBe(true);
  });

  it("were copied at each kind of instruction", () => {
    expect([...covered].toSorted()).toEqual(
      ["before the journal", "behind the venue", "between journal and venue", "filled", "sent", "reported"].toSorted(),
    );
  });

  it("do not survive a venue that is settled before the journal", async () => {
    const { id, folder, copies } = await copied(deskOf(), 0.3, "canary", true);
    const ahead = copies.filter(({ spot }) => spot === "before the journal");
    const found = await Promise.all(ahead.map((copy) => differs(copy, id, folder)));
    expect(found.some((one) => one !== null)).toBe(true);
  });

  it("leave nothing for the venue in the journal of a session that has ended", async () => {
    const { folder, copies } = await copied(deskOf(), 0.3, "rest");
    const waiting = copies.map(({ workspace }) => {
      const journal = readJournal(join(workspace.sessions, folder.split("/").at(-1) ?? "", "journal.db"));
      const changes = journal.venueChanges();
      journal.close();
      return changes;
    });
    expect(waiting.some((changes) => changes !== null)).toBe(true);
    const journal = readJournal(join(folder, "journal.db"));
    expect(journal.venueChanges()).toBeNull();
    expect(journal.verify()).toBeNull();
    journal.close();
  });
});
