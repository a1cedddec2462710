/**
 * A smoke beside those before it, so that a slow drift is seen, and the limits that a file sets.
 *
 * 1. A history is a file of lines, one a smoke, newest last; `HISTORY_MAX` of them are looked at. A line that cannot be read is
 *    passed over and counted.
 * 2. Only smokes of the same cohort are compared: same seed, size, length and times.
 * 3. A figure drifts when it is worse than the median of the smokes before by more than `DRIFT_SHARE`; it changes no verdict.
 */
import { parse } from "yaml";
import * as z from "zod";
import { CodedError } from "../shared/errors.ts";
import type { FileSystem } from "../shared/ports.ts";
import { LineLog, readText } from "../store/index.ts";
import type { SmokeLimits, SmokeSummary } from "./smoke.ts";

export const HISTORY_MAX = 50;
export const DRIFT_SHARE = 0.05;
const HISTORY_BYTES_MAX = 64_000_000;
const LIMITS_BYTES_MAX = 100_000;

const FIGURES = ["p95_latency_s", "skip_rate", "queue_depth_max", "errors", "real_ms"] as const;
type Figure = (typeof FIGURES)[number];

const RecordSchema = z.object({
  at: z.string(),
  version: z.string(),
  /** Which cohort it was: equal texts are comparable. */
  cohort: z.string(),
  verdict: z.string(),
  figures: z.record(z.string(), z.number()),
});
export type SmokeRecord = Readonly<z.infer<typeof RecordSchema>>;

export interface SmokeDrift {
  readonly name: Figure;
  readonly value: number;
  /** Of the smokes before; null where there is none. */
  readonly median: number | null;
  readonly drifts: boolean;
}

export interface SmokeComparison {
  /** Comparable smokes before this one. */
  readonly before: number;
  readonly unreadable: number;
  readonly rows: readonly SmokeDrift[];
}

/** A smoke's line. `realMs` is how long the machine took: on a machine with other work it says little. */
export function smokeRecord(
  summary: SmokeSummary,
  facts: { readonly at: string; readonly version: string; readonly realMs: number },
): SmokeRecord {
  const { seed, strategies, duration_min, cadence_s, time_budget_s, jitter_s, verdict, slo, metrics } = summary;
  const of = (name: string): number => slo.find((row) => row.name === name)?.value ?? Number(metrics[name] ?? 0);
  return {
    at: facts.at,
    version: facts.version,
    cohort: JSON.stringify({ seed, strategies, duration_min, cadence_s, time_budget_s, jitter_s }),
    verdict,
    figures: {
      ...Object.fromEntries(FIGURES.filter((name) => name !== "real_ms").map((name) => [name, of(name)])),
      real_ms: Math.round(facts.realMs),
    },
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low as number) + (high as number)) / 2;
}

/** A smoke against those before it, oldest first. */
export function compareSmokes(before: readonly SmokeRecord[], now: SmokeRecord, unreadable = 0): SmokeComparison {
  const same = before.filter((record) => record.cohort === now.cohort).slice(-HISTORY_MAX);
  const rows = FIGURES.map((name) => {
    const value = now.figures[name] ?? 0;
    const usual = median(same.map((record) => record.figures[name]).filter((one) => one !== undefined));
    // The machine's own speed varies; only a run that takes half as long again is reported.
    const share = name === "real_ms" ? 0.5 : DRIFT_SHARE;
    return { name, value, median: usual, drifts: usual !== null && value > usual + Math.abs(usual) * share + 1e-9 };
  });
  return { before: same.length, unreadable, rows };
}

/** The records of a history file; none when it is not there. */
export function readHistory(
  fs: FileSystem,
  path: string,
): { readonly records: SmokeRecord[]; readonly unreadable: number } {
  if (!fs.exists(path)) return { records: [], unreadable: 0 };
  const records: SmokeRecord[] = [];
  let unreadable = 0;
  for (const line of readText(fs, path, HISTORY_BYTES_MAX).split("\n")) {
    if (line.trim() === "") continue;
    const parsed = RecordSchema.safeParse(jsonOf(line));
    if (parsed.success) records.push(parsed.data);
    else unreadable += 1;
  }
  return { records, unreadable };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

/** Compares a smoke with a history file and adds its line. Throws `io`. */
export function keepSmoke(fs: FileSystem, path: string, record: SmokeRecord): SmokeComparison {
  const { records, unreadable } = readHistory(fs, path);
  const log = new LineLog(fs, path);
  try {
    log.append(`${JSON.stringify(record)}\n`);
    log.sync();
  } finally {
    log.close();
  }
  return compareSmokes(records, record, unreadable);
}

const share = z.number().min(0).max(1);
const LimitsSchema = z.strictObject({
  latency_p95_s: z.number().min(0).max(86_400).optional(),
  skip_rate: share.optional(),
  queue_depth: z.number().int().min(0).max(1_000_000).optional(),
  errors: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** The limits that a file sets: `latency_p95_s`, `skip_rate`, `queue_depth`, `errors`, in YAML or JSON. Throws `invalid_input`. */
export function readSmokeLimits(fs: FileSystem, path: string): Partial<SmokeLimits> {
  let value: unknown;
  try {
    value = parse(readText(fs, path, LIMITS_BYTES_MAX));
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new CodedError("invalid_input", `${path} is no YAML: ${said}`, { path });
  }
  const parsed = LimitsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw new CodedError(
      "invalid_input",
      `${path}: ${where === "" ? "" : `${where}: `}${issue?.message ?? "is wrong"}. ` +
        "There are latency_p95_s, skip_rate, queue_depth and errors.",
      { path, field: where },
    );
  }
  const { latency_p95_s: latencyP95S, skip_rate: skipRate, queue_depth: queueDepth, errors } = parsed.data;
  const all = { latencyP95S, skipRate, queueDepth, errors };
  return Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined));
}
