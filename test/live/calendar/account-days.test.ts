/** The account's day against the zone's own clock. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountDays } from "../../../src/live/calendar/index.ts";
import { dayOf, dayOfText } from "../../../src/live/calendar/days.ts";
import { DAY, formatMoment, HOUR, MINUTE, parseMoment } from "../../../src/shared/time.ts";

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
