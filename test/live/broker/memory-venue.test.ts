/**
 * The venue's rows in memory against those of its database: whatever is written, every read answers the same.
 */
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { MemoryVenue } from "../../../src/live/broker/memory-venue.ts";
import { orderOfRow, type VenueOrder } from "../../../src/live/broker/venue-order.ts";
import { VenueStore, type VenueFill, type VenueRows } from "../../../src/live/broker/venue-store.ts";

const ORDERS = 6;
const venueId = (number: number): string => `v-${number}`;

function rowOf(number: number, ended: boolean, filled: number): VenueOrder {
  return orderOfRow({
    number,
    venueId: venueId(number),
    symbol: number % 2 === 0 ? "AAA" : "BBB",
    quantity: "10",
    limitPrice: null,
    status: ended ? "filled" : "open",
    filled: String(filled),
    placedAt: number,
    refusal: null,
    stopPrice: null,
    // Orders 2 and 3 belong to order 1, order 5 to order 4.
    parentId: number === 2 || number === 3 ? venueId(1) : number === 5 ? venueId(4) : null,
    terms: JSON.stringify({ type: "market", timeInForce: "gtc", ...(number > 3 ? { owner: `owner-${number}` } : {}) }),
    state: "working",
    since: filled,
    reason: null,
  });
}

const writeArb = fc.record({
  orders: fc.array(
    fc.record({ number: fc.integer({ min: 1, max: ORDERS }), ended: fc.boolean(), filled: fc.nat(10) }),
    {
      maxLength: 4,
    },
  ),
  fills: fc.array(fc.integer({ min: 1, max: ORDERS }), { maxLength: 3 }),
  account: fc.boolean(),
});

function answers(venue: VenueRows, cursor: number): unknown {
  return {
    orders: Array.from({ length: ORDERS }, (_, index) => venue.order(venueId(index + 1))),
    open: venue.openOrders(),
    brackets: [1, 4, 6].map((number) => venue.bracket(venueId(number))),
    account: venue.account(),
    fills: venue.fillsAfter(cursor),
    owned: venue.ownedFillsAfter(cursor),
    last: venue.lastOrderNumber(),
  };
}

it("in memory answers as the database does", () => {
  const folder = mkdtempSync(join(tmpdir(), "logos-venue-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let made = 0;
  fc.assert(
    fc.property(fc.array(writeArb, { maxLength: 12 }), fc.nat(8), (writes, from) => {
      made += 1;
      const venues = [new VenueStore(join(folder, `venue-${made}.db`)), new MemoryVenue()] as const;
      let cursor = 0;
      for (const { orders, fills, account } of writes) {
        const filled = fills.map((number): VenueFill => {
          cursor += 1;
          const identity = { cursor, fillId: `F-${cursor}`, venueId: venueId(number), symbol: "AAA" };
          return { ...identity, quantity: "1", price: "2.5", fee: "0.01", at: cursor };
        });
        const state = account && cursor > 0 ? { cursor, cash: "5", positions: [] } : null;
        for (const venue of venues)
          venue.write(
            orders.map(({ number, ended, filled: part }) => rowOf(number, ended, part)),
            filled,
            state,
          );
        expect(answers(venues[1], Math.min(from, cursor))).toEqual(answers(venues[0], Math.min(from, cursor)));
      }
      for (const venue of venues) venue.close();
    }),
    { seed: 12, numRuns: 40 },
  );
});
