/** An instrument whose prices fall below zero: read, limited, stopped, traded and booked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRouterState } from "../../../../src/orchestrator/index.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import { scripted, type BarText, type Plan } from "../scripted.ts";
import { entriesOf, finish, journalOf, reopen } from "../stage.ts";

const order = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because: { text: "test", values: {} },
  ...more,
});

const OIL = { instruments: { ABC: { assetClass: "future", multiplier: "10", allowNegativePrices: true } } };
const FALL: readonly BarText[] = ["1.5", "-37.63", "-37.63", "-37.63", "-20", "10.01", "10.01", "10.01"];

const fillsOf = (folder: string): string[] =>
  entriesOf(journalOf(folder), "fill").map(({ quantity, price }) => `${quantity} at ${price}`);

describe("prices below zero", () => {
  it("are traded at the market, and the profit is the way from one to the other", async () => {
    const plan: Plan = (run) => (run === 2 ? [order(1)] : run === 6 ? [order(-1)] : []);
    const { session } = await scripted(FALL, { oil: plan }, OIL);
    await finish(session);
    expect(session.failure).toBeNull();
    expect(fillsOf(session.folder)).toEqual(["1 at -37.63", "-1 at 10.01"]);
    const orders = entriesOf(journalOf(session.folder), "order");
    expect(orders.map(({ price, reason }) => [price, reason])).toEqual([
      [-37.63, "accepted"],
      [10.01, "accepted"],
    ]);
    expect(session.probe().account.realized).toBe("476.4");
  });

  it("fill limit and stop orders, and a session opened again makes the same decisions", async () => {
    const plan: Plan = (run) =>
      run === 2
        ? [order(1, { limitPrice: -40 }), order(1, { limitPrice: -37 }), order(1, { type: "stop", stopPrice: -25 })]
        : [];
    const { session, workspace } = await scripted(FALL, { oil: plan }, OIL);
    await finish(session);
    expect(fillsOf(session.folder)).toEqual(["1 at -37.63", "1 at -20"]);
    const again = await reopen(workspace, session.id);
    expect(again.failure).toBeNull();
  });

  it("are in the state file, of decided, working and replaced orders, and are read back", async () => {
    const plan: Plan = (run) =>
      run === 2
        ? [order(1), order(1, { limitPrice: -40 }), order(1, { limitPrice: -41, clientOrderId: "low" })]
        : run === 4
          ? [{ replace: "low", limitPrice: -42 }]
          : [];
    const { session } = await scripted(FALL, { oil: plan }, OIL);
    await finish(session);
    const file = readFileSync(join(session.folder, "router_state.json"), "utf8");
    const { inflight, keys, orders } = readRouterState(file);
    expect(Object.values(inflight).map(({ price }) => price)).toEqual([-40, -42]);
    expect(keys.map(({ price }) => price)).toEqual([-37.63, -40, -41]);
    expect(Object.values(orders ?? {})).toEqual([{ limitPrice: -40 }, { limitPrice: -42, replaced: true }]);
  });
});
