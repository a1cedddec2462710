/** The built-in calendars against the facts that scripts/calendar-facts.py wrote: every day, opening, close and break. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Calendar, openTimeOfAny } from "../../../src/live/calendar/index.ts";
import { dayOf, textOfDay, weekdayOf } from "../../../src/live/calendar/days.ts";
import { CALENDAR_NAMES, type CalendarName } from "../../../src/shared/desk.ts";
import { DAY, MINUTE } from "../../../src/shared/time.ts";

interface Facts {
  readonly name: CalendarName;
  /** Day → moments in minutes since its midnight in UTC: openings and closes by turns. */
  readonly days: Map<number, readonly number[]>;
}

/** Expands the file: runs of equal days, a year a line. */
function readFacts(): Facts[] {
  const text = readFileSync(join(import.meta.dirname, "facts.txt"), "utf8");
  const all: Facts[] = [];
  let hours = new Map<string, readonly number[]>();
  let week = 5;
  for (const line of text.trim().split("\n").slice(1)) {
    const [word = "", ...rest] = line.split(" ");
    if (word === "calendar") {
      all.push({ name: rest[0] as CalendarName, days: new Map() });
      week = Number(rest[2]);
      hours = new Map([[".", []]]);
      continue;
    }
    if (word === "hours") {
      hours.set(rest[0] as string, rest.slice(1).map(Number));
      continue;
    }
    const { days } = all.at(-1) as Facts;
    let day = dayOf(Number(word), 1, 1);
    for (const [, letter = "", count] of (rest[0] as string).matchAll(/([A-Za-z.])(\d*)/g))
      for (let left = Number(count === "" ? 1 : count); left > 0; day += 1) {
        const weekend = week === 5 && (weekdayOf(day) === 0 || weekdayOf(day) === 6);
        days.set(day, weekend ? [] : (hours.get(letter) as readonly number[]));
        if (!weekend) left -= 1;
      }
    for (; day < dayOf(Number(word) + 1, 1, 1); day += 1) days.set(day, []);
  }
  return all;
}

const facts = readFacts();
const minutes = (calendar: Calendar, day: number): number[] =>
  calendar.spansOf(day).flatMap(({ opens, closes }) => [opens, closes].map((at) => (at - day * DAY) / MINUTE));

describe("built-in calendars", () => {
  it("are those of the facts", () => {
    expect(facts.map(({ name }) => name)).toEqual([...CALENDAR_NAMES]);
  });

  it.each(facts)("$name has every day from 2000 to 2028, opening for opening and close for close", ({ name, days }) => {
    const calendar = new Calendar(name);
    expect(days.size).toBe(dayOf(2029, 1, 1) - dayOf(2000, 1, 1));
    const differences: string[] = [];
    for (const [day, known] of days) {
      const found = minutes(calendar, day);
      if (found.join() !== known.join()) differences.push(`${textOfDay(day)}: ${found.join()} for ${known.join()}`);
    }
    expect(differences).toEqual([]);
  });

  it("continue after the tables with their weekdays and newest hours, and us-equity with its holidays", () => {
    const day = dayOf(2031, 12, 25);
    expect(minutes(new Calendar("us-equity"), day)).toEqual([]);
    expect(minutes(new Calendar("us-equity"), dayOf(2031, 11, 28))).toEqual([870, 1_080]);
    expect(minutes(new Calendar("tokyo"), day)).toEqual([0, 150, 210, 390]);
  });

  it("close for no run where one day's hours touch the next day's", () => {
    const fx = new Calendar("fx");
    const monday = dayOf(2026, 11, 23) * DAY;
    expect(fx.spanAt(monday + 5 * MINUTE)).toEqual({ opens: monday, closes: monday + 5 * DAY });
    expect(openTimeOfAny([fx], monday - 2 * DAY, monday + 8 * DAY)).toBe(6 * DAY);
    const crypto = new Calendar("crypto");
    expect(crypto.isOpen(monday)).toBe(true);
    expect(openTimeOfAny([crypto], monday, monday + 30 * DAY)).toBe(30 * DAY);
  });
});
