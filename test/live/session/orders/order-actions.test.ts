/**
 * What a run may return, and what becomes of it: cancels, replaces, brackets, baskets, reduce-only orders, and the pace.
 *
 * 1. Strategies are scripted and the venue is the paper one, filling along bars.
 */
import { describe, expect, it } from "vitest";
import type { Desk } from "../../../../src/shared/desk.ts";
import type { OrderIntent, OrderUpdate } from "../../../../src/shared/strategy.ts";
import { formatMoment, type Moment } from "../../../../src/shared/time.ts";
import { deskOf, NO_LIMITS } from "../desks.ts";
import { entriesOf, finish, journalOf } from "../stage.ts";
import { scripted, scriptedDesk, type Plan, type Scripted } from "../scripted.ts";

const FLAT = Array.from({ length: 12 }, () => 100);
const because = { text: "test", values: {} };
const buy = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  ...more,
});
const at =
  (plans: Readonly<Record<number, ReturnType<Plan>>>): Plan =>
  (run) =>
    plans[run] ?? [];

const orders = ({ session }: Scripted) => entriesOf(journalOf(session.folder), "order");
const reasons = (scene: Scripted): string[] => orders(scene).map(({ reason }) => reason);
const ends = ({ session }: Scripted): string[] =>
  entriesOf(journalOf(session.folder), "closed").map(({ status, reason }) => `${status} ${reason}`);
const fills = ({ session }: Scripted): string[] =>
  entriesOf(journalOf(session.folder), "fill").map(({ quantity, price }) => `${quantity}@${price}`);
const updates = ({ runSnapshots }: Scripted, strategy = "one"): OrderUpdate[] =>
  (runSnapshots.get(strategy) ?? []).flatMap((runSnapshot) => runSnapshot.updates);
const updatesOf = (scene: Scripted): string[] =>
  updates(scene).map(({ request, state, reason }) => `${request} ${String(state)} ${reason}`);

async function play(bars: Parameters<typeof scripted>[0], plan: Plan, more = {}): Promise<Scripted> {
  const scene = await scripted(bars, { one: plan }, more);
  await finish(scene.session);
  expect(scene.session.failure).toBeNull();
  return scene;
}

describe("a cancel", () => {
  it("cancels a resting order, and reports it to its strategy", async () => {
    const scene = await play(
      FLAT,
      at({ 2: [buy(10, { limitPrice: 90, clientOrderId: "bid" })], 4: [{ cancel: "bid" }] }),
    );
    expect(ends(scene)).toEqual(["canceled canceled"]);
    expect(updatesOf(scene)).toEqual(["order accepted accepted", "order canceled canceled"]);
    expect(scene.session.probe().router.orders).toEqual([]);
  });

  it("of what is gone, of another's and of one that is pending has a code each", async () => {
    const scene = await scripted(FLAT, {
      one: at({ 2: [buy(10, { limitPrice: 90, clientOrderId: "bid" }), { cancel: "none" }] }),
      two: at({ 3: [{ cancel: "bid" }, { cancel: "ROUTER-00000001" }] }),
    });
    await finish(scene.session);
    const requests = entriesOf(journalOf(scene.session.folder), "cancel_request");
    expect(requests.map(({ reason, sent }) => [reason, sent])).toEqual([
      ["unknown_order", false],
      ["unknown_order", false],
      ["unknown_order", false],
    ]);
    expect(updates(scene, "two").map(({ reason }) => reason)).toEqual(["unknown_order", "unknown_order"]);
    expect(scene.session.probe().router.orders.length).toBe(1);
  });

  it("of all takes every order of one's own, or of a symbol", async () => {
    const bids = [90, 91].map((limitPrice) => buy(10, { limitPrice }));
    const scene = await scripted(FLAT, {
      one: at({ 2: bids, 4: [{ cancelAll: true }] }),
      two: at({ 2: bids, 5: [{ cancelAll: true, symbol: "ABC" }, { cancelAll: true }] }),
      three: at({ 2: bids }),
    });
    await finish(scene.session);
    expect(ends(scene)).toEqual(Array.from({ length: 4 }, () => "canceled canceled"));
    expect(scene.session.probe().router.orders.map(({ strategy }) => strategy)).toEqual(["three", "three"]);
  });
});

describe("a replace", () => {
  it("changes a resting order in its place, and takes a place in the rate window", async () => {
    const plan = at({
      2: [buy(10, { limitPrice: 90, clientOrderId: "bid" })],
      4: [{ replace: "bid", quantity: 20, limitPrice: 95 }],
    });
    const scene = await play([...FLAT.slice(0, 8), "100 100 94 100", 100, 100], plan);
    expect(entriesOf(journalOf(scene.session.folder), "replace").map(({ outcome }) => outcome.outcome)).toEqual([
      "accepted",
    ]);
    expect(fills(scene)).toEqual(["20@95"]);
    expect(updatesOf(scene)).toEqual(["order accepted accepted", "replace accepted replaced", "order filled filled"]);
  });

  it.each([
    ["unknown_order", { replace: "none", limitPrice: 95 }],
    ["invalid_replace", { replace: "bid", quantity: -5 }],
    ["field_not_taken", { replace: "bid", stopPrice: 95 }],
  ])("is refused as %s, and the order stays as it is", async (reason, change) => {
    const scene = await play(FLAT, at({ 2: [buy(10, { limitPrice: 90, clientOrderId: "bid" })], 4: [change] }));
    expect(entriesOf(journalOf(scene.session.folder), "replace_request").map((entry) => entry.reason)).toEqual([
      reason,
    ]);
    expect(scene.session.probe().router.orders).toMatchObject([{ quantity: 10, limitPrice: 90, state: "accepted" }]);
  });

  it("below what is filled is refused", async () => {
    const more = { broker: { ...scriptedDesk({}).broker, partialFillShare: 0.0001 } };
    const plan = at({ 2: [buy(100, { clientOrderId: "bid" })], 5: [{ replace: "bid", quantity: 5 }] });
    const scene = await play(FLAT, plan, more);
    expect(entriesOf(journalOf(scene.session.folder), "replace_request").map((entry) => entry.reason)).toEqual([
      "below_filled",
    ]);
  });
});

describe("a bracket", () => {
  const bracket = { stop: { stopPrice: 95 }, target: { limitPrice: 110 } };

  it("protects what its parent fills, and one child's fill cancels the other", async () => {
    const scene = await play(
      [...FLAT.slice(0, 6), "100 111 100 111", 111, 111],
      at({ 2: [buy(10, { attach: bracket })] }),
    );
    expect(orders(scene).map(({ role, quantity, type }) => [role, quantity, type])).toEqual([
      [undefined, 10, undefined],
      ["stop", -10, "stop"],
      ["target", -10, undefined],
    ]);
    expect(fills(scene)).toEqual(["10@100", "-10@110"]);
    expect(ends(scene)).toEqual(["canceled bracket"]);
    expect(scene.session.probe().positions).toEqual([]);
  });

  it("with a side that is wrong is refused as a whole", async () => {
    const scene = await play(FLAT, at({ 2: [buy(10, { attach: { stop: { stopPrice: 105 } } })] }));
    expect(reasons(scene)).toEqual(["bracket_wrong_side", "bracket_refused"]);
  });

  it("with a child whose name is taken is refused as a whole", async () => {
    const plan = at({
      2: [buy(1, { limitPrice: 90, clientOrderId: "p.stop" })],
      3: [buy(10, { clientOrderId: "p", attach: { stop: { stopPrice: 80 } } })],
    });
    const scene = await play(FLAT, plan);
    expect(reasons(scene)).toEqual(["accepted", "bracket_refused", "idempotency_conflict"]);
  });

  it("whose parent is canceled ends with it", async () => {
    const plan = at({
      2: [buy(10, { limitPrice: 90, clientOrderId: "p", attach: { stop: { stopPrice: 80 } } })],
      4: [{ cancel: "p" }],
    });
    const scene = await play(FLAT, plan);
    expect(ends(scene).toSorted()).toEqual(["canceled canceled", "canceled parent_ended"]);
    expect(scene.session.probe().router.orders).toEqual([]);
  });
});

describe("a basket", () => {
  it("half of which breaks a limit is refused as a whole, naming the first", async () => {
    const limits = { ...NO_LIMITS, maxNotional: "5000" };
    const plan = at({ 2: [buy(10, { basket: "b" }), buy(60, { basket: "b" }), buy(1)] });
    const scene = await play(FLAT, plan, { limits });
    expect(reasons(scene)).toEqual(["basket_refused", "max_notional_exceeded", "accepted"]);
    expect(orders(scene)[0]?.detail).toMatch(/2\.2 was refused: max_notional_exceeded/);
  });

  it("passes whole where the rate leaves a place for each, and not where one is missing", async () => {
    const orchestrator = { ...deskOf().orchestrator, pace: "refuse", rateLimitPerSec: 3 } as const;
    const leg = buy(1, { basket: "b" });
    const whole = await play(FLAT, at({ 2: [leg, leg, leg] }), { orchestrator });
    expect(reasons(whole)).toEqual(["accepted", "accepted", "accepted"]);
    const more = await play(FLAT, at({ 2: [leg, leg, leg, leg] }), { orchestrator });
    expect(reasons(more)).toEqual(Array<string>(4).fill("rate_limited"));
  });

  it("is judged as if those before it worked", async () => {
    const limits = { ...NO_LIMITS, maxPosition: "15" };
    const scene = await play(FLAT, at({ 2: [buy(10, { basket: "b" }), buy(10, { basket: "b" })] }), { limits });
    expect(reasons(scene)).toEqual(["basket_refused", "max_position_exceeded"]);
  });
});

describe("a reduce-only order", () => {
  it("while flat has its own code, and is else cut to what is held", async () => {
    const plan = at({ 2: [buy(-5, { reduceOnly: true })], 3: [buy(10)], 6: [buy(-25, { reduceOnly: true })] });
    const scene = await play(FLAT, plan);
    expect(reasons(scene)).toEqual(["nothing_to_reduce", "accepted", "accepted"]);
    expect(orders(scene)[2]).toMatchObject({ quantity: -10, asked: -25 });
    expect(fills(scene)).toEqual(["10@100", "-10@100"]);
  });
});

describe("pace", () => {
  const one = { rateLimitPerSec: 1, maxInflight: 256 };
  const three = [buy(1, { idempotencyKey: "a" }), buy(1, { idempotencyKey: "b" }), buy(1, { idempotencyKey: "c" })];

  it("queue sends in order as the window frees, and a key that waits is asked for once", async () => {
    const { orchestrator } = scriptedDesk({});
    const more = { orchestrator: { ...orchestrator, ...one } };
    const scene = await play(FLAT, (run) => (run === 2 ? [...three, ...three] : []), more);
    expect(fills(scene).length).toBe(3);
    expect(reasons(scene)).toEqual(["accepted", "accepted", "queued", "queued", "accepted", "accepted"]);
    expect(entriesOf(journalOf(scene.session.folder), "queue").map(({ event, queue }) => `${queue} ${event}`)).toEqual([
      "Q-1 added",
      "Q-2 added",
    ]);
  });

  it("queue expires what waits too long, and cancels by the client's id what waits", async () => {
    const { orchestrator } = scriptedDesk({});
    const more = { orchestrator: { ...orchestrator, ...one, queueFor: 500_000 } };
    const plan: Plan = (run) => (run === 2 ? [buy(1), buy(1, { clientOrderId: "x" }), buy(1), { cancel: "x" }] : []);
    const scene = await play(FLAT, plan, more);
    expect(updatesOf(scene)).toEqual([
      "order queued rate_limited",
      "order queued rate_limited",
      "order canceled canceled",
      "order accepted accepted",
      "order expired queue_expired",
      "order filled filled",
    ]);
  });

  it.each([
    ["goes out", {}, ["replace accepted queued", "replace accepted replaced"], "91"],
    ["expires", { queueFor: 500_000 }, ["replace accepted queued", "replace accepted queue_expired"], "90"],
  ])("queue reports to a strategy its replace that waits and %s", async (_, queueFor, expected, price) => {
    const { orchestrator } = scriptedDesk({});
    const bid = buy(1, { limitPrice: 90, clientOrderId: "bid" });
    const plan = at({ 2: [bid], 4: [buy(1), { replace: "bid", limitPrice: 91 }] });
    const scene = await play(FLAT, plan, { orchestrator: { ...orchestrator, ...one, ...queueFor } });
    expect(updatesOf(scene).filter((line) => line.startsWith("replace"))).toEqual(expected);
    expect(scene.session.probe().router.orders.map(({ limitPrice }) => String(limitPrice))).toEqual([price]);
  });

  it("queue keeps what waits from being replaced, and says where it is", async () => {
    const { orchestrator } = scriptedDesk({});
    const bid = buy(1, { limitPrice: 90, clientOrderId: "bid" });
    const plan = at({ 2: [buy(1), bid, { replace: "bid", limitPrice: 91 }] });
    const scene = await play(FLAT, plan, { orchestrator: { ...orchestrator, ...one } });
    expect(updates(scene).find(({ request }) => request === "replace")).toMatchObject({
      reason: "order_queued",
      detail: expect.stringContaining("Q-1"),
    });
  });

  it("queue refuses at once what no freed window would make room for", async () => {
    const { orchestrator } = scriptedDesk({});
    const more = { orchestrator: { ...orchestrator, rateLimitPerSec: 1, maxInflight: 1 } };
    const scene = await play(FLAT, at({ 2: [buy(1, { limitPrice: 90 }), buy(1)] }), more);
    expect(reasons(scene)).toEqual(["accepted", "inflight_limit"]);
    expect(orders(scene)[1]).toMatchObject({ value: "1", limit: "1" });
    expect(entriesOf(journalOf(scene.session.folder), "queue")).toEqual([]);
  });

  it("refuse leaves the answer to the router", async () => {
    const { orchestrator } = scriptedDesk({});
    const scene = await play(FLAT, at({ 2: three }), { orchestrator: { ...orchestrator, ...one, pace: "refuse" } });
    expect(reasons(scene)).toEqual(["accepted", "rate_limited", "rate_limited"]);
    expect(updates(scene)[0]).toMatchObject({ state: "rejected", value: "1", limit: "1" });
  });
});

describe("an order for the day", () => {
  const dayOrder = at({ 2: [buy(10, { limitPrice: 90, timeInForce: "day" })] });
  const endOf = async (symbol: object, more: Partial<Desk>): Promise<string> => {
    const { feed, strategies } = scriptedDesk({ one: dayOrder });
    const symbols = { ABC: symbol };
    const scene = await play(FLAT, dayOrder, { feed: { ...feed, symbols }, strategies, ...more });
    return formatMoment(orders(scene)[0]?.expiresAt ?? (0 as Moment));
  };

  it("ends by its instrument's calendar, else by its strategy's hours, else with the account's day", async () => {
    const dayEnds = "17:00 America/New_York";
    const [strategy] = scriptedDesk({ one: dayOrder }).strategies;
    const strategies = strategy === undefined ? [] : [{ ...strategy, sessions: "us-equity" as const }];
    expect(await endOf({ calendar: "us-equity" }, { dayEnds })).toBe("2026-01-05T21:00:00+00:00");
    expect(await endOf({ calendar: "crypto" }, { dayEnds, strategies })).toBe("2026-01-05T22:00:00+00:00");
    expect(await endOf({}, { dayEnds, strategies })).toBe("2026-01-05T21:00:00+00:00");
    expect(await endOf({}, { dayEnds })).toBe("2026-01-05T22:00:00+00:00");
  });
});
