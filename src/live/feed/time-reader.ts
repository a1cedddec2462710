/**
 * The times that files carry, read as moments: ISO 8601, epochs of any unit, dates as people write them.
 *
 * 1. A date that could be read two ways is no moment: its readings are handed back, for the person to choose one.
 * 2. A time without a zone is in the reader's zone; an epoch and a time with an offset are not moved.
 * 3. Moments lie in the years 1900 to 2199; anything else is taken for a fault of the file.
 */
import { formatMoment, momentOf, type Moment } from "../../shared/time.ts";
import { hourOf, microsOf, monthOf, offsetOf, readerOfFormat, TIME_OF_DAY, yearOf, ZONE } from "./date-format.ts";
import { zoneOf } from "./zone.ts";

/** A text that is no moment. `choices` are the formats that would each read it, where there is more than one. */
export interface TimeFault {
  readonly reason: string;
  readonly choices: readonly string[];
}

export interface TimeReader {
  /** The moment of a text; `after` is the moment of the row before, which settles an hour that the zone showed twice. */
  read(text: string, after: number): number | TimeFault;
  /** The zone, once a time without one was read; null before. */
  zoneUsed(): string | null;
}

const EARLIEST = momentOf(1900, 1, 1) as Moment;
const LATEST = momentOf(2200, 1, 1) as Moment;
const TEXT_MAX = 64;

const NUMBER = /^\d+(?:\.\d+)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$/;
const TAIL = new RegExp(`(?:[T\\s]\\s*|,\\s*)${TIME_OF_DAY}\\s*${ZONE}?$`);
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const DAY_NAME_YEAR = /^(\d{1,2})[-\s]([A-Za-z]{3,9})[-,\s]\s?(\d{4}|\d{2})$/;
const NAME_DAY_YEAR = /^([A-Za-z]{3,9})\s(\d{1,2}),?\s(\d{4})$/;

const fault = (reason: string, choices: readonly string[] = []): TimeFault => ({ reason, choices });

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Epochs by their size: seconds until the year 5138, then milliseconds, microseconds, nanoseconds. */
function epochOf(text: string): number {
  const value = Number(text);
  if (value < 1e11) return Math.round(value * 1_000_000);
  if (value < 1e14) return Math.round(value * 1_000);
  if (value < 1e17) return Math.round(value);
  // The digits past a microsecond are cut from the text, because a double no longer holds them all.
  const whole = text.split(".")[0] as string;
  return whole.length <= 19 ? Number(whole.slice(0, -3)) : Infinity;
}

/** `20240102`, `202401020930` or `20240102093000` as a calendar time; null when these digits are no date of market data. */
function compactOf(text: string): number | null {
  const match = COMPACT.exec(text);
  if (match === null || !/^(19|20)/.test(text)) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return momentOf(year as number, month as number, day as number, hour || 0, minute || 0, second || 0);
}

/** The days that a date with its year last may mean, each with the format that says so. */
function readingsOf(match: RegExpExecArray): Map<number, string> {
  const [, first, mark, second, third] = match as unknown as [string, string, string, string, string];
  const year = "Y".repeat(third.length);
  const readings = new Map<number, string>();
  const add = (at: number | null, format: string): void => {
    if (at !== null && !readings.has(at)) readings.set(at, format);
  };
  add(momentOf(yearOf(third), Number(first), Number(second)), `MM${mark}DD${mark}${year}`);
  add(momentOf(yearOf(third), Number(second), Number(first)), `DD${mark}MM${mark}${year}`);
  if (third.length === 2 && first.length === 2)
    add(momentOf(yearOf(first), Number(second), Number(third)), `YY${mark}MM${mark}DD`);
  return readings;
}

function dayOf(text: string): number | TimeFault {
  const ordered = YEAR_FIRST.exec(text);
  if (ordered) {
    const day = momentOf(Number(ordered[1]), Number(ordered[3]), Number(ordered[4]));
    return day ?? fault(`${quoted(text)} is no day of the calendar.`);
  }
  const last = YEAR_LAST.exec(text);
  if (last) {
    const readings = readingsOf(last);
    const days = [...readings.keys()];
    if (days.length === 0) return fault(`${quoted(text)} is no day of the calendar.`);
    if (days.length === 1) return days[0] as number;
    const meanings = days.map((day) => formatMoment(day as Moment).slice(0, 10)).join(" or ");
    return fault(`the date ${quoted(text)} can be read as ${meanings}.`, [...readings.values()]);
  }
  const named = DAY_NAME_YEAR.exec(text);
  const led = NAME_DAY_YEAR.exec(text);
  const [year, month, day] = named ? [named[3], named[2], named[1]] : led ? [led[3], led[1], led[2]] : [];
  if (year === undefined || month === undefined)
    return compactOf(text) ?? fault(text === "" ? "the time is missing." : `${quoted(text)} is no time.`);
  return momentOf(yearOf(year), monthOf(month), Number(day)) ?? fault(`${quoted(text)} is no day of the calendar.`);
}

/** A reader for one file. Throws `invalid_input` for a zone or format that nobody knows. */
export function createTimeReader(timeZone: string | null, dateFormat: string | null): TimeReader {
  const zone = zoneOf(timeZone ?? "UTC");
  const formatted = dateFormat === null ? null : readerOfFormat(dateFormat);
  let zoneUsed = false;
  // Rows of one day follow each other, so the last date read is most often the next one.
  let knownText = "";
  let knownDay: number | TimeFault = fault("");

  const checked = (at: number, text: string): number | TimeFault =>
    at >= EARLIEST && at < LATEST ? at : fault(`${quoted(text)} is not between the years 1900 and 2199.`);
  const placed = (local: number, offset: number | null, text: string, after: number): number | TimeFault => {
    if (offset !== null) return checked(local - offset, text);
    zoneUsed = true;
    const at = zone.toMoment(local, after);
    return at === null
      ? fault(`${quoted(text)} never was in ${zone.name}: the clocks went forward.`)
      : checked(at, text);
  };

  const read = (raw: string, after: number): number | TimeFault => {
    if (raw.length > TEXT_MAX) return fault(`${quoted(raw)} is no time.`);
    const text = raw.trim();
    const named = formatted?.(text) ?? null;
    if (named !== null) return placed(named.local, named.offset, text, after);
    if (NUMBER.test(text)) {
      const local = compactOf(text);
      return local === null ? checked(epochOf(text), text) : placed(local, null, text, after);
    }
    const tail = TAIL.exec(text);
    const date = tail === null ? text : text.slice(0, tail.index).replace(/,$/, "");
    if (date !== knownText || knownText === "") {
      knownText = date;
      knownDay = dayOf(date);
    }
    if (typeof knownDay !== "number") {
      if (formatted === null || knownDay.choices.length === 0) return knownDay;
      return fault(`${quoted(text)} is not written as ${dateFormat}.`);
    }
    if (tail === null) return placed(knownDay, null, text, after);
    const hour = hourOf(tail[1] as string, tail[5]);
    const minute = Number(tail[2]);
    const second = Number(tail[3] ?? 0);
    if (hour < 0 || hour > 23 || minute > 59 || second > 59) return fault(`${quoted(text)} has no such time of day.`);
    const local = knownDay + ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsOf(tail[4]);
    return placed(local, offsetOf(tail[6]), text, after);
  };
  return { read, zoneUsed: () => (zoneUsed ? zone.name : null) };
}
