/**
 * Single promises of a session's parts, each on the part itself.
 */
import { describe, expect, it } from "vitest";
import { MetricsRecorder, Scheduler } from "../../../../src/orchestrator/index.ts";
import { runFinished, runStarted } from "../../../../src/live/session/state/effects.ts";
import { Ledger } from "../../../../src/live/session/state/ledger.ts";
import type { Core } from "../../../../src/live/session/state/parts.ts";
import { SlicedSaves } from "../../../../src/live/session/snapshots/sliced-save.ts";
import { ReadModel } from "../../../../src/live/session/state/read-model.ts";
import { moment, MINUTE, SECOND, type Duration } from "../../../../src/shared/time.ts";
import type { EntryBody, JournalEntry } from "../../../../src/store/journal/entries.ts";
import { nodeFileSystem } from "../../../../src/store/index.ts";
import { at, fill, note, order } from "../../../store/journal/entries.ts";
import { busyRouter } from "../../../orchestrator/state-file.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { makeWorkspace } from "../stage.ts";

const NAME = "alpha";
const seconds = (count: number): Duration => (count * SECOND) as Duration;

function scheduler(): Scheduler {
  const found = new Scheduler({ now: at(0), seed: "7" });
  found.register(
    { name: NAME, cadence: MINUTE, timeBudget: seconds(5), jitter: seconds(0), heartbeatTimeout: seconds(90) },
    { startAt: at(0) },
  );
  return found;
}

const readModelOf = (): ReadModel => new ReadModel(deskOf({ strategies: [strategyOf(NAME, "momentum", ["AAA"])] }));

/** A ledger over a journal in memory. */
function ledgerOn(model: ReadModel) {
  const committed: JournalEntry[] = [];
  const pending: JournalEntry[] = [];
  const journal = {
    get position() {
      return committed.length + pending.length;
    },
    append: (body: EntryBody, moment: JournalEntry["at"]) => {
      const entry = { ...body, seq: committed.length + pending.length + 1, at: moment } as JournalEntry;
      pending.push(entry);
      return entry;
    },
    commit: () => {
      committed.push(...pending.splice(0));
    },
  } as unknown as ConstructorParameters<typeof Ledger>[0]["journal"];
  const ledger = new Ledger({ journal, model, project: () => undefined, monotonicMs: () => 0 });
  return { ledger, committed };
}

describe("a run's start", () => {
  it("is a heartbeat: a strategy that runs is not late", () => {
    const core = { scheduler: scheduler() };
    const started = moment(at(0) + MINUTE);
    expect(core.scheduler.lateHeartbeats(started)).toEqual([NAME]);
    runStarted(core, NAME, core.scheduler.nextRun(NAME), started);
    expect(core.scheduler.lateHeartbeats(moment(started + seconds(90)))).toEqual([]);
    expect(core.scheduler.lateHeartbeats(moment(started + seconds(90) + 1))).toEqual([NAME]);
  });
});

describe("a run's end", () => {
  it.each([
    [seconds(1), 0],
    [seconds(150), 1],
  ])("after %i µs counts as a skipped tick where it cost a slot", (runtime, rate) => {
    const core = {
      scheduler: scheduler(),
      metrics: new MetricsRecorder({ window: 10 }),
      router: { inflightCount: 0 },
      model: readModelOf(),
      startedAt: at(0),
    } as unknown as Core;
    const due = core.scheduler.nextRun(NAME);
    runStarted(core, NAME, due, due);
    runFinished(core, { strategy: NAME, due, started: due, outcome: "ok" }, 0, moment(due + runtime));
    expect(core.metrics.snapshot(due)).toMatchObject({ skip_rate: rate });
  });
});

describe("the ledger", () => {
  it("keeps an entry that comes with an earlier moment at the moment of the one before", () => {
    const { ledger, committed } = ledgerOn(readModelOf());
    ledger.add(note("first"), at(10));
    expect(ledger.add(note("behind it"), at(4)).at).toBe(at(10));
    expect(ledger.add(note("on time"), at(11)).at).toBe(at(11));
    ledger.commit();
    expect(committed.map((entry) => entry.at)).toEqual([at(10), at(10), at(11)]);
  });
});

describe("an order that filled before its answer came", () => {
  it("is confirmed by the fill", () => {
    const model = readModelOf();
    const { ledger } = ledgerOn(model);
    const accepted = order(1, { quantity: 2 });
    if (accepted.kind !== "order" || accepted.orderId === null) throw new Error("The order is accepted.");
    const { orderId } = accepted;
    ledger.add(accepted, at(1));
    ledger.add({ kind: "send", orderId, venueId: "session-ROUTER-00000001" }, at(1));
    expect(model.working.get(orderId)).toMatchObject({ confirmed: false });
    ledger.add(fill(1, { quantity: "1", status: "partially_filled" }), at(2));
    expect(model.working.get(orderId)).toMatchObject({ confirmed: true, state: "partially_filled" });
  });
});

describe("a save in slices that ends", () => {
  it("commits a halt that waits first: that one's own save takes its place, and the journal has no second", () => {
    const model = readModelOf();
    const { ledger, committed } = ledgerOn(model);
    const workspace = makeWorkspace();
    const routerState = `${workspace.path}/router_state.json`;
    const core = {
      router: busyRouter(),
      model,
      ledger,
      runDigest: "digest",
      now: at(9),
      clock: { wake: () => undefined },
      timers: { monotonicMs: () => 0, set: () => 0, clear: () => undefined },
    } as unknown as Core;
    const facts = { fs: nodeFileSystem, files: { routerState } } as ConstructorParameters<typeof SlicedSaves>[1];
    const saves = new SlicedSaves(core, facts, 0);
    ledger.secureHalts(() => saves.forHalt());
    saves.begin();
    expect(saves.underWay).toBe(true);
    const unset = { value: null, limit: null, operator: null, note: null };
    ledger.add({ kind: "halt", source: "operator", code: "operator", message: "A look.", ...unset }, at(9));
    saves.step();
    expect(saves.underWay).toBe(false);
    expect(committed.map((entry) => (entry.kind === "snapshot" ? entry.cause : entry.kind))).toEqual(["halt", "halt"]);
  });
});
