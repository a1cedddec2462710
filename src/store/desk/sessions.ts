/**
 * The hours of a strategy's market in a desk file: a calendar's name, or hours of its own.
 *
 * 1. A day is a date that there is; a list names each day once.
 * 2. A market has one weekday at least and at most `HOLIDAYS_MAX` holidays, so it opens again whatever the file says.
 */
import * as z from "zod";
import type { MarketHours, OwnHours, Weekday } from "../../shared/desk.ts";
import { shown, type DeskDocument, type Spot } from "./document.ts";
import { Fields, readScalar } from "./fields.ts";
import { nearest } from "./spelling.ts";
import { choice, orNone, timeZone, type Kind } from "./values.ts";

export const HOLIDAYS_MAX = 2_000;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const satisfies readonly Weekday[];
const KEYS = ["timeZone", "days", "open", "close", "holidays", "halfDays", "halfClose"];
const RULE = "write us-equity, or hours with timeZone, open and close";

const asWritten = (schema: z.ZodType<string, string>, rule: string): Kind<string> => ({
  schema,
  write: (value) => value,
  rule,
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

function readOwn(document: DeskDocument, rows: Fields["rows"], spot: Spot, label: string): OwnHours | null {
  const entries = document.map(spot, KEYS, "us-equity, or hours");
  if (entries === null) return null;
  const fields = new Fields(document, rows, spot, KEYS, entries);
  fields.label = label;
  const zone = fields.required("timeZone", timeZone, "UTC");
  const days = readNames(fields, "days", weekday, { max: 7, example: "[mon, tue]", fallback: DAYS.slice(0, 5) });
  const daySpot = fields.spot("days");
  if (daySpot !== undefined && days.length === 0)
    document.complain(daySpot, "names no day; a market is open on one at least");
  const open = fields.required("open", opening, "00:00");
  const close = fields.required("close", closing, "24:00");
  const dates = { max: HOLIDAYS_MAX, example: "[2026-12-25]", fallback: [] };
  const holidays = readNames(fields, "holidays", date, dates);
  const halfDays = readNames(fields, "halfDays", date, dates);
  const halfClose = fields.optional("halfClose", halfClosing, null);
  const halfSpot = fields.spot("halfDays");
  if (halfSpot !== undefined && halfDays.length > 0 && halfClose === null)
    document.complain(halfSpot, "says which days are short and not when they end; write halfClose, such as 13:00");
  const shortSpot = fields.spot("halfClose");
  // With a close on the next day any end but the opening makes sense; else a half day would last until the next morning.
  if (shortSpot !== undefined && halfClose !== null && open < close && (halfClose <= open || halfClose >= close))
    document.complain(shortSpot, `is ${shown(halfClose)}, which is not between ${open} and ${close}`);
  return { timeZone: zone, days, open, close, holidays, halfDays, halfClose };
}

/** Reads `sessions` of a strategy; null where it has none, or after a complaint. */
export function readSessions(fields: Fields): MarketHours | null {
  const spot = fields.spot("sessions");
  if (spot === undefined) return null;
  const { document } = fields;
  const { node } = spot;
  if (node !== null && "items" in node) return readOwn(document, fields.rows, spot, `${fields.label}.sessions`);
  const written = document.scalar(spot, RULE);
  if (written === null) return null;
  if (written.text !== "us-equity") {
    document.complain(spot, `is ${shown(written.text)}; ${RULE}`, nearest(written.text, ["us-equity"]));
    return null;
  }
  fields.note("sessions", written.text);
  return "us-equity";
}
