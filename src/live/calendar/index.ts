/** Market hours: when a strategy's market is open. */
export { Calendar, calendarOf, calendarOfHours, type OpenSpan } from "./calendar.ts";
export { openingAfter, scheduleOf } from "./once-a-day.ts";
export { usEquityDay } from "./us-equity.ts";
