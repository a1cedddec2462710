/**
 * Rows as the files that people export: CSV and JSON.
 *
 * 1. Absent values are empty, moments are written with their zone, and no cell is one that a spreadsheet would run.
 */
import { csvLine, type CsvCell } from "../../shared/csv.ts";
import { formatMoment, moment } from "../../shared/time.ts";

type Row = Readonly<Record<string, unknown>>;

const MOMENTS: ReadonlySet<string> = new Set([
  "at",
  "planned",
  "due",
  "started",
  "finished",
  "lastRun",
  "nextRun",
  "runningSince",
  "lastHeartbeat",
  "bar",
]);

/** A column whose values are moments, by its name. */
const isMoment = (name: string): boolean => MOMENTS.has(name) || name.endsWith("At");

export function cellOf(name: string, value: unknown): CsvCell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && isMoment(name)) return formatMoment(moment(value));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}

/** Rows as CSV, a column for every field that any row has. */
export function csvOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => csvLine(names.map((name) => cellOf(name, row[name]))));
  return [csvLine(names), ...lines].join("");
}
