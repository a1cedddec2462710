/**
 * Spans of local time as people write them: `09:00-11:30`, and `18:00-02:00+1` for one that ends on the next day.
 *
 * 1. Times are whole minutes since the local midnight that begins the day; a span that ends on the next day ends above 1,440.
 * 2. A text that reads as a span opens before it closes and lasts a day at most.
 */

export const DAY_MINUTES = 1_440;

/** A stretch of local time, from `opens` until just before `closes`. */
export interface LocalSpan {
  readonly opens: number;
  readonly closes: number;
}

const SPAN = /^((?:[01]\d|2[0-3]):[0-5]\d)\s*[-–]\s*((?:(?:[01]\d|2[0-3]):[0-5]\d|24:00))\s*(\+1)?$/;

/** Minutes since midnight of `09:30`. */
export function minutesOf(text: string): number {
  const [hours, minutes] = text.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}

/** `09:30` of minutes since midnight; the last minute of a day is `24:00`. */
function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The span in its one spelling. */
export function spanText({ opens, closes }: LocalSpan): string {
  const next = closes > DAY_MINUTES;
  return `${timeText(opens)}-${timeText(next ? closes - DAY_MINUTES : closes)}${next ? "+1" : ""}`;
}

/** What is wrong with a span's text: its form, its order, or its length. */
export type SpanFault = "form" | "order" | "length";

/** Reads a span; answers what is wrong with a text that is none. */
export function readSpan(text: string): LocalSpan | SpanFault {
  const match = SPAN.exec(text.trim());
  if (match === null) return "form";
  const opens = minutesOf(match[1] as string);
  const closes = minutesOf(match[2] as string) + (match[3] === undefined ? 0 : DAY_MINUTES);
  if (closes <= opens) return "order";
  return closes - opens > DAY_MINUTES ? "length" : { opens, closes };
}

/** The span of a text that was checked before. Throws a RangeError for any other. */
export function spanOf(text: string): LocalSpan {
  const span = readSpan(text);
  if (typeof span === "string") throw new RangeError(`"${text}" is no span of hours such as 09:00-11:30.`);
  return span;
}
