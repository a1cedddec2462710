/**
 * When a market is open: spans of time from a desk's hours.
 *
 * 1. A pure function of the hours: the same desk gives the same spans on every machine that knows the zone.
 * 2. Hours are local times. A change of clocks moves the moments, never the local hours; an opening at a time that the zone
 *    skips that day is an hour later, and a closing that comes twice is the first one after the opening.
 * 3. A span holds its opening and not its closing. Hours that close no later than they open end on the next day.
 * 4. A day that is remembered is remembered for all strategies of the same hours; the memory has a limit.
 */
import type { MarketHours, OwnHours, StrategyConfig } from "../../shared/desk.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import { zoneOf } from "../feed/zone.ts";
import type { Zone } from "../feed/zone.ts";
import { dayOfText, WEEKDAYS, weekdayOf } from "./days.ts";
import { US_EQUITY_CLOSE, US_EQUITY_HALF_CLOSE, US_EQUITY_OPEN, US_EQUITY_ZONE, usEquityDay } from "./us-equity.ts";

/** A stretch in which the market is open: from `opens` on, until just before `closes`. */
export interface OpenSpan {
  readonly opens: Moment;
  readonly closes: Moment;
}

/**
 * Days in a row that are looked at for an opening. A desk lists at most 2,000 holidays, so even a market of one weekday opens
 * within 14,007 days.
 */
const SEARCH_DAYS = 14_100;
const DAYS_KEPT_MAX = 10_000;

type DayKind = "open" | "half" | "closed";

interface Rules {
  readonly zone: Zone;
  readonly open: number;
  readonly close: number;
  readonly halfClose: number;
  readonly kindOf: (day: number) => DayKind;
}

/** Microseconds since midnight of `09:30`. */
function timeOfDay(text: string): number {
  const [hours, minutes] = text.split(":").map(Number) as [number, number];
  return hours * HOUR + minutes * MINUTE;
}

function ownDays(hours: OwnHours): (day: number) => DayKind {
  const days = new Set<number>(hours.days.map((name) => WEEKDAYS.indexOf(name)));
  const closed = new Set(hours.holidays.map(dayOfText));
  const half = new Set(hours.halfDays.map(dayOfText));
  return (day) => (closed.has(day) || !days.has(weekdayOf(day)) ? "closed" : half.has(day) ? "half" : "open");
}

function rulesOf(hours: MarketHours): Rules {
  const times =
    hours === "us-equity"
      ? { zone: US_EQUITY_ZONE, open: US_EQUITY_OPEN, close: US_EQUITY_CLOSE, half: US_EQUITY_HALF_CLOSE }
      : { zone: hours.timeZone, open: hours.open, close: hours.close, half: hours.halfClose ?? hours.close };
  return {
    zone: zoneOf(times.zone),
    open: timeOfDay(times.open),
    close: timeOfDay(times.close),
    halfClose: timeOfDay(times.half),
    kindOf: hours === "us-equity" ? usEquityDay : ownDays(hours),
  };
}

export class Calendar {
  readonly #rules: Rules;
  readonly #spans = new Map<number, OpenSpan | null>();

  constructor(hours: MarketHours) {
    this.#rules = rulesOf(hours);
  }

  /** The span that holds a moment, or else the next one. */
  spanAt(at: number): OpenSpan {
    // Zones are at most 14 hours from UTC, and a span that began the day before may still last.
    const first = Math.floor(at / DAY) - 2;
    for (let day = first; day < first + SEARCH_DAYS; day += 1) {
      const span = this.#spanOf(day);
      if (span !== null && span.closes > at) return span;
    }
    throw new Error("The market's hours never open again.");
  }

  isOpen(at: number): boolean {
    return this.spanAt(at).opens <= at;
  }

  #spanOf(day: number): OpenSpan | null {
    const known = this.#spans.get(day);
    if (known !== undefined) return known;
    const span = this.#reckon(day);
    if (this.#spans.size >= DAYS_KEPT_MAX) this.#spans.clear();
    this.#spans.set(day, span);
    return span;
  }

  #reckon(day: number): OpenSpan | null {
    const { zone, open, close, halfClose, kindOf } = this.#rules;
    const kind = kindOf(day);
    if (kind === "closed") return null;
    const end = kind === "half" ? halfClose : close;
    const opens = moment(zone, day * DAY + open, Number.NEGATIVE_INFINITY);
    const closes = moment(zone, day * DAY + end + (end <= open ? DAY : 0), opens ?? 0);
    if (opens === null || closes === null || closes <= opens) return null;
    return { opens: opens as Moment, closes: closes as Moment };
  }
}

/** The moment of a local time; of one that the zone skips, that of an hour later; null for a day that the zone skips. */
function moment(zone: Zone, local: number, after: number): number | null {
  return zone.toMoment(local, after) ?? zone.toMoment(local + HOUR, after);
}

const calendars = new WeakMap<OwnHours, Calendar>();
let usEquity: Calendar | null = null;

/** The calendar of a strategy, or null for one that runs at all hours. */
export function calendarOf(strategy: Pick<StrategyConfig, "sessions">): Calendar | null {
  const { sessions } = strategy;
  if (sessions === undefined) return null;
  if (sessions === "us-equity") return (usEquity ??= new Calendar(sessions));
  let found = calendars.get(sessions);
  if (found === undefined) {
    found = new Calendar(sessions);
    calendars.set(sessions, found);
  }
  return found;
}
