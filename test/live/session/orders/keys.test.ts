/**
 * A strategy that asks for an order again under its key: a market order's mark is no part of what the key is compared on.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MINUTE, SECOND, type Duration } from "../../../../src/shared/time.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, journalOf, makeWorkspace, minutes, reopen } from "../stage.ts";

/** A strategy that asks in each run for what `orders`, an expression over the number of the run, gives. */
async function asking(orders: string) {
  const workspace = makeWorkspace();
  writeFileSync(
    join(workspace.strategies, "asking.mjs"),
    `let runs = 0;
export default {
  defaults: {},
  parameters: {},
  save: () => runs,
  load: (saved) => { runs = saved; },
  onTick(context) {
    runs += 1;
    const symbol = context.symbols[0];
    const because = { text: "because", values: {} };
    return (${orders}).map((order) => ({ symbol, because, ...order }));
  },
};
`,
  );
  const asks = strategyOf("asks", "asking.mjs", ["AAA"], { cadence: (10 * SECOND) as Duration });
  return create({ ...deskOf(), strategies: [asks] }, { workspace, length: minutes(6) });
}

describe("an order under a key that is known", () => {
  it("at the market: one order, one send, and a replay of its answer at each later run, whatever the mark does", async () => {
    const session = await asking("[{ quantity: 1, idempotencyKey: 'day' }]");
    const summary = await finish(session);
    const entries = journalOf(session.folder);
    const [first, ...again] = entriesOf(entries, "order");
    expect(again.length).toBeGreaterThan(20);
    expect(first).toMatchObject({ accepted: true, replay: false });
    expect(new Set(again.map(({ mark }) => mark)).size).toBeGreaterThan(5);
    for (const order of again)
      expect(order).toMatchObject({ accepted: true, replay: true, orderId: first?.orderId, price: first?.price });
    expect(entriesOf(entries, "send")).toHaveLength(1);
    expect(summary).toMatchObject({ orders: 1, fills: 1, rejections: {} });
  });

  it("as a trailing stop that works: one order, and a replay at each later run", async () => {
    const session = await asking(
      "[{ quantity: -1, type: 'trailing_stop', trail: { percent: 90 }, idempotencyKey: 'out' }]",
    );
    await finish(session);
    const [first, ...again] = entriesOf(journalOf(session.folder), "order");
    expect(again.length).toBeGreaterThan(20);
    expect(first).toMatchObject({ accepted: true, replay: false });
    for (const order of again) expect(order).toMatchObject({ accepted: true, replay: true, orderId: first?.orderId });
  });

  it("at the market: also after a start from a checkpoint", async () => {
    const session = await asking("[{ quantity: 1, idempotencyKey: 'day' }]");
    await finish(session);
    const more = await reopen(crashCopy(session.folder), session.id, { length: (2 * MINUTE) as Duration });
    await finish(more);
    const entries = journalOf(more.folder);
    expect(entriesOf(entries, "order").filter(({ accepted, replay }) => accepted && !replay)).toHaveLength(1);
    expect(entriesOf(entries, "order").filter(({ accepted }) => !accepted)).toEqual([]);
    expect(entriesOf(entries, "send")).toHaveLength(1);
  });

  it.each([
    ["another quantity", "[{ quantity: runs, idempotencyKey: 'k' }]", /quantity was 1 and is 2/],
    ["another limit", "[{ quantity: 1, limitPrice: runs, idempotencyKey: 'k' }]", /price was 1 and is 2/],
    [
      "the market in place of a limit that works",
      "[{ quantity: 1, idempotencyKey: 'k', ...(runs === 1 ? { limitPrice: 1 } : {}) }]",
      /price was 1 and is/,
    ],
  ])("is in conflict with %s", async (_, orders, detail) => {
    const session = await asking(orders);
    await finish(session);
    const [first, second] = entriesOf(journalOf(session.folder), "order");
    expect(first).toMatchObject({ accepted: true });
    expect(second).toMatchObject({
      accepted: false,
      reason: "idempotency_conflict",
      detail: expect.stringMatching(detail),
    });
  });
});
