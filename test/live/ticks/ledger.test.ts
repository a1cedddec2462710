/**
 * The tick ledger: every slot of a grid has one row and one class, whatever happened to the session, and the counts are the scheduler's.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactSession } from "../../../src/live/session/recovery/compact.ts";
import type { LiveSession } from "../../../src/live/session/index.ts";
import { readTicks } from "../../../src/live/status/index.ts";
import { TICK_KINDS, TickLedger, ticksOf, type PassedSlots, type Tick } from "../../../src/live/ticks/index.ts";
import type { Desk, StrategyConfig } from "../../../src/shared/desk.ts";
import { DAY, HOUR, MINUTE, parseMoment, SECOND, type Duration, type Moment } from "../../../src/shared/time.ts";
import { findSession } from "../../../src/store/index.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { crashCopy, create, finish, handPorts, HandTimers, journalOf, minutes, reopen } from "../session/stage.ts";

/** Every tick of a journal: the runs as they ended, the passed slots one by one. */
function ledgerOf(entries: Iterable<JournalEntry>, now = Number.NEGATIVE_INFINITY) {
  const runs = new Map<string, Tick>();
  const passed: PassedSlots[] = [];
  const ledger = new TickLedger({
    ran: (tick) => void runs.set(`${tick.strategy}#${tick.run}`, tick),
    passed: (slots) => void passed.push(slots),
  });
  let last = now;
  for (const entry of entries) {
    if (TICK_KINDS.includes(entry.kind)) ledger.apply(entry);
    last = Math.max(last, entry.at);
  }
  ledger.passTo(last);
  return [...runs.values(), ...passed.flatMap((slots) => [...ticksOf(slots)])];
}

const ofStrategy = (ticks: readonly Tick[], name: string): Tick[] =>
  ticks.filter(({ strategy }) => strategy === name).toSorted((a, b) => a.planned - b.planned);

const counted = (ticks: readonly Tick[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const tick of ticks) counts[tick.class] = (counts[tick.class] ?? 0) + 1;
  return counts;
};

const moment = (text: string): Moment => parseMoment(text) as Moment;
const grid = (more: Partial<StrategyConfig> = {}): StrategyConfig =>
  strategyOf("grid", "momentum", ["AAA"], { anchor: "slot", cadence: (30 * SECOND) as Duration, ...more });
const quick = (strategies: readonly StrategyConfig[], more: Partial<Desk> = {}): Desk => {
  const base = deskOf(more);
  return { ...base, strategies, runtime: { ...base.runtime, slowShare: 0, sigma: 0 } };
};

/** The slots of a grid follow each other without a hole and without a double. */
function unbroken(ticks: readonly Tick[], cadence: number): void {
  const steps = ticks.slice(1).map((tick, index) => tick.planned - (ticks[index] as Tick).planned);
  expect(new Set(steps)).toEqual(new Set([cadence]));
}

/** What the scheduler itself counted. */
function agrees(session: LiveSession, ticks: readonly Tick[], asked = 0): void {
  for (const { name, executions, skips, overruns } of session.probe().strategies) {
    const own = ofStrategy(ticks, name);
    expect(own.filter(({ finished }) => finished !== null)).toHaveLength(executions);
    expect(own.filter((tick) => tick.run !== null && tick.class === "overrun")).toHaveLength(overruns);
    const passed = own.filter((tick) => tick.run === null);
    const skipped = passed.filter(({ class: kind }) => kind === "overrun" || kind === "misfire");
    // The slot behind an overrun lies ahead, and a run that is asked for before it plans it again.
    const ahead = skips - skipped.length;
    expect(ahead >= 0 && ahead <= 1 + asked, `${name}: ${skips} skips, ${skipped.length} reported`).toBe(true);
  }
}

describe("the tick ledger", () => {
  it("has each run with its planned, jittered, started and finished moment", async () => {
    const session = await create(deskOf(), { length: minutes(10) });
    await finish(session);
    const entries = journalOf(session.folder);
    const ticks = ledgerOf(entries);
    agrees(session, ticks);
    for (const entry of entries) {
      if (entry.kind !== "run_finished") continue;
      const tick = ticks.find(({ strategy, run }) => strategy === entry.strategy && run === entry.run);
      expect(tick).toMatchObject({ started: entry.started, finished: entry.started + entry.runtime });
      expect(tick?.class).toBe(entry.runtime > 5 * SECOND ? "overrun" : "on_time");
    }
  });

  it("reports the slots that a slow run passes over as overruns, each once", async () => {
    const base = deskOf();
    const desk = { ...base, runtime: { ...base.runtime, median: (10 * SECOND) as Duration, sigma: 0, slowShare: 0 } };
    const strategies = [grid({ cadence: (4 * SECOND) as Duration, jitter: 0 as Duration })];
    const session = await create({ ...desk, strategies }, { length: minutes(10) });
    await finish(session);
    const ticks = ledgerOf(journalOf(session.folder));
    agrees(session, ticks);
    const ended = ticks.filter(({ run, finished }) => run === null || finished !== null);
    expect(Object.keys(counted(ended))).toEqual(["overrun"]);
    unbroken(ofStrategy(ticks, "grid"), 4 * SECOND);
    const passed = ticks.filter(({ run }) => run === null);
    expect(passed.length).toBeGreaterThan(2 * ticks.filter(({ run }) => run !== null).length);
    expect(passed[0]).toMatchObject({ started: null, finished: null, due: null, why: "run 1 overran its budget" });
  });

  it("reports a pause slot by slot, and the run that ends it as a run", async () => {
    const timers = new HandTimers();
    const strategies = [grid(), strategyOf("free", "momentum", ["BBB"], { jitter: 0 as Duration })];
    const ports = handPorts(timers);
    const session = await create(quick(strategies), { speed: 60, length: minutes(240), ports });
    session.start();
    await timers.pass(2_300);
    session.pauseStrategy("grid", "Ada");
    session.pauseStrategy("free", "Ada");
    await timers.pass(5_000);
    const midway = ledgerOf(session.entries(), session.probe().now);
    expect(counted(midway)["paused"], "a pause that lasts is reported as far as it has come").toBeGreaterThan(15);
    session.resumeStrategy("grid", "Ada");
    session.resumeStrategy("free", "Ada");
    await timers.pass(3_000);
    await Promise.all([session.stop("signal"), timers.pass(1_000)]);
    const ticks = ledgerOf(journalOf(session.folder));
    unbroken(ofStrategy(ticks, "grid"), 30 * SECOND);
    agrees(session, ticks);
    const paused = ticks.filter(({ class: kind }) => kind === "paused");
    for (const tick of paused) expect(tick).toMatchObject({ run: null, started: null, why: "paused by Ada" });
    const recorded = new Set(paused.map(({ strategy, planned }) => `${strategy}@${planned}`));
    for (const tick of midway)
      if (tick.class === "paused") expect(recorded.has(`${tick.strategy}@${tick.planned}`)).toBe(true);
  });

  it("reports a closed market's slots as closed when their time comes, and every slot of days once", async () => {
    const own = grid({ cadence: (10 * MINUTE) as Duration, jitter: MINUTE, sessions: "us-equity" });
    const base = quick([own]);
    const feed = { ...base.feed, barInterval: HOUR, markInterval: (30 * MINUTE) as Duration } as Desk["feed"];
    const clock = { kind: "virtual", start: moment("2026-03-06T12:00:00Z"), speed: "max" } as const;
    const session = await create({ ...base, feed, clock }, { length: (4 * DAY) as Duration });
    await finish(session);
    const entries = journalOf(session.folder);
    const ticks = ofStrategy(ledgerOf(entries), "grid");
    unbroken(ticks, 10 * MINUTE);
    expect(Object.keys(counted(ticks)).toSorted()).toEqual(["closed", "on_time"]);
    const saturday = ticks.filter(({ planned }) => new Date(planned / 1_000).getUTCDay() === 6);
    expect(saturday).toHaveLength(144);
    expect(saturday[0]?.why).toBe("the market opens at 2026-03-09T13:30:00+00:00");
    const early: JournalEntry[] = entries.filter(({ at }) => at <= moment("2026-03-07T00:00:00Z"));
    const half = ledgerOf(early, moment("2026-03-07T00:00:00Z")).map(({ planned }) => planned);
    expect(Math.max(...half)).toBeLessThanOrEqual(moment("2026-03-07T00:00:00Z"));
  });

  it("reports what a machine slept through as misfires, what it was held through as paused, and late runs as late", async () => {
    const timers = new HandTimers();
    let jump = 0;
    const wallMs = (): number => 1_767_623_400_000 + timers.nowMs + jump;
    const ports = handPorts(timers, { wallMs });
    const desk = quick([grid({ jitter: 0 as Duration })], { clock: { kind: "system" } });
    const session = await create(desk, { length: (5 * HOUR) as Duration, ports });
    session.start();
    await timers.pass(70_000);
    jump = 10 * 60_000;
    await timers.pass(70_000);
    session.pause("Ada");
    await timers.pass(300_000);
    session.continue("Ada");
    await timers.pass(70_000);
    const ticks = ledgerOf(session.entries(), session.probe().now);
    unbroken(ofStrategy(ticks, "grid"), 30 * SECOND);
    const counts = counted(ticks);
    expect(counts["misfire"]).toBeGreaterThanOrEqual(18);
    expect(counts["paused"]).toBeGreaterThanOrEqual(8);
    expect(counts["late"], "the runs behind the two gaps").toBe(2);
    expect(ticks.find(({ class: kind }) => kind === "paused")?.why).toBe("the session was paused");
    const copy = await reopen(crashCopy(session.folder), session.id, { ports });
    expect(ledgerOf(copy.entries(), session.probe().now).slice(0, 10)).toEqual(ticks.slice(0, 10));
  });

  it("holds for any commands at any moments, on both anchors", async () => {
    const command = fc.record({ ms: fc.integer({ min: 1, max: 1_500 }), what: fc.nat(5), who: fc.nat(2) });
    const names = ["grid", "free", "slow"] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 14 }), fc.nat(1_000), async (commands, seed) => {
        const timers = new HandTimers();
        const base = deskOf({ seed: String(seed) });
        const runtime = { ...base.runtime, slowShare: 0.3, slowFactor: 60 };
        const strategies = [
          grid({ jitter: (9 * SECOND) as Duration }),
          strategyOf("free", "momentum", ["BBB"]),
          grid({ name: "slow", cadence: (7 * SECOND) as Duration, timeBudget: (2 * SECOND) as Duration }),
        ];
        const desk = { ...base, strategies, runtime };
        const session = await create(desk, { speed: 60, length: minutes(240), ports: handPorts(timers) });
        session.start();
        for (const { ms, what, who } of commands) {
          await timers.pass(ms);
          const name = names[who] as string;
          try {
            if (what <= 1) session.pauseStrategy(name, "Ada");
            else if (what <= 3) session.resumeStrategy(name, "Ada");
            else session.runStrategyNow(name, "Ada");
          } catch {
            // What cannot be done is refused, and nothing happens.
          }
        }
        await timers.pass(2_000);
        await Promise.all([session.stop("signal"), timers.pass(1_000)]);
        const ticks = ledgerOf(journalOf(session.folder));
        agrees(session, ticks, commands.length);
        const rows = ticks.filter(({ run }) => run === null).map(({ strategy, planned }) => `${strategy}@${planned}`);
        expect(new Set(rows).size, "no slot is passed over twice").toBe(rows.length);
      }),
      { numRuns: 12 },
    );
  });

  it("begins with the first runs that a compacted journal has left, and reports the same from there", async () => {
    const strategies = [grid(), strategyOf("free", "momentum", ["BBB"]), grid({ name: "held" })];
    const timers = new HandTimers();
    const session = await create(quick(strategies), { speed: 60, length: minutes(240), ports: handPorts(timers) });
    session.start();
    await timers.pass(2_300);
    session.pauseStrategy("held", "Ada");
    await timers.pass(6_000);
    await Promise.all([session.stop("signal"), timers.pass(1_000)]);
    const copy = crashCopy(session.folder);
    const files = findSession(copy, session.id);
    const recorded = (): Tick[] => {
      const ticks: Tick[] = [];
      readTicks(files, {}, (tick) => void ticks.push(tick));
      return ticks;
    };
    // A later part, so that the checkpoint has something behind it.
    const again = await reopen(copy, session.id, { speed: "max", length: minutes(5) });
    await finish(again);
    const whole = recorded();
    expect((await compactSession(copy, session.id, (3 * MINUTE) as Duration)).dropped).toBeGreaterThan(20);
    const read = readTicks(files, {}, () => undefined);
    expect(read.compactedTo).toBeGreaterThan(20);
    const rest = recorded();
    expect(rest.length).toBeLessThan(whole.length);
    expect(rest.length).toBeGreaterThan(10);
    const known = whole.map((tick) => JSON.stringify(tick));
    for (const tick of rest) expect(known).toContain(JSON.stringify(tick));
    const longer = await reopen(copy, session.id, { speed: "max", length: minutes(5) });
    await finish(longer);
    const after = recorded();
    expect(after.filter(({ strategy }) => strategy === "grid").length).toBeGreaterThan(5);
  });

  it("says so where the journal is not what the schedule gives", async () => {
    const session = await create(deskOf(), { length: minutes(3) });
    await finish(session);
    const entries = journalOf(session.folder).map((entry) =>
      entry.kind === "run_finished" && entry.run === 2 ? { ...entry, nextRun: (entry.nextRun + 1) as Moment } : entry,
    );
    expect(() => ledgerOf(entries)).toThrow(/Entry \d+ of the journal says that \S+ runs next at/);
  });
});
