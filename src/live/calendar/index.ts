/** Market hours: when a strategy's market is open. */
export { accountDays, dayOrderEnd, type AccountDays } from "./account-days.ts";
export { Calendar, calendarOf, calendarOfHours, openTimeOfAny, type OpenSpan } from "./calendar.ts";
export { barBefore, hoursAfterBar, plannedAfter, scheduleOf } from "./triggers.ts";
export { usEquityDay } from "./us-equity.ts";
