/** What works, added up as orders join, fill, change and end: always what a sum over all of them gives. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Books } from "../../../../src/live/books/index.ts";
import { OpenOrders } from "../../../../src/live/session/state/open-orders.ts";
import type { WorkingOrder } from "../../../../src/live/session/state/working-orders.ts";
import { WorkingSums } from "../../../../src/live/session/orders/working-sums.ts";
import { decimal, plain, ZERO, type Decimal } from "../../../../src/shared/decimal.ts";
import type { Moment } from "../../../../src/shared/time.ts";

const amount = fc.integer({ min: -900, max: 900 }).filter((cents) => cents !== 0);
const step = fc.oneof(
  fc.record({
    do: fc.constant("add" as const),
    quantity: amount,
    price: fc.integer({ min: 1, max: 99_999 }),
    owner: fc.constantFrom("a", "b"),
    symbol: fc.constantFrom("X", "Y"),
    reduceOnly: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom("fill" as const, "end" as const, "hide" as const), at: fc.nat(20) }),
);

/** Digits enough that sums of these amounts are not exact in forty. */
const LONG = decimal("0.000000000000000000000000000000001");

function orderOf(
  id: number,
  {
    quantity,
    price,
    owner,
    symbol,
    reduceOnly,
  }: Extract<typeof step extends fc.Arbitrary<infer T> ? T : never, { do: "add" }>,
  long: boolean,
): WorkingOrder {
  const ordered = long ? decimal(quantity).plus(LONG) : decimal(quantity).div(100);
  const flags = {
    state: "accepted",
    at: 0 as Moment,
    confirmed: true,
    inDoubt: false,
    request: null,
    cancelWanted: false,
  } as const;
  const named = {
    orderId: `ROUTER-${String(id).padStart(8, "0")}`,
    clientOrderId: String(id),
    venueId: "",
    strategy: owner,
    symbol,
  };
  return {
    ...named,
    ...flags,
    quantity,
    ordered,
    filled: ZERO,
    price: price / 100,
    limitPrice: price / 100,
    ...(reduceOnly ? { reduceOnly } : {}),
  };
}

/** Sums over all, from nothing, in order of acceptance. */
function naive(orders: OpenOrders, is: (order: WorkingOrder) => boolean): string[] {
  const of = (side: 1 | -1, each: (order: WorkingOrder, open: Decimal) => Decimal): string => {
    let sum = ZERO;
    for (const order of orders.working.values()) {
      const open = order.ordered.minus(order.filled);
      if (order.reduceOnly === true || order.orderId === orders.hidden || !is(order)) continue;
      if (open.isNegative() === side < 0) sum = sum.plus(each(order, open));
    }
    return plain(sum);
  };
  const value = ({ price }: WorkingOrder, open: Decimal): Decimal => open.times(decimal(price));
  return [of(1, (_, open) => open), of(-1, (_, open) => open), of(1, value), of(-1, value)];
}

it("equals the sum over all orders, whatever joins, fills, ends or is left out, with amounts of any length", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, long) => {
      const orders = new OpenOrders(() => undefined);
      const sums = new WorkingSums(orders, new Books("1000"));
      for (const [index, one] of steps.entries()) {
        orders.hidden = null;
        if (one.do === "add") orders.add(orderOf(index + 1, one, long));
        else {
          const order = [...orders.working.values()][one.at];
          if (order === undefined) continue;
          if (one.do === "hide") orders.hidden = order.orderId;
          else if (one.do === "fill") {
            order.filled = order.ordered.div(2);
            orders.index.file(order);
          } else {
            orders.working.delete(order.orderId);
            orders.index.leave(order);
          }
        }
        for (const symbol of ["X", "Y"]) {
          const { buys, sells, buyValue, sellValue } = sums.bySymbol().get(symbol) ?? sums.ofOwner("missing", symbol);
          const seen = [buys, sells, buyValue, sellValue].map(plain);
          expect(seen).toEqual(naive(orders, (order) => order.symbol === symbol));
          const own = sums.ofOwner("a", symbol);
          const mine = [own.buys, own.sells, own.buyValue, own.sellValue].map(plain);
          expect(mine).toEqual(naive(orders, (order) => order.symbol === symbol && order.strategy === "a"));
        }
      }
    }),
    { seed: 20261127, numRuns: 150 },
  );
});
