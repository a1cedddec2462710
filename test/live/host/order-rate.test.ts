/**
 * How many orders a strategy may send in a second, against a naive count.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ORDERS_PER_SECOND_MAX, withinRate, type OrderRate } from "../../../src/live/host/order-rate.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import { SECOND, type Moment } from "../../../src/shared/time.ts";

const resultOf = (count: number): RunResult => ({
  outcome: "ok",
  orders: Array.from({ length: count }, () => ({ symbol: "AAA", quantity: 1, because: { text: "", values: {} } })),
  message: null,
  state: "1",
});

it("lets through what fits into the second before, and refuses the rest as a whole", () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 600_000 }), count: fc.integer({ min: 0, max: 700 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rate: OrderRate = { orders: [] };
      const sent: Moment[] = [];
      let now = 0 as Moment;
      for (const { wait, count } of steps) {
        now = (now + wait) as Moment;
        const recent = sent.filter((at) => now - at < SECOND).length;
        const limited = withinRate(rate, now, resultOf(count));
        if (count > 0 && recent + count > ORDERS_PER_SECOND_MAX) {
          expect(limited).toMatchObject({ outcome: "bad_result", orders: [], state: "1" });
          expect(limited.message).toMatch(/^too_many_orders: /);
        } else {
          expect(limited.orders).toHaveLength(count);
          for (let index = 0; index < count; index += 1) sent.push(now);
        }
      }
    }),
    { seed: 11 },
  );
});
