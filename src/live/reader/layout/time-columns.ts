/**
 * The columns of a table that hold its times: one for all of it, or a day and a time of day.
 *
 * 1. The cells decide where names leave a doubt.
 */
import { share, type Finder } from "./finder.ts";
import { KINDS } from "./layouts.ts";
import type { Role } from "./names.ts";
import { periodStart } from "./time-forms.ts";

const CLOCK = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[AaPp][Mm])?$|^\d{3,6}$/;
const WHOLE_TIME = KINDS["datetime"] as RegExp;

/** Names that programs give to the column of their rows' own names, which may be times. */
const isRowName = (cell: string): boolean => cell === "" || /^(unnamed: ?\d+|index|level_\d+|row ?names?)$/i.test(cell);

const isTime = (cell: string): boolean =>
  ["epoch", "day", "datetime", "stamp", "tick", "clock"].some((kind) => (KINDS[kind] as RegExp).test(cell));

const isPeriod = (cell: string): boolean => isTime(cell) || periodStart(cell) !== null;
const isDayTime = (cell: string): boolean => /^(?:[01]?\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/.test(cell);

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, from the year 2001 on. */
const EPOCH = /^(?:1\d{9}(?:\.\d+)?|1\d{12}|1\d{15}|1\d{18})$/;
const TIMED_DAY = /^(?:19|20)\d{12}(?:\d{3})?$/;
const SHOWN_CLOCK = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp][Mm])?$/;

/** The time of day of a column of days: the only column that holds nothing else, whatever its name; or one that holds both. */
function clockBeside(finder: Finder, time: number): { time: number; clock: number } {
  const { sample, cells } = finder;
  const days = share(sample, time, (cell) => (KINDS["day"] as RegExp).test(cell));
  if (sample.length === 0 || days < 0.9) return { time, clock: -1 };
  const known = new Set(
    ["open", "high", "low", "close", "volume", "price"].flatMap((role) => finder.all(role as Role)),
  );
  const others = cells.flatMap((_cell, at) => (at === time || known.has(at) ? [] : [at]));
  const whole = others.find((at) => share(sample, at, (cell) => TIMED_DAY.test(cell)) === 1);
  if (whole !== undefined) return { time: whole, clock: -1 };
  const clocks = others.filter((at) => share(sample, at, (cell) => SHOWN_CLOCK.test(cell)) === 1);
  // The same time is often written for programs and for people.
  const plain = clocks.filter((at) => share(sample, at, (cell) => /m$/i.test(cell)) === 0);
  const one = plain.length === 1 ? plain : clocks;
  return { time, clock: one.length === 1 ? (one[0] as number) : -1 };
}

export function timeColumns(finder: Finder): { time: number; clock: number; closeTime: number; stamp: "close" | null } {
  const { sample, cells } = finder;
  const closeTime = finder.one("closeTime");
  const [date, hour] = [finder.one("date"), finder.one("clock")];
  const times = finder.all("time");
  let time = times.find((at) => share(sample, at, isTime) > 0.5) ?? times[0] ?? -1;
  let clock = -1;
  if (time >= 0 && date >= 0 && share(sample, time, (cell) => CLOCK.test(cell) && cell.includes(":")) > 0.9) {
    clock = time;
    time = date;
  }
  if (time < 0 && date >= 0) {
    time = date;
    const isWhole = hour >= 0 && share(sample, hour, (cell) => TIMED_DAY.test(cell)) === 1;
    if (hour >= 0 && !isWhole && share(sample, date, (cell) => WHOLE_TIME.test(cell)) < 0.5) clock = hour;
  }
  // Digits that are times of a day in every row are no dates: read as such they would be days years apart.
  if (time < 0 && !(hour >= 0 && share(sample, hour, isDayTime) === 1)) time = hour;
  if (time < 0 && closeTime >= 0) return { time: closeTime, clock: -1, closeTime: -1, stamp: "close" };
  if (time < 0) time = cells.findIndex((cell, at) => isRowName(cell) && share(sample, at, isTime) > 0.5);
  if (time >= 0 && clock < 0) ({ time, clock } = clockBeside(finder, time));
  if (time < 0) time = finder.all("period").find((at) => share(sample, at, isPeriod) === 1) ?? -1;
  if (time < 0) {
    const epochs = cells.flatMap((_cell, at) => (share(sample, at, (cell) => EPOCH.test(cell)) === 1 ? [at] : []));
    if (epochs.length === 1) time = epochs[0] as number;
  }
  return { time, clock, closeTime, stamp: null };
}
