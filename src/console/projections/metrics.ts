/**
 * Stream `metrics`: the recorder's lines, and between them what happened.
 *
 * 1. A sample is one line of the journal; errors, runs, orders and fills count what came after the line before it. The whole
 *    session is kept in at most `SAMPLES_MAX` samples: of older ones, those next to each other are one with the highest of each figure,
 *    and the lowest throughput beside it.
 * 2. An error is a rejection that is neither a replay nor the halted router's, or a run that failed.
 * 3. Seconds in the file are milliseconds here; a number that a line lacks is 0 in a sample, and without a line there is no latest.
 */
import type { Moment } from "../../shared/time.ts";
import type { MetricsView } from "../../shared/contract/views.ts";
import type { Desk } from "../../shared/desk.ts";
import { SCOPE_REFUSALS } from "../../shared/scope.ts";
import { isBooked, type JournalEntry } from "../../store/journal/entries.ts";
import type { RejectionRow } from "./rejections.ts";
import { History, type HistoryState } from "./history.ts";

export const SAMPLES_MAX = 1_440;
const ERROR_KINDS_MAX = 200;

export type Sample = MetricsView["samples"][string];
/** From here on a sample has the lowest of an interval, not the highest. */
const LOWEST_FROM = 10;

/** Two samples as one: the later moment, the highest of each figure and the lowest throughput. */
const joined = (a: Sample, b: Sample): Sample =>
  b.map((value, index) =>
    index === 0 ? value : (index < LOWEST_FROM ? Math.max : Math.min)(value, a[index] ?? value),
  ) as Sample;

/** Each two of four samples as one. */
export const thinSamples = ([a, b, c, d]: readonly [Sample, Sample, Sample, Sample]): readonly [Sample, Sample] => [
  joined(a, b),
  joined(c, d),
];

type Line = Readonly<Record<string, unknown>>;

/** A finite number of a line, or null. */
export function numberOf(line: Line, key: string): number | null {
  const value = Object.hasOwn(line, key) ? line[key] : undefined;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

const msOf = (line: Line, key: string): number => Math.round((numberOf(line, key) ?? 0) * 1e6) / 1e3;

/** What is asked of a shut gate says nothing about the orders. */
const WHILE_HALTED: ReadonlySet<string> = new Set(["router_halted", ...Object.values(SCOPE_REFUSALS)]);

/** What an entry counts as an error under, or null. `rejection` is what `RejectionsProjection.apply` made of the same entry. */
export function errorKindOf(entry: JournalEntry, rejection: RejectionRow | null): string | null {
  // A refused cancel or replace is no order, and what expired in a queue was none yet: neither has a sample in the rate.
  if (entry.kind === "cancel_request" || entry.kind === "replace_request" || entry.kind === "queue") return null;
  if (rejection !== null) return WHILE_HALTED.has(rejection.cause) ? null : rejection.cause;
  if (entry.kind !== "run_finished" || entry.outcome === "ok" || entry.outcome === "overrun") return null;
  // The same word as in the lines of metrics.
  return entry.outcome;
}

/** The line's error counts, by kind; at most `ERROR_KINDS_MAX`. */
function errorsOf(line: Line): Record<string, number> {
  const counts = line["error_counts"];
  if (typeof counts !== "object" || counts === null) return {};
  return Object.fromEntries(
    Object.entries(counts)
      .filter((pair): pair is [string, number] => typeof pair[1] === "number" && Number.isFinite(pair[1]))
      .slice(0, ERROR_KINDS_MAX),
  );
}

interface Since {
  readonly errors: number;
  readonly runs: number;
  readonly orders: number;
  readonly fills: number;
}

export interface MetricsState {
  readonly samples: HistoryState<Sample>;
  readonly line: Line | null;
  readonly latest: MetricsView["latest"];
  readonly errorCounts: Record<string, number>;
  readonly since: Since;
}

export class MetricsProjection {
  readonly samples: History<Sample>;
  readonly #desk: Pick<Desk, "orchestrator">;
  #line: Line | null = null;
  #latest: MetricsView["latest"] = null;
  #errorCounts: Record<string, number> = {};
  #since = { errors: 0, runs: 0, orders: 0, fills: 0 };

  constructor(desk: Pick<Desk, "orchestrator">, limit: number = SAMPLES_MAX) {
    this.#desk = desk;
    this.samples = new History(limit, thinSamples);
  }

  /** Ticks that the newest line stands on; 0 before the first line. */
  get ticks(): number {
    return this.#line === null ? 0 : (numberOf(this.#line, "ticks") ?? 0);
  }

  get latest(): MetricsView["latest"] {
    return this.#latest;
  }

  /** `error` is the entry's `errorKindOf`. */
  apply(entry: JournalEntry, error: string | null): void {
    if (error !== null) this.#since.errors += 1;
    if (entry.kind === "run_finished") this.#since.runs += 1;
    else if (entry.kind === "order" && entry.accepted && !entry.replay) this.#since.orders += 1;
    else if (entry.kind === "fill" && isBooked(entry)) this.#since.fills += 1;
    else if (entry.kind === "metrics") this.#add(entry.line, entry.at);
  }

  state(): MetricsState {
    const [line, latest, errorCounts] = [this.#line, this.#latest, this.#errorCounts];
    return { samples: this.samples.state(), line, latest, errorCounts, since: { ...this.#since } };
  }

  restore({ samples, line, latest, errorCounts, since }: MetricsState): void {
    this.samples.restore(samples);
    [this.#line, this.#latest, this.#errorCounts] = [line, latest, errorCounts];
    this.#since = { ...since };
  }

  value(now: Moment): MetricsView {
    return {
      now,
      window: this.#desk.orchestrator.metricsWindow,
      n: this.ticks,
      everyS: this.#desk.orchestrator.metricsInterval / 1e6,
      latest: this.#latest,
      errors: this.#errorCounts,
      samples: this.samples.value(),
    };
  }

  #add(line: Line, at: Moment): void {
    this.#line = line;
    this.#errorCounts = errorsOf(line);
    this.#latest = {
      at,
      p50Ms: msOf(line, "p50_latency_s"),
      p95Ms: msOf(line, "p95_latency_s"),
      p99Ms: msOf(line, "p99_latency_s"),
      maxMs: msOf(line, "max_latency_s"),
      averageMs: msOf(line, "avg_latency_s"),
      skipRate: numberOf(line, "skip_rate") ?? 0,
      queueDepthMax: numberOf(line, "queue_depth_max") ?? 0,
    };
    const { p50Ms, p95Ms, p99Ms, skipRate, queueDepthMax } = this.#latest;
    const { errors, runs, orders, fills } = this.#since;
    const figures = [p50Ms, p95Ms, p99Ms, skipRate, queueDepthMax, errors, runs, orders, fills] as const;
    this.samples.add([at, ...figures, runs, orders, fills]);
    this.#since = { errors: 0, runs: 0, orders: 0, fills: 0 };
  }
}
