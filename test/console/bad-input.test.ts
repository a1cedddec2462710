/**
 * What a strategy or a trader asks for and cannot have: the code of the answer, the row that Rejections or Orders shows of it, and that
 * everything else is as it was.
 *
 * 1. Each session holds 3 units and has one resting order, `rest`, from its first run on: both are there at the end, whatever was asked.
 * 2. Strategies are scripted; the venue is the paper one, and its answers are refused or lost where a case says so.
 * 3. It has over 400 lines because all cases share one scene and one check: the refusal, where it is shown, and the rest.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FlattensProjection } from "../../src/console/projections/flattens.ts";
import { OrdersProjection } from "../../src/console/projections/orders.ts";
import { Precisions } from "../../src/console/projections/precision.ts";
import { RejectionsProjection, severityOf } from "../../src/console/projections/rejections.ts";
import { stepsOf, titleOf } from "../../src/console/why/steps.ts";
import { trailOf } from "../../src/console/why/trail.ts";
import { PaperBroker } from "../../src/live/broker/index.ts";
import { reopenSession, type LiveSession, type SessionPorts } from "../../src/live/session/index.ts";
import type { Desk } from "../../src/shared/desk.ts";
import type { BrokerAdapter } from "../../src/shared/ports.ts";
import type { OrderIntent, StrategyAction } from "../../src/shared/strategy.ts";
import type { Moment } from "../../src/shared/time.ts";
import { NO_LIMITS } from "../live/session/desks.ts";
import { barsFile, planHost, scriptedDesk, type BarText, type Plan } from "../live/session/scripted.ts";
import { create, finish, journalOf, makeWorkspace, minutes, owned, turn, wrapBroker } from "../live/session/stage.ts";

/** Causes that orders have, too. */
const GUARDED = { max_notional_exceeded: true };
const FLAT = Array.from({ length: 20 }, () => 100);
const because = { text: "test", values: {} };
const buy = (clientOrderId: string, quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  clientOrderId,
  ...more,
});
const bid = buy("bid", 10, { limitPrice: 90 });
const HELD = [buy("held", 3), buy("rest", 1, { limitPrice: 80 })];

type Over = (inner: BrokerAdapter) => Partial<BrokerAdapter>;
type Answer = Awaited<ReturnType<BrokerAdapter["placeOrder"]>>;
const REFUSED: Answer = { outcome: "refused", reason: "margin" };
const SILENT: Answer = { outcome: "unknown", reason: "timeout" };

interface Case {
  readonly item: string;
  /** What the strategy does in runs after the first. */
  readonly plan: Readonly<Record<number, readonly StrategyAction[]>>;
  /** What another strategy does. */
  readonly other?: Readonly<Record<number, readonly StrategyAction[]>>;
  readonly over?: () => Over;
  readonly more?: Partial<Desk>;
  /** The market; flat at 100 where it does not matter. */
  readonly bars?: readonly BarText[];
  /** Rows of Rejections as `cause clientOrderId quantity`. */
  readonly rejected: readonly string[];
  /** Rows of Orders other than `held` and `rest`, as `clientOrderId state reason filled`. */
  readonly orders: readonly string[];
}

/** A venue that is silent on the placement of `bid`, and on what became of it for a while. */
function slowToSay(): Over {
  let questions = 0;
  return (inner) => ({
    placeOrder: async (order) => {
      const answer = await inner.placeOrder(order);
      return order.quantity === "10" ? SILENT : answer;
    },
    orderByClientId: (id) =>
      (questions += 1) < 200 ? Promise.resolve({ ok: false, reason: "timeout" }) : inner.orderByClientId(id),
  });
}

const CASES: readonly Case[] = [
  {
    item: "a cancel of an order that filled, and of one that was canceled",
    plan: {
      2: [buy("gone", 2), buy("back", -2), bid],
      4: [{ cancel: "gone" }, { cancel: "bid" }],
      6: [{ cancel: "bid" }],
    },
    rejected: ["unknown_order gone 0", "unknown_order bid 0"],
    orders: ["gone filled filled 2", "back filled filled -2", "bid canceled canceled 0"],
  },
  {
    item: "a cancel and a replace of another strategy's order",
    plan: { 2: [bid] },
    other: { 4: [{ cancel: "bid" }, { replace: "bid", limitPrice: 91 }] },
    rejected: ["unknown_order bid 0", "unknown_order bid 0"],
    orders: ["bid accepted accepted 0"],
  },
  {
    item: "a cancel that is asked for twice",
    plan: { 2: [bid], 4: [{ cancel: "bid" }, { cancel: "bid" }] },
    rejected: ["cancel_pending bid 0"],
    orders: ["bid canceled canceled 0"],
  },
  {
    item: "a cancel while the placement is unknown",
    plan: { 2: [bid], 4: [{ cancel: "bid" }] },
    over: slowToSay,
    rejected: ["placement_unknown bid 0"],
    orders: ["bid canceled canceled 0"],
  },
  {
    item: "a replace below what is filled",
    plan: {},
    other: { 2: [buy("bid", 100)], 5: [{ replace: "bid", quantity: 5 }] },
    more: { broker: { ...scriptedDesk({}).broker, partialFillShare: 0.0001 } },
    rejected: ["below_filled bid 5"],
    orders: ["bid partially_filled partially_filled 80"],
  },
  {
    item: "a bracket whose stop is on the wrong side",
    plan: { 2: [buy("entry", 10, { attach: { stop: { stopPrice: 105 } } })] },
    rejected: ["bracket_wrong_side entry 10", "bracket_refused entry.stop -10"],
    orders: [],
  },
  {
    item: "a bracket's children whose parent the venue refuses",
    plan: { 2: [buy("entry", 10, { attach: { stop: { stopPrice: 95 } } })] },
    over: () => (inner) => ({
      placeOrder: (order) => (order.quantity === "10" ? Promise.resolve(REFUSED) : inner.placeOrder(order)),
    }),
    rejected: ["margin entry 10"],
    orders: ["entry rejected margin 0", "entry.stop canceled parent_ended 0"],
  },
  {
    item: "a reduce-only order on the side that is held",
    plan: { 2: [buy("more", 5, { reduceOnly: true })] },
    rejected: ["nothing_to_reduce more 5"],
    orders: [],
  },
  {
    item: "a reduce-only order while flat",
    plan: {},
    other: { 2: [buy("exit", -5, { reduceOnly: true })] },
    rejected: ["nothing_to_reduce exit -5"],
    orders: [],
  },
  {
    item: "a basket half of which breaks a limit",
    plan: { 2: [buy("small", 10, { basket: "b" }), buy("large", 60, { basket: "b" })] },
    more: { limits: { ...NO_LIMITS, maxNotional: "5000" } },
    rejected: ["basket_refused small 10", "max_notional_exceeded large 60"],
    orders: [],
  },
  {
    item: "a cancel by one id and then by the other",
    plan: { 2: [bid], 4: [{ cancel: "bid" }, { cancel: "ROUTER-00000003" }] },
    rejected: ["cancel_pending ROUTER-00000003 0"],
    orders: ["bid canceled canceled 0"],
  },
  {
    item: "a replace and then a cancel in one run",
    plan: { 2: [bid], 4: [{ replace: "bid", quantity: 12 }, { cancel: "bid" }] },
    rejected: [],
    orders: ["bid canceled canceled 0"],
  },
  {
    item: "a cancel and then a replace in one run",
    plan: { 2: [bid], 4: [{ cancel: "bid" }, { replace: "bid", quantity: 12 }] },
    rejected: ["cancel_pending bid 12"],
    orders: ["bid canceled canceled 0"],
  },
  {
    item: "two replaces in one run",
    plan: {
      2: [bid],
      4: [
        { replace: "bid", quantity: 12 },
        { replace: "bid", limitPrice: 91 },
      ],
    },
    rejected: ["replace_pending bid 0"],
    orders: ["bid accepted accepted 0"],
  },
  {
    item: "a replace to the other side, of a price that the type does not have, and of a child's quantity",
    plan: {
      2: [bid, buy("entry", 10, { limitPrice: 85, attach: { stop: { stopPrice: 70 } } })],
      4: [
        { replace: "bid", quantity: -5 },
        { replace: "bid", stopPrice: 80 },
        { replace: "entry.stop", quantity: -5 },
      ],
    },
    rejected: ["invalid_replace bid -5", "field_not_taken bid 0", "field_not_taken entry.stop -5"],
    orders: ["bid accepted accepted 0", "entry accepted accepted 0", "entry.stop accepted accepted 0"],
  },
  {
    item: "a replace that would trade at once, of a post-only order",
    plan: { 2: [buy("maker", 10, { limitPrice: 90, postOnly: true })], 4: [{ replace: "maker", limitPrice: 101 }] },
    rejected: [],
    orders: ["maker accepted would_take 0"],
  },
  {
    item: "a replace past a limit",
    plan: { 2: [bid], 4: [{ replace: "bid", quantity: 90 }] },
    more: { limits: { ...NO_LIMITS, maxNotional: "5000" } },
    rejected: ["max_notional_exceeded bid 90"],
    orders: ["bid accepted accepted 0"],
  },
  {
    item: "a replace and a cancel of a bracket's child whose sibling filled",
    plan: {
      2: [buy("entry", 10, { attach: { stop: { stopPrice: 90 }, target: { limitPrice: 105 } } })],
      6: [{ replace: "entry.stop", stopPrice: 95 }, { cancel: "entry.stop" }],
    },
    bars: [100, 100, 100, 100, "100 106 99 104", 104, 104, 104, 104, 104, 104, 104],
    rejected: ["unknown_order entry.stop 0", "unknown_order entry.stop 0"],
    orders: ["entry filled filled 10", "entry.stop canceled bracket 0", "entry.target filled filled -10"],
  },
  {
    item: "two orders of an OCO group that one bar reaches: one fills",
    plan: {
      2: [
        buy("high", -3, { limitPrice: 105, oco: "exit", reduceOnly: true }),
        buy("low", -3, { type: "stop", stopPrice: 95, oco: "exit", reduceOnly: true }),
      ],
      6: [buy("again", 3)],
    },
    bars: [100, 100, 100, 100, "100 106 94 100", 100, 100, 100, 100, 100, 100, 100],
    rejected: [],
    orders: ["high canceled oco 0", "low filled filled -3", "again filled filled 3"],
  },
  {
    item: "a reduce-only order for more than is held",
    plan: { 2: [buy("out", -50, { reduceOnly: true })], 4: [buy("again", 3)] },
    rejected: [],
    orders: ["out filled filled -3", "again filled filled 3"],
  },
  {
    item: "two reduce-only orders that are together more than is held",
    plan: {
      2: [buy("first", -2, { reduceOnly: true }), buy("second", -3, { reduceOnly: true })],
      4: [buy("again", 3)],
    },
    rejected: [],
    orders: ["first filled filled -2", "second canceled reduce_only -1", "again filled filled 3"],
  },
  {
    item: "the cancel of a bracket that has no fill yet",
    plan: {
      2: [buy("entry", 10, { limitPrice: 85, attach: { stop: { stopPrice: 70 }, target: { limitPrice: 120 } } })],
      4: [{ cancel: "entry" }],
    },
    rejected: [],
    orders: ["entry canceled canceled 0", "entry.stop canceled parent_ended 0", "entry.target canceled parent_ended 0"],
  },
  {
    item: "an order whose end has passed",
    plan: { 4: [buy("old", 1, { limitPrice: 90, timeInForce: "gtd", expiresAt: 1_700_000_000_000_000 as Moment })] },
    rejected: ["already_expired old 1"],
    orders: [],
  },
];

/** A session with what is held, and what the case asks for; it has ended. */
async function play({ plan, other = {}, over, more = {}, bars = FLAT }: Omit<Case, "item" | "rejected" | "orders">) {
  const plans: Record<string, Plan> = {
    one: (run) => (run === 1 ? HELD : (plan[run] ?? [])),
    other: (run) => other[run] ?? [],
  };
  const openBroker: SessionPorts["openBroker"] = (files, { broker: config, seed }, { symbols, barInterval }) =>
    wrapBroker(new PaperBroker({ path: files.broker, config, seed, symbols, barInterval }), over?.() ?? (() => ({})));
  const ports = { openHost: planHost(plans, new Map()), openBroker };
  const workspace = makeWorkspace();
  mkdirSync(join(workspace.path, "data"), { recursive: true });
  writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", bars));
  const session = await create(scriptedDesk(plans, more), { workspace, ports, length: minutes(9) });
  await finish(session);
  expect(session.failure).toBeNull();
  return { session, workspace, ports };
}

/** The rows that the views make of a session's journal. */
function shown({ folder }: LiveSession) {
  const rejections = new RejectionsProjection();
  const orders = new OrdersProjection(new Precisions(scriptedDesk({})));
  const flattens = new FlattensProjection();
  for (const entry of journalOf(folder)) {
    rejections.apply(entry);
    orders.apply(entry);
    flattens.apply(entry);
  }
  const rejected = [...rejections.rows.rows()];
  const placed = [...orders.orders.rows()].filter(({ clientOrderId }) => !["held", "rest"].includes(clientOrderId));
  return {
    flattens,
    rejected,
    causes: rejected.map(({ cause, clientOrderId, quantity }) => `${cause} ${clientOrderId} ${quantity}`),
    orders: placed.map(({ clientOrderId, state, reason, filled }) => `${clientOrderId} ${state} ${reason} ${filled}`),
  };
}

const heldBy = (session: LiveSession): string[] =>
  session.probe().ownerPositions.map(({ owner, symbol, quantity }) => `${owner} ${symbol} ${quantity}`);
const working = (session: LiveSession): string[] =>
  session
    .probe()
    .router.orders.map(
      ({ clientOrderId, quantity, limitPrice }) => `${clientOrderId} ${quantity}@${String(limitPrice)}`,
    );

describe("what cannot be done", () => {
  it.each(CASES)("$item has its code and its row, and leaves the rest", async ({ rejected, orders, ...given }) => {
    const { session } = await play(given);
    const rows = shown(session);
    expect(rows.causes).toEqual(rejected);
    expect(rows.orders).toEqual(orders);
    expect(rows.rejected.every(({ because: why, detail }) => why !== "" && detail !== "")).toBe(true);
    // Each row opens: its trail says what was asked and that it was refused.
    const entries = journalOf(session.folder);
    for (const { seq, clientOrderId } of rows.rejected) {
      const trail = await trailOf((from) => entries.filter((entry) => entry.seq >= from), { kind: "entry", seq }, turn);
      if (trail === null) expect.fail(`nothing is known of ${clientOrderId}`);
      expect(titleOf(trail, "none")).not.toBe("none");
      expect(stepsOf(trail).some(({ text }) => /refused/i.test(text))).toBe(true);
    }
    // A group of the archive knows a cause alone; it is as grave as each of its rows.
    for (const { cause, severity } of rows.rejected.filter(({ because: why }) => /^(?:Cancel|Replace) of /.test(why)))
      if (!Object.hasOwn(GUARDED, cause)) expect([cause, severityOf(cause)]).toEqual([cause, severity]);
    expect(working(session)).toContain("rest 1@80");
    expect(heldBy(session)).toContain("one ABC 3");
  });

  it("an order beyond 10,000 that work has its code and its row, and the 10,000 work on", async () => {
    const { orchestrator } = scriptedDesk({});
    const bids = Array.from({ length: 9_999 }, (_, index) => buy(`bid${index}`, 1, { limitPrice: 90 }));
    const more = { orchestrator: { ...orchestrator, rateLimitPerSec: 20_000, maxInflight: 20_000 } };
    const { session } = await play({ plan: { 2: bids, 3: [buy("last", 1, { limitPrice: 90 })] }, more });
    const { causes, rejected } = shown(session);
    expect(causes).toEqual(["working_orders_limit last 1"]);
    expect(rejected[0]).toMatchObject({ value: "10000", limit: "10000" });
    expect(session.probe().router.inflight).toBe(10_000);
    expect(heldBy(session)).toEqual(["one ABC 3"]);
  });
});

it("a cancel while the placement is unknown goes out behind a restart, once, when the venue has answered", async () => {
  let silent = true;
  const cancels: string[] = [];
  const over = () => (inner: BrokerAdapter) => ({
    placeOrder: async (order: Parameters<BrokerAdapter["placeOrder"]>[0]) => {
      const answer = await inner.placeOrder(order);
      return order.quantity === "10" ? SILENT : answer;
    },
    cancelOrder: (...given: Parameters<BrokerAdapter["cancelOrder"]>) => {
      cancels.push(given[0]);
      return inner.cancelOrder(...given);
    },
    orderByClientId: (id: string) =>
      silent ? Promise.resolve({ ok: false as const, reason: "timeout" }) : inner.orderByClientId(id),
  });
  const { session, workspace, ports } = await play({ plan: { 2: [bid], 4: [{ cancel: "bid" }] }, over });
  expect(shown(session).orders).toEqual(["bid pending_new accepted 0"]);
  expect(cancels).toEqual([]);
  silent = false;
  const open = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
  await finish(open);
  expect(shown(open).orders).toEqual(["bid canceled canceled 0"]);
  expect(cancels).toHaveLength(1);
  expect(heldBy(open)).toEqual(["one ABC 3"]);
});

describe("a flatten", () => {
  const everything = { scope: { kind: "all", name: "all" }, shutsGate: true, operator: "ann", note: "" } as const;

  /** Flattens a session that was opened again, at a venue that answers each placement so from then on. */
  async function flattened(answer: Answer) {
    let changed = false;
    const over = () => (inner: BrokerAdapter) => ({
      placeOrder: (order: Parameters<BrokerAdapter["placeOrder"]>[0]) =>
        changed ? Promise.resolve(answer) : inner.placeOrder(order),
      orderByClientId: (id: string) =>
        changed ? Promise.resolve({ ok: false as const, reason: "timeout" }) : inner.orderByClientId(id),
    });
    const { session, workspace, ports } = await play({ plan: {}, over });
    const open = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    changed = true;
    await open.flatten(everything);
    await finish(open);
    const rows = shown(open);
    const views = Object.values(rows.flattens.value(open.probe(), scriptedDesk({ one: () => [] })));
    return { open, rows, views };
  }

  it("that the venue refuses has its order in Rejections, and names the position that is left, and why", async () => {
    const { open, rows, views } = await flattened(REFUSED);
    expect(rows.causes).toEqual([expect.stringMatching(/^margin \S+ -3$/)]);
    expect(rows.orders).toEqual([expect.stringMatching(/ rejected margin 0$/)]);
    expect(views).toMatchObject([
      { ended: true, closed: 0, open: 1, left: [{ owner: "one", symbol: "ABC", quantity: "3", reason: "margin" }] },
    ]);
    expect(heldBy(open)).toEqual(["one ABC 3"]);
  });

  it.each([
    ["twice", false],
    ["twice, while the session is halted", true],
  ])("that is asked for %s closes each position once", async (_, halted) => {
    const { session, workspace, ports } = await play({ plan: {} });
    const open = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    if (halted) open.halt({ operator: "ann", note: "a bad minute" });
    await open.flatten(everything);
    await open.flatten(everything);
    await finish(open);
    const rows = shown(open);
    expect(rows.causes).toEqual([]);
    expect(rows.orders).toEqual([expect.stringMatching(/ filled filled -3$/)]);
    expect(heldBy(open)).toEqual([]);
    expect(working(open)).toEqual([]);
    const ends = journalOf(open.folder).filter((entry) => entry.kind === "flatten" && entry.event === "ended");
    expect(ends).toMatchObject([
      { flatten: "FLATTEN-1", closed: 1, left: [] },
      { flatten: "FLATTEN-2", closed: 0, left: [] },
    ]);
  });

  it("that is asked for again while its closing order works leaves that order alone", async () => {
    const { session, workspace, ports } = await play({ plan: {} });
    const first = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    await first.flatten(everything);
    await first.stop("operator");
    expect(working(first)).toEqual([expect.stringMatching(/ -3@null$/)]);
    const open = owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(12) }));
    await open.flatten(everything);
    await finish(open);
    const rows = shown(open);
    expect(rows.orders).toEqual([expect.stringMatching(/ filled filled -3$/)]);
    expect(heldBy(open)).toEqual([]);
    const ends = journalOf(open.folder).filter((entry) => entry.kind === "flatten" && entry.event === "ended");
    expect(ends.map((entry) => "left" in entry && entry.left)).toEqual([[], []]);
  });

  it("that the venue leaves unanswered has its one order in Orders, and is under way with what is open", async () => {
    const { open, rows, views } = await flattened(SILENT);
    expect(rows.causes).toEqual([]);
    expect(rows.orders).toEqual([expect.stringMatching(/ pending_new accepted 0$/)]);
    expect(views).toMatchObject([{ ended: false, open: 1, working: 1, sent: 1 }]);
    expect(heldBy(open)).toEqual(["one ABC 3"]);
  });
});
