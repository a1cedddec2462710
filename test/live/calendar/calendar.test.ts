/** When markets are open: the US calendar day by day, and own hours against the zone's own clock. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calendar, openTimeOfAny, usEquityDay } from "../../../src/live/calendar/index.ts";
import { dayOf, easterOf, textOfDay, WEEKDAYS, weekdayOf } from "../../../src/live/calendar/days.ts";
import type { OwnHours } from "../../../src/shared/desk.ts";
import { DAY, formatMoment, HOUR, MINUTE, parseMoment } from "../../../src/shared/time.ts";
import { dataFolder, missingData } from "../../material.ts";

const at = (text: string): number => parseMoment(text) as number;
const span = (calendar: Calendar, text: string): string[] => {
  const { opens, closes } = calendar.spanAt(at(text));
  return [formatMoment(opens), formatMoment(closes)].map((one) => one.slice(0, 16));
};

const CLOSED = `
2024-01-01 2024-01-15 2024-02-19 2024-03-29 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-11-28 2024-12-25
2025-01-01 2025-01-09 2025-01-20 2025-02-17 2025-04-18 2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-11-27 2025-12-25
2026-01-01 2026-01-19 2026-02-16 2026-04-03 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 2026-12-25
2027-01-01 2027-01-18 2027-02-15 2027-03-26 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-11-25 2027-12-24
2028-01-17 2028-02-21 2028-04-14 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-11-23 2028-12-25
`;
const HALF = `
2024-07-03 2024-11-29 2024-12-24 2025-07-03 2025-11-28 2025-12-24 2026-11-27 2026-12-24 2027-11-26
2028-07-03 2028-11-24
`;
const words = (text: string): string[] => text.trim().split(/\s+/);

type Kind = "open" | "half" | "closed";

/** A day as the built-in calendar has it, and not by rule alone. */
function kindOf(calendar: Calendar, day: number): Kind {
  const [span] = calendar.spansOf(day);
  return span === undefined ? "closed" : span.closes - span.opens < 6 * HOUR ? "half" : "open";
}

/** The weekdays of 2024 to 2028 that are not whole days. */
function special(kindOn: (day: number) => Kind): { closed: string[]; half: string[] } {
  const days = { closed: [] as string[], half: [] as string[] };
  for (let day = dayOf(2024, 1, 1); day < dayOf(2029, 1, 1); day += 1) {
    const kind = kindOn(day);
    const weekend = weekdayOf(day) === 0 || weekdayOf(day) === 6;
    if (weekend) expect(kind).toBe("closed");
    else if (kind !== "open") days[kind].push(textOfDay(day));
  }
  return days;
}

describe("us-equity", () => {
  const usEquity = new Calendar("us-equity");
  const known = (): ReturnType<typeof special> => special((day) => kindOf(usEquity, day));

  it("knows every holiday and half day from 2024 to 2028", () => {
    expect(known()).toEqual({ closed: words(CLOSED), half: words(HALF) });
  });

  it("has rules that give the same days, but for a day of mourning", () => {
    const closed = words(CLOSED).filter((day) => day !== "2025-01-09");
    expect(special(usEquityDay)).toEqual({ closed, half: words(HALF) });
  });

  it.skipIf(dataFolder === null)(`agrees with a published table (else: ${missingData})`, () => {
    const text = readFileSync(join(dataFolder as string, "lean", "market-hours-database.json"), "utf8");
    const { entries } = JSON.parse(text) as {
      entries: Record<string, { holidays: string[]; earlyCloses: Record<string, string> }>;
    };
    const table = entries["Equity-usa-[*]"];
    if (table === undefined) throw new Error("The table has no US equities.");
    const days = (dates: readonly string[]): string[] =>
      dates
        .map((date) => date.split("/").map(Number) as [number, number, number])
        .map(([month, day, year]) => textOfDay(dayOf(year, month, day)))
        .filter((day) => day >= "2024" && day < "2029");
    const ours = known();
    expect(days(table.holidays).toSorted()).toEqual(ours.closed);
    expect(days(Object.keys(table.earlyCloses)).toSorted()).toEqual(ours.half);
  });

  it("finds Easter", () => {
    const found = [1900, 1954, 1981, 2000, 2024, 2025, 2026, 2027, 2028, 2038].map((year) => textOfDay(easterOf(year)));
    expect(found.map((day) => day.slice(5))).toEqual(
      words("04-15 04-18 04-19 04-23 03-31 04-20 04-05 03-28 04-16 04-25"),
    );
  });

  it("opens and closes by New York's clock, across its changes and on half days", () => {
    const calendar = new Calendar("us-equity");
    expect(span(calendar, "2026-03-06T22:00:00Z")).toEqual(["2026-03-09T13:30", "2026-03-09T20:00"]);
    expect(span(calendar, "2026-03-06T15:00:00Z")).toEqual(["2026-03-06T14:30", "2026-03-06T21:00"]);
    expect(span(calendar, "2026-10-30T20:00:00Z")).toEqual(["2026-11-02T14:30", "2026-11-02T21:00"]);
    expect(span(calendar, "2026-11-25T21:00:00Z")).toEqual(["2026-11-27T14:30", "2026-11-27T18:00"]);
    expect(calendar.isOpen(at("2026-11-27T17:59:59Z"))).toBe(true);
    expect(calendar.isOpen(at("2026-11-27T18:00:00Z"))).toBe(false);
    expect(calendar.isOpen(at("2026-11-27T14:30:00Z"))).toBe(true);
  });
});

const ZONES = ["UTC", "America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"];
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const ownHours: fc.Arbitrary<OwnHours> = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    days: fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const, { minLength: 1 }),
    open: fc.nat(1_439).map(clock),
    close: fc.integer({ min: 0, max: 1_440 }).map(clock),
    holidays: fc.array(fc.nat(800).map((day) => textOfDay(dayOf(2025, 1, 1) + day))),
    halfDays: fc.array(fc.nat(800).map((day) => textOfDay(dayOf(2025, 1, 1) + day))),
    halfClose: fc.integer({ min: 0, max: 1_440 }).map(clock),
  })
  // Hours by day are what the zone's clock can be asked for minute by minute; those through the night have a test of their own.
  .filter(({ open, close, halfClose }) => open < close && open < halfClose);

/** The zone's own clock at a moment. */
function local(zone: string, moment: number): { day: string; time: string; weekday: string } {
  const text = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  }).format(moment / 1_000);
  const [day = "", time = ""] = text.split(" ");
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return { day, time, weekday: WEEKDAYS[weekdayOf(dayOf(year, month, date))] ?? "" };
}

describe("own hours", () => {
  it("are what the zone's clock says at any moment of any day", () => {
    fc.assert(
      fc.property(ownHours, fc.nat(700 * 1_440), (hours, minute) => {
        const moment = dayOf(2025, 1, 2) * DAY + minute * MINUTE;
        const { day, time, weekday } = local(hours.timeZone, moment);
        const closes = hours.halfDays.includes(day) ? (hours.halfClose as string) : hours.close;
        const trades = hours.days.some((name) => name === weekday) && !hours.holidays.includes(day);
        // On the days of a change an hour may be skipped or come twice; the exact moments have tests of their own.
        const offset = (hour: number): string =>
          local(hours.timeZone, Math.floor(moment / DAY) * DAY + hour * HOUR).time;
        fc.pre(offset(-24) === offset(0) && offset(0) === offset(24) && offset(24) === offset(48));
        expect(new Calendar(hours).isOpen(moment)).toBe(trades && time >= hours.open && time < closes);
      }),
      { numRuns: 400 },
    );
  });

  it("give spans that follow one another, each holding its opening and not its closing", () => {
    fc.assert(
      fc.property(ownHours, fc.boolean(), fc.nat(700), (hours, turned, from) => {
        const { open, close } = hours;
        const night = turned && close !== "24:00";
        const calendar = new Calendar(night ? { ...hours, open: close, close: open, halfClose: open } : hours);
        let last = calendar.spanAt((dayOf(2025, 1, 1) + from) * DAY);
        for (let count = 0; count < 20; count += 1) {
          expect(last.closes).toBeGreaterThan(last.opens);
          expect(calendar.spanAt(last.opens)).toEqual(last);
          const next = calendar.spanAt(last.closes);
          expect(next.opens).toBeGreaterThanOrEqual(last.closes);
          last = next;
        }
      }),
      { numRuns: 100 },
    );
  });

  /** Hours of up to four spans, the last one perhaps into the next day, with holidays, half days and days of their own. */
  const severalSpans: fc.Arbitrary<OwnHours> = fc
    .record({
      timeZone: fc.constantFrom(...ZONES),
      days: fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const, { minLength: 1 }),
      cuts: fc.uniqueArray(fc.nat(1_430), { minLength: 2, maxLength: 8 }),
      overnight: fc.boolean(),
      holidays: fc.array(fc.nat(20)),
      special: fc.array(fc.tuple(fc.nat(20), fc.boolean())),
      halfDays: fc.array(fc.nat(20)),
      half: fc.integer({ min: 1, max: 1_439 }),
    })
    .map(({ cuts, overnight, holidays, special, halfDays, half, ...rest }) => {
      const sorted = cuts.toSorted((a, b) => a - b).slice(0, cuts.length - (cuts.length % 2));
      const first = sorted[0] as number;
      const hours = sorted.flatMap((opens, index) => (index % 2 === 0 ? [[opens, sorted[index + 1] as number]] : []));
      const last = hours.at(-1) as number[];
      if (overnight && first > 0) last[1] = first;
      const texts = hours.map(
        ([opens = 0, closes = 0]) => `${clock(opens)}-${clock(closes)}${closes <= opens ? "+1" : ""}`,
      );
      const day = (number: number): string => textOfDay(dayOf(2026, 5, 1) + number);
      return {
        ...rest,
        open: clock(first),
        close: clock(last[1] as number),
        hours: texts,
        holidays: holidays.map(day),
        halfDays: halfDays.map(day),
        halfClose: clock(half),
        special: Object.fromEntries(special.map(([number, open]) => [day(number), open ? ["10:00-10:45"] : []])),
      };
    });

  /** Whether a day's hours hold a local time, in minutes since that day's midnight. */
  function naive(hours: OwnHours, day: number, minute: number): boolean {
    const name = textOfDay(day);
    const own = hours.special?.[name];
    if (own === undefined && hours.holidays.includes(name)) return false;
    if (own === undefined && !hours.days.some((weekday) => weekday === WEEKDAYS[weekdayOf(day)])) return false;
    const ends = own === undefined && hours.halfDays.includes(name) ? hours.halfClose : null;
    return (own ?? hours.hours ?? []).some((span) => {
      const value = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
      const closes = value(span.slice(6)) + (span.endsWith("+1") ? 1_440 : 0);
      return minute >= value(span) && minute < (ends === null ? closes : Math.min(closes, value(ends)));
    });
  }

  it("of several spans are open exactly in the minutes of a naive model", () => {
    fc.assert(
      fc.property(severalSpans, fc.integer({ min: 2, max: 18 }), fc.nat(1_439), (hours, number, minute) => {
        // In May no zone of the list changes its clocks, so local minutes are moments shifted by one offset.
        const calendar = new Calendar(hours);
        const day = dayOf(2026, 5, 1) + number;
        const noon = local(hours.timeZone, day * DAY + 12 * HOUR);
        const [hour = 0, past = 0] = noon.time.split(":").map(Number);
        const shift = (Number(noon.day.slice(8)) - Number(textOfDay(day).slice(8))) * 1_440 + hour * 60 + past - 720;
        for (const probe of [minute, (minute + 611) % 1_440]) {
          const moment = day * DAY + (probe - shift) * MINUTE;
          const open = naive(hours, day, probe) || naive(hours, day - 1, probe + 1_440);
          expect(calendar.isOpen(moment)).toBe(open);
          let count = 0;
          for (let step = 0; step < 90; step += 1) {
            const at = probe + step;
            const [on, past24] = [day + Math.floor(at / 1_440), at % 1_440];
            if (naive(hours, on, past24) || naive(hours, on - 1, past24 + 1_440)) count += 1;
          }
          expect(openTimeOfAny([calendar], moment, moment + 90 * MINUTE)).toBe(count * MINUTE);
        }
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });

  const night: OwnHours = {
    timeZone: "America/Chicago",
    days: ["sun", "mon", "tue", "wed", "thu"],
    open: "17:00",
    close: "16:00",
    holidays: ["2026-03-10"],
    halfDays: [],
    halfClose: null,
  };

  it("may last through the night: a day's hours begin on it", () => {
    const calendar = new Calendar(night);
    expect(span(calendar, "2026-03-07T12:00:00Z")).toEqual(["2026-03-08T22:00", "2026-03-09T21:00"]);
    expect(span(calendar, "2026-03-10T12:00:00Z")).toEqual(["2026-03-09T22:00", "2026-03-10T21:00"]);
    expect(span(calendar, "2026-03-10T21:00:00Z")).toEqual(["2026-03-11T22:00", "2026-03-12T21:00"]);
  });

  it("open an hour later where the zone skips the time, and at the first of two equal times", () => {
    const early = { ...night, timeZone: "America/New_York", days: ["sun"] as const, open: "02:30", close: "05:00" };
    expect(span(new Calendar(early), "2026-03-08T00:00:00Z")).toEqual(["2026-03-08T07:30", "2026-03-08T09:00"]);
    const twice = { ...early, open: "01:30" };
    expect(span(new Calendar(twice), "2026-11-01T00:00:00Z")).toEqual(["2026-11-01T05:30", "2026-11-01T10:00"]);
  });

  it("are found behind as many holidays as a desk may list", () => {
    const mondays = Array.from({ length: 2_000 }, (_, week) => textOfDay(dayOf(2026, 1, 5) + 7 * week));
    const calendar = new Calendar({ ...night, days: ["mon"], holidays: mondays });
    expect(calendar.spanAt(at("2026-01-05T00:00:00Z")).opens).toBeGreaterThan(at("2064-01-01T00:00:00Z"));
  });
});
