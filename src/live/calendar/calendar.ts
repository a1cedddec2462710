/**
 * When a market is open: spans of time from local hours.
 *
 * 1. A pure function of the hours: the same desk gives the same spans on every machine that knows the zone.
 * 2. Hours are local times. A change of clocks moves the moments, never the local hours; an opening at a time that the zone
 *    skips that day is an hour later, and a closing that comes twice is the first one after the opening.
 * 3. A span holds its opening and not its closing.
 * 4. `spanAt` joins spans that touch: a market that closes at midnight and opens then does not close for a run.
 * 5. A day that is remembered is remembered for all strategies of the same hours; the memory has a limit.
 */
import type { CalendarName, MarketHours, OwnHours, StrategyConfig } from "../../shared/desk.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import { zoneOf } from "../reader/table/zone.ts";
import type { Zone } from "../reader/table/zone.ts";
import { DAY_MINUTES } from "../../shared/trading-hours.ts";
import { dayHoursOf, type DayHours } from "./day-hours.ts";

/** A stretch in which the market is open: from `opens` on, until just before `closes`. */
export interface OpenSpan {
  readonly opens: Moment;
  readonly closes: Moment;
}

/** A trading day. */
export interface TradingDay extends OpenSpan {
  /** Its last closing is a local midnight: the hours say when the market is open, and not when its day ends. */
  readonly endsAtMidnight: boolean;
}

/**
 * Days in a row that are looked at for an opening. A desk lists at most 2,000 holidays, so even a market of one weekday opens
 * within 14,007 days; days with hours of their own are 2,000 at most, too.
 */
const SEARCH_DAYS = 28_200;
/** Days that are joined at most; a stretch that is longer is joined again where a run needs it. */
const JOINED_DAYS_MAX = 400;
const DAYS_KEPT_MAX = 10_000;

const ALWAYS: OpenSpan = { opens: -Number.MAX_SAFE_INTEGER as Moment, closes: Number.MAX_SAFE_INTEGER as Moment };

export class Calendar {
  readonly #hours: DayHours;
  readonly #zone: Zone;
  readonly #days = new Map<number, readonly OpenSpan[]>();
  /** The stretch that was found last, and from which moment on it is the answer. */
  #last: { readonly from: number; readonly span: OpenSpan } | null = null;

  constructor(hours: MarketHours) {
    this.#hours = dayHoursOf(hours);
    this.#zone = zoneOf(this.#hours.zone);
  }

  /** The stretch that holds a moment, or else the next one; spans that touch are one. */
  spanAt(at: number): OpenSpan {
    if (this.#hours.always) return ALWAYS;
    const last = this.#last;
    if (last !== null && last.from <= at && at < last.span.closes) return last.span;
    const found = this.#spansFrom(at);
    const first = found.next().value;
    if (first === undefined) throw new Error("The market's hours never open again.");
    let closes = first.closes;
    for (const span of found) {
      if (span.opens > closes || span.opens - first.opens > JOINED_DAYS_MAX * DAY) break;
      closes = span.closes;
    }
    const span = { opens: first.opens, closes };
    this.#last = { from: Math.min(at, first.opens), span };
    return span;
  }

  isOpen(at: number): boolean {
    return this.spanAt(at).opens <= at;
  }

  /** The spans of a day, as the market counts it: its number since 1970-01-01. */
  spansOf(day: number): readonly OpenSpan[] {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const spans = this.#reckon(day);
    if (this.#days.size >= DAYS_KEPT_MAX) this.#days.clear();
    this.#days.set(day, spans);
    return spans;
  }

  /** The day that the market counts a moment to: of the span that holds it, else of the last one before it. */
  dayOf(at: number): number {
    let day = Math.floor(at / DAY) + 1;
    for (const first = day - SEARCH_DAYS; day > first; day -= 1) {
      const [span] = this.spansOf(day);
      if (span !== undefined && span.opens <= at) return day;
    }
    return day;
  }

  /** The trading day that a moment lies in, else the next one: from its first opening to its last closing, breaks included. */
  tradingDayAt(at: number): TradingDay {
    if (this.#hours.always) return { ...ALWAYS, endsAtMidnight: true };
    let day = this.dayOf(at);
    if ((this.spansOf(day).at(-1)?.closes ?? at) <= at) ({ day } = this.openingFrom(day + 1));
    const spans = this.spansOf(day);
    const [first, last] = [spans[0], spans.at(-1)];
    if (first === undefined || last === undefined) throw new Error("The market's hours never open again.");
    const ends = this.#hours.spansOf(day).at(-1)?.closes ?? 0;
    return { opens: first.opens, closes: last.closes, endsAtMidnight: ends % DAY_MINUTES === 0 };
  }

  /** The first day from this one on that has hours, with the span that opens it. */
  openingFrom(day: number): { readonly day: number; readonly span: OpenSpan } {
    for (let next = day; next < day + SEARCH_DAYS; next += 1) {
      const [span] = this.spansOf(next);
      if (span !== undefined) return { day: next, span };
    }
    throw new Error("The market's hours never open again.");
  }

  /** The spans that close after a moment, in their order. */
  *#spansFrom(at: number): Generator<OpenSpan, undefined> {
    // Zones are at most 14 hours from UTC, and a span that began the day before may still last.
    const first = Math.floor(at / DAY) - 2;
    for (let day = first; day < first + SEARCH_DAYS; day += 1)
      for (const span of this.spansOf(day)) if (span.closes > at) yield span;
  }

  #reckon(day: number): readonly OpenSpan[] {
    const spans: OpenSpan[] = [];
    for (const local of this.#hours.spansOf(day)) {
      const opens = moment(this.#zone, day * DAY + local.opens * MINUTE, Number.NEGATIVE_INFINITY);
      const closes = moment(this.#zone, day * DAY + local.closes * MINUTE, opens ?? 0);
      if (opens !== null && closes !== null && closes > opens)
        spans.push({ opens: opens as Moment, closes: closes as Moment });
    }
    return spans;
  }
}

/** The moment of a local time; of one that the zone skips, that of an hour later; null for a day that the zone skips. */
function moment(zone: Zone, local: number, after: number): number | null {
  return zone.toMoment(local, after) ?? zone.toMoment(local + HOUR, after);
}

/** The time between two moments in which one of these calendars at least is open. */
export function openTimeOfAny(calendars: readonly Calendar[], from: number, to: number): Duration {
  let open = 0;
  for (let at = from; at < to;) {
    const spans = calendars.map((calendar) => calendar.spanAt(at));
    const opens = Math.min(to, ...spans.map((span) => span.opens));
    if (opens > at) {
      at = opens;
      continue;
    }
    const closes = Math.min(to, Math.max(...spans.filter((span) => span.opens <= at).map((span) => span.closes)));
    open += closes - at;
    at = closes;
  }
  return open as Duration;
}

const ownCalendars = new WeakMap<OwnHours, Calendar>();
const builtIns = new Map<CalendarName, Calendar>();

/** The calendar of a market; equal hours share one. */
export function calendarOfHours(hours: MarketHours): Calendar {
  const known = typeof hours === "string" ? builtIns.get(hours) : ownCalendars.get(hours);
  if (known !== undefined) return known;
  const made = new Calendar(hours);
  if (typeof hours === "string") builtIns.set(hours, made);
  else ownCalendars.set(hours, made);
  return made;
}

/** The calendar of a strategy, or null for one that runs at all hours. */
export function calendarOf({ sessions }: Pick<StrategyConfig, "sessions">): Calendar | null {
  return sessions === undefined ? null : calendarOfHours(sessions);
}
