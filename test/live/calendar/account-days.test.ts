/** The account's day against the zone's own clock. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountDays, calendarOfHours, dayOrderEnd } from "../../../src/live/calendar/index.ts";
import { dayOf, dayOfText } from "../../../src/live/calendar/days.ts";
import type { CalendarName } from "../../../src/shared/desk.ts";
import { DAY, formatMoment, HOUR, MINUTE, parseMoment, type Moment } from "../../../src/shared/time.ts";

const ZONES = ["UTC", "America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata", "America/St_Johns"];
const at = (text: string): number => parseMoment(text) as number;

/** Date and time of the zone's clock at a moment. */
function local(zone: string, moment: number): { readonly day: number; readonly time: string } {
  const format = { timeZone: zone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" } as const;
  const [date = "", time = ""] = new Intl.DateTimeFormat("sv-SE", format).format(moment / 1_000).split(" ");
  return { day: dayOfText(date), time };
}

describe("the account's day", () => {
  it("is the date in UTC where nothing is said", () => {
    const days = accountDays();
    expect(days.dayOf(at("2026-03-08T23:59:59.999999Z"))).toBe(dayOf(2026, 3, 8));
    expect(days.endOf(at("2026-03-08T12:00:00Z"))).toBe(at("2026-03-09T00:00:00Z"));
  });

  it("is the local date, the next one from its end on, at any moment of any year", () => {
    const hours = fc.constantFrom("00:00", "09:30", "16:00", "17:00", "22:30");
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        hours,
        fc.array(fc.nat(800 * 1_440), { minLength: 1 }),
        (zone, ends, minutes) => {
          const days = accountDays(`${ends} ${zone}`);
          for (const minute of minutes) {
            const moment = dayOf(2025, 6, 1) * DAY + minute * MINUTE;
            const naive = (when: number): number => {
              const { day, time } = local(zone, when);
              return day + (ends !== "00:00" && time >= ends ? 1 : 0);
            };
            expect(days.dayOf(moment)).toBe(naive(moment));
            const end = days.endOf(moment);
            expect(naive(end)).toBe(naive(moment) + 1);
            expect(naive(end - MINUTE)).toBe(naive(moment));
          }
        },
      ),
      { seed: 20261127, numRuns: 200 },
    );
  });

  it("keeps its local end over changes of clocks, and is 23 or 25 hours long then", () => {
    const days = accountDays("17:00 America/New_York");
    const end = (text: string): string => formatMoment(days.endOf(at(text)));
    expect(end("2026-03-07T22:00:00Z")).toBe("2026-03-08T21:00:00+00:00");
    expect(end("2026-10-31T21:00:00Z")).toBe("2026-11-01T22:00:00+00:00");
    const sydney = accountDays("17:00 Australia/Sydney");
    expect(sydney.endOf(at("2026-10-03T08:00:00Z")) - at("2026-10-03T07:00:00Z")).toBe(23 * HOUR);
  });
});

describe("an order for the day", () => {
  it("ends when its market closes next, or with the account's day where it never closes", () => {
    const names = fc.constantFrom("us-equity" as const, "london" as const, "xetra" as const);
    const markets = fc.constantFrom("00:00 UTC", "17:00 America/New_York");
    fc.assert(
      fc.property(names, markets, fc.nat(500 * 1_440), (name, ends, minute) => {
        const calendar = calendarOfHours(name);
        const from = (dayOf(2025, 9, 1) * DAY + minute * MINUTE) as Moment;
        // These markets have one span a day.
        let naive: number = from;
        while (!calendar.isOpen(naive)) naive += MINUTE;
        while (calendar.isOpen(naive)) naive += MINUTE;
        expect(dayOrderEnd(calendar, accountDays(ends), from)).toBe(naive);
        for (const market of [null, calendarOfHours("crypto")])
          expect(dayOrderEnd(market, accountDays(ends), from)).toBe(accountDays(ends).endOf(from));
      }),
      { seed: 20261128, numRuns: 100 },
    );
  });

  it.each<[CalendarName, string, string, string]>([
    ["us-equity", "2026-03-06T15:00:00Z", "2026-03-06T21:00:00+00:00", "before the clocks change"],
    ["us-equity", "2026-03-06T21:00:00Z", "2026-03-09T20:00:00+00:00", "at the close, for the next trading day"],
    ["us-equity", "2026-11-27T15:00:00Z", "2026-11-27T18:00:00+00:00", "a half day"],
    ["us-equity", "2026-11-26T15:00:00Z", "2026-11-27T18:00:00+00:00", "a holiday before a half day"],
    ["tokyo", "2026-03-06T01:00:00Z", "2026-03-06T06:30:00+00:00", "a market with a break"],
    ["tokyo", "2026-03-06T03:00:00Z", "2026-03-06T06:30:00+00:00", "in the break"],
    ["crypto", "2026-03-07T23:00:00Z", "2026-03-08T21:00:00+00:00", "a day of 23 hours"],
    ["us-futures", "2026-03-05T12:00:00Z", "2026-03-05T23:00:00+00:00", "a market whose day closes and opens at 17:00"],
    ["us-futures", "2026-03-05T23:00:00Z", "2026-03-06T23:00:00+00:00", "its evening belongs to the next day"],
    ["us-futures", "2026-03-07T12:00:00Z", "2026-03-09T22:00:00+00:00", "its weekend, and a change of clocks"],
    ["fx", "2026-03-05T12:00:00Z", "2026-03-05T22:00:00+00:00", "a market that trades through the night"],
    ["fx", "2026-03-06T23:00:00Z", "2026-03-07T00:00:00+00:00", "the close of the week before the account's day ends"],
    ["fx", "2026-03-07T12:00:00Z", "2026-03-09T21:00:00+00:00", "the weekend of such a market"],
  ])("of %s at %s ends at %s: %s", (name, from, end) => {
    const days = accountDays("17:00 America/New_York");
    expect(formatMoment(dayOrderEnd(calendarOfHours(name), days, at(from) as Moment))).toBe(end);
  });
});
