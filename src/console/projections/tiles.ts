/**
 * The four service-level tiles of the desk: tick latency, skip rate, queue depth, errors.
 *
 * 1. A tile is critical past its limit, a warning from 80 % of it, and unknown while nothing was measured.
 * 2. Errors are counted in seconds of session time: the present second and the 299 before it.
 * 3. A tile's spark is the newest 60 values of the journal's samples.
 * 4. Reading a window changes nothing: its counts follow from the applied entries alone, however often and for when it is read.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import { SECOND } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import type { DeskView, Tile } from "../../shared/contract/views.ts";
import type { Desk } from "../../shared/desk.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { MetricsProjection, Sample } from "./metrics.ts";

export const SPARK_MAX = 60;
/** The share of a limit from which a tile warns. */
export const WARN_SHARE = 0.8;
const WINDOW_SECONDS = 300;
const KINDS_SHOWN = 2;

/** The state of a value against its limit, over `n` samples. */
export function tileState(value: number | null, limit: number, n: number): Tile["state"] {
  if (value === null || n === 0) return "unknown";
  if (value > limit) return "critical";
  return value > 0 && value >= limit * WARN_SHARE ? "warning" : "ok";
}

interface Second {
  samples: number;
  readonly errors: Map<string, number>;
}

export interface ErrorWindowState {
  readonly seconds: readonly (readonly [
    second: number,
    samples: number,
    errors: readonly (readonly [string, number])[],
  ])[];
  readonly spark: readonly number[];
  readonly total: number;
  readonly newest: number;
  readonly lastErrorAt: Moment | null;
}

/** Samples and errors by kind of the last five minutes of session time, in seconds. At most 300 seconds are held. */
export class ErrorWindow {
  readonly #seconds = new Map<number, Second>();
  readonly #spark: number[] = [];
  #total = 0;
  #newest = -Infinity;
  #lastErrorAt: Moment | null = null;

  /** `error` is the entry's `errorKindOf`. */
  apply(entry: JournalEntry, error: string | null): void {
    if (entry.kind === "metrics") {
      this.#advance(entry.at);
      this.#spark.push(this.#total);
      if (this.#spark.length > SPARK_MAX) this.#spark.shift();
      return;
    }
    const sample = entry.kind === "order" || entry.kind === "run_finished";
    if (!sample && error === null) return;
    this.#advance(entry.at);
    const key = Math.floor(entry.at / SECOND);
    // What comes from before the window, after a clock that stepped back, no longer counts.
    if (key <= this.#newest - WINDOW_SECONDS) return;
    const second = this.#seconds.get(key) ?? { samples: 0, errors: new Map<string, number>() };
    this.#seconds.set(key, second);
    if (sample) second.samples += 1;
    if (error === null) return;
    second.errors.set(error, (second.errors.get(error) ?? 0) + 1);
    this.#total += 1;
    this.#lastErrorAt = entry.at;
  }

  state(): ErrorWindowState {
    const seconds = [...this.#seconds].map(([second, { samples, errors }]) => [second, samples, [...errors]] as const);
    const [total, newest, lastErrorAt] = [this.#total, this.#newest, this.#lastErrorAt];
    return { seconds, spark: [...this.#spark], total, newest, lastErrorAt };
  }

  restore({ seconds, spark, total, newest, lastErrorAt }: ErrorWindowState): void {
    for (const [second, samples, errors] of seconds) this.#seconds.set(second, { samples, errors: new Map(errors) });
    this.#spark.push(...spark);
    [this.#total, this.#newest, this.#lastErrorAt] = [total, newest, lastErrorAt];
  }

  /** The window at `now`: counts of errors and of samples. Kinds are listed most frequent first. */
  at(now: Moment): {
    readonly errors: number;
    readonly samples: number;
    readonly kinds: readonly (readonly [kind: string, count: number])[];
    readonly lastErrorAt: Moment | null;
    readonly spark: readonly number[];
  } {
    const oldest = Math.max(this.#newest, Math.floor(now / SECOND)) - WINDOW_SECONDS;
    const kinds = new Map<string, number>();
    let errors = 0;
    let samples = 0;
    for (const [key, second] of this.#seconds) {
      if (key <= oldest) continue;
      samples += second.samples;
      for (const [kind, count] of second.errors) {
        kinds.set(kind, (kinds.get(kind) ?? 0) + count);
        errors += count;
      }
    }
    return {
      errors,
      samples,
      kinds: [...kinds].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
      lastErrorAt: this.#lastErrorAt,
      spark: this.#spark,
    };
  }

  #advance(at: Moment): void {
    const newest = Math.floor(at / SECOND);
    if (newest <= this.#newest) return;
    this.#newest = newest;
    for (const [key, second] of this.#seconds) {
      if (key > newest - WINDOW_SECONDS) continue;
      this.#seconds.delete(key);
      for (const count of second.errors.values()) this.#total -= count;
    }
  }
}

const sparkOf = (samples: readonly Sample[], index: 2 | 4 | 5): number[] => samples.map((sample) => sample[index]);

/** The four tiles at the probe's moment. */
export function tilesOf(
  probe: SessionProbe,
  desk: Pick<Desk, "slo" | "orchestrator">,
  metrics: MetricsProjection,
  errors: ErrorWindow,
): DeskView["tiles"] {
  const { slo } = desk;
  const latest = metrics.latest;
  const n = metrics.ticks;
  const updatedAt = latest?.at ?? null;
  const windowText = `last ${desk.orchestrator.metricsWindow} runs`;
  const spark = metrics.samples.rows().slice(-SPARK_MAX);
  const latency = n === 0 ? null : (latest?.p95Ms ?? null);
  const skipRate = n === 0 ? null : (latest?.skipRate ?? null);
  const recent = errors.at(probe.now);
  const depth = probe.router.inflight;
  const depthMax = Math.max(depth, latest?.queueDepthMax ?? 0);
  const depthN = Math.max(n, recent.samples);
  return {
    latency: {
      value: latency,
      limit: slo.latencyP95Ms,
      n,
      windowText,
      detail: latest === null ? "no runs yet" : `p50 ${latest.p50Ms} ms · max ${latest.maxMs} ms`,
      updatedAt,
      state: tileState(latency, slo.latencyP95Ms, n),
      spark: sparkOf(spark, 2),
    },
    skipRate: {
      value: skipRate,
      limit: slo.skipRate,
      n,
      windowText,
      detail: skipRate === null ? "no runs yet" : `${Math.round(skipRate * n)} of ${n}`,
      updatedAt,
      state: tileState(skipRate, slo.skipRate, n),
      spark: sparkOf(spark, 4),
    },
    queueDepth: {
      value: depthN === 0 ? null : depth,
      limit: slo.queueDepth,
      n: depthN,
      windowText: "now",
      detail: `max ${depthMax}`,
      updatedAt: probe.now,
      // The deepest of the window counts: a queue that was too deep a moment ago is still news.
      state: tileState(depthMax, slo.queueDepth, depthN),
      spark: sparkOf(spark, 5),
    },
    errors: {
      value: recent.samples === 0 ? null : recent.errors,
      limit: slo.errors,
      n: recent.samples,
      windowText: "last 5 min",
      detail:
        recent.kinds
          .slice(0, KINDS_SHOWN)
          .map(([kind, count]) => `${kind} ${count}`)
          .join(" · ") || "none",
      updatedAt: probe.now,
      state: tileState(recent.errors, slo.errors, recent.samples),
      spark: [...recent.spark],
    },
  };
}
