/**
 * Days of the calendar without a clock or a zone: a day is its number since 1970-01-01.
 *
 * 1. Everything is whole-number arithmetic in UTC, so a day has no length here and no change of clocks can disturb it.
 */
const DAY_MS = 86_400_000;

/** 0 is Sunday, as in the names below. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** The number of a day; months count from 1. */
export function dayOf(year: number, month: number, day: number): number {
  return Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
}

/** The number of a day written as `2026-11-27`. */
export function dayOfText(text: string): number {
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  return dayOf(year, month, day);
}

export function textOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function yearOfDay(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** 0 to 6, from Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The nth such weekday of a month, counted from 1. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
}

/** The last such weekday of a month. */
export function lastWeekday(year: number, month: number, weekday: number): number {
  const last = dayOf(year, month + 1, 1) - 1;
  return last - ((weekdayOf(last) - weekday + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar: the Sunday after the full moon that the church reckons from 21 March on. */
export function easterOf(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const skipped = century - Math.floor(century / 4);
  const drift = Math.floor((8 * century + 13) / 25);
  const epact = (19 * golden + skipped - drift + 15) % 30;
  const moon = epact - (epact > 28 || (epact === 28 && golden > 10) ? 1 : 0);
  const full = dayOf(year, 3, 21) + moon;
  return full + (7 - weekdayOf(full));
}
