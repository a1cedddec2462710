/**
 * Market hours in a session: nothing runs while a strategy's market is closed, whatever the clocks do, and a restart agrees.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calendar } from "../../../../src/live/calendar/index.ts";
import type { Desk, MarketHours, StrategyConfig } from "../../../../src/shared/desk.ts";
import { DAY, HOUR, MINUTE, parseMoment, SECOND, type Duration, type Moment } from "../../../../src/shared/time.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { crashCopy, create, entriesOf, filesOf, finish, handPorts, HandTimers, journalOf, reopen } from "../stage.ts";

const moment = (text: string): Moment => parseMoment(text) as Moment;
const ZONE = "America/New_York";

/** A market in strides of half an hour, so that days pass quickly. */
function deskAt(start: string, strategies: readonly StrategyConfig[], seed = "7"): Desk {
  const base = deskOf();
  const feed = { ...base.feed, barInterval: HOUR, markInterval: (30 * MINUTE) as Duration } as Desk["feed"];
  const hourly = (60 * MINUTE) as Duration;
  const orchestrator = { ...base.orchestrator, metricsInterval: hourly, equityInterval: hourly };
  const clock = { kind: "virtual", start: moment(start), speed: "max" } as const;
  return { ...base, seed, feed, clock, orchestrator, strategies };
}

const one = (sessions: MarketHours, more: Partial<StrategyConfig> = {}): StrategyConfig =>
  strategyOf("hours", "momentum", ["AAA"], { cadence: (10 * MINUTE) as Duration, jitter: MINUTE, sessions, ...more });

/** New York's day and time, by its own clock. */
function newYork(at: number): { day: string; time: string; weekday: string } {
  const format = (options: Intl.DateTimeFormatOptions, language = "sv-SE"): string =>
    new Intl.DateTimeFormat(language, { timeZone: ZONE, hourCycle: "h23", ...options }).format(at / 1_000);
  return {
    day: format({ dateStyle: "short" }),
    time: format({ timeStyle: "medium" }),
    weekday: format({ weekday: "short" }, "en-US"),
  };
}

describe("a strategy with hours", () => {
  it.each([
    ["spring's change of clocks", "2026-03-06T12:00:00Z", ["2026-03-06", "2026-03-09", "2026-03-10"]],
    ["autumn's", "2026-10-30T12:00:00Z", ["2026-10-30", "2026-11-02", "2026-11-03"]],
    ["Thanksgiving and its half day", "2026-11-25T12:00:00Z", ["2026-11-25", "2026-11-27", "2026-11-30"]],
  ])("runs on open days alone, across %s", async (_what, start, days) => {
    const session = await create(deskAt(start, [one("us-equity")]), { length: (5.5 * DAY) as Duration });
    expect(await finish(session)).toMatchObject({ failure: null });
    const runs = entriesOf(journalOf(session.folder), "run_started").map((run) => newYork(run.at));
    expect([...new Set(runs.map((run) => run.day))].slice(0, 3)).toEqual(days);
    for (const { day, time } of runs) {
      expect(time >= "09:30:00").toBe(true);
      expect(time < (day === "2026-11-27" ? "13:00:00" : "16:00:00")).toBe(true);
    }
    const firsts = days.map((day) => runs.find((run) => run.day === day)?.time.slice(0, 5));
    for (const first of firsts) expect(["09:30", "09:31"]).toContain(first);
  });

  it("reports each slot of a closed market once, as closed, and counts none as skipped", async () => {
    const desk = deskAt("2026-03-06T20:00:00Z", [one("us-equity", { jitter: 0 as Duration })]);
    const quick = { ...desk, runtime: { ...desk.runtime, slowShare: 0, sigma: 0 } };
    const session = await create(quick, { length: (3 * DAY) as Duration });
    await finish(session);
    const entries = journalOf(session.folder);
    const missed = entriesOf(entries, "missed");
    expect(missed.length).toBe(1);
    expect(missed[0]).toMatchObject({ reason: "closed", nextRun: moment("2026-03-09T13:30:00Z") });
    const [closed] = missed;
    const slots = Math.ceil(((closed?.nextRun ?? 0) - (closed?.at ?? 0)) / (10 * MINUTE));
    expect(closed?.slots).toBe(slots);
    expect(session.probe().strategies[0]).toMatchObject({ skips: 0 });
    const last = entriesOf(entries, "metrics").at(-1);
    expect(last?.line).toMatchObject({ skip_rate: 0 });
  });

  const hours: fc.Arbitrary<MarketHours> = fc.oneof(
    fc.constant("us-equity" as const),
    fc.record({
      timeZone: fc.constantFrom(ZONE, "Europe/London", "UTC"),
      days: fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const, { minLength: 1 }),
      open: fc.constantFrom("00:00", "01:30", "02:30", "09:30", "18:00"),
      close: fc.constantFrom("02:00", "03:00", "13:00", "17:00", "24:00"),
      holidays: fc.subarray(["2026-03-06", "2026-03-09", "2026-11-01", "2026-11-26"]),
      halfDays: fc.subarray(["2026-03-08", "2026-11-02", "2026-11-27"]),
      halfClose: fc.constantFrom("10:00", "12:00"),
    }),
  );

  it("never starts a run while its market is closed", async () => {
    const starts = fc.constantFrom("2026-03-06T00:00:00Z", "2026-10-30T06:00:00Z", "2026-11-25T17:00:00Z");
    const cadences = fc.constantFrom(7 * MINUTE, 45 * MINUTE, 5 * HOUR, DAY);
    const anchors = fc.constantFrom("finish" as const, "slot" as const);
    await fc.assert(
      fc.asyncProperty(
        hours,
        starts,
        cadences,
        anchors,
        fc.nat(100),
        async (sessions, start, cadence, anchor, share) => {
          const jitter = Math.floor((cadence * share) / 100) as Duration;
          const own = one(sessions, { cadence: cadence as Duration, anchor, jitter });
          const length = (4 * DAY) as Duration;
          const session = await create(deskAt(start, [own], String(share)), { length });
          expect(await finish(session)).toMatchObject({ failure: null });
          const calendar = new Calendar(sessions);
          const runs = entriesOf(journalOf(session.folder), "run_started");
          for (const run of runs) expect(calendar.isOpen(run.at)).toBe(true);
          // A market that is open before the end gets a run: a jitter as long as the hours starves none.
          const first = calendar.spanAt(moment(start));
          if (first.closes < moment(start) + length - DAY) expect(runs.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("resumes after a kill at any hour as if nothing had happened", async () => {
    const desk = deskAt("2026-11-25T12:00:00Z", [one("us-equity"), one("us-equity", { name: "grid", anchor: "slot" })]);
    const length = (3 * DAY) as Duration;
    const whole = await create(desk, { length, ports: { groupCommits: false } });
    const copies: ReturnType<typeof crashCopy>[] = [];
    let commits = 0;
    whole.subscribe((entries) => {
      // Where something is about to be sent a kill loses it, and the two part as they should.
      if (entries.some((entry) => entry.kind === "send")) return;
      commits += 1;
      if (commits % 40 === 0 || entries.some((entry) => entry.kind === "missed")) copies.push(crashCopy(whole.folder));
    });
    await finish(whole);
    expect(copies.length).toBeGreaterThan(3);
    const recorded = (folder: string): unknown[] =>
      journalOf(folder)
        .filter((entry) => ["run_started", "run_finished", "missed", "order"].includes(entry.kind))
        .map(({ seq: _seq, ...entry }) => entry);
    for (const copy of copies.slice(0, 12)) {
      const again = await reopen(copy, whole.id);
      await finish(again);
      expect(recorded(again.folder)).toEqual(recorded(whole.folder));
      expect(filesOf(again.folder)["orders.csv"]).toBe(filesOf(whole.folder)["orders.csv"]);
    }
  });

  it("shows the runs that will be, and refuses one that is asked for while its market is closed", async () => {
    const session = await create(deskAt("2026-03-06T22:00:00Z", [one("us-equity")]), { length: (3 * DAY) as Duration });
    const [row] = session.probe().strategies;
    expect(row?.nextRun).toBeGreaterThanOrEqual(moment("2026-03-09T13:30:00Z"));
    expect(() => session.runStrategyNow("hours", "Ada")).toThrow(/closed until 2026-03-09T13:30/);
    await finish(session);
    const [first] = entriesOf(journalOf(session.folder), "run_started");
    expect(first?.at).toBe(row?.nextRun);
  });

  it("runs nothing that was due before the close when the first look at it is in the very moment of the close", async () => {
    const own = one("us-equity", { cadence: (50 * SECOND) as Duration, jitter: 0 as Duration });
    const [opens, closes] = [moment("2026-03-06T20:58:00Z"), moment("2026-03-06T21:00:00Z")];
    const desk = { ...deskAt("2026-03-06T20:58:00Z", [own]), clock: { kind: "system" } } as const;
    const looks: number[] = [];
    // The wall clock jumps to some time before the close, so that one of the next looks is at the close.
    for (let beforeMs = 0; beforeMs <= 1_000; beforeMs += 200) {
      const timers = new HandTimers();
      let jump = 0;
      const ports = handPorts(timers, { wallMs: () => opens / 1_000 + timers.nowMs + jump });
      const session = await create(desk, { length: (4 * DAY) as Duration, ports });
      session.start();
      await timers.pass(90_000);
      expect(session.probe().strategies[0]?.nextRun).toBeLessThan(closes);
      jump = closes / 1_000 - (opens / 1_000 + timers.nowMs) - beforeMs;
      await timers.pass(1_500);
      for (const { at } of entriesOf(session.entries(), "run_started")) expect(at).toBeLessThan(closes);
      expect(session.probe().strategies[0]?.nextRun).toBeGreaterThan(closes);
      looks.push(...entriesOf(session.entries(), "missed").map(({ at }) => at - closes));
    }
    expect(looks).toContain(0);
  });

  it("splits what a machine slept through into what was missed and what was closed", async () => {
    const timers = new HandTimers();
    const desk = {
      ...deskAt("2026-03-06T20:58:00Z", [
        one("us-equity", { cadence: (30 * SECOND) as Duration, jitter: 0 as Duration }),
      ]),
    };
    let jump = 0;
    const wallMs = (): number => moment("2026-03-06T20:50:00Z") / 1_000 + timers.nowMs + jump;
    const ports = handPorts(timers, { wallMs });
    const session = await create({ ...desk, clock: { kind: "system" } }, { length: (4 * DAY) as Duration, ports });
    session.start();
    await timers.pass(90_000);
    jump = (2 * DAY + 17 * HOUR) / 1_000;
    await timers.pass(1_100);
    const missed = entriesOf(session.entries(), "missed");
    expect(missed.map(({ reason }) => reason)).toEqual(["misfire", "closed", "misfire"]);
    const [before, closed] = missed;
    expect(before?.slots).toBeLessThan(20);
    expect(closed).toMatchObject({ by: moment("2026-03-06T21:00:00Z") });
    const again = await reopen(crashCopy(session.folder), session.id, { ports: handPorts(timers, { wallMs }) });
    expect(again.probe().strategies[0]?.skips).toBe(session.probe().strategies[0]?.skips);
  });
});
