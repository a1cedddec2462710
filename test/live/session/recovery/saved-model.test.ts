/** A read model that was saved and restored: it reports the same, and continues in the same way, whatever was under way. */
import { expect, it } from "vitest";
import { restoreModel, modelState, type ModelState } from "../../../../src/live/session/recovery/model-state.ts";
import { ReadModel } from "../../../../src/live/session/state/read-model.ts";
import type { WorkingOrder } from "../../../../src/live/session/state/working-orders.ts";
import { decimal } from "../../../../src/shared/decimal.ts";
import { at, fill, order } from "../../../store/journal/entries.ts";
import { deskOf, strategyOf } from "../desks.ts";

const model = (): ReadModel => new ReadModel(deskOf({ strategies: [strategyOf("alpha", "momentum", ["AAA"])] }));

function busy(): ReadModel {
  const made = model();
  const bodies = [order(1), order(2, { accepted: false, reason: "rate_limited", orderId: null }), fill(1)];
  for (const [index, body] of bodies.entries()) made.apply({ ...body, seq: index + 1, at: at(index) });
  made.open.add({
    orderId: "ROUTER-00000009",
    venueId: "V-9",
    clientOrderId: "nine",
    strategy: "alpha",
    symbol: "AAA",
    quantity: 4,
    ordered: decimal("4"),
    filled: decimal("1.5"),
    price: 10,
    limitPrice: 10,
    state: "partially_filled",
    at: at(1),
    confirmed: true,
    inDoubt: true,
    request: { kind: "replace", change: { limitPrice: "11" } },
    cancelWanted: true,
  } satisfies WorkingOrder);
  const asked = { intent: { symbol: "AAA", quantity: 1, because: { text: "", values: {} } }, clientOrderId: "q" };
  const item = { run: 3, bar: null, at: at(1), until: at(9), orders: [asked], operator: null };
  made.open.queues.set("alpha", [{ queue: "Q-4", strategy: "alpha", ...item }]);
  made.open.queueNumber = 4;
  const flatten = {
    scope: { kind: "all", name: "all" },
    owner: null,
    shutsGate: true,
    operator: "ada",
    note: "out",
  } as const;
  made.open.flattens.set("F-2", { flatten: "F-2", ...flatten, at: at(2), attempts: { "alpha\nAAA": "sent" } });
  made.open.flattenNumber = 2;
  made.cursorsAhead.add(17);
  return made;
}

it("has every order, queue, flatten, count and update that it had", () => {
  const saved = busy();
  const state = JSON.parse(JSON.stringify(modelState(saved))) as ModelState;
  const restored = model();
  restoreModel(restored, state);
  expect(modelState(restored)).toEqual(modelState(saved));
  for (const part of [restored, saved].map(({ open }) => open)) {
    expect([...part.flattens.keys()]).toEqual(["F-2"]);
    expect(part.find("alpha", "nine")?.filled).toEqual(decimal("1.5"));
    expect(part.index.doubtful().map(({ orderId }) => orderId)).toContain("ROUTER-00000009");
    expect(part.findQueued("alpha", "q")?.queue).toBe("Q-4");
  }
  expect(restored.hasCursor(17)).toBe(true);
  expect(restored.strategy("alpha")).toEqual(saved.strategy("alpha"));
});
