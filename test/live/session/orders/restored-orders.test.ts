/**
 * Orders whose fills the journal has and whose end nobody told: they end, and none stays in flight for ever.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { decimal, plain } from "../../../../src/shared/decimal.ts";
import type { BrokerOrder } from "../../../../src/shared/ports.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, handPorts, HandTimers, journalOf, minutes, reopen } from "../stage.ts";
import { wrapBroker } from "../stage.ts";
import { Venue } from "../venue.ts";

const ADA = { operator: "ada", note: "back to the file from before" };

/** A venue that hears no marks while it is deaf, so that orders stay open. */
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

it("an order that the venue took in a smaller size, filled before anybody heard its answer, ends at the restart", async () => {
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
    // The process dies between sending and hearing.
    gone ??= crashCopy(session.folder);
    return null;
  };
  await timers.pass(8_000);
  const sent = entriesOf(journalOf(session.folder), "send");
  await Promise.all([session.stop("operator"), timers.pass(1_000)]);
  const copy = gone as ReturnType<typeof crashCopy> | null;
  if (copy === null) throw new Error("an order was placed by then");
  const [first] = venue.orders;
  if (first === undefined) throw new Error("an order was placed by then");
  const [venueId, resting] = first;
  expect(sent.map((entry) => entry.venueId)).toContain(venueId);
  const smaller = plain(decimal(resting.order.quantity).times("0.9"));
  for (const other of venue.orders.keys()) if (other !== venueId) venue.orders.delete(other);
  venue.execute(venueId, resting.order.symbol, smaller, "50", resting.order.at, false);
  const told: BrokerOrder = {
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
        id === venueId ? Promise.resolve({ ok: true, value: told }) : inner.orderByClientId(id),
    }));
  const again = await reopen(copy, session.id, { ports: { openBroker: lookup }, speed: "max", length: minutes(1) });
  await finish(again);
  const orders = again.probe().router.orders.map((order) => order.orderId);
  const orderId = sent.find((entry) => entry.venueId === venueId)?.orderId;
  expect(orders).not.toContain(orderId);
});
