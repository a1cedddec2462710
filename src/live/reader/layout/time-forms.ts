/**
 * Forms of times that mean one thing, in the forms that the reader of times knows: what C, Java, .NET, Twitter and spreadsheets write.
 *
 * 1. A form that is not listed here comes back as it was.
 * 2. A month, quarter, week or day of a year is its first day; its bar's length is for the rows to show.
 */
import { DAY, momentOf } from "../../../shared/time.ts";
import type { CodedError } from "../../../shared/errors.ts";
import { fileFault } from "../table/imported.ts";
import { monthOf, yearOf } from "./date-format.ts";

/** `Tue Jan  2 15:04:05 2024`, with or without a weekday, and a zone before the year. */
const C_TIME = new RegExp(
  "^(?:[A-Za-z]{3},?\\s+)?([A-Za-z]{3})\\s+(\\d{1,2})\\s+(\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)" +
    "(?:\\s+([A-Z]{3}|[+-]\\d{2}:?\\d{2}))?\\s+(\\d{4})$",
);
/** `/Date(1704207840000)/` and `Date(1704207840000)`; an offset in it is only how it was shown. */
const DOTNET = /^\\?\/?(?:new )?Date\((\d{9,16})(?:[+-]\d{4})?\)\\?\/?$/;
/** `2024-01-02T09:30[America/New_York]`, as Java writes a time with its zone. */
const JAVA = /^(.{10,40}?)\[([A-Za-z_]+(?:\/[A-Za-z_+-]+\d*)*)\]$/;
/** `2024-01-02D09:30:00.123`, as kdb+ writes it, and with points. */
const KX = /^(\d{4}[-.]\d{2}[-.]\d{2})D(\d{2}:\d{2}.*)$/;
/** A day of a spreadsheet, and the share of it that has passed, from two columns. */
const SERIAL = /^(\d{5}) (0?\.\d+|0)$/;
const HAS_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/;
const EXPONENT = /^(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})$/;

const YEAR = /^(?:19|20)\d{2}$/;
const NAMED_MONTH = /^([A-Za-z]{3,9})\.?[-\s/']+(\d{4}|\d{2})$/;
const MONTH_NAMED = /^(\d{4})[-\s/]([A-Za-z]{3,9})$/;
const QUARTER = /^(\d{4})[-\s/]?[Qq]([1-4])$/;
const QUARTER_FIRST = /^[Qq]([1-4])[-\s/']*(\d{4})$/;
const WEEK = /^(\d{4})-?[Ww](\d{2})(?:-?([1-7]))?$/;
const DAY_OF_YEAR = /^((?:19|20)\d{2})-?(\d{3})$/;

/** Fewer digits than these are what a spreadsheet leaves of a long number. */
const DIGITS_MIN = 8;

/** The digits that a number with an exponent carries; 0 for any other text. */
function digitsOf(text: string): number {
  const found = EXPONENT.exec(text);
  return found === null ? 0 : 1 + (found[2] ?? "").length;
}

/** Whether numbers with exponents in a column carry all their digits: some row shows more than a spreadsheet would leave. */
export const keepsDigits = (texts: readonly string[]): boolean => texts.some((text) => digitsOf(text) >= DIGITS_MIN);

/** A whole number with an exponent, written out; null for any other text. */
export function writtenOut(text: string): string | null {
  const found = EXPONENT.exec(text);
  const [, first = "", rest = "", power = ""] = found ?? [];
  return found === null || rest.length > Number(power) ? null : first + rest.padEnd(Number(power), "0");
}

/** A time in a form that the reader knows; the text itself where it is none of these forms. */
export function knownForm(text: string): string {
  const first = text.charCodeAt(0);
  const kx = KX.exec(text);
  if (kx !== null) return `${kx[1]}T${kx[2]}`;
  const serial = SERIAL.exec(text);
  if (serial !== null) return `${serial[1]}${(serial[2] as string).replace(/^0/, "")}`;
  // Nearly all times begin with a digit and have neither a bracket nor an exponent.
  if (first >= 48 && first <= 57 && !text.endsWith("]")) return text;
  const c = C_TIME.exec(text);
  if (c !== null) return `${c[1]} ${c[2]} ${c[5]} ${c[3]}${c[4] === undefined ? "" : ` ${c[4]}`}`;
  const java = JAVA.exec(text);
  if (java === null) return DOTNET.exec(text)?.[1] ?? text;
  const [, time = "", zone = ""] = java;
  return HAS_OFFSET.test(time.slice(10)) || !zone.includes("/") ? time : `${time} ${zone}`;
}

const weekOf = (year: number, week: number, day: number): number | null => {
  const fourth = momentOf(year, 1, 4);
  if (fourth === null || week < 1 || week > 53) return null;
  const weekday = (new Date(fourth / 1_000).getUTCDay() + 6) % 7;
  return fourth + ((week - 1) * 7 + day - 1 - weekday) * DAY;
};

/** The first day that a month, quarter, week, day of a year or year begins with; null for any other text. */
export function periodStart(text: string): number | null {
  if (YEAR.test(text)) return momentOf(Number(text), 1, 1);
  const [, name = "", year = ""] = NAMED_MONTH.exec(text) ?? [];
  if (name !== "") return momentOf(yearOf(year), monthOf(name), 1);
  const [, before = "", month = ""] = MONTH_NAMED.exec(text) ?? [];
  if (before !== "") return momentOf(Number(before), monthOf(month), 1);
  const quarter = QUARTER.exec(text);
  if (quarter !== null) return momentOf(Number(quarter[1]), Number(quarter[2]) * 3 - 2, 1);
  const led = QUARTER_FIRST.exec(text);
  if (led !== null) return momentOf(Number(led[2]), Number(led[1]) * 3 - 2, 1);
  const week = WEEK.exec(text);
  if (week !== null) return weekOf(Number(week[1]), Number(week[2]), Number(week[3] ?? 1));
  const [, of = "", count = ""] = DAY_OF_YEAR.exec(text) ?? [];
  const start = of === "" || count === "000" || Number(count) > 366 ? null : momentOf(Number(of), 1, 1);
  return start === null ? null : start + (Number(count) - 1) * DAY;
}

/** Whether texts such as `Jan-24` follow each other by days: then their number is a day, and no year is written. */
export function lacksYear(texts: readonly string[]): boolean {
  const months = texts.filter((text) => /^[A-Za-z]{3,9}\.?[-\s/']+\d{2}$/.test(text));
  const starts = months.map(periodStart).filter((at) => at !== null);
  if (months.length < 2 || starts.length < months.length * 0.9) return starts.length < months.length * 0.9;
  const steps = starts.slice(1).map((at, index) => Math.abs(at - (starts[index] as number)));
  return steps.filter((step) => step > 200 * DAY).length * 2 > steps.length;
}

/** The fault of a file whose dates `lacksYear`. */
export function noYear(name: string, firstLine: number, texts: readonly string[]): CodedError {
  const shown = JSON.stringify((texts[0] ?? "").slice(0, 20));
  const advice = "Write the column with its years, as 2024-01-24.";
  return fileFault(name, firstLine, "no_year", `dates such as ${shown} are days of a month without a year. ${advice}`);
}
