/**
 * A market's hours in a desk file: a built-in calendar's name, or hours of its own.
 *
 * 1. A day is a date that there is; a list names each day once.
 * 2. A market has one weekday at least and at most `HOLIDAYS_MAX` holidays, so it opens again whatever the file says.
 * 3. The spans of a day are kept in their order. They open before they close and do not overlap, one day's with the next's neither.
 */
import * as z from "zod";
import { isMap, isSeq } from "yaml";
import {
  CALENDAR_NAMES,
  type CalendarName,
  type MarketHours,
  type OwnHours,
  type Weekday,
} from "../../../shared/desk.ts";
import {
  DAY_MINUTES,
  minutesOf,
  readSpan,
  spanText,
  type LocalSpan,
  type SpanFault,
} from "../../../shared/trading-hours.ts";
import { shown, type DeskDocument, type Spot } from "../text/document.ts";
import { Fields, readScalar } from "../text/fields.ts";
import { nearest } from "../text/spelling.ts";
import { choice, orNone, readValue, timeZone, type Kind } from "../text/values.ts";

export const HOLIDAYS_MAX = 2_000;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const satisfies readonly Weekday[];
const SPANS_MAX = 20;
const KEYS = ["timeZone", "days", "open", "close", "hours", "breaks", "holidays", "halfDays", "halfClose", "special"];
const RULE = `write one of ${CALENDAR_NAMES.join(", ")}, or own hours such as { timeZone: Asia/Tokyo, hours: [09:00-11:30, 12:30-15:30] }`;

/** What people call the markets of the built-in calendars: names of exchanges and their codes. */
const OTHER_NAMES: Readonly<Record<CalendarName, readonly string[]>> = {
  "us-equity": ["us", "nyse", "nasdaq", "amex", "arca", "xnys", "xnas", "us-equities", "us-stocks"],
  "us-futures": ["cme", "cmes", "globex", "cbot", "nymex", "comex", "futures"],
  london: ["lse", "xlon", "uk", "uk-equity"],
  xetra: ["xetr", "frankfurt", "deutsche-boerse", "germany"],
  tokyo: ["tse", "xtks", "jpx", "japan", "topix"],
  "hong-kong": ["hkex", "xhkg", "hk", "sehk", "hongkong"],
  fx: ["forex", "24/5", "24x5", "currencies"],
  crypto: ["24/7", "24x7", "always", "bitcoin", "coins"],
};

/** The built-in calendar that a word is near to, or that it is another name of; null where there is none. */
export function nearestCalendar(word: string): CalendarName | null {
  const name = word.toLowerCase();
  const other = CALENDAR_NAMES.find((calendar) => OTHER_NAMES[calendar].includes(name));
  return other ?? (nearest(word, CALENDAR_NAMES) as CalendarName | null);
}

const asWritten = (schema: z.ZodType<string, string>, rule: string): Kind<string> => ({
  schema,
  write: (value) => value,
  rule,
  type: z.string(),
  bare: false,
  words: () => [],
});

const opening = asWritten(z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/), "write a local time from 00:00 to 23:59");
const closing = asWritten(
  z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/),
  "write a local time from 00:00 to 24:00",
);

function isDate(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}

const date = asWritten(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .refine(isDate),
  "write a date such as 2026-11-27",
);
const weekday = choice(DAYS);
const halfClosing = orNone(closing);

/** A list of names, each once. */
function readNames<T extends string>(
  fields: Fields,
  key: string,
  of: Kind<T>,
  rules: { readonly max: number; readonly example: string; readonly fallback: readonly T[] },
): readonly T[] {
  const { document } = fields;
  const spot = fields.spot(key);
  const found: T[] = [];
  let refused = false;
  for (const item of spot === undefined ? [] : (document.list(spot, rules.max, rules.example) ?? [])) {
    const read = readScalar(document, item, of);
    if (read === null) refused = true;
    else if (found.includes(read.value))
      document.complain(item, `is ${shown(read.value)}, which is in the list already`);
    else found.push(read.value);
  }
  // Of a list in which nothing can be read enough was said already.
  const names = spot === undefined || (found.length === 0 && refused) ? rules.fallback : found;
  fields.note(key, names.join(", "));
  return names;
}

const FAULTS: Readonly<Record<SpanFault, (text: string) => string>> = {
  form: () => "write a span of local time such as 09:00-11:30, or 18:00-02:00+1 to the next day",
  order: (text) =>
    `it closes before it opens; write the earlier time first, or ${text.trim()}+1 where it closes on the next day`,
  length: () => "it is longer than a day; write 24 hours at most",
};

/** Reads spans of a day in any order; the spans in their own, or null after a complaint. */
function readSpans(document: DeskDocument, spot: Spot): readonly LocalSpan[] | null {
  const items = document.list(spot, SPANS_MAX, "[09:00-11:30, 12:30-15:30]");
  if (items === null) return null;
  const found: { readonly span: LocalSpan; readonly item: Spot }[] = [];
  for (const item of items) {
    const written = document.scalar(item, FAULTS.form(""));
    const span = written === null ? "form" : readSpan(written.text);
    if (typeof span !== "string") found.push({ span, item });
    else if (written !== null) document.complain(item, `is ${shown(written.text)}; ${FAULTS[span](written.text)}`);
  }
  const sorted = found.toSorted((one, other) => one.span.opens - other.span.opens);
  for (const [index, { span, item }] of sorted.entries()) {
    const before = sorted[index - 1]?.span;
    if (before !== undefined && span.opens < before.closes)
      document.complain(item, `is ${shown(spanText(span))}; it overlaps ${spanText(before)}; write spans that do not`);
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first !== undefined && last !== undefined && last.span.closes - DAY_MINUTES > first.span.opens)
    document.complain(
      last.item,
      `is ${shown(spanText(last.span))}; it overlaps ${spanText(first.span)} of the next day; end it before that`,
    );
  return found.length < items.length ? null : sorted.map(({ span }) => span);
}

/** What is left of a span without its breaks. */
function without(whole: LocalSpan, breaks: readonly LocalSpan[]): LocalSpan[] {
  const left: LocalSpan[] = [];
  let { opens } = whole;
  for (const pause of breaks) {
    if (pause.opens > opens) left.push({ opens, closes: pause.opens });
    opens = pause.closes;
  }
  if (opens < whole.closes) left.push({ opens, closes: whole.closes });
  return left;
}

type DayTimes = Pick<OwnHours, "open" | "close" | "hours">;

function timesOf(spans: readonly LocalSpan[]): DayTimes {
  const hours = spans.map(spanText);
  const [first, last] = [hours[0] ?? "00:00-24:00", hours.at(-1) ?? "00:00-24:00"];
  return { open: first.slice(0, 5), close: last.slice(6, 11), hours };
}

/** `hours`, or `open` and `close` with `breaks` or without. */
function readDayTimes(fields: Fields): DayTimes {
  const { document } = fields;
  const [hours, pauses] = [fields.spot("hours"), fields.spot("breaks")];
  if (hours !== undefined) {
    for (const key of ["open", "close", "breaks"] as const) {
      const other = fields.spot(key);
      if (other !== undefined)
        document.complain(other, "says again what hours says; keep either hours, or open and close");
    }
    const spans = readSpans(document, hours);
    if (spans !== null && spans.length === 0)
      document.complain(hours, "is empty; a market has one span of hours at least, such as [09:00-17:30]");
    const times = timesOf(spans ?? []);
    fields.note("hours", (times.hours ?? []).join(", "));
    return times;
  }
  const open = fields.required("open", opening, "00:00");
  const close = fields.required("close", closing, "24:00");
  const breaks = pauses === undefined ? null : readSpans(document, pauses);
  if (pauses === undefined || breaks === null || fields.broken) return { open, close };
  const opens = minutesOf(open);
  const whole = { opens, closes: minutesOf(close) + (minutesOf(close) <= opens ? DAY_MINUTES : 0) };
  const outside = breaks.find((pause) => pause.opens <= whole.opens || pause.closes >= whole.closes);
  if (outside !== undefined)
    document.complain(pauses, `has ${spanText(outside)}, which is not between ${open} and ${close}`);
  fields.note("breaks", breaks.map(spanText).join(", "));
  return breaks.length === 0 || outside !== undefined ? { open, close } : timesOf(without(whole, breaks));
}

const SPECIAL_RULE = "write closed, or spans such as [09:00-12:30]";

/** Days with hours of their own: a map from date to spans, or to `closed`. */
function readSpecial(fields: Fields): Readonly<Record<string, readonly string[]>> | null {
  const { document } = fields;
  const spot = fields.spot("special");
  const entries = spot === undefined ? null : document.map(spot, null, "days with hours of their own");
  if (spot === undefined || entries === null) return null;
  if (entries.size > HOLIDAYS_MAX) document.complain(spot, `has ${entries.size} days; at most ${HOLIDAYS_MAX}`);
  const found: [string, readonly string[]][] = [];
  for (const [day, entry] of entries) {
    if (readValue(date, day) === null)
      document.complain({ ...entry, offset: entry.keyOffset }, `is no day; ${date.rule}`);
    if (isSeq(entry.node)) {
      found.push([day, (readSpans(document, entry) ?? []).map(spanText)]);
      continue;
    }
    const written = document.scalar(entry, SPECIAL_RULE);
    if (written !== null && written.text !== "closed")
      document.complain(entry, `is ${shown(written.text)}; ${SPECIAL_RULE}`);
    found.push([day, []]);
  }
  fields.note("special", found.map(([day, spans]) => `${day}: ${spans.join(" ") || "closed"}`).join(", "));
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Where a half day may end: on a day of one span through the night anywhere but at its opening, else within the hours. */
function checkHalfDays(
  fields: Fields,
  { open, close, hours }: DayTimes,
  short: Pick<OwnHours, "halfDays" | "halfClose">,
): void {
  const { document } = fields;
  const { halfDays, halfClose } = short;
  const halfSpot = fields.spot("halfDays");
  if (halfSpot !== undefined && halfDays.length > 0 && halfClose === null)
    document.complain(halfSpot, "says which days are short and not when they end; write halfClose, such as 13:00");
  const shortSpot = fields.spot("halfClose");
  if (shortSpot === undefined || halfClose === null) return;
  const end = hours?.at(-1) ?? close;
  // With a close on the next day any end but the opening makes sense; else a half day would last until the next morning.
  const within = hours === undefined ? open >= close || halfClose < close : end.endsWith("+1") || halfClose < close;
  if ((hours === undefined && open >= close) || (halfClose > open && within)) return;
  document.complain(shortSpot, `is ${shown(halfClose)}, which is not between ${open} and ${close}`);
}

function readOwn(document: DeskDocument, rows: Fields["rows"], spot: Spot, label: string): OwnHours | null {
  const entries = document.map(spot, KEYS, "a calendar's name, or hours");
  if (entries === null) return null;
  const fields = new Fields(document, rows, spot, KEYS, entries);
  fields.label = label;
  const zone = fields.required("timeZone", timeZone, "UTC");
  const days = readNames(fields, "days", weekday, { max: 7, example: "[mon, tue]", fallback: DAYS.slice(0, 5) });
  const daySpot = fields.spot("days");
  if (daySpot !== undefined && days.length === 0)
    document.complain(daySpot, "names no day; a market is open on one at least");
  const times = readDayTimes(fields);
  const dates = { max: HOLIDAYS_MAX, example: "[2026-12-25]", fallback: [] };
  const holidays = readNames(fields, "holidays", date, dates);
  const halfDays = readNames(fields, "halfDays", date, dates);
  const halfClose = fields.optional("halfClose", halfClosing, null);
  checkHalfDays(fields, times, { halfDays, halfClose });
  const special = readSpecial(fields);
  return { timeZone: zone, days, ...times, holidays, halfDays, halfClose, ...(special === null ? {} : { special }) };
}

/**
 * Reads a market's hours under a key: `sessions` of a strategy, `calendar` of an instrument. Null where there are none, or after
 * a complaint.
 */
export function readMarketHours(fields: Fields, key: "sessions" | "calendar"): MarketHours | null {
  const spot = fields.spot(key);
  if (spot === undefined) return null;
  const { document } = fields;
  if (isMap(spot.node)) return readOwn(document, fields.rows, spot, `${fields.label}.${key}`);
  const written = document.scalar(spot, RULE);
  if (written === null) return null;
  const name = CALENDAR_NAMES.find((calendar) => calendar === written.text);
  if (name === undefined) {
    document.complain(spot, `is ${shown(written.text)}; ${RULE}`, nearestCalendar(written.text));
    return null;
  }
  fields.note(key, name);
  return name;
}
