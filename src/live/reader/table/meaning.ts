/**
 * From the times of rows to bars with an open and a close: how long a bar is, and what its time is the time of.
 *
 * 1. A bar is visible from its close. Where nothing says what a time is, it is taken for the open, so that no bar is seen early.
 * 2. Days, weeks, months, quarters and years are those of the zone's calendar: a month's bar is visible from the first of the next.
 */
import { DAY, HOUR, MINUTE, momentOf } from "../../../shared/time.ts";
import type { BarColumns } from "./bar-columns.ts";
import type { Unit } from "./imported.ts";
import type { Zone } from "./zone.ts";

export interface Span {
  readonly unit: Unit;
  /** The length of a bar; of months and longer about. */
  readonly interval: number;
  /** Whether the rows showed it, or it is supposed. */
  readonly known: boolean;
}

const GAPS_MAX = 20_000;
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const DAYS_OF_UNITS: readonly (readonly [unit: Unit, from: number, to: number, days: number])[] = [
  ["day", 1, 4, 1],
  ["week", 5, 9, 7],
  ["month", 26, 36, 30],
  ["quarter", 84, 98, 91],
  ["year", 340, 390, 365],
];

/** The usual gap: the smallest one that is at least a tenth of all, so that neither a night nor one crooked row decides. */
export function usualGap(at: Float64Array, size: number): number | null {
  const counts = new Map<number, number>();
  const gaps = Math.min(size - 1, GAPS_MAX);
  for (let index = 1; index <= gaps; index++) {
    const gap = (at[index] as number) - (at[index - 1] as number);
    counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  const usual = [...counts].toSorted((a, b) => a[0] - b[0]);
  const found = usual.find(([, count]) => count * 10 >= gaps) ?? usual.toSorted((a, b) => b[1] - a[1])[0];
  return found === undefined ? null : found[0];
}

function calendarUnit(midnights: Float64Array): Span | null {
  const gap = usualGap(midnights, midnights.length);
  if (gap === null) return null;
  const days = gap / DAY;
  const found = DAYS_OF_UNITS.find(([, from, to]) => days >= from && days <= to);
  return found === undefined ? null : { unit: found[0], interval: found[3] * DAY, known: true };
}

interface SpanHints {
  /** What a person, a format or the file's own columns say; null where none does. */
  readonly said: number | null;
  /** What the file's name says. */
  readonly named: number | null;
  readonly midnights: Float64Array | null;
}

/** How long the bars of a settled table are. */
export function spanOf(table: BarColumns, { said, named, midnights }: SpanHints): Span {
  if (said !== null) return { unit: said === DAY && midnights !== null ? "day" : "fixed", interval: said, known: true };
  if (midnights !== null && (table.size > 1 || table.days > 0)) {
    const unit =
      calendarUnit(midnights) ??
      (table.size === 1 ? { unit: "day" as const, interval: DAY, known: table.days > 0 } : null);
    if (unit !== null) return unit;
  }
  const { at } = table.columns;
  const gap = usualGap(at, table.size);
  if (named !== null && (gap === null || (gap >= named && gap % named === 0)))
    return { unit: "fixed", interval: named, known: true };
  if (gap === null) return { unit: "fixed", interval: MINUTE, known: false };
  // Days that are stamped with a time of day move by an hour with the clocks.
  if (Math.abs(gap - DAY) === HOUR) return { unit: "fixed", interval: DAY, known: true };
  return { unit: "fixed", interval: gap, known: true };
}

const HALF_HOUR = 30 * MINUTE;

/** What the first and last times of days show of stamps, where sessions begin and end at half hours; null where they do not. */
export function stampEvidence(at: Float64Array, size: number, interval: number): "open" | "close" | null {
  if (interval >= HALF_HOUR || size < 10) return null;
  const firsts = new Map<number, number>();
  const lasts = new Map<number, number>();
  const note = (of: Map<number, number>, time: number): void => void of.set(time, (of.get(time) ?? 0) + 1);
  let days = 0;
  const until = Math.min(size, 200_000);
  for (let index = 0; index < until; index++) {
    const time = at[index] as number;
    const day = Math.floor(time / DAY);
    if (index === 0 || Math.floor((at[index - 1] as number) / DAY) !== day) {
      note(firsts, time - day * DAY);
      days++;
    }
    if (index + 1 === size || Math.floor((at[index + 1] as number) / DAY) !== day) note(lasts, time - day * DAY);
  }
  const most = (of: Map<number, number>): number => [...of].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? NaN;
  const [first, last] = [most(firsts), most(lasts)];
  if (days < 1 || first === last) return null;
  if (first % HALF_HOUR === interval && last % HALF_HOUR === 0) return "close";
  if (first % HALF_HOUR === 0 && (last + interval) % HALF_HOUR === 0) return "open";
  return null;
}

const monthStart = (local: number, months: number): number => {
  const date = new Date(local / 1_000);
  const count = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  return momentOf(Math.floor(count / 12), (count % 12) + 1, 1) as number;
};

/** Midnight of a local day as a moment; where the clocks leapt over it, the first moment after. */
function midnight(zone: Zone, local: number): number {
  return zone.toMoment(local, -Infinity) ?? (zone.toMoment(local + HOUR, -Infinity) as number);
}

/** The local opens and closes of a calendar's bars. */
function boundsOf(unit: Unit, midnights: Float64Array): (local: number) => readonly [open: number, close: number] {
  if (unit === "day") return (local) => [local, local + DAY];
  if (unit === "week") {
    const weekday = new Date((midnights[0] as number) / 1_000).getUTCDay();
    // A week that is named by its Friday or Saturday ends with that day.
    return weekday >= 5 ? (local) => [local - 6 * DAY, local + DAY] : (local) => [local, local + 7 * DAY];
  }
  const months = MONTHS[unit] as number;
  const starts = midnights.filter((local) => new Date(local / 1_000).getUTCDate() <= 5).length * 2 > midnights.length;
  if (starts || months === 1) return (local) => [monthStart(local, 0), monthStart(local, months)];
  return (local) => [monthStart(local, 1 - months), monthStart(local, 1)];
}

/** Moves a settled table's moments to the closes of its bars. */
export function toCloses(
  table: BarColumns,
  span: Span,
  stamp: "open" | "close",
  zone: Zone,
  midnights: Float64Array | null,
): void {
  const { at } = table.columns;
  if (midnights !== null && span.unit !== "fixed" && midnights.length === table.size) {
    const bounds = boundsOf(span.unit, midnights);
    const place = table.local === true ? zone : { name: "UTC", toMoment: (local: number) => local };
    const opened = new Float64Array(table.size);
    let even = true;
    for (let index = 0; index < table.size; index++) {
      const [open, close] = bounds(midnights[index] as number);
      opened[index] = midnight(place, open);
      at[index] = midnight(place, close);
      even &&= (at[index] as number) - (opened[index] as number) === span.interval;
    }
    if (!even) table.opened = opened;
    return;
  }
  if (stamp === "open")
    for (let index = 0; index < table.size; index++) at[index] = (at[index] as number) + span.interval;
}
