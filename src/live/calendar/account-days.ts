/**
 * The account's day: where daily limits, daily results and orders for a day end.
 *
 * 1. A day has the number of its local date, as days since 1970-01-01: with `17:00 America/New_York` what happens from 17:00 on
 *    belongs to the next date. By default a day is a date in UTC.
 * 2. A day begins where the one before ends. A change of clocks makes one shorter or longer and moves no local hour.
 */
import { DAY, HOUR, MINUTE, type Moment } from "../../shared/time.ts";
import { minutesOf } from "../../shared/trading-hours.ts";
import { zoneOf, type Zone } from "../reader/table/zone.ts";
import type { Calendar } from "./calendar.ts";

export interface AccountDays {
  /** The number of the day that holds a moment. */
  dayOf(at: number): number;
  /** The first moment of the next day. */
  endOf(at: number): Moment;
}

const UTC_DAYS: AccountDays = {
  dayOf: (at) => Math.floor(at / DAY),
  endOf: (at) => ((Math.floor(at / DAY) + 1) * DAY) as Moment,
};

class LocalDays implements AccountDays {
  readonly #zone: Zone;
  readonly #ends: number;
  /** The day that was asked for last: most moments lie in the day of the one before. */
  #known = { day: 0, from: 0, to: 0 };

  constructor(zone: Zone, ends: number) {
    this.#zone = zone;
    this.#ends = ends;
  }

  dayOf(at: number): number {
    return this.#at(at).day;
  }

  endOf(at: number): Moment {
    return this.#at(at).to as Moment;
  }

  #at(at: number): { readonly day: number; readonly to: number } {
    if (at >= this.#known.from && at < this.#known.to) return this.#known;
    // Zones are at most 14 hours from UTC, so the day is one of four.
    let day = Math.floor(at / DAY) - 2;
    let from = this.#beginning(day);
    for (;;) {
      const to = this.#beginning(day + 1);
      if (at < to) {
        this.#known = { day, from, to };
        return this.#known;
      }
      [day, from] = [day + 1, to];
    }
  }

  /** When a day begins: where the one before ends. */
  #beginning(day: number): number {
    const local = (this.#ends === 0 ? day : day - 1) * DAY + this.#ends;
    return (
      this.#zone.toMoment(local, Number.NEGATIVE_INFINITY) ??
      this.#zone.toMoment(local + HOUR, Number.NEGATIVE_INFINITY) ??
      this.#zone.toMoment(local + DAY, Number.NEGATIVE_INFINITY) ??
      local
    );
  }
}

/** The account's days of a desk, from `17:00 America/New_York`; absent: dates in UTC. */
export function accountDays(dayEnds?: string): AccountDays {
  if (dayEnds === undefined) return UTC_DAYS;
  const [time = "", zone = ""] = dayEnds.split(" ");
  return new LocalDays(zoneOf(zone), minutesOf(time) * MINUTE);
}

/**
 * When an order for the day ends: at the last close of its market's trading day, or of the next one where the market is closed. So it
 * does on Globex, whose day closes at 17:00 and opens then. A market that trades through midnight and names no other close, or has no
 * hours, ends it with the account's day, and never after the market's own next close.
 */
export function dayOrderEnd(calendar: Calendar | null, days: AccountDays, at: Moment): Moment {
  if (calendar === null) return days.endOf(at);
  const { opens, closes, endsAtMidnight } = calendar.tradingDayAt(at);
  if (!endsAtMidnight || !calendar.isOpen(closes)) return closes;
  const from = Math.max(at, opens);
  return Math.min(days.endOf(from), calendar.spanAt(from).closes) as Moment;
}
