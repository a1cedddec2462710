/**
 * What the smoke costs.
 *
 * 1. The median of seven whole runs, after one that is not counted.
 */
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { runSmoke, SMOKE_DEFAULTS } from "../../src/harness/smoke.ts";
import type { BenchRow } from "./row.ts";

export async function smokeBenchmarks(): Promise<BenchRow[]> {
  const options = { ...SMOKE_DEFAULTS, strategies: 2_000, duration: (15 * MINUTE) as Duration };
  runSmoke(options);
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    runSmoke(options);
    return performance.now() - started;
  });
  const value = times.toSorted((a, b) => a - b)[3] as number;
  return [{ name: "smoke, 2,000 strategies × 15 minutes", n: 7, value, unit: "ms", target: 150, better: "lower" }];
}
