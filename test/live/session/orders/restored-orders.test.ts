/**
 * Orders whose fills the journal has and whose end was never reported: they end, and none stays in flight for ever.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { decimal, plain } from "../../../../src/shared/decimal.ts";
import type { BrokerOrder } from "../../../../src/shared/ports.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import type { Moment } from "../../../../src/shared/time.ts";
import type { RunSnapshot } from "../../../../src/live/strategies/run-types.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { barsFile, planHost, scriptedDesk, type Plan } from "../scripted.ts";
import { deskOf } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  reopen,
} from "../stage.ts";
import { wrapBroker } from "../stage.ts";
import { Venue } from "../venue.ts";

const ADA = { operator: "ada", note: "back to the file from before" };

/** A venue that gets no marks while it is deaf, so that orders stay open. */
function deafVenue() {
  const state: { venue: Venue | null; deaf: boolean } = { venue: null, deaf: true };
  const openBroker: SessionPorts["openBroker"] = (_files, _desk, feed) => {
    state.venue ??= new Venue(feed.symbols);
    return wrapBroker(state.venue.connect(), (inner) => ({
      onMarketData: (events, at) => (state.deaf ? undefined : inner.onMarketData(events, at)),
    }));
  };
  return { state, openBroker };
}

function expectBooksAreTheVenues(session: LiveSession, venue: Venue | null): void {
  const held = Object.fromEntries(session.probe().positions.map(({ symbol, quantity }) => [symbol, quantity]));
  expect(held).toEqual(venue?.positions());
}

describe("a snapshot that is older than its orders' fills", () => {
  it.each(["wholly", "half"])("is restored, and orders that were %s filled since then end", async (how) => {
    const { state, openBroker } = deafVenue();
    const timers = new HandTimers();
    const ports = { ...handPorts(timers), openBroker };
    const session = await create(deskOf(), { speed: 60, length: minutes(20), ports });
    session.start();
    await timers.pass(6_000);
    session.halt(ADA);
    const text = readFileSync(join(session.folder, "router_state.json"), "utf8");
    const inflight = Object.keys((JSON.parse(text) as { inflight: object }).inflight);
    expect(inflight.length).toBeGreaterThan(0);
    session.resume(ADA);
    if (how === "wholly") state.deaf = false;
    else
      for (const [venueId, { order }] of state.venue?.orders ?? [])
        state.venue?.execute(venueId, order.symbol, plain(decimal(order.quantity).div(2)), "50", order.at);
    await timers.pass(4_000);
    const booked = session.probe().counts.fills;
    expect(booked).toBeGreaterThanOrEqual(inflight.length);
    await Promise.all([session.stop("operator"), timers.pass(1_000)]);

    state.deaf = false;
    const restore = { source: "router_state.json", text, ...ADA };
    const again = await reopen(crashCopy(session.folder), session.id, { ports: { openBroker }, speed: "max", restore });
    const known = again.probe().router.orders.map((order) => order.orderId);
    expect(known).toEqual(inflight);
    again.resume(ADA);
    expect(await finish(again)).toMatchObject({ failure: null, driftOpen: 0 });
    const working = again.probe().router.orders.map((order) => order.orderId);
    expect(working.filter((orderId) => inflight.includes(orderId))).toEqual([]);
    expectBooksAreTheVenues(again, state.venue);
  });
});

it("an order that the venue took in a smaller size, filled before its answer arrived, ends at the restart", async () => {
  const { state, openBroker } = deafVenue();
  const timers = new HandTimers();
  const session = await create(deskOf(), {
    speed: 60,
    length: minutes(20),
    ports: { ...handPorts(timers), openBroker },
  });
  session.start();
  await timers.pass(1_000);
  const venue = state.venue as Venue;
  let gone: ReturnType<typeof crashCopy> | null = null;
  venue.onPlace = () => {
    // The process dies between the command and its answer.
    gone ??= crashCopy(session.folder);
    return null;
  };
  await timers.pass(8_000);
  const sent = entriesOf(journalOf(session.folder), "send");
  await Promise.all([session.stop("operator"), timers.pass(1_000)]);
  const copy = gone as ReturnType<typeof crashCopy> | null;
  if (copy === null) throw new Error("no order was placed");
  const [first] = venue.orders;
  if (first === undefined) throw new Error("no order was placed");
  const [venueId, resting] = first;
  expect(sent.map((entry) => entry.venueId)).toContain(venueId);
  const smaller = plain(decimal(resting.order.quantity).times("0.9"));
  for (const other of venue.orders.keys()) if (other !== venueId) venue.orders.delete(other);
  venue.execute(venueId, resting.order.symbol, smaller, "50", resting.order.at, false);
  const answer: BrokerOrder = {
    venueId,
    symbol: resting.order.symbol,
    quantity: smaller,
    filled: smaller,
    limitPrice: null,
    status: "filled",
  };
  venue.orders.delete(venueId);
  const lookup: SessionPorts["openBroker"] = (...given) =>
    wrapBroker(openBroker(...given), (inner) => ({
      orderByClientId: (id) =>
        id === venueId ? Promise.resolve({ ok: true, value: answer }) : inner.orderByClientId(id),
    }));
  const again = await reopen(copy, session.id, { ports: { openBroker: lookup }, speed: "max", length: minutes(1) });
  await finish(again);
  const orders = again.probe().router.orders.map((order) => order.orderId);
  const orderId = sent.find((entry) => entry.venueId === venueId)?.orderId;
  expect(orders).not.toContain(orderId);
});

it("a snapshot has the terms of the orders that work, and a restore of it gives them back", async () => {
  const because = { text: "test", values: {} };
  const order = { symbol: "ABC", quantity: 1, because };
  const end = 1_800_000_000_000_000 as Moment;
  const asked: readonly OrderIntent[] = [
    { ...order, limitPrice: 90, timeInForce: "gtd", expiresAt: end, clientOrderId: "bid", oco: "in" },
    { ...order, type: "stop_limit", stopPrice: 110, limitPrice: 111, clientOrderId: "above", oco: "in" },
    { ...order, quantity: -1, type: "trailing_stop", trail: { percent: 20 }, clientOrderId: "trail" },
    { ...order, limitPrice: 80, postOnly: true, clientOrderId: "entry", attach: { stop: { stopPrice: 70 } } },
  ];
  const plan: Plan = (run) => (run === 2 ? asked : run === 12 ? [{ replace: "bid", limitPrice: 91 }] : []);
  const workspace = makeWorkspace();
  mkdirSync(join(workspace.path, "data"), { recursive: true });
  const bars = Array.from({ length: 40 }, () => 100);
  writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", bars));
  const runSnapshots = new Map<string, RunSnapshot[]>();
  const first = { openHost: planHost({ one: plan }, runSnapshots) };
  const session = await create(scriptedDesk({ one: plan }), { workspace, ports: first, length: minutes(20) });
  await finish(session);
  expect(session.failure).toBeNull();
  const before = runSnapshots.get("one")?.[9]?.openOrders ?? [];
  expect(before.map(({ clientOrderId, type }) => `${clientOrderId} ${type}`)).toEqual([
    "bid limit",
    "above stop_limit",
    "trail trailing_stop",
    "entry limit",
    "entry.stop stop",
  ]);
  const text = readFileSync(join(session.folder, "router_state.json"), "utf8");
  const { logos_console: beyond } = JSON.parse(text) as { logos_console: { orders: object } };
  expect(Object.values(beyond.orders)).toMatchObject([
    { limit_price: 91, time_in_force: "gtd", expires_at: "2027-01-15T08:00:00+00:00", oco: "in" },
    { type: "stop_limit", stop_price: 110, limit_price: 111, oco: "in" },
    { type: "trailing_stop", trail: { percent: 20 }, stop_price: 80 },
    { limit_price: 80, post_only: true },
    { type: "stop", stop_price: 70, parent: "ROUTER-00000004", role: "stop" },
  ]);
  const { checks } = await verifySession(workspace, session.id);
  expect(checks.filter(({ state }) => state === "failed")).toEqual([]);

  const again: RunSnapshot[] = [];
  const later: Plan = (run, snapshot) => {
    again.push(snapshot);
    return run === 23
      ? [
          { replace: "bid", limitPrice: 92 },
          { replace: "above", stopPrice: 112 },
        ]
      : [];
  };
  const restore = { source: "router_state.json", text, ...ADA };
  const ports = { openHost: planHost({ one: later }, new Map()) };
  const open = await reopen(workspace, session.id, { ports, speed: "max", length: minutes(10), restore });
  await finish(open);
  expect(open.failure).toBeNull();
  const known = again.find(({ openOrders }) => openOrders.length > 0)?.openOrders ?? [];
  expect(known.map(({ type, limitPrice, stopPrice, trail }) => ({ type, limitPrice, stopPrice, trail }))).toEqual(
    before.map(({ clientOrderId, type, limitPrice, stopPrice, trail }) => ({
      type,
      limitPrice: clientOrderId === "bid" ? 91 : limitPrice,
      stopPrice,
      trail,
    })),
  );
  expect(entriesOf(journalOf(open.folder), "replace_request").map(({ reason }) => reason)).toEqual([
    "requested",
    "requested",
    "requested",
  ]);
});
