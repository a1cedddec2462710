/**
 * The local hours of each day: of the built-in calendars from their tables, and of a desk's own hours.
 *
 * 1. A day's spans are in their order and do not overlap; a span belongs to the day that the market counts it to, so it may begin
 *    on the day before (Globex) or end on the next.
 * 2. Outside the years of the tables a built-in calendar has its weekdays and newest or oldest hours and no holidays, except
 *    us-equity, whose holidays follow from rules.
 */
import type { CalendarName, MarketHours, OwnHours } from "../../shared/desk.ts";
import { DAY_MINUTES, minutesOf, spanOf, type LocalSpan } from "../../shared/trading-hours.ts";
import { dayOf, dayOfText, WEEKDAYS, weekdayOf } from "./days.ts";
import { CALENDAR_TABLES, TABLE_FIRST, TABLE_LAST } from "./tables.ts";
import { usEquityDay } from "./us-equity.ts";

export interface DayHours {
  readonly zone: string;
  /** The market never closes. */
  readonly always: boolean;
  spansOf(day: number): readonly LocalSpan[];
}

const NONE: readonly LocalSpan[] = [];
const US_HALF_DAY: readonly LocalSpan[] = [spanOf("09:30-13:00")];

/** The days of `2000 0117 0221`, a year a line. */
function* daysIn(lines: string): Generator<number> {
  for (const line of lines.split("\n")) {
    const [year, ...days] = line.split(" ");
    for (const day of days) yield dayOf(Number(year), Number(day.slice(0, 2)), Number(day.slice(2)));
  }
}

function tableSpans(text: string, dayBefore: boolean): readonly LocalSpan[] {
  return text.split(" ").map((span) => {
    if (!dayBefore) return spanOf(span);
    const { opens, closes } = spanOf(`${span}+1`);
    return { opens: opens - DAY_MINUTES, closes: closes - DAY_MINUTES };
  });
}

function builtIn(name: CalendarName): DayHours {
  const { zone, days, dayBefore, hours, closed, special } = CALENDAR_TABLES[name];
  const first = dayOfText(TABLE_FIRST);
  const last = dayOfText(TABLE_LAST);
  const usual = Object.entries(hours).map(([from, text]) => ({
    from: dayOfText(from),
    spans: tableSpans(text, dayBefore),
  }));
  const differs = new Map<number, readonly LocalSpan[]>();
  for (const day of daysIn(closed)) differs.set(day, NONE);
  for (const [text, lines] of Object.entries(special))
    for (const day of daysIn(lines)) differs.set(day, tableSpans(text, dayBefore));
  const usualOn = (day: number): readonly LocalSpan[] =>
    (usual.findLast(({ from }) => from <= day) ?? usual[0])?.spans ?? NONE;
  const spansOf = (day: number): readonly LocalSpan[] => {
    const weekday = weekdayOf(day);
    if (days === 5 && (weekday === 0 || weekday === 6)) return NONE;
    if (name === "us-equity" && (day < first || day > last)) {
      const kind = usEquityDay(day);
      return kind === "closed" ? NONE : kind === "half" ? US_HALF_DAY : usualOn(day);
    }
    return differs.get(day) ?? usualOn(day);
  };
  return { zone, always: days === 7 && differs.size === 0, spansOf };
}

/** Spans up to a closing; what would begin later is dropped. */
function until(spans: readonly LocalSpan[], closes: number): readonly LocalSpan[] {
  return spans
    .filter((span) => span.opens < closes)
    .map((span) => ({ ...span, closes: Math.min(span.closes, closes) }));
}

function own(hours: OwnHours): DayHours {
  const days = new Set<number>(hours.days.map((name) => WEEKDAYS.indexOf(name)));
  const closed = new Set(hours.holidays.map(dayOfText));
  const half = new Set(hours.halfDays.map(dayOfText));
  const special = new Map(
    Object.entries(hours.special ?? {}).map(([day, spans]) => [dayOfText(day), spans.map(spanOf)]),
  );
  const opens = minutesOf(hours.open);
  const ending = (text: string): number => minutesOf(text) + (minutesOf(text) <= opens ? DAY_MINUTES : 0);
  const whole = hours.hours?.map(spanOf) ?? [{ opens, closes: ending(hours.close) }];
  const shortOf = (end: string): readonly LocalSpan[] =>
    hours.hours === undefined ? [{ opens, closes: ending(end) }] : until(whole, minutesOf(end));
  const halfDay = hours.halfClose === null ? whole : shortOf(hours.halfClose);
  const spansOf = (day: number): readonly LocalSpan[] => {
    const particular = special.get(day);
    if (particular !== undefined) return particular;
    if (closed.has(day) || !days.has(weekdayOf(day))) return NONE;
    return half.has(day) ? halfDay : whole;
  };
  const all = whole.reduce((sum, span) => sum + span.closes - span.opens, 0);
  const always = days.size === 7 && all === DAY_MINUTES && closed.size + half.size + special.size === 0;
  return { zone: hours.timeZone, always, spansOf };
}

/** The local hours of a market. */
export function dayHoursOf(hours: MarketHours): DayHours {
  return typeof hours === "string" ? builtIn(hours) : own(hours);
}
