/** Once-a-day schedules against a naive list of days: the length of runs and changes of clocks move none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scheduler } from "../../../src/orchestrator/index.ts";
import { calendarOf, plannedAfter, scheduleOf } from "../../../src/live/calendar/index.ts";
import { dayOf, textOfDay, WEEKDAYS, weekdayOf } from "../../../src/live/calendar/days.ts";
import type { MarketHours, StrategyConfig } from "../../../src/shared/desk.ts";
import { DAY, formatMoment, HOUR, MINUTE, parseMoment, type Duration, type Moment } from "../../../src/shared/time.ts";

const WEEK = ["mon", "tue", "wed", "thu", "fri"] as const;
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function strategy(sessions: MarketHours, more: Partial<StrategyConfig> = {}): StrategyConfig {
  const times = { cadence: DAY, timeBudget: (2 * HOUR) as Duration, jitter: 0 as Duration };
  const names = { name: "daily", module: "momentum", symbols: ["A"], group: "default", params: {} };
  return { ...names, ...times, heartbeatTimeout: DAY, anchor: "finish", sessions, runsAt: "opening", ...more };
}

/** When a strategy runs, in a session that begins at a moment; every run takes as long as `runtime` says. */
function runsOf(config: StrategyConfig, begun: number, count: number, runtime: (run: number) => number): number[] {
  const scheduler = new Scheduler({ now: begun, seed: "1" });
  const { spec, startAt } = scheduleOf(config, begun as Moment);
  scheduler.register(spec, { startAt });
  const hoursAt = (at: number) => (calendarOf(config) as NonNullable<ReturnType<typeof calendarOf>>).spanAt(at);
  const runs: number[] = [];
  while (runs.length < count) {
    scheduler.deferTo("daily", hoursAt(scheduler.nextRun("daily")));
    const at = scheduler.nextRun("daily");
    const finished = at + runtime(runs.length);
    runs.push(at);
    scheduler.markStart("daily", at);
    scheduler.markFinish("daily", finished, plannedAfter(config, begun, { due: at, started: at, finished }));
  }
  return runs;
}

/** The local day and time of a moment, by the zone's own clock. */
function local(zone: string, moment: number): string {
  const format = { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("sv-SE", format).format(moment / 1_000);
}

describe("a strategy that runs once a day", () => {
  const cases = fc.record({
    // Half the sessions begin shortly before a change of clocks.
    begun: fc.constantFrom(
      dayOf(2026, 3, 3),
      dayOf(2026, 3, 24),
      dayOf(2026, 10, 20),
      dayOf(2026, 9, 29),
      dayOf(2026, 6, 1),
    ),
    zone: fc.constantFrom("Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo"),
    days: fc.subarray([...WEEK, "sat", "sun"] as const, { minLength: 1 }),
    opens: fc.integer({ min: 240, max: 1_380 }),
    length: fc.integer({ min: 1, max: 55 }),
    holidays: fc.array(fc.nat(30)),
    anchor: fc.constantFrom("finish" as const, "slot" as const),
    minutes: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }),
  });

  it("runs at the opening of every day of its market, whatever its runs take", () => {
    fc.assert(
      fc.property(cases, ({ begun, zone, days, opens, length, holidays, anchor, minutes }) => {
        const closedOn = holidays.map((day) => textOfDay(begun + day));
        const own = {
          timeZone: zone,
          days,
          open: clock(opens),
          close: clock(opens + length),
          halfDays: [],
          halfClose: null,
        };
        const config = strategy({ ...own, holidays: closedOn }, { anchor });
        const runtime = (run: number): number => (minutes[run % minutes.length] ?? 0) * MINUTE;
        const found = runsOf(config, begun * DAY, 12, runtime).map((at) => local(zone, at));
        // The naive list: each day after the other, by its name alone.
        const due: string[] = [];
        const first = local(zone, begun * DAY);
        for (let day = begun - 1; due.length < 12; day += 1) {
          const weekday = WEEKDAYS[weekdayOf(day)];
          const text = `${textOfDay(day)} ${clock(opens)}`;
          const within = text <= first && first < `${textOfDay(day)} ${clock(opens + length)}`;
          if (!days.some((name) => name === weekday) || closedOn.includes(textOfDay(day))) continue;
          if (within) due.push(first);
          else if (text > first) due.push(text);
        }
        expect(found).toEqual(due);
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });

  const texts = (runs: readonly number[]): string[] => runs.map((at) => formatMoment(at as never).slice(0, 16));
  const at = (text: string): number => parseMoment(text) as number;

  it("runs once a day in a market of several spans, on half days and at the opening of a night", () => {
    const tokyo = runsOf(strategy("tokyo"), at("2026-12-29T03:00:00Z"), 4, () => HOUR);
    expect(texts(tokyo)).toEqual(["2026-12-29T03:30", "2026-12-30T00:00", "2027-01-04T00:00", "2027-01-05T00:00"]);
    const futures = runsOf(strategy("us-futures"), at("2026-03-06T21:00:00Z"), 3, () => MINUTE);
    expect(texts(futures)).toEqual(["2026-03-06T21:00", "2026-03-08T22:00", "2026-03-09T22:00"]);
    const coins = runsOf(strategy("crypto"), at("2026-03-06T21:00:00Z"), 2, () => MINUTE);
    expect(texts(coins)).toEqual(["2026-03-06T21:00", "2026-03-07T00:00"]);
  });

  it("of a week keeps its weekday on a grid of slots, and moves past a holiday", () => {
    const weekly = strategy("us-equity", { cadence: (7 * DAY) as Duration, anchor: "slot" });
    // Labor Day, 2026-09-07, is a Monday.
    const runs = runsOf(weekly, at("2026-08-31T00:00:00Z"), 3, () => HOUR);
    expect(texts(runs)).toEqual(["2026-08-31T13:30", "2026-09-08T13:30", "2026-09-14T13:30"]);
  });

  it("reports the openings that a run let pass as skips", () => {
    const config = strategy("us-equity");
    const [started, finished] = [at("2026-03-06T14:30:00Z"), at("2026-03-10T15:00:00Z")];
    expect(plannedAfter(config, started, { due: started, started, finished })).toEqual({
      opens: at("2026-03-11T13:30:00Z"),
      closes: at("2026-03-11T20:00:00Z"),
      passed: 2,
    });
    const { runsAt: _none, ...old } = config;
    expect(plannedAfter(old, started, { due: started, started, finished })).toBeNull();
  });
});
