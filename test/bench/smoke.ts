/**
 * What the smoke costs.
 *
 * 1. The median of seven whole runs, after one that is not counted.
 */
import { MINUTE, SECOND, type Duration } from "../../src/shared/time.ts";
import { runSmoke, SMOKE_DEFAULTS } from "../../src/harness/smoke.ts";
import type { BenchRow } from "./row.ts";

export async function smokeBenchmarks(): Promise<BenchRow[]> {
  // A cadence of its own, so that the figure stays comparable when the defaults change.
  const schedule = {
    cadence: (30 * SECOND) as Duration,
    timeBudget: (5 * SECOND) as Duration,
    jitter: (3 * SECOND) as Duration,
  };
  const options = { ...SMOKE_DEFAULTS, ...schedule, strategies: 2_000, duration: (15 * MINUTE) as Duration };
  runSmoke(options);
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    runSmoke(options);
    return performance.now() - started;
  });
  const value = times.toSorted((a, b) => a - b)[3] as number;
  return [{ name: "smoke, 2,000 strategies × 15 minutes", n: 7, value, unit: "ms", target: 150, better: "lower" }];
}
