/**
 * How long a run takes on a virtual clock.
 *
 * 1. A run's length is a function of the desk, the strategy's name and the run's number: never of the machine, and never
 *    of the runs before it. So a restart gives a run that it repeats the same length.
 * 2. It is log-normal around the desk's median; a share of the runs takes `slowFactor` times as long.
 */
import type { RuntimeModel } from "../../../shared/desk.ts";
import { duration } from "../../../shared/time.ts";
import type { Duration } from "../../../shared/time.ts";
import { createStream } from "../../../orchestrator/index.ts";

/** The length of run number `run` of a strategy: none without a median, else at least one microsecond. */
export function runtimeOf(model: RuntimeModel, seed: string, strategy: string, run: number): Duration {
  if (model.median === 0) return duration(0);
  const stream = createStream(seed, `runtime:${strategy}:${run}`);
  // Box and Muller's transform; 1 − u keeps the logarithm's argument above zero.
  const normal = Math.sqrt(-2 * Math.log(1 - stream.next())) * Math.cos(2 * Math.PI * stream.next());
  const slow = stream.next() < model.slowShare ? model.slowFactor : 1;
  return duration(Math.max(1, Math.round(model.median * Math.exp(model.sigma * normal) * slow)));
}
