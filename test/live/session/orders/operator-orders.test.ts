/**
 * A trader's commands on orders and positions: each is done on a session that is open and not running, which runs on afterwards.
 *
 * 1. What was asked is held against the journal, the venue's fills and the probe.
 */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openBroker, type OpenBroker } from "../../../../src/live/broker/index.ts";
import type { LiveSession } from "../../../../src/live/session/index.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import { createSession, reopenSession } from "../../../../src/live/session/index.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barsFile, planHost, scripted, scriptedDesk, type Plan } from "../scripted.ts";
import {
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  owned,
  wrapBroker,
} from "../stage.ts";

const because = { text: "test", values: {} };
const order = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  ...more,
});
const once =
  (...actions: OrderIntent[]): Plan =>
  (run) =>
    run === 2 ? actions : [];
const ALL = { kind: "all", name: "all" } as const;
const FLAT = Array.from({ length: 20 }, () => 100);
const WHO = { operator: "ann", note: "get out" };

/** The venue's database as one from before orders had owners. */
function forgetOwners(folder: string): void {
  const database = new Database(join(folder, "broker.db"));
  database.exec("UPDATE orders SET terms = NULL; DELETE FROM account");
  database.close();
}

/**
 * A session that ran for some minutes, stopped, and is open again without its loop; `act` is done, and then it runs on. `before`: at an
 * earlier start that ran for a minute.
 */
async function actAt(
  plans: Readonly<Record<string, Plan>>,
  act: (session: LiveSession) => Promise<unknown>,
  before: ((session: LiveSession) => Promise<unknown>) | null = null,
  meanwhile: (folder: string) => void = () => undefined,
): Promise<{ readonly folder: string; readonly session: LiveSession }> {
  const workspace = makeWorkspace();
  mkdirSync(join(workspace.path, "data"), { recursive: true });
  writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", FLAT));
  const ports = { openHost: planHost(plans, new Map()) };
  const desk = scriptedDesk(plans);
  const first = owned(await createSession({ workspace, desk, ports, length: minutes(6) }));
  await finish(first);
  if (before !== null) {
    const open = owned(await reopenSession({ workspace, id: first.id, ports, length: minutes(1) }));
    await before(open);
    await finish(open);
  }
  meanwhile(first.folder);
  const closed = owned(await reopenSession({ workspace, id: first.id, ports }));
  await act(closed);
  await closed.stop("operator");
  const session = owned(await reopenSession({ workspace, id: first.id, ports, length: minutes(8) }));
  await finish(session);
  expect(session.failure).toBeNull();
  return { folder: session.folder, session };
}

const fillsOf = (folder: string): string[] =>
  entriesOf(journalOf(folder), "fill").map(({ strategy, quantity }) => `${strategy ?? "?"} ${quantity}`);

describe("a flatten", () => {
  const plans = {
    long: once(order(10), order(5, { limitPrice: 90 })),
    short: once(order(-4)),
    flat: once(order(3, { limitPrice: 80 })),
  };

  it("closes a position at the moment at which a question finds its owner's other order canceled", async () => {
    const workspace = makeWorkspace();
    mkdirSync(join(workspace.path, "data"), { recursive: true });
    writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", FLAT));
    const long = { long: plans.long };
    const timers = new HandTimers();
    // The venue carries a cancel out when it is asked about it a second time; neither its answer nor its report of the end arrives.
    let questions = 0;
    const deaf: OpenBroker = (...given) =>
      wrapBroker(openBroker(...given), (inner) => ({
        cancelOrder: () => Promise.resolve({ outcome: "unknown", reason: "the answer was lost" }),
        orderByClientId: async (venueId) => {
          questions += 1;
          if (questions === 2) {
            await inner.cancelOrder(venueId, session.probe().now);
            inner.takeEvents(session.probe().now);
          }
          return inner.orderByClientId(venueId);
        },
      }));
    const ports = { ...handPorts(timers), openHost: planHost(long, new Map()), openBroker: deaf };
    const session = owned(await createSession({ workspace, desk: scriptedDesk(long), speed: 60, ports }));
    session.start();
    await timers.pass(7_100);
    await session.flatten({ scope: ALL, shutsGate: true, ...WHO });
    await timers.pass(5_000);
    const entries = [...session.entries(1)];
    const [closed] = entriesOf(entries, "closed");
    const closing = entriesOf(entries, "order").find(({ clientOrderId }) => clientOrderId === "FLATTEN-1.ABC");
    expect(closed).toMatchObject({ status: "canceled" });
    expect(closing).toMatchObject({ quantity: -10, accepted: true, at: closed?.at });
    await session.stop("operator");
  });

  it("of everything halts, cancels what works, and closes every owner's position", async () => {
    const { folder, session } = await actAt(plans, (open) => open.flatten({ scope: ALL, shutsGate: true, ...WHO }));
    const entries = journalOf(folder);
    expect(entriesOf(entries, "closed").map(({ status }) => status)).toEqual(["canceled", "canceled"]);
    expect(fillsOf(folder)).toEqual(["long 10", "short -4", "long -10", "short 4"]);
    const [, end] = entriesOf(entries, "flatten");
    expect(end).toMatchObject({ event: "ended", closed: 2, left: [], operator: "ann", note: "get out" });
    expect(session.probe()).toMatchObject({ ownerPositions: [], flattens: [] });
    expect(session.probe().router.halted).toBe(true);
  });

  it("of one strategy leaves the others as they are, and works while everything is halted", async () => {
    const { folder, session } = await actAt(plans, async (open) => {
      open.halt({ operator: "ann", note: "" });
      await open.flatten({ scope: { kind: "strategy", name: "long" }, shutsGate: true, ...WHO });
    });
    expect(fillsOf(folder)).toEqual(["long 10", "short -4", "long -10"]);
    expect(session.probe().ownerPositions).toMatchObject([{ owner: "short", symbol: "ABC", quantity: "-4" }]);
    expect(session.probe().haltedScopes.map(({ scope }) => scope.name)).toEqual(["long"]);
  });

  it("that only closes leaves the gate open", async () => {
    const { folder, session } = await actAt(plans, (open) =>
      open.flatten({ scope: { kind: "symbol", name: "ABC" }, owner: "short", shutsGate: false, ...WHO }),
    );
    expect(fillsOf(folder)).toEqual(["long 10", "short -4", "short 4"]);
    expect(session.probe().router.halted).toBe(false);
    expect(session.probe().haltedScopes).toEqual([]);
  });

  it("closes by reduce-only orders of the owners", async () => {
    const { folder } = await actAt(plans, (open) => open.flatten({ scope: ALL, shutsGate: true, ...WHO }));
    const closing = entriesOf(journalOf(folder), "order").filter(({ flatten }) => flatten !== undefined);
    expect(closing.map(({ strategy, quantity, reduceOnly }) => [strategy, quantity, reduceOnly])).toEqual([
      ["long", -10, true],
      ["short", 4, true],
    ]);
  });

  it("closes a position that came by adoption", async () => {
    const { folder, session } = await actAt(
      plans,
      async (open) => {
        open.review(open.probe().drift[0]?.item ?? "", { action: "adopt", strategy: "long", ...WHO });
        await open.flatten({ scope: ALL, shutsGate: true, ...WHO });
      },
      async (open) => open.injectUnknownFill({ symbol: "ABC", quantity: "7" }),
    );
    expect(fillsOf(folder).slice(-2)).toEqual(["long -17", "short 4"]);
    expect(session.probe().ownerPositions).toEqual([]);
  });

  it("closes what the venue does not know as the owner's by a second order", async () => {
    const { folder, session } = await actAt(
      plans,
      (open) => open.flatten({ scope: ALL, shutsGate: true, ...WHO }),
      null,
      forgetOwners,
    );
    const entries = journalOf(folder);
    const reduced = entriesOf(entries, "closed").filter(({ reason }) => reason === "reduce_only");
    expect(reduced).toHaveLength(2);
    expect(fillsOf(folder).slice(-2)).toEqual(["long -10", "short 4"]);
    expect(session.probe().ownerPositions).toEqual([]);
    expect(entriesOf(entries, "flatten").at(-1)).toMatchObject({ event: "ended", closed: 2, left: [] });
  });

  it("of what the desk does not have is refused", async () => {
    await actAt(plans, async (open) => {
      const scope = { kind: "group", name: "none" } as const;
      await expect(open.flatten({ scope, shutsGate: true, ...WHO })).rejects.toMatchObject({ code: "not_found" });
    });
  });
});

describe("a halt", () => {
  const plans = { one: once(order(10), order(5, { limitPrice: 90 })) };

  it.each([
    ["cancel", ["one 10"]],
    ["flatten", ["one 10", "one -10"]],
  ] as const)("that also does a %s does it in the same breath", async (also, fills) => {
    const { folder } = await actAt(plans, async (open) => open.halt({ ...WHO, also }));
    expect(fillsOf(folder)).toEqual(fills);
    expect(entriesOf(journalOf(folder), "closed").map(({ status }) => status)).toEqual(["canceled"]);
  });
});

describe("an operator", () => {
  const plans = {
    one: once(order(5, { limitPrice: 90, clientOrderId: "bid" })),
    two: once(order(5, { limitPrice: 91 })),
  };

  it("cancels by any id, once, and learns why not", async () => {
    await actAt(plans, async (open) => {
      await open.cancelOrder("bid", "ann");
      await expect(open.cancelOrder("bid", "ann")).rejects.toMatchObject({
        code: "wrong_state",
        detail: { reason: "cancel_pending" },
      });
      await expect(open.cancelOrder("none", "ann")).rejects.toMatchObject({ code: "not_found" });
      expect(await open.cancelOrders(ALL, "ann")).toEqual({ canceled: 1, refused: 0, unknown: 0 });
    });
  });

  it("replaces a price, which the journal has with the name", async () => {
    const { folder } = await actAt(plans, (open) =>
      open.replaceOrder({ replace: "ROUTER-00000001", limitPrice: 99 }, "ann"),
    );
    expect(entriesOf(journalOf(folder), "replace_request")).toMatchObject([
      { operator: "ann", change: { limitPrice: "99" } },
    ]);
    expect(entriesOf(journalOf(folder), "replace")).toMatchObject([{ outcome: { limitPrice: "99" } }]);
  });

  it("places an order as strategy manual, after a look at what the guards would say", async () => {
    const { folder, session } = await actAt({ one: () => [] }, async (open) => {
      expect(open.previewOrder({ symbol: "ABC", quantity: 3 })).toMatchObject({ passes: true, quantity: 3 });
      const outcome = await open.placeOrder({ symbol: "ABC", quantity: 3, note: "a try" }, "ann");
      expect(outcome).toMatchObject({ state: "accepted", orderId: "ROUTER-00000001" });
      await expect(open.placeOrder({ symbol: "ABC", quantity: 3, stopPrice: 1 }, "ann")).rejects.toMatchObject({
        code: "invalid_input",
      });
      await expect(open.placeOrder({ symbol: "XYZ", quantity: 3 }, "ann")).rejects.toMatchObject({ code: "not_found" });
    });
    expect(fillsOf(folder)).toEqual(["manual 3"]);
    expect(session.probe().ownerPositions).toMatchObject([{ owner: "manual", symbol: "ABC", quantity: "3" }]);
  });
});

describe("a scripted session", () => {
  it("opens again from its checkpoint with its orders as they were", async () => {
    const scene = await scripted(FLAT, {
      one: once(order(5, { limitPrice: 90 }), order(2, { stopPrice: 120, type: "stop" })),
    });
    await finish(scene.session);
    const before = scene.session.probe().router.orders;
    expect(before.map(({ type, state }) => [type, state])).toEqual([
      ["limit", "accepted"],
      ["stop", "accepted"],
    ]);
    const ports = { openHost: planHost({}, new Map()) };
    const again = owned(await reopenSession({ workspace: scene.workspace, id: scene.session.id, ports }));
    expect(again.probe().router.orders).toEqual(before);
  });
});
