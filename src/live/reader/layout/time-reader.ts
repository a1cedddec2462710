/**
 * The times that files carry, read as microseconds: ISO 8601, epochs of any unit, day numbers, dates as people write them.
 *
 * 1. A date that could be read two ways is none until its order is settled: its readings are handed back.
 * 2. A time without a zone is a local time, counted as if it were UTC; an epoch and a time with an offset are moments.
 * 3. Moments lie in the years 1900 to 2199, epochs after 1972; anything else is taken for a fault of the file, never for 1970.
 */
import { DAY, formatMoment, momentOf, type Moment } from "../../../shared/time.ts";
import {
  hourOf,
  microsOf,
  monthOf,
  offsetOf,
  orderOfFormat,
  readerOfFormat,
  TIME_OF_DAY,
  yearOf,
} from "./date-format.ts";
import type { Row } from "./scan.ts";
import { knownForm, periodStart, writtenOut } from "./time-forms.ts";
import { zoneOf } from "../table/zone.ts";

/** A text that is no moment. `choices` are the formats that would each read it, where there is more than one. */
export interface TimeFault {
  readonly reason: string;
  readonly choices: readonly string[];
}

/** The order of day, month and year in a date. */
export type DateOrder = "MDY" | "DMY" | "YMD";

/** What a number in the column of times counts. */
export type TimeUnit = "s" | "ms" | "us" | "ns" | "excel" | "days";

export const TIME_UNITS: readonly TimeUnit[] = ["s", "ms", "us", "ns", "excel", "days"];

export interface TimeReader {
  /** A local time or a moment, as `absolute` then says; or why it is neither. */
  read(text: string): number | TimeFault;
  /** The same for a cell of a row, without making a text where that can be spared. */
  readCell(row: Row, cell: number): number | TimeFault;
  /** Of the time read last: whether it is a moment, and whether it named a day and no time of day. */
  absolute: boolean;
  dayOnly: boolean;
  /** How many times were read that carried no zone. */
  locals: number;
}

interface TimeSettings {
  readonly dateFormat: string | null;
  readonly order: DateOrder | null;
  readonly unit: TimeUnit | null;
  /** Whether numbers with exponents carry all their digits; absent: they do not. */
  readonly exponents?: boolean;
}

const EARLIEST = momentOf(1900, 1, 1) as Moment;
const LATEST = momentOf(2200, 1, 1) as Moment;
const EPOCHS_FROM = momentOf(1973, 1, 1) as Moment;
const EXCEL_ZERO = momentOf(1899, 12, 30) as Moment;
/** Days of Excel from 1954 to 2119; a count of seconds would be a morning of 1970. */
const [EXCEL_FROM, EXCEL_TO] = [20_000, 80_000];
const TEXT_MAX = 64;

const NUMBER = /^\d+(?:\.\d+)?$/;
const COMPACT =
  /^(\d{4})(\d{2})(\d{2})(?:[T ]{0,2}(\d{2}):?(\d{2})(?::?(\d{2})(?:[. ]?(\d{3,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const ZONES =
  "(?:GMT|UTC)?[+-]\\d{2}:?\\d{2}|Z|z|UTC|GMT|E[SD]T|C[SD]T|M[SD]T|P[SD]T|[A-Z][A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?";
const TAIL = new RegExp(`(?:[T\\s]\\s*|,\\s*)${TIME_OF_DAY}\\s*(${ZONES})?(?:\\s*\\([^)]*\\))?$`);
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const DAY_NAME_YEAR = /^(\d{1,2})[-\s]([A-Za-z]{3,9})[-,\s]\s?(\d{4}|\d{2})$/;
const NAME_DAY_YEAR = /^([A-Za-z]{3,9})\.?\s(\d{1,2}),?\s(\d{4})$/;
const YEAR_MONTH = /^(\d{4})[-/M](\d{1,2})$/;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+/i;
const DIGITS = /^(\d{2})(\d{2})(\d{2}|\d{4})$/;
const AMERICAN: Readonly<Record<string, string>> = {
  EST: "-05:00",
  EDT: "-04:00",
  CST: "-06:00",
  CDT: "-05:00",
  MST: "-07:00",
  MDT: "-06:00",
  PST: "-08:00",
  PDT: "-07:00",
};

const fault = (reason: string, choices: readonly string[] = []): TimeFault => ({ reason, choices });
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
const noDay = (text: string): TimeFault => fault(`${quoted(text)} is no day of the calendar.`);

/** Epochs by their size: seconds until the year 5138, then milliseconds, microseconds, nanoseconds. */
function epochOf(text: string, unit: TimeUnit | null): number {
  const value = Number(text);
  if (unit === "days") return Math.round(value * DAY);
  if (unit === "excel") return EXCEL_ZERO + Math.round(value * 86_400) * 1_000_000;
  if (unit === "s" || (unit === null && value < 1e11)) return Math.round(value * 1_000_000);
  if (unit === "ms" || (unit === null && value < 1e14)) return Math.round(value * 1_000);
  if (unit === "us" || (unit === null && value < 1e17)) return Math.round(value);
  // The digits past a microsecond are cut from the text, because a double no longer holds them all.
  const whole = text.split(".")[0] as string;
  return whole.length <= 19 ? Number(whole.slice(0, -3)) : Infinity;
}

/** The days that a date with an unclear order may mean, by the order that says so; null for a date whose order is plain. */
export function dateReadings(text: string): ReadonlyMap<DateOrder, number> | null {
  const tail = TAIL.exec(text);
  const date = (tail === null ? text : text.slice(0, tail.index)).replace(/,$/, "").trim();
  const match = YEAR_LAST.exec(date) ?? DIGITS.exec(date);
  if (match === null) return null;
  const [first, second, third] = match.length === 5 ? [match[1], match[3], match[4]] : [match[1], match[2], match[3]];
  const [a, b, c] = [first, second, third] as [string, string, string];
  // Eight digits that begin with a year are a date of one meaning.
  if (match.length === 4 && c.length === 4 && /^(19|20)/.test(date)) return null;
  const readings = new Map<DateOrder, number>();
  const add = (order: DateOrder, at: number | null): void => {
    if (at !== null) readings.set(order, at);
  };
  add("MDY", momentOf(yearOf(c), Number(a), Number(b)));
  add("DMY", momentOf(yearOf(c), Number(b), Number(a)));
  if (c.length === 2 && a.length === 2) add("YMD", momentOf(yearOf(a), Number(b), Number(c)));
  return readings;
}

/** An order as the format that a person names for dates like this one. */
export function formatOfOrder(order: DateOrder, text: string): string {
  const match = YEAR_LAST.exec(text.split(/[\sT]/)[0] as string);
  const mark = match?.[2] ?? "";
  const year = (match?.[4] ?? text).length >= (match === null ? 8 : 4) ? "YYYY" : "YY";
  return { MDY: ["MM", "DD", year], DMY: ["DD", "MM", year], YMD: ["YY", "MM", "DD"] }[order].join(mark);
}

function unclearDay(text: string, order: DateOrder | null): number | TimeFault | null {
  const readings = dateReadings(text);
  if (readings === null) return null;
  if (order !== null) return readings.get(order) ?? noDay(text);
  const days = new Map([...readings].map(([by, at]) => [at, by]));
  if (days.size === 0) return noDay(text);
  if (days.size === 1) return [...days.keys()][0] as number;
  const meanings = [...days.keys()].map((day) => formatMoment(day as Moment).slice(0, 10)).join(" or ");
  const choices = [...days.values()].map((by) => formatOfOrder(by, text));
  return fault(`the date ${quoted(text)} can be read as ${meanings}.`, choices);
}

function dayOf(raw: string, order: DateOrder | null): number | TimeFault {
  const text = raw.replace(WEEKDAY, "");
  const ordered = YEAR_FIRST.exec(text);
  if (ordered) return momentOf(Number(ordered[1]), Number(ordered[3]), Number(ordered[4])) ?? noDay(text);
  const unclear = unclearDay(text, order);
  if (unclear !== null) return unclear;
  const month = YEAR_MONTH.exec(text);
  if (month) return momentOf(Number(month[1]), Number(month[2]), 1) ?? noDay(text);
  const named = DAY_NAME_YEAR.exec(text);
  const led = NAME_DAY_YEAR.exec(text);
  const [year, name, day] = named ? [named[3], named[2], named[1]] : led ? [led[3], led[1], led[2]] : [];
  if (year === undefined || name === undefined)
    return fault(text === "" ? "the time is missing." : `${quoted(text)} is no time.`);
  return momentOf(yearOf(year), monthOf(name), Number(day)) ?? noDay(text);
}

class Reader implements TimeReader {
  absolute = false;
  dayOnly = false;
  locals = 0;
  readonly #settings: TimeSettings;
  readonly #formatted: ReturnType<typeof readerOfFormat> | null;
  // Rows of one day follow each other, so the last date read is most often the next one.
  #knownText = "";
  #knownDay: number | TimeFault = fault("");
  #knownYmd = -1;
  #knownLocal: number | null = null;

  constructor(settings: TimeSettings) {
    const { dateFormat } = settings;
    this.#settings = dateFormat === null ? settings : { ...settings, order: orderOfFormat(dateFormat) };
    this.#formatted = settings.dateFormat === null ? null : readerOfFormat(settings.dateFormat);
  }

  readCell(row: Row, cell: number): number | TimeFault {
    const { bytes } = row;
    const start = row.starts[cell] as number;
    const length = (row.ends[cell] as number) - start;
    const { unit } = this.#settings;
    if (cell >= row.count || this.#formatted !== null || unit !== null) return this.read(row.text(cell));
    const digit = (at: number): number => (bytes[start + at] as number) - 48;
    const pair = (at: number): number => {
      const [tens, ones] = [digit(at), digit(at + 1)];
      return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
    };
    const zoned = length === 25 ? bytes[start + 22] === 58 : length === 20 && bytes[start + 19] === 90;
    if (length === 10 || length === 16 || length === 19 || zoned) {
      const [first, second] = [bytes[start + 4], bytes[start + 7]];
      if (first === second && (first === 45 || first === 47 || first === 46)) {
        const ymd = (pair(0) * 100 + pair(2)) * 10_000 + pair(5) * 100 + pair(8);
        const gap = bytes[start + 10];
        const timed = length > 10 && (gap === 32 || gap === 84) && bytes[start + 13] === 58;
        const [hour, minute] = timed ? [pair(11), pair(14)] : [0, 0];
        const second2 = length >= 19 ? (bytes[start + 16] === 58 ? pair(17) : NaN) : 0;
        const local = ymd > 0 ? this.#dayOfYmd(ymd) : null;
        if (local !== null && (timed || length === 10) && hour < 24 && minute < 60 && second2 < 60) {
          const at = local + ((hour * 60 + minute) * 60 + second2) * 1_000_000;
          if (!zoned) return this.#local(at, length === 10);
          const sign = length === 20 ? 0 : bytes[start + 19] === 43 ? 1 : bytes[start + 19] === 45 ? -1 : NaN;
          const offset = length === 20 ? 0 : sign * (pair(20) * 60 + pair(23)) * 60_000_000;
          if (!Number.isNaN(offset)) return this.#moment(at - offset);
        }
      }
    }
    if (length === 10 || length === 13 || length === 16) {
      let value = 0;
      for (let at = 0; at < length && value >= 0; at++) {
        const next = digit(at);
        value = next >= 0 && next <= 9 ? value * 10 + next : NaN;
      }
      if (value >= 0) {
        const at = length === 10 ? value * 1_000_000 : length === 13 ? value * 1_000 : value;
        if (at >= EPOCHS_FROM && at < LATEST) return this.#moment(at);
      }
    }
    return this.read(row.text(cell));
  }

  read(raw: string): number | TimeFault {
    if (raw.length > TEXT_MAX) return fault(`${quoted(raw)} is no time.`);
    const { dateFormat, order, unit } = this.#settings;
    const text = this.#formatted === null ? knownForm(raw.trim()) : raw.trim();
    const named = this.#formatted?.(text) ?? null;
    if (named !== null)
      return this.#placed(named.local, named.offset, named.local % DAY === 0 && !text.includes(":"), text);
    if (unit !== null && NUMBER.test(text)) {
      const at = epochOf(text, unit);
      const days = unit === "excel" || unit === "days";
      return days ? this.#placed(at, null, !text.includes("."), text) : this.#placed(at, 0, false, text);
    }
    const compact = /^(19|20)/.test(text) ? COMPACT.exec(text) : null;
    if (compact !== null) {
      const [, year, month, day, hour, minute, second] = compact.map(Number);
      const at = momentOf(
        year as number,
        month as number,
        day as number,
        hour || 0,
        minute || 0,
        second || 0,
        microsOf(compact[7]),
      );
      if (at !== null) return this.#placed(at, offsetOf(compact[8]), compact[4] === undefined, text);
    }
    const start = periodStart(text);
    if (start !== null) return this.#placed(start, null, true, text);
    const whole = writtenOut(text);
    if (whole !== null) return this.#rounded(text, whole);
    const unclear = NUMBER.test(text) && text.length !== 6 && text.length !== 8;
    if (unclear) return this.#number(text);
    const tail = TAIL.exec(text);
    const date = tail === null ? text : text.slice(0, tail.index).replace(/,$/, "").trim();
    if (date !== this.#knownText || this.#knownText === "") {
      this.#knownText = date;
      const packed = /^(19|20)/.test(date) ? COMPACT.exec(date) : null;
      this.#knownDay =
        packed === null || packed[4] !== undefined
          ? dayOf(date, order)
          : (momentOf(Number(packed[1]), Number(packed[2]), Number(packed[3])) ?? noDay(date));
    }
    if (typeof this.#knownDay !== "number") {
      if (this.#formatted === null || this.#knownDay.choices.length === 0) return this.#knownDay;
      return fault(`${quoted(text)} is not written as ${dateFormat}.`);
    }
    return tail === null ? this.#placed(this.#knownDay, null, true, text) : this.#timed(this.#knownDay, tail, text);
  }

  #timed(day: number, tail: RegExpExecArray, text: string): number | TimeFault {
    const hour = hourOf(tail[1] as string, tail[5]);
    const minute = Number(tail[2]);
    const second = Number(tail[3] ?? 0);
    const midnight = hour === 24 && minute === 0 && second === 0;
    if (hour < 0 || (hour > 23 && !midnight) || minute > 59 || second > 59)
      return fault(`${quoted(text)} has no such time of day.`);
    const local = day + ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsOf(tail[4]);
    const zone = tail[6];
    if (zone?.includes("/")) {
      try {
        const at = zoneOf(zone).toMoment(local, -Infinity);
        return at === null
          ? fault(`${quoted(text)} never was: the clocks went forward.`)
          : this.#placed(at, 0, false, text);
      } catch {
        return fault(`${quoted(text)} names a time zone that is not known.`);
      }
    }
    const offset = zone === undefined ? undefined : (AMERICAN[zone] ?? zone.replace(/^(GMT|UTC)(?=[+-])/, ""));
    return this.#placed(local, offsetOf(offset), false, text);
  }

  /** A number with an exponent, of which a spreadsheet may have left the first digits only. */
  #rounded(text: string, whole: string): number | TimeFault {
    if (this.#settings.exponents === true) return this.#number(whole);
    const advice = "save the column as whole numbers, or with its times as text.";
    return fault(`${quoted(text)} has lost its last digits, as spreadsheets shorten long numbers; ${advice}`);
  }

  /** A number that is no date of digits: days of Excel, or an epoch. */
  #number(text: string): number | TimeFault {
    const value = Number(text);
    if (value >= EXCEL_FROM && value < EXCEL_TO)
      return this.#placed(epochOf(text, "excel"), null, !text.includes("."), text);
    const at = epochOf(text, null);
    if (at < EPOCHS_FROM)
      return fault(
        `${quoted(text)} would be a moment of 1970; say what it counts with --time-format excel, days, s, ms, us or ns.`,
      );
    return this.#placed(at, 0, false, text);
  }

  #dayOfYmd(ymd: number): number | null {
    if (ymd !== this.#knownYmd) {
      this.#knownYmd = ymd;
      this.#knownLocal = momentOf(Math.floor(ymd / 10_000), Math.floor(ymd / 100) % 100, ymd % 100);
    }
    const local = this.#knownLocal;
    return local !== null && local >= EARLIEST && local < LATEST ? local : null;
  }

  #local(at: number, dayOnly: boolean): number {
    this.absolute = false;
    this.dayOnly = dayOnly;
    this.locals++;
    return at;
  }

  #moment(at: number): number {
    this.absolute = true;
    this.dayOnly = false;
    return at;
  }

  #placed(local: number, offset: number | null, dayOnly: boolean, text: string): number | TimeFault {
    const at = local - (offset ?? 0);
    if (!(at >= EARLIEST && at < LATEST)) return fault(`${quoted(text)} is not between the years 1900 and 2199.`);
    return offset === null ? this.#local(at, dayOnly) : this.#moment(at);
  }
}

/** A reader for one file. Throws `invalid_input` for a format that means nothing. */
export function createTimeReader(settings: TimeSettings): TimeReader {
  return new Reader(settings);
}
