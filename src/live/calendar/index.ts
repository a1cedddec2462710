/** Market hours: when a strategy's market is open. */
export { Calendar, calendarOf, type OpenSpan } from "./calendar.ts";
export { usEquityDay } from "./us-equity.ts";
