/**
 * Executions in a checkpoint: columns give what the entries say, to the letter.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  columnsOfRows,
  eachExecution,
  newIn,
  rowOf,
  seenIn,
  type FillColumns,
} from "../../../../src/live/session/recovery/saved-fills.ts";
import { orderIdOf } from "../../../../src/orchestrator/index.ts";
import { orderId, venueIdOf, sessionId } from "../../../../src/shared/ids.ts";
import { moment } from "../../../../src/shared/time.ts";
import type { FillEntry } from "../../../../src/store/index.ts";

const amount = fc.constantFrom("1", "-3", "0.10", "100.25", "12345678901234567890.5", "1e3", "0", "-0");

const fill: fc.Arbitrary<FillEntry> = fc
  .record({
    order: fc.constantFrom("ROUTER-00000001", "ROUTER-00000002", "ROUTER-123456789", "THEIRS-7", null),
    fillId: fc.constantFrom("F-1", "F-2", "F-3", "0"),
    quantity: amount,
    price: amount,
    verdict: fc.constantFrom("booked", "duplicate", "quarantined"),
  })
  .map(({ order, ...rest }) => ({
    kind: "fill",
    cursor: 1,
    orderId: order === null ? null : orderId(order),
    venueId: venueIdOf(sessionId("2026-01-05_1430_basket_book"), orderId("ROUTER-00000009")),
    strategy: "a",
    symbol: "AAA",
    filledAt: moment(1),
    fee: "0",
    realized: null,
    status: "filled",
    ...rest,
  }));

const executionsOf = (columns: FillColumns): (readonly [string | number, unknown])[] => {
  const found: (readonly [string | number, unknown])[] = [];
  eachExecution(columns, (order, one) => found.push([order, one]));
  return found;
};

it("are the same from columns and from the journal's entries", () => {
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 30 }), fc.nat({ max: 40 }), (fills, skipped) => {
      const columns = JSON.parse(JSON.stringify(columnsOfRows(fills.map(rowOf)))) as FillColumns;
      const executions = fills.map(({ orderId: order, venueId: venue, fillId, quantity, price }) => [
        order ?? venue,
        { fillId, quantity: Number(quantity), price: Number(price) },
      ]);
      const found = executionsOf(columns).map(([order, one]) => [
        typeof order === "number" ? orderIdOf(order) : order,
        one,
      ]);
      expect(found).toEqual(executions);
      const taken = fills.filter(({ verdict }) => verdict !== "duplicate");
      expect(newIn(columns)).toBe(taken.length);
      const seen = taken.map(({ fillId, orderId, quantity, price }) => ({ fillId, orderId, quantity, price }));
      expect([...seenIn(columns, skipped)]).toEqual(seen.slice(skipped));
      expect([...seenIn(columns, -5)]).toEqual(seen);
    }),
    { seed: 9, numRuns: 300 },
  );
});
