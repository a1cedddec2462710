/**
 * The metrics recorder against arrays that are kept whole and cut when asked.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MetricsRecorder, percentile } from "../../src/orchestrator/index.ts";
import { ERROR_KINDS_MAX, METRICS_WINDOW_MAX } from "../../src/orchestrator/common/metrics.ts";
import { formatMoment, moment } from "../../src/shared/time.ts";
import { hostileText } from "./hostile.ts";

const NOW = 1_704_101_580_001_000;

/** Linear between order statistics at rank (n − 1) × p. */
function naivePercentile(values: readonly number[], p: number): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * p;
  const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return low + (high - low) * (rank % 1);
}

type Op = ["tick", string, number, boolean] | ["depth", number] | ["error", string] | ["look"];

const seconds = (): fc.Arbitrary<number> =>
  fc.oneof(fc.double({ min: -1, max: 10, noNaN: true }), fc.constantFrom(-0, 0, -5, 1e-9, 0.0000005, 3));
const ops = (): fc.Arbitrary<Op[]> =>
  fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fc.constant("tick" as const), hostileText(), seconds(), fc.boolean()) },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.constant("depth" as const), fc.oneof(fc.integer({ min: -3, max: 500 }), seconds())),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant("error" as const), hostileText()) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("look" as const)) },
    ),
    { maxLength: 80, size: "large" },
  );

interface Kept {
  readonly ticks: { latency: number; skipped: boolean }[];
  readonly depths: number[];
  readonly errors: Map<string, number>;
}

function compare(metrics: MetricsRecorder, kept: Kept, window: number): void {
  const ticks = kept.ticks.slice(-window);
  const latencies = ticks.map(({ latency }) => Math.max(0, latency));
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const skipped = ticks.filter((tick) => tick.skipped).length;
  const depths = kept.depths.slice(-window).map((depth) => Math.max(0, depth));
  const line = metrics.snapshot(NOW);
  expect(line.timestamp).toBe("2024-01-01T09:33:00.001000+00:00");
  expect(line.ticks).toBe(ticks.length);
  expect(line.queue_depth_max).toBe(Math.max(0, ...depths));
  expect(new Map(Object.entries(line.error_counts))).toEqual(kept.errors);
  const expected = {
    avg_latency_s: mean(latencies),
    p50_latency_s: naivePercentile(latencies, 0.5),
    p95_latency_s: naivePercentile(latencies, 0.95),
    p99_latency_s: naivePercentile(latencies, 0.99),
    max_latency_s: Math.max(0, ...latencies),
    skip_rate: skipped / Math.max(1, ticks.length),
  };
  for (const [field, value] of Object.entries(expected)) {
    const printed = line[field as keyof typeof expected];
    expect(Math.abs(printed - value), field).toBeLessThanOrEqual(5.01e-7);
    expect(printed, `${field} has six decimals at most`).toBe(Number(printed.toFixed(6)));
  }
  const probe = metrics.probe(NOW);
  expect(probe.latencyMsP95 / 1_000).toBeCloseTo(expected.p95_latency_s, 9);
  expect(probe.latencyMsAverage / 1_000).toBeCloseTo(expected.avg_latency_s, 9);
  expect(probe).toMatchObject({ at: NOW, ticks: ticks.length, skipped, queueDepth: depths.at(-1) ?? 0 });
  expect(probe.errorsTotal).toBe([...kept.errors.values()].reduce((sum, count) => sum + count, 0));
}

describe("the metrics recorder", () => {
  it("equals arrays, whatever is recorded, and looking changes nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), ops(), (window, calls) => {
        const metrics = new MetricsRecorder({ window });
        const kept: Kept = { ticks: [], depths: [], errors: new Map() };
        compare(metrics, kept, window);
        for (const call of calls) {
          if (call[0] === "tick") {
            metrics.recordTick(call[1], call[2], { skipped: call[3] });
            kept.ticks.push({ latency: call[2], skipped: call[3] });
          } else if (call[0] === "depth") {
            metrics.recordQueueDepth(call[1]);
            kept.depths.push(call[1]);
          } else if (call[0] === "error") {
            metrics.recordError(call[1]);
            kept.errors.set(call[1], (kept.errors.get(call[1]) ?? 0) + 1);
          } else compare(metrics, kept, window);
        }
        compare(metrics, kept, window);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps 200 ticks by default", () => {
    const metrics = new MetricsRecorder();
    for (let tick = 0; tick < 201; tick += 1) metrics.recordTick("a", tick === 0 ? 9 : 1);
    expect(metrics.snapshot(NOW)).toMatchObject({ ticks: 200, max_latency_s: 1 });
  });

  it("keeps apart a limited number of kinds of error, and forgets none", () => {
    const metrics = new MetricsRecorder();
    for (let kind = 0; kind < ERROR_KINDS_MAX + 5; kind += 1) metrics.recordError(`kind-${kind}`);
    metrics.recordError("kind-0");
    const errors = metrics.errors;
    expect(Object.keys(errors)).toHaveLength(ERROR_KINDS_MAX + 1);
    expect(errors).toMatchObject({ "kind-0": 2, other: 5 });
    expect(metrics.probe(NOW).errorsTotal).toBe(ERROR_KINDS_MAX + 6);
  });

  it("names the value that it refuses, and keeps what it had", () => {
    for (const window of [0, -1, 1.5, Number.NaN, METRICS_WINDOW_MAX + 1])
      expect(() => new MetricsRecorder({ window })).toThrow(new RegExp(`window is ${window}`));
    const metrics = new MetricsRecorder();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => metrics.recordTick("a", value)).toThrow(new RegExp(`latencySeconds is ${value}`));
      expect(() => metrics.recordQueueDepth(value)).toThrow(new RegExp(`depth is ${value}`));
    }
    expect(metrics.snapshot(moment(0))).toMatchObject({ ticks: 0, timestamp: formatMoment(moment(0)) });
  });

  it("percentiles meet the ends and the middle", () => {
    expect(percentile(Float64Array.of(), 0.5)).toBe(0);
    expect(percentile(Float64Array.of(4), 0.95)).toBe(4);
    expect(percentile(Float64Array.of(1, 2, 3, 4), 0.5)).toBe(2.5);
    expect(percentile(Float64Array.of(1, 2, 3, 4), 1)).toBe(4);
    expect(percentile(Float64Array.of(1, 2, 3, 4), 0)).toBe(1);
  });
});
