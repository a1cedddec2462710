/**
 * A date format that a person names (`MM/DD/YYYY`, `D.M.YY HH:mm`, `%d/%m/%Y`), as a reader of texts.
 *
 * 1. A format names a year, a month and a day, each once; any other text in it stands for itself.
 * 2. A format without a time of day also reads texts in which one follows the date.
 */
import { CodedError } from "../../../shared/errors.ts";
import { MINUTE, momentOf } from "../../../shared/time.ts";

/** A calendar time, counted as if it were UTC, and the offset that its text carried. All in microseconds. */
export interface LocalTime {
  readonly local: number;
  readonly offset: number | null;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The month of an English name or its first three letters, from 1; 0 for anything else. */
export function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** Two digits of a year as people mean them: 70 to 99 are of the last century. */
export function yearOf(digits: string): number {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year >= 70 ? 1_900 : 2_000);
}

/** The offset that a text like `+05:30`, `-0400`, `Z` means, in microseconds; null when there is none or no such offset. */
export function offsetOf(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  if (!/^[+-]/.test(text)) return 0;
  const digits = text.slice(1).replaceAll(":", "");
  return (text.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))) * MINUTE;
}

/** The hour of twelve as one of twenty-four; -1 for an hour that no such clock shows. */
export function hourOf(digits: string, half: string | undefined): number {
  const hour = Number(digits);
  if (half === undefined || half === "") return hour;
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

export const microsOf = (digits: string | undefined): number => Number((digits ?? "").padEnd(6, "0").slice(0, 6));

export const TIME_OF_DAY = "(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?\\s*([AaPp][Mm])?";
const NAMED_TIME_OF_DAY =
  "(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?\\s*(?<half>[AaPp][Mm])?";
const ZONE = "(Z|z|UTC|GMT|[+-]\\d{2}:?\\d{2})";

const PARTS: readonly (readonly [token: string, group: string, pattern: string])[] = [
  ["YYYY", "year", "\\d{4}"],
  ["YY", "year", "\\d{2}"],
  ["MMMM", "name", "[A-Za-z]{3,9}"],
  ["MMM", "name", "[A-Za-z]{3,9}"],
  ["MM", "month", "\\d{1,2}"],
  ["M", "month", "\\d{1,2}"],
  ["DD", "day", "\\d{1,2}"],
  ["D", "day", "\\d{1,2}"],
  ["HH", "hour", "\\d{1,2}"],
  ["H", "hour", "\\d{1,2}"],
  ["hh", "hour", "\\d{1,2}"],
  ["h", "hour", "\\d{1,2}"],
  ["mm", "minute", "\\d{1,2}"],
  ["m", "minute", "\\d{1,2}"],
  ["ss", "second", "\\d{1,2}"],
  ["s", "second", "\\d{1,2}"],
  ["SSSSSS", "fraction", "\\d{1,9}"],
  ["SSS", "fraction", "\\d{1,9}"],
  ["S", "fraction", "\\d{1,9}"],
  ["A", "half", "[AaPp][Mm]"],
  ["a", "half", "[AaPp][Mm]"],
  ["Z", "zone", ZONE.slice(1, -1)],
];

const PERCENT: Readonly<Record<string, string>> = {
  "%Y": "YYYY",
  "%y": "YY",
  "%m": "MM",
  "%d": "DD",
  "%b": "MMM",
  "%B": "MMMM",
  "%H": "HH",
  "%I": "hh",
  "%M": "mm",
  "%S": "ss",
  "%f": "SSSSSS",
  "%p": "A",
  "%z": "Z",
};

const FORMAT_CHARACTERS_MAX = 60;

function unclear(format: string, why: string): CodedError {
  const shown = format.slice(0, FORMAT_CHARACTERS_MAX);
  const message = `The date format "${shown}" ${why}. Write it as --date-format MM/DD/YYYY, DD.MM.YY HH:mm or %d/%m/%Y.`;
  return new CodedError("invalid_input", message, { rule: "date_format" });
}

function patternOf(format: string): RegExp {
  const text = format.replace(/%[A-Za-z]/g, (token) => PERCENT[token] ?? token);
  const seen = new Set<string>();
  let pattern = "";
  for (let place = 0; place < text.length;) {
    const part = PARTS.find(([token]) => text.startsWith(token, place));
    // A `T` between date and time, and whatever separates, stands for itself; other letters are an unknown token.
    if (part === undefined) {
      const letter = text.charAt(place++);
      if (/[A-Za-z%]/.test(letter) && letter !== "T") throw unclear(format, `has a "${letter}" that means nothing`);
      pattern += /\s/.test(letter) ? "\\s+" : letter.replace(/[^\w\s]/, "\\$&");
      continue;
    }
    const [token, group, digits] = part;
    const kind = group === "name" ? "month" : group;
    if (seen.has(kind)) throw unclear(format, `names the ${kind} twice`);
    seen.add(kind);
    pattern += `(?<${group}>${digits})`;
    place += token.length;
  }
  for (const kind of ["year", "month", "day"]) if (!seen.has(kind)) throw unclear(format, `names no ${kind}`);
  if (seen.has("hour")) return new RegExp(`^${pattern}$`);
  for (const kind of ["minute", "second", "fraction", "half"])
    if (seen.has(kind)) throw unclear(format, `names a time of day without its hour`);
  const zone = seen.has("zone") ? "" : `\\s*${ZONE.replace("(", "(?<zone>")}?`;
  return new RegExp(`^${pattern}(?:[T\\s]\\s*${NAMED_TIME_OF_DAY}${zone})?$`);
}

/** A reader of one format: the calendar time of a text, or null when the text is not of that format. Throws `invalid_input`. */
export function readerOfFormat(format: string): (text: string) => LocalTime | null {
  if (format.length > FORMAT_CHARACTERS_MAX) throw unclear(format, "is too long");
  const pattern = patternOf(format);
  return (text) => {
    const part = pattern.exec(text)?.groups;
    if (part === undefined) return null;
    const month = part["name"] === undefined ? Number(part["month"]) : monthOf(part["name"]);
    const hour = hourOf(part["hour"] ?? "0", part["half"]);
    if (hour < 0) return null;
    const local = momentOf(
      yearOf(part["year"] ?? ""),
      month,
      Number(part["day"]),
      hour,
      Number(part["minute"] ?? 0),
      Number(part["second"] ?? 0),
      microsOf(part["fraction"]),
    );
    return local === null ? null : { local, offset: offsetOf(part["zone"]) };
  };
}

/** The order of day, month and year that a format names. */
export function orderOfFormat(format: string): "MDY" | "DMY" | "YMD" {
  const text = format.replace(/%[A-Za-z]/g, (token) => PERCENT[token] ?? token);
  const [year, month, day] = [text.indexOf("Y"), text.indexOf("M"), text.indexOf("D")] as [number, number, number];
  if (year < month && year < day) return "YMD";
  return month < day ? "MDY" : "DMY";
}
