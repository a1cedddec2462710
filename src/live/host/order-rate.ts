/**
 * How many orders a strategy may send in a second of the session's time.
 *
 * 1. It follows from the results and their moments alone, so the same session refuses the same runs.
 * 2. A run that is over the rate is refused as a whole, before risk, router or journal see one of its orders.
 */
import type { RunResult } from "../strategies/run-types.ts";
import { SECOND, type Moment } from "../../shared/time.ts";

export const ORDERS_PER_SECOND_MAX = 1_000;

/** What a strategy sent within the last second: when, and how many. */
export interface OrderRate {
  orders: readonly (readonly [at: Moment, count: number])[];
}

/** The result as it is, or refused because too many orders came before it. */
export function withinRate(rate: OrderRate, now: Moment, result: RunResult): RunResult {
  const count = result.orders.length;
  if (count === 0) return result;
  const recent = rate.orders.filter(([at]) => now - at < SECOND);
  const before = recent.reduce((sum, [, one]) => sum + one, 0);
  if (before + count <= ORDERS_PER_SECOND_MAX) {
    rate.orders = [...recent, [now, count]];
    return result;
  }
  rate.orders = recent;
  const message = `too_many_orders: ${before + count} orders within a second; at most ${ORDERS_PER_SECOND_MAX}`;
  return { ...result, outcome: "bad_result", orders: [], message };
}
