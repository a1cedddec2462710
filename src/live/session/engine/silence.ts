/**
 * How long the feed has been silent while a strategy's market was open.
 *
 * 1. Only time counts in which a strategy that may run has an open market: by its own hours, else by the calendars of its symbols;
 *    a strategy with a symbol that has neither counts at all hours.
 * 2. It is a function of the desk, of who is paused and of the two moments: a recovery finds the same.
 */
import { CALENDAR_NAMES } from "../../../shared/desk.ts";
import { between, type Duration, type Moment } from "../../../shared/time.ts";
import { calendarOf, calendarOfHours, openTimeOfAny, type Calendar } from "../../calendar/index.ts";
import type { Core } from "../state/parts.ts";

/** The calendars of all strategies that may run, each once; null where one of them counts at all hours. */
function calendarsOf(core: Core): ReadonlySet<Calendar> | null {
  const calendars = new Set<Calendar>();
  for (const { config, standing } of core.model.strategies.values()) {
    if (standing !== "active") continue;
    const own = calendarOf(config);
    if (own !== null) {
      calendars.add(own);
      continue;
    }
    for (const symbol of config.symbols) {
      const named = core.symbols.get(symbol)?.calendar;
      const name = CALENDAR_NAMES.find((one) => one === named);
      if (name === undefined) return null;
      calendars.add(calendarOfHours(name));
    }
  }
  return calendars;
}

/** The silence between two moments that counts. */
export function silenceOf(core: Core, from: Moment, to: Moment): Duration {
  const calendars = calendarsOf(core);
  return calendars === null ? between(from, to) : openTimeOfAny([...calendars], from, to);
}
