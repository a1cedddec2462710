/** What works and what waits, as rows: an order, a basket, and a replace of an order that works. */
import { expect, it } from "vitest";
import { workingRows } from "../../src/renderer/lib/working-rows.ts";
import type { RouterView } from "../../src/shared/contract/views.ts";

const terms = { type: "limit", limitPrice: 90, stopPrice: null, trail: null, timeInForce: "gtc" } as const;
const places = { pricePrecision: 2, quantityPrecision: 0 };
const bid: RouterView["inflight"][string] = {
  ...terms,
  ...places,
  orderId: "ROUTER-00000001",
  clientOrderId: "bid",
  strategy: "one",
  symbol: "ABC",
  quantity: 10,
  filled: 0,
  price: 90,
  expiresAt: null,
  postOnly: false,
  reduceOnly: false,
  parentId: null,
  state: "accepted",
  inDoubt: false,
  at: 1,
};
const waiting = { clientOrderId: "next", symbol: "ABC", quantity: 1, ...terms, ...places };
const queued = (queue: string, more: Partial<RouterView["queued"][string]>): RouterView["queued"] => ({
  [queue]: { queue, strategy: "one", at: 2, until: 3, orders: [], replaces: null, ...more },
});
const shown = (view: Parameters<typeof workingRows>[0]): string[] =>
  workingRows(view).map(({ orderId, clientOrderId, state, until }) => `${orderId} ${clientOrderId} ${state} ${until}`);

it("are the orders in flight, then each order of a queue under the queue's id", () => {
  const inflight = { [bid.orderId]: bid };
  expect(
    shown({ inflight, queued: queued("Q-1", { orders: [waiting, { ...waiting, clientOrderId: "last" }] }) }),
  ).toEqual(["ROUTER-00000001 bid accepted null", "Q-1 next queued 3", "Q-1 last queued 3"]);
});

it.each(["bid", "ROUTER-00000001"])("are a queued replace, too, whose order is named as %s", (replaces) => {
  const inflight = { [bid.orderId]: bid };
  expect(shown({ inflight, queued: queued("Q-2", { replaces }) })).toEqual([
    "ROUTER-00000001 bid accepted null",
    "Q-2 replace of bid queued 3",
  ]);
  expect(shown({ inflight, queued: queued("Q-2", { replaces, strategy: "two" }) }).length).toBe(
    replaces === "bid" ? 1 : 2,
  );
  expect(shown({ inflight: {}, queued: queued("Q-2", { replaces }) })).toEqual([]);
});
