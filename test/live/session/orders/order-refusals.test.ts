/**
 * What cannot be done has a code each, and leaves everything else as it is: cancels and replaces of orders that take none, brackets,
 * baskets and too many orders, and a flatten at a venue that refuses or is silent.
 *
 * 1. Strategies are scripted, the venue is the paper one, and its answers are lost or refused where a test says so.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import {
  createSession,
  reopenSession,
  type LiveSession,
  type SessionPorts,
} from "../../../../src/live/session/index.ts";
import { boundRefusal } from "../../../../src/live/session/orders/order-bound.ts";
import { OpenOrders } from "../../../../src/live/session/state/open-orders.ts";
import { decimal, ZERO } from "../../../../src/shared/decimal.ts";
import type { BrokerAdapter } from "../../../../src/shared/ports.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import { NO_LIMITS } from "../desks.ts";
import type { Moment } from "../../../../src/shared/time.ts";
import { barsFile, planHost, scriptedDesk, type Plan } from "../scripted.ts";
import { entriesOf, finish, journalOf, makeWorkspace, minutes, owned, wrapBroker } from "../stage.ts";

const FLAT = Array.from({ length: 20 }, () => 100);
const because = { text: "test", values: {} };
const buy = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  ...more,
});
const bid = buy(10, { limitPrice: 90, clientOrderId: "bid" });
const at =
  (plans: Readonly<Record<number, ReturnType<Plan>>>): Plan =>
  (run) =>
    plans[run] ?? [];

type Over = (inner: BrokerAdapter) => Partial<BrokerAdapter>;

/** A session that ran for some minutes at a venue with other answers. */
async function stage(plan: Plan, over: Over = () => ({}), more: Parameters<typeof scriptedDesk>[1] = {}) {
  const workspace = makeWorkspace();
  mkdirSync(join(workspace.path, "data"), { recursive: true });
  writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", FLAT));
  const ports: Partial<SessionPorts> = {
    openHost: planHost({ one: plan }, new Map()),
    openBroker: (files, { broker: config, seed }, { symbols, barInterval }) =>
      wrapBroker(new PaperBroker({ path: files.broker, config, seed, symbols, barInterval }), over),
  };
  const desk = scriptedDesk({ one: plan }, more);
  const session = owned(await createSession({ workspace, desk, ports, length: minutes(9) }));
  await finish(session);
  expect(session.failure).toBeNull();
  return { session, workspace, ports };
}

const cancels = ({ folder }: LiveSession): string[] =>
  entriesOf(journalOf(folder), "cancel_request").map(({ reason }) => reason);
const replaces = ({ folder }: LiveSession) =>
  entriesOf(journalOf(folder), "replace_request").map(({ reason, guards }) => `${reason} ${guards.length > 0}`);
const reasons = ({ folder }: LiveSession): string[] =>
  entriesOf(journalOf(folder), "order").map(({ reason }) => reason);
const ends = ({ folder }: LiveSession): string[] => entriesOf(journalOf(folder), "closed").map(({ status }) => status);

describe("a cancel", () => {
  it("of an order that filled, ended or was refused is of no open order", async () => {
    const plan = at({
      2: [buy(10, { clientOrderId: "filled" }), bid],
      4: [{ cancel: "filled" }, { cancel: "bid" }],
      6: [{ cancel: "bid" }, { cancel: "ROUTER-00000001" }],
    });
    const { session } = await stage(plan);
    expect(cancels(session)).toEqual(["unknown_order", "requested", "unknown_order", "unknown_order"]);
  });

  it("that is asked for twice is sent once", async () => {
    const { session } = await stage(at({ 2: [bid], 4: [{ cancel: "bid" }, { cancel: "bid" }] }));
    expect(cancels(session)).toEqual(["requested", "cancel_pending"]);
    expect(ends(session)).toEqual(["canceled"]);
  });

  it("while the placement is unknown waits for the venue's word, and is then sent once", async () => {
    let questions = 0;
    const plan = at({ 2: [bid], 4: [{ cancel: "bid" }, { cancel: "bid" }, { replace: "bid", limitPrice: 91 }] });
    const { session } = await stage(plan, (inner) => ({
      placeOrder: async (order) => {
        await inner.placeOrder(order);
        return { outcome: "unknown", reason: "timeout" };
      },
      orderByClientId: (id) =>
        (questions += 1) < 200 ? Promise.resolve({ ok: false, reason: "timeout" }) : inner.orderByClientId(id),
    }));
    expect(cancels(session)).toEqual(["placement_unknown", "cancel_pending", "requested"]);
    expect(replaces(session)).toEqual(["cancel_pending false"]);
    expect(ends(session)).toEqual(["canceled"]);
  });
});

describe("a replace", () => {
  const guarded = { replace: "order" };
  it.each([
    ["a lower quantity", buy(10, { limitPrice: 90 }), { quantity: 5 }, false],
    ["a lower quantity at the price that it has", buy(10, { limitPrice: 90 }), { quantity: 5, limitPrice: 90 }, false],
    ["a higher quantity", buy(10, { limitPrice: 90 }), { quantity: 11 }, true],
    ["a buy's higher price", buy(10, { limitPrice: 90 }), { limitPrice: 91 }, true],
    ["a buy's lower price", buy(10, { limitPrice: 90 }), { quantity: 5, limitPrice: 89 }, true],
    ["a sell's lower price", buy(-10, { limitPrice: 110 }), { limitPrice: 105 }, true],
    ["a stop's new trigger", buy(10, { type: "stop", stopPrice: 110 }), { quantity: 5, stopPrice: 111 }, true],
  ])("with %s", async (_what, order, change, judged) => {
    const plan = at({ 2: [{ ...order, clientOrderId: "order" }], 4: [{ ...guarded, ...change }] });
    const { session } = await stage(plan, undefined, { limits: { ...NO_LIMITS, maxNotional: "1000000" } });
    expect(replaces(session)).toEqual([`requested ${judged}`]);
  });

  it("of a price is refused while the session is halted, and of a lower quantity is not", async () => {
    const { session, workspace, ports } = await stage(at({ 2: [buy(-10, { limitPrice: 110, clientOrderId: "ask" })] }));
    const open = owned(await reopenSession({ workspace, id: session.id, ports }));
    open.halt({ operator: "ann", note: "" });
    await expect(open.replaceOrder({ replace: "ask", limitPrice: 105 }, "ann")).rejects.toMatchObject({
      detail: { reason: "router_halted" },
    });
    await open.replaceOrder({ replace: "ask", quantity: -5 }, "ann");
    await open.stop("operator");
    expect(replaces(session)).toEqual(["router_halted false", "requested false"]);
  });
});

describe("a bracket", () => {
  it.each([
    ["a buy's stop above", buy(10, { attach: { stop: { stopPrice: 105 } } })],
    ["a buy's target below", buy(10, { attach: { target: { limitPrice: 95 } } })],
    ["a sell's stop below", buy(-10, { attach: { stop: { stopPrice: 95 } } })],
    ["a sell's target above", buy(-10, { attach: { target: { limitPrice: 105 } } })],
    ["a stop at the limit", buy(10, { limitPrice: 90, attach: { stop: { stopPrice: 90 } } })],
  ])("with %s is refused as a whole", async (_what, order) => {
    const { session } = await stage(at({ 2: [order] }));
    expect(reasons(session)).toEqual(["bracket_wrong_side", "bracket_refused"]);
  });

  it("whose parent the venue refuses leaves no child", async () => {
    const { session } = await stage(at({ 2: [buy(10, { attach: { stop: { stopPrice: 95 } } })] }), (inner) => ({
      placeOrder: (order) =>
        order.parentId === undefined
          ? Promise.resolve({ outcome: "refused", reason: "margin" })
          : inner.placeOrder(order),
    }));
    expect(session.probe().router.orders).toEqual([]);
  });
});

describe("a flatten", () => {
  const everything = { scope: { kind: "all", name: "all" }, shutsGate: true, operator: "ann", note: "" } as const;
  const plan = at({ 2: [buy(10), bid] });

  /** Flattens at a venue whose answers are other ones from then on. */
  async function flattened(over: Over) {
    let changed = false;
    const { session, workspace, ports } = await stage(plan, (inner) => {
      const other = over(inner);
      const switched = (name: keyof BrokerAdapter) => ({
        [name]: (...given: unknown[]): unknown =>
          Reflect.apply((changed ? other[name] : inner[name]) as () => unknown, inner, given),
      });
      return Object.fromEntries(
        Object.keys(other).flatMap((name) => Object.entries(switched(name as keyof BrokerAdapter))),
      );
    });
    const open = owned(await reopenSession({ workspace, id: session.id, ports }));
    changed = true;
    await open.flatten(everything);
    await open.stop("operator");
    const rest = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    await finish(rest);
    expect(rest.failure).toBeNull();
    return { rest, ended: entriesOf(journalOf(rest.folder), "flatten").filter(({ event }) => event === "ended") };
  }

  it("keeps its closing order, whatever the strategy asks for", async () => {
    const meddling: Plan = (run, { openOrders }) => {
      if (run === 2) return [buy(10)];
      const ids = openOrders.map(({ orderId }) => orderId);
      return [...ids.flatMap((id) => [{ cancel: id }, { replace: id, quantity: -1 }]), { cancelAll: true }];
    };
    const slow = { broker: { ...scriptedDesk({}).broker, partialFillShare: 0.00003 } };
    const { session, workspace, ports } = await stage(meddling, undefined, slow);
    const open = owned(await reopenSession({ workspace, id: session.id, ports }));
    await open.flatten(everything);
    await open.stop("operator");
    const rest = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    await finish(rest);
    expect(rest.probe().ownerPositions).toEqual([]);
    expect(cancels(rest)).toContain("flatten_pending");
  });

  it("that the venue refuses names what is left, and why", async () => {
    const { ended } = await flattened(() => ({
      placeOrder: () => Promise.resolve({ outcome: "refused", reason: "margin" }),
    }));
    expect(ended).toMatchObject([{ closed: 0, left: [{ owner: "one", quantity: "10", reason: "margin" }] }]);
  });

  it("whose cancels have no answer ends after its wait, with the reason", async () => {
    const { ended } = await flattened(() => ({
      cancelOrder: () => Promise.resolve({ outcome: "unknown", reason: "timeout" }),
      orderByClientId: () => Promise.resolve({ ok: false, reason: "timeout" }),
    }));
    expect(ended).toMatchObject([{ closed: 0, left: [{ owner: "one", quantity: "10", reason: "cancel_unanswered" }] }]);
  });

  it("whose closing order has no answer does not end, and sends no second one", async () => {
    const { rest, ended } = await flattened(() => ({
      placeOrder: () => Promise.resolve({ outcome: "unknown", reason: "timeout" }),
      orderByClientId: () => Promise.resolve({ ok: false, reason: "timeout" }),
    }));
    expect(ended).toEqual([]);
    expect(rest.probe().flattens.length).toBe(1);
    expect(entriesOf(journalOf(rest.folder), "send").length).toBe(3);
  });
});

describe("the bound on orders that work or wait", () => {
  const bracket = buy(1, { attach: { stop: { stopPrice: 80 }, target: { limitPrice: 110 } } });
  const fields = { clientOrderId: "", symbol: "ABC", quantity: 1, price: 90, limitPrice: 90, venueId: "" };
  const flags = { state: "accepted", at: 0 as Moment, confirmed: true, inDoubt: false, request: null } as const;
  const item = { run: 1, bar: null, at: 0 as Moment, until: 0 as Moment, operator: null };

  /** Orders of two strategies, the first with so many that work, and a queue of a bracket and of two plain orders. */
  function open(count: number): OpenOrders {
    const orders = new OpenOrders(() => undefined);
    for (const [strategy, many] of [["one", count] as const, ["two", 5_000] as const])
      for (let number = 0; number < many; number += 1) {
        const orderId = `${strategy}-${number}`;
        const sizes = { ordered: decimal(1), filled: ZERO, cancelWanted: false };
        orders.add({ ...fields, ...flags, ...sizes, orderId, strategy });
      }
    const queued = (queue: string, intents: OrderIntent[]) => {
      const asked = intents.map((intent, index) => ({ intent, clientOrderId: `${queue}.${index}` }));
      return { ...item, queue, strategy: "one", orders: asked };
    };
    orders.queues.set("one", [queued("Q-1", [bracket]), queued("Q-2", [bid, bid])]);
    return orders;
  }

  it.each([
    [9_994, buy(1), null, 0, null],
    [9_995, buy(1), null, 0, "10000"],
    [9_994, buy(1), null, 1, "10000"],
    [9_992, bracket, null, 0, null],
    [9_993, bracket, null, 0, "9998"],
    [9_995, bracket, "Q-1", 0, null],
    [9_996, bracket, "Q-1", 0, "9998"],
    [9_997, bid, "Q-2", 0, "10000"],
  ])("with %i at work takes %o of %s behind %i: %s", (count, intent, queue, ahead, value) => {
    const refusal = boundRefusal(open(count), "one", intent, { queue, ahead });
    expect(refusal?.value ?? null).toBe(value);
    expect(refusal?.reason ?? "working_orders_limit").toBe("working_orders_limit");
    expect(boundRefusal(open(count), "two", intent, { queue: null, ahead })).toBeNull();
  });
});
