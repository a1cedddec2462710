/** Keys that get an age only at a restore, and words that an operator has to say. */
import { describe, expect, it } from "vitest";
import { OrderRouter } from "../../src/orchestrator/index.ts";
import { moment, SECOND } from "../../src/shared/time.ts";
import { thrownBy } from "../store/folders.ts";
import { T } from "./state-file.ts";

const request = (number: number) => ({
  strategyId: "alpha",
  symbol: "AAA",
  quantity: 1,
  price: 1,
  clientOrderId: `c${number}`,
});

describe("keys without a moment", () => {
  it("count as decided at the restore's moment once a bound on their age is asked for", () => {
    const router = new OrderRouter({ rateLimitPerSec: 100, maxInflight: 100 });
    for (const number of [1, 2]) router.submit(request(number), moment(T + number));
    for (const id of ["ROUTER-00000001", "ROUTER-00000002"])
      router.reconcile([{ orderId: id, status: "canceled", filledQty: 0, timestamp: moment(T + 3) }]);
    const again = OrderRouter.restore(router.snapshot(), { retention: { maxAge: 10 * SECOND } });
    expect(again.submit(request(1), moment(T + 10 * SECOND))).toMatchObject({ orderId: "ROUTER-00000001" });
    // Keys are evicted after a change.
    again.submit(request(3), moment(T + 30 * SECOND));
    expect(again.submit(request(2), moment(T + 30 * SECOND))).toMatchObject({ orderId: "ROUTER-00000004" });
  });
});

describe("an operator", () => {
  it.each(["", "  ", undefined, 7])("who says %j as a name or a note changes nothing", (word) => {
    const router = new OrderRouter();
    const { id } = router.addDrift("position_mismatch", { text: "a", evidence: {} }, T);
    const spoken = { operator: "Ada", note: "looked" };
    for (const said of [{ operator: word }, { note: word }]) {
      const asked = { action: "dismiss", ...spoken, ...said } as never;
      expect(thrownBy(() => router.review(id, asked, T))).toMatchObject({ code: "invalid_input" });
    }
    expect(router.driftItems()[0]?.review).toBeNull();
    router.review(id, { action: "dismiss", ...spoken }, T);
    for (const said of [{ operator: word }, { note: word }])
      expect(thrownBy(() => router.resume({ ...spoken, ...said } as never, T))).toMatchObject({
        code: "invalid_input",
      });
    expect(router.halted).toBe(true);
  });
});

it("a change of an order that is not in flight, or that no router ever numbered, changes nothing", () => {
  const router = new OrderRouter({ rateLimitPerSec: 100, maxInflight: 100 });
  for (const number of [1, 2]) router.submit(request(number), moment(T + number));
  const before = router.pendingOrders();
  for (const id of ["VENUE-9001", "", "ROUTER-00000003"]) router.amend(id, 5, 6);
  expect(router.pendingOrders()).toEqual(before);
  router.amend("ROUTER-00000002", 5, 6);
  expect(router.pendingOrders().map(({ quantity, price }) => [quantity, price])).toEqual([
    [1, 1],
    [5, 6],
  ]);
});
