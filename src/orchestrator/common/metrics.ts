/**
 * Latencies, queue depths and errors of the newest ticks.
 *
 * 1. The newest `window` ticks and the newest `window` queue depths count, nothing older; error counts are totals.
 * 2. Recording costs O(1). What needs an order sorts a copy, once for each change, so reading disturbs nothing.
 */
import { formatMoment, moment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import { record } from "./record.ts";

/** Kinds of errors that are counted apart; what comes after these is counted as `other`. */
export const ERROR_KINDS_MAX = 1_000;
/** The largest window that may be asked for. */
export const METRICS_WINDOW_MAX = 1_000_000;

/** One line of `orchestrator_metrics.jsonl`, in the file's spelling; seconds, rounded to six decimals. */
export interface MetricsLine {
  readonly timestamp: string;
  readonly ticks: number;
  readonly avg_latency_s: number;
  readonly p95_latency_s: number;
  readonly skip_rate: number;
  readonly queue_depth_max: number;
  readonly error_counts: Readonly<Record<string, number>>;
  readonly p50_latency_s: number;
  readonly p99_latency_s: number;
  readonly max_latency_s: number;
}

/** The same figures for views. */
export interface MetricsProbe {
  readonly at: Moment;
  readonly ticks: number;
  readonly latencyMsAverage: number;
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  readonly latencyMsMax: number;
  /** Skipped ticks of the window, and their share of it. */
  readonly skipped: number;
  readonly skipRate: number;
  /** The newest depth, and the greatest of the window. */
  readonly queueDepth: number;
  readonly queueDepthMax: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly errorsTotal: number;
}

/** The recorder's state, plain JSON: series oldest first, at most `window` long; totals by kind in order of first sight. */
export interface MetricsState {
  readonly latencies: readonly number[];
  readonly skips: readonly number[];
  readonly depths: readonly number[];
  readonly errors: readonly (readonly [kind: string, count: number])[];
}

/** The newest values of a series, up to a fixed number. */
class Ring {
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  /** Adds a value; answers the one that made room for it, or null. */
  push(value: number): number | null {
    const dropped = this.#count < this.#values.length ? null : (this.#values[this.#next] as number);
    this.#values[this.#next] = value;
    this.#next = this.#next + 1 === this.#values.length ? 0 : this.#next + 1;
    if (dropped === null) this.#count++;
    return dropped;
  }

  get count(): number {
    return this.#count;
  }

  get newest(): number {
    const place = this.#next === 0 ? this.#values.length - 1 : this.#next - 1;
    return this.#count === 0 ? 0 : (this.#values[place] as number);
  }

  /** What is held, in no order that matters. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }

  /** What is held, oldest first. */
  inOrder(): number[] {
    const held = this.values();
    return this.#count < this.#values.length
      ? [...held]
      : [...held.subarray(this.#next), ...held.subarray(0, this.#next)];
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let place = 0; place < values.length; place += 1) total += values[place] as number;
  return total;
}

function greatest(values: Float64Array): number {
  let most = 0;
  for (let place = 0; place < values.length; place += 1) most = Math.max(most, values[place] as number);
  return most;
}

const rounded = (value: number): number => (value === 0 ? 0 : Number(value.toFixed(6)));

function notBelowZero(field: string, value: number): number {
  if (typeof value !== "number" || Number.isNaN(value) || value === Number.POSITIVE_INFINITY)
    throw new RangeError(`${field} is ${String(value)}, and must be a finite number.`);
  return value > 0 ? value : 0;
}

/** The p-quantile of sorted values, linear between order statistics at rank (n − 1) × p; 0 of none. */
export function percentile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return 0;
  const rank = (sorted.length - 1) * p;
  const below = Math.floor(rank);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (rank - below);
}

export class MetricsRecorder {
  readonly window: number;
  readonly #latencies: Ring;
  readonly #skips: Ring;
  readonly #depths: Ring;
  readonly #errors = new Map<string, number>();
  #sorted: Float64Array | null = null;

  /** `window` counts ticks; a whole number from 1. */
  constructor(options: { readonly window?: number | null | undefined } = {}) {
    const window = options.window ?? 200;
    if (!Number.isSafeInteger(window) || window < 1 || window > METRICS_WINDOW_MAX)
      throw new RangeError(`window is ${String(window)}, and must be a whole number from 1 to ${METRICS_WINDOW_MAX}.`);
    this.window = window;
    this.#latencies = new Ring(window);
    this.#skips = new Ring(window);
    this.#depths = new Ring(window);
  }

  /** One tick of a strategy: how long it took in seconds (below 0 counts as 0), and whether it was skipped. */
  recordTick(
    _strategy: string,
    latencySeconds: number,
    options: { readonly skipped?: boolean | undefined } = {},
  ): void {
    const latency = notBelowZero("latencySeconds", latencySeconds);
    // The order stays the same where one value takes the place of its equal, as it mostly does on a virtual clock.
    if (this.#latencies.push(latency) !== latency) this.#sorted = null;
    this.#skips.push(options.skipped === true ? 1 : 0);
  }

  /** Orders in the queue; below 0 counts as 0. */
  recordQueueDepth(depth: number): void {
    this.#depths.push(notBelowZero("depth", depth));
  }

  recordError(kind: string): void {
    const counted = this.#errors.has(kind) || this.#errors.size < ERROR_KINDS_MAX ? kind : "other";
    this.#errors.set(counted, (this.#errors.get(counted) ?? 0) + 1);
  }

  /** The newest error counts by kind. */
  get errors(): Record<string, number> {
    return record(this.#errors);
  }

  #order(): Float64Array {
    this.#sorted ??= this.#latencies.values().toSorted();
    return this.#sorted;
  }

  /** One line of the metrics file. */
  snapshot(now: number): MetricsLine {
    const sorted = this.#order();
    const ticks = sorted.length;
    return {
      timestamp: formatMoment(moment(now)),
      ticks,
      avg_latency_s: ticks === 0 ? 0 : rounded(sum(this.#latencies.values()) / ticks),
      p95_latency_s: rounded(percentile(sorted, 0.95)),
      skip_rate: ticks === 0 ? 0 : rounded(sum(this.#skips.values()) / ticks),
      queue_depth_max: greatest(this.#depths.values()),
      error_counts: this.errors,
      p50_latency_s: rounded(percentile(sorted, 0.5)),
      p99_latency_s: rounded(percentile(sorted, 0.99)),
      max_latency_s: rounded(sorted.at(-1) ?? 0),
    };
  }

  /** The figures for views, not rounded; latencies in milliseconds. */
  probe(now: number): MetricsProbe {
    const sorted = this.#order();
    const ticks = sorted.length;
    const skipped = sum(this.#skips.values());
    let errorsTotal = 0;
    for (const count of this.#errors.values()) errorsTotal += count;
    return {
      at: moment(now),
      ticks,
      latencyMsAverage: ticks === 0 ? 0 : (sum(sorted) / ticks) * 1_000,
      latencyMsP50: percentile(sorted, 0.5) * 1_000,
      latencyMsP95: percentile(sorted, 0.95) * 1_000,
      latencyMsP99: percentile(sorted, 0.99) * 1_000,
      latencyMsMax: (sorted.at(-1) ?? 0) * 1_000,
      skipped,
      skipRate: ticks === 0 ? 0 : skipped / ticks,
      queueDepth: this.#depths.newest,
      queueDepthMax: greatest(this.#depths.values()),
      errors: this.errors,
      errorsTotal,
    };
  }

  /** The whole state. */
  state(): MetricsState {
    const [latencies, skips, depths] = [this.#latencies.inOrder(), this.#skips.inOrder(), this.#depths.inOrder()];
    return { latencies, skips, depths, errors: [...this.#errors] };
  }

  /** Takes a saved state into a recorder that has recorded nothing, and continues as the saved one would have. */
  restore(state: MetricsState): void {
    for (const [place, latency] of state.latencies.entries())
      this.recordTick("", latency, { skipped: state.skips[place] === 1 });
    for (const depth of state.depths) this.recordQueueDepth(depth);
    for (const [kind, count] of state.errors) this.#errors.set(kind, count);
  }
}
