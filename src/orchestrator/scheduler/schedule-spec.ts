/**
 * What a strategy asks of the scheduler, checked and completed.
 *
 * 1. A spec that is let in is whole: every default is filled in and every field is in its range.
 */
import type { Duration } from "../../shared/time.ts";

/** Where the next run is counted from: the finish of the last one, or a fixed grid of slots. */
export type Anchor = "finish" | "slot";

/** A strategy's place in the schedule. Durations are whole microseconds. */
export interface ScheduleSpec {
  readonly name: string;
  /** From one run to the next; above 0. */
  readonly cadence: number;
  /** A run that takes longer is an overrun; above 0. */
  readonly timeBudget: number;
  /** The most that a run is moved to either side; from 0 to `cadence`, 0 when absent. */
  readonly jitter?: number | null;
  /** Silence for longer is late; above 0, twice the cadence when absent. */
  readonly heartbeatTimeout?: number | null;
  /** `finish` when absent. */
  readonly anchor?: Anchor | null;
}

/** A spec with nothing left open. */
export interface FullScheduleSpec {
  readonly name: string;
  readonly cadence: Duration;
  readonly timeBudget: Duration;
  readonly jitter: Duration;
  readonly heartbeatTimeout: Duration;
  readonly anchor: Anchor;
}

function inRange(name: string, field: string, value: unknown, low: number, high: number): Duration {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) {
    const range = high === Number.MAX_SAFE_INTEGER ? `at least ${low}` : `from ${low} to ${high}`;
    throw new RangeError(
      `Strategy ${name}: ${field} is ${String(value)}, and must be a whole number of microseconds, ${range}.`,
    );
  }
  return value as Duration;
}

/** Checks a spec and fills in its defaults. Throws a RangeError that names the field and the value. */
export function completeSpec(spec: ScheduleSpec): FullScheduleSpec {
  const most = Number.MAX_SAFE_INTEGER;
  const { name } = spec;
  if (typeof name !== "string" || name === "")
    throw new RangeError(`A strategy's name is ${JSON.stringify(name)}, and must be a text that is not empty.`);
  const cadence = inRange(name, "cadence", spec.cadence, 1, most);
  const timeBudget = inRange(name, "timeBudget", spec.timeBudget, 1, most);
  const jitter = inRange(name, "jitter", spec.jitter ?? 0, 0, cadence);
  const heartbeatTimeout = inRange(name, "heartbeatTimeout", spec.heartbeatTimeout ?? 2 * cadence, 1, most);
  const anchor = spec.anchor ?? "finish";
  if (anchor !== "finish" && anchor !== "slot")
    throw new RangeError(`Strategy ${name}: anchor is ${JSON.stringify(anchor)}, and must be "finish" or "slot".`);
  return { name, cadence, timeBudget, jitter, heartbeatTimeout, anchor };
}
