/**
 * A crash at any instruction: what was journaled is there, what was sent is not sent again, what was filled is booked once.
 *
 * 1. A run is copied at chosen instructions, as a kill would leave it, and each copy is opened again and run to the same end.
 * 2. Where no accepted order was lost between journal and venue, the copy ends as the uninterrupted run.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createStream } from "../../../../src/orchestrator/index.ts";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import { plain, ZERO, type Decimal } from "../../../../src/shared/decimal.ts";
import type { Desk, BrokerConfig } from "../../../../src/shared/desk.ts";
import { MILLISECOND, SECOND, type Duration } from "../../../../src/shared/time.ts";
import { openForReading, type Workspace } from "../../../../src/store/index.ts";
import type { JournalEntry } from "../../../../src/store/journal/entries.ts";
import { deskOf, NO_FAULTS } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, journalOf, minutes, reopen, wrapBroker } from "../stage.ts";

/** Where a crash may fall. */
type Spot = "committed" | "before send" | "after send" | "filled at the venue" | "fill being booked";

interface Crash {
  readonly spot: Spot;
  readonly workspace: Workspace;
  /** Venue ids that had been handed to the broker. */
  readonly sent: ReadonlySet<string>;
}

/** Opens the paper venue and reports each instruction at which a crash is of interest. */
function watched(sent: string[], at: (spot: Spot) => void): Pick<SessionPorts, "openBroker" | "groupCommits"> {
  return {
    groupCommits: false,
    openBroker: (files, desk, feed) => {
      const paper = new PaperBroker({
        path: files.broker,
        config: desk.broker,
        seed: desk.seed,
        symbols: feed.symbols,
      });
      return wrapBroker(paper, (inner) => ({
        placeOrder: async (order) => {
          at("before send");
          sent.push(order.venueId);
          const outcome = await inner.placeOrder(order);
          at("after send");
          return outcome;
        },
        onMarketData: (events, now) => {
          const before = inner.nextEventAt();
          inner.onMarketData(events, now);
          if (inner.nextEventAt() !== before) at("filled at the venue");
        },
        takeEvents: (now) => {
          const events = inner.takeEvents(now);
          if (events.length > 0) at("fill being booked");
          return events;
        },
      }));
    },
  };
}

const stripped = (entries: readonly JournalEntry[], kinds: readonly string[]): unknown[] =>
  entries.filter((entry) => kinds.includes(entry.kind)).map(({ seq: _seq, ...entry }) => entry);

/** What two runs have in common when they are one run. */
function outcomeOf(session: LiveSession, entries: readonly JournalEntry[]) {
  const { positions, books, account, router, counts, strategies, drift, haltReasons } = session.probe();
  const { accepted, rejections, nextOrderId, inflight, orders } = router;
  return {
    decisions: stripped(entries, ["order", "send"]),
    runs: stripped(entries, ["run_started", "run_finished", "missed"]),
    // Whether a report comes twice is the venue's affair; a report that comes again changes nothing.
    fills: stripped(entries, ["fill"]).filter((fill) => (fill as { verdict: string }).verdict !== "duplicate"),
    closed: stripped(entries, ["closed"]),
    positions,
    books,
    account: { ...account, drawdownMax: 0 },
    router: { accepted, rejections, nextOrderId, inflight, orders: orders.map(({ state: _state, ...order }) => order) },
    counts,
    drift: drift.map(({ evidence, drift: kind, item }) => ({ kind, item, fill: evidence["fillId"] })),
    halts: haltReasons.map(({ code, at }) => ({ code, at })),
    strategies: strategies.map(({ name, executions, overruns, skips, nextRun, orders: asked }) => {
      return { name, executions, overruns, skips, nextRun, asked };
    }),
  };
}

/** Runs to the end and leaves copies at about `share` of the interesting instructions. */
async function crashing(desk: Desk, share: number, seed: string, length: Duration) {
  const random = createStream(seed, "crashes");
  const crashes: Crash[] = [];
  const sent: string[] = [];
  let folder = "";
  const at = (spot: Spot): void => {
    if (folder !== "" && random.next() < share)
      crashes.push({ spot, workspace: crashCopy(folder), sent: new Set(sent) });
  };
  const session = await create(desk, { length, ports: watched(sent, at) });
  session.subscribe(() => at("committed"));
  folder = session.folder;
  const summary = await finish(session);
  expect(summary.failure).toBeNull();
  expect(new Set(sent).size).toBe(sent.length);
  const entries = journalOf(folder);
  return { session, summary, entries, crashes, outcome: outcomeOf(session, entries) };
}

function venueOf(folder: string) {
  const database = openForReading(join(folder, "broker.db"));
  try {
    return {
      orders: database.prepare("SELECT venueId, status, filled FROM orders").all() as {
        venueId: string;
        status: string;
        filled: string;
      }[],
      fills: database.prepare("SELECT fillId, venueId, at FROM fills").all() as {
        fillId: string;
        venueId: string;
        at: number;
      }[],
    };
  } finally {
    database.close();
  }
}

/** Fills of the last moments may not have been reported when the session ends. */
const REPORTED_WITHIN = 31 * SECOND;

/** What must hold after any crash, whatever else became of the run. */
function expectSafe(session: LiveSession, entries: readonly JournalEntry[]): void {
  const venue = venueOf(session.folder);
  const { now, positions, router, drift } = session.probe();
  const booked = entriesOf(entries, "fill").filter((fill) => fill.verdict === "booked");
  const received = entriesOf(entries, "fill").filter((fill) => fill.verdict !== "duplicate");
  const receivedIds = new Set(received.map((fill) => fill.fillId));
  expect(receivedIds.size, "a fill is booked or quarantined once").toBe(received.length);
  const missing = venue.fills.filter((fill) => !receivedIds.has(fill.fillId));
  expect(
    missing.filter((fill) => fill.at <= now - REPORTED_WITHIN),
    "every fill of the venue is booked",
  ).toEqual([]);
  const sums = new Map<string, Decimal>();
  for (const { symbol, quantity } of booked) sums.set(symbol, (sums.get(symbol) ?? ZERO).plus(quantity));
  const held = [...sums].filter(([, sum]) => !sum.isZero()).map(([symbol, sum]) => [symbol, plain(sum)] as const);
  expect(new Map(positions.map(({ symbol, quantity }) => [symbol, quantity]))).toEqual(new Map(held));
  // Each accepted order ended, is working, or is known not to have arrived.
  const ended = new Map(entriesOf(entries, "closed").map((entry) => [entry.venueId, entry.status]));
  const refused = new Set(
    entriesOf(entries, "ack")
      .filter((ack) => ack.outcome.outcome === "refused")
      .map((ack) => ack.venueId),
  );
  const atVenue = new Map(venue.orders.map((order) => [order.venueId, order]));
  const working = new Set(router.orders.map((order) => order.venueId));
  for (const { venueId } of entriesOf(entries, "send")) {
    const there = atVenue.get(venueId);
    const waits = missing.some((fill) => fill.venueId === venueId);
    if (there === undefined) expect(ended.get(venueId), `${venueId} is not at the venue`).toBe("not_placed");
    else if (there.status === "rejected") expect(refused.has(venueId), `${venueId} was refused`).toBe(true);
    else expect(working.has(venueId), `${venueId} is ${there.status}`).toBe(there.status === "open" || waits);
  }
  const strange = received.filter((fill) => fill.verdict === "quarantined").length;
  expect(drift.map((item) => item.drift)).toEqual(Array(strange).fill("unknown_fill"));
}

/** Opens a crash's folder again and runs it to the end; a share of 0 leaves no further copies. */
async function resumeSession({ workspace, sent, spot }: Crash, id: string, share: number, seed: string) {
  const again: string[] = [];
  const random = createStream(seed, "crashes again");
  const crashes: Crash[] = [];
  let folder = "";
  const at = (next: Spot): void => {
    if (folder !== "" && crashes.length < 1 && random.next() < share)
      crashes.push({ spot: next, workspace: crashCopy(folder), sent: new Set([...sent, ...again]) });
  };
  // A crash may fall into a recovery, too: this one is opened, copied, and opened again.
  const halfway = share > 0 ? crashCopy((await reopen(workspace, id)).folder) : workspace;
  const session = await reopen(halfway, id, { ports: watched(again, at) });
  session.subscribe(() => at("committed"));
  folder = session.folder;
  const summary = await finish(session);
  expect(summary.failure, spot).toBeNull();
  expect(
    again.filter((venueId) => sent.has(venueId)),
    `sent twice, ${spot}`,
  ).toEqual([]);
  expect(new Set(again).size).toBe(again.length);
  const entries = journalOf(session.folder);
  expectSafe(session, entries);
  const lost = entriesOf(entries, "closed").filter((entry) => entry.status === "not_placed");
  for (const { venueId } of lost) expect(again, "an order that did not arrive is not sent").not.toContain(venueId);
  return { outcome: outcomeOf(session, entries), lost: lost.length, crashes };
}

const SHORT_RUNS = { median: 3_000_000 as Duration, sigma: 1, slowShare: 0.2, slowFactor: 6 };

function deskWith(broker: Partial<BrokerConfig>): Desk {
  const desk = deskOf();
  return { ...desk, broker: { ...desk.broker, ...broker } };
}

const latency = (700 * MILLISECOND) as Duration;
const DESKS: readonly (readonly [string, Desk])[] = [
  ["a quiet venue", deskOf()],
  ["partial fills", deskWith({ partialFillShare: 0.003 })],
  ["lost acknowledgements and refusals", deskWith({ faults: { ...NO_FAULTS, dropAck: 0.3, reject: 0.2 } })],
  ["long runs that time out", deskOf({ runtime: SHORT_RUNS })],
  ["a slow venue", deskWith({ latency })],
  ["stray fills that halt", deskWith({ faults: { ...NO_FAULTS, unknownFill: 0.04 } })],
  [
    "a slow venue with everything but strays",
    deskWith({
      latency,
      partialFillShare: 0.004,
      faults: { reject: 0.1, dropAck: 0.2, duplicateFill: 0.3, delayFill: 0.3, unknownFill: 0 },
    }),
  ],
];

/** So many of a list, from its whole length. */
const spread = <T>(list: readonly T[], count: number): T[] =>
  list.filter(
    (_one, index) =>
      list.length <= count ||
      Math.floor((index * count) / list.length) !== Math.floor(((index - 1) * count) / list.length),
  );

const covered = new Map<Spot, number>();
let lostInAll = 0;

describe("a session that crashed and was opened again", () => {
  it.each(DESKS)("ends as the uninterrupted one: %s", async (name, desk) => {
    const run = await crashing(desk, name === "stray fills that halt" ? 0.5 : 0.12, name, minutes(8));
    expect(run.summary.fills).toBeGreaterThan(2);
    expect(run.crashes.length).toBeGreaterThan(4);
    for (const [index, crash] of spread(run.crashes, 5).entries()) {
      const first = await resumeSession(crash, run.session.id, 0.2, `${name} ${index}`);
      const second = first.crashes.map((again) => resumeSession(again, run.session.id, 0, ""));
      for (const [spot, after] of [
        [crash.spot, first] as const,
        ...(await Promise.all(second)).map((one) => ["again", one] as const),
      ]) {
        if (after.lost === 0) expect(after.outcome, spot).toEqual(run.outcome);
        lostInAll += after.lost;
      }
      covered.set(crash.spot, (covered.get(crash.spot) ?? 0) + 1);
    }
  });

  it("asks about no order that the venue has filled and has yet to report", async () => {
    const desk = deskWith({ faults: { ...NO_FAULTS, delayFill: 1 } });
    const run = await crashing(desk, 1, "filled", minutes(4));
    let waiting = 0;
    for (const { spot, workspace } of run.crashes) {
      if (spot !== "committed") continue;
      const session = await reopen(workspace, run.session.id);
      const known = new Set(entriesOf(session.entries(), "ack").map(({ venueId }) => venueId));
      const filled = new Set(
        venueOf(session.folder)
          .orders.filter(({ venueId, status }) => status === "filled" && known.has(venueId))
          .map(({ venueId }) => venueId),
      );
      for (const { venueId, inDoubt } of session.probe().router.orders) {
        if (!filled.has(venueId)) continue;
        expect(inDoubt, venueId).toBe(false);
        waiting += 1;
      }
    }
    expect(waiting).toBeGreaterThan(2);
  });

  it("was killed at each kind of instruction, and some orders never arrived", () => {
    expect([...covered.keys()].toSorted()).toEqual(
      ["after send", "before send", "committed", "filled at the venue", "fill being booked"].toSorted(),
    );
    expect(lostInAll).toBeGreaterThan(0);
  });
});
