/**
 * The days of the US equity exchanges by rule, for the years that the table of built-in calendars does not hold.
 *
 * 1. Holidays and half days follow from the exchanges' rules for any year; they are checked day by day for 2024 to 2028.
 * 2. Closures that no rule foretells are not here but in the table: a day of mourning is known once it is declared.
 */
import { dayOf, easterOf, lastWeekday, nthWeekday, weekdayOf, yearOfDay } from "./days.ts";

const [SUNDAY, MONDAY, THURSDAY, FRIDAY, SATURDAY] = [0, 1, 4, 5, 6] as const;
/** Juneteenth is a holiday of the exchanges since then. */
const JUNETEENTH_SINCE = 2022;
/** Years that are remembered; the oldest gives way. */
const YEARS_MAX = 200;

interface Year {
  readonly closed: ReadonlySet<number>;
  readonly half: ReadonlySet<number>;
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function observed(day: number): number {
  const weekday = weekdayOf(day);
  return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day;
}

function yearOf(year: number): Year {
  const newYear = dayOf(year, 1, 1);
  const independence = dayOf(year, 7, 4);
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4);
  const christmas = dayOf(year, 12, 25);
  const closed = new Set([
    // On a Saturday it is not kept on the Friday before: that one belongs to the old year's accounts.
    ...(weekdayOf(newYear) === SATURDAY ? [] : [observed(newYear)]),
    nthWeekday(year, 1, MONDAY, 3),
    nthWeekday(year, 2, MONDAY, 3),
    easterOf(year) - 2,
    lastWeekday(year, 5, MONDAY),
    ...(year >= JUNETEENTH_SINCE ? [observed(dayOf(year, 6, 19))] : []),
    observed(independence),
    nthWeekday(year, 9, MONDAY, 1),
    thanksgiving,
    observed(christmas),
  ]);
  const eves = [independence - 1, christmas - 1].filter(
    (eve) => weekdayOf(eve) >= MONDAY && weekdayOf(eve) <= THURSDAY,
  );
  return { closed, half: new Set([thanksgiving + 1, ...eves]) };
}

const years = new Map<number, Year>();

function known(year: number): Year {
  let found = years.get(year);
  if (found === undefined) {
    found = yearOf(year);
    if (years.size >= YEARS_MAX) years.clear();
    years.set(year, found);
  }
  return found;
}

/** What a day is. */
export function usEquityDay(day: number): "open" | "half" | "closed" {
  const weekday = weekdayOf(day);
  if (weekday < MONDAY || weekday > FRIDAY) return "closed";
  const { closed, half } = known(yearOfDay(day));
  if (closed.has(day)) return "closed";
  return half.has(day) ? "half" : "open";
}
