/**
 * Moments and durations: integers of microseconds, and the three ways people and files write them.
 *
 * 1. A moment is an integer number of microseconds since the Unix epoch, UTC; a duration is an integer number of microseconds.
 * 2. Writing a moment and reading it again gives the same integer, for every one that an integer can hold
 *    exactly: the years 1684 to 2255.
 * 3. Nothing here reads a clock.
 */

declare const momentBrand: unique symbol;
declare const durationBrand: unique symbol;

/** Microseconds since 1970-01-01T00:00:00Z, an integer. */
export type Moment = number & { readonly [momentBrand]: true };
/** Microseconds, an integer; negative where a difference is. */
export type Duration = number & { readonly [durationBrand]: true };

export const MICROSECOND = 1 as Duration;
export const MILLISECOND = 1_000 as Duration;
export const SECOND = 1_000_000 as Duration;
export const MINUTE = 60_000_000 as Duration;
export const HOUR = 3_600_000_000 as Duration;
export const DAY = 86_400_000_000 as Duration;

/** Brands an integer of microseconds as a moment. Throws a RangeError for anything but a safe integer. */
export function moment(microseconds: number): Moment {
  if (!Number.isSafeInteger(microseconds))
    throw new RangeError(`A moment is a whole number of microseconds, not ${microseconds}.`);
  return microseconds as Moment;
}

/** Brands an integer of microseconds as a duration. Throws a RangeError for anything but a safe integer. */
export function duration(microseconds: number): Duration {
  if (!Number.isSafeInteger(microseconds))
    throw new RangeError(`A duration is a whole number of microseconds, not ${microseconds}.`);
  return microseconds as Duration;
}

/** A moment some time later (or earlier, for a negative duration). */
export function later(from: Moment, by: Duration): Moment {
  return (from + by) as Moment;
}

/** The time from one moment to another; negative when `to` is the earlier one. */
export function between(from: Moment, to: Moment): Duration {
  return (to - from) as Duration;
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/**
 * The file's spelling: `2024-01-01T09:33:00+00:00`, with six decimals when the microseconds are not zero.
 * Source: the orchestrator rules, "Time".
 */
export function formatMoment(at: Moment): string {
  // Whatever a pass writes is of one moment.
  if (at !== newest.at) newest = { at, text: spelled(at) };
  return newest.text;
}

let newest: { readonly at: number; readonly text: string } = { at: Number.NaN, text: "" };

/** Numbers of two digits as they are written. */
const TWO = Array.from({ length: 60 }, (_, value) => pad(value, 2));
const DAY_MICROS = 86_400_000_000;
let newestDay = { day: Number.NaN, text: "" };

function spelled(at: Moment): string {
  const micros = ((at % 1_000_000) + 1_000_000) % 1_000_000;
  const day = Math.floor(at / DAY_MICROS);
  if (day !== newestDay.day) {
    const date = new Date((day * DAY_MICROS) / 1_000);
    const text = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}T`;
    newestDay = { day, text };
  }
  const second = (at - day * DAY_MICROS - micros) / 1_000_000;
  const minute = (second - (second % 60)) / 60;
  const seconds = `${newestDay.text}${TWO[(minute - (minute % 60)) / 60]}:${TWO[minute % 60]}:${TWO[second % 60]}`;
  return micros === 0 ? `${seconds}+00:00` : `${seconds}.${pad(micros, 6)}+00:00`;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2}(?::\d{2})?)?$/;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days in a month of the proleptic Gregorian calendar; `month` counts from 1. */
function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/**
 * The moment of a calendar date and time in UTC, or null when there is no such date or no integer for it. All parts count as
 * people do: month from 1.
 */
export function momentOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  micros = 0,
): Moment | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59 || micros < 0 || micros > 999_999) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const at = date.getTime() * 1_000 + micros;
  return Number.isSafeInteger(at) ? (at as Moment) : null;
}

function offsetMinutes(text: string | undefined): number | null {
  if (text === undefined || text === "Z" || text === "z") return 0;
  const digits = text.slice(1).replaceAll(":", "");
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2, 4));
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * Reads ISO 8601 with `Z`, any offset, or none (read as UTC); a bare date is its midnight. Digits past the microsecond are cut.
 * Returns null for anything else, so the caller can say where the text stood.
 */
export function parseMoment(text: string): Moment | null {
  const bare = ISO_DATE.exec(text);
  if (bare) return momentOf(Number(bare[1]), Number(bare[2]), Number(bare[3]));
  const match = ISO.exec(text);
  if (!match) return null;
  const offset = offsetMinutes(match[8]);
  if (offset === null) return null;
  const micros = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  const local = momentOf(
    Number(match[1]),
    Number(match[2]),
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6] ?? 0),
    micros,
  );
  if (local === null) return null;
  const at = local - offset * MINUTE;
  return Number.isSafeInteger(at) ? (at as Moment) : null;
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|min|h|d)$/;
const UNIT: Record<string, number> = {
  us: 1,
  µs: 1,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
};

/** Reads a duration as people write it: `500ms`, `30s`, `15m`, `1.5h`, `2d`. Null for anything else, or for more than 1,000 days. */
export function parseDuration(text: string): Duration | null {
  const match = DURATION.exec(text.trim());
  if (!match) return null;
  const micros = Math.round(Number(match[1]) * (UNIT[match[2] as string] as number));
  return micros <= 1_000 * DAY ? (micros as Duration) : null;
}

/** A duration for people, in at most two units: `2d 4h`, `45m 10s`, `12.5s`, `640ms`. What the second unit does not hold is cut off. */
export function durationText(value: Duration): string {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (size === 0) return "0s";
  if (size < MILLISECOND) return "less than 1ms";
  if (size < SECOND) return `${sign}${Math.floor(size / MILLISECOND)}ms`;
  const units = [
    ["d", DAY],
    ["h", HOUR],
    ["m", MINUTE],
  ] as const;
  for (const [index, [unit, micros]] of units.entries()) {
    if (size < micros) continue;
    const [below, part] = units[index + 1] ?? (["s", SECOND] as const);
    const rest = Math.floor((size % micros) / part);
    return `${sign}${Math.floor(size / micros)}${unit}${rest === 0 ? "" : ` ${rest}${below}`}`;
  }
  return `${sign}${Math.floor(size / (SECOND / 10)) / 10}s`;
}

/** Writes a duration in the largest unit that keeps it whole: `500ms`, `90s`, `15m`. */
export function formatDuration(value: Duration): string {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  for (const [unit, micros] of [
    ["d", DAY],
    ["h", HOUR],
    ["m", MINUTE],
    ["s", SECOND],
    ["ms", MILLISECOND],
  ] as const)
    if (size >= micros && size % micros === 0) return `${sign}${size / micros}${unit}`;
  return `${sign}${size}us`;
}
