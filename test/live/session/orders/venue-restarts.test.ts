/** What a venue outside of the session holds at a restart, and what it must not do. */
import { describe, expect, it } from "vitest";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { decimal } from "../../../../src/shared/decimal.ts";
import type { BrokerAdapter } from "../../../../src/shared/ports.ts";
import type { Moment } from "../../../../src/shared/time.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, finish, minutes, reopen, wrapBroker } from "../stage.ts";
import { ADA, outside, expectBooksAreTheVenues } from "./outside.ts";

describe("what the venue holds at a restart", () => {
  async function stopped() {
    const out = outside();
    const session = await create(deskOf(), { ports: out.ports, length: minutes(10) });
    const summary = await finish(session);
    expect(summary.fills).toBeGreaterThan(2);
    return { out, workspace: crashCopy(session.folder), id: session.id, now: summary.stoppedAt };
  }

  it("becomes drift where it differs from the books, with both numbers, and waits for a review", async () => {
    const { out, workspace, id, now } = await stopped();
    const before = out.venue.positions()["AAA"] ?? "0";
    // The venue's position moved by something that it does not report as a fill.
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), () => ({
          positions: () =>
            Promise.resolve({ ok: true, value: { ...out.venue.positions(), AAA: String(Number(before) + 5) } }),
        })),
    };
    const again = await reopen(workspace, id, { ports, length: minutes(2) });
    expect(again.probe().drift).toMatchObject([
      { drift: "position_mismatch", evidence: { symbol: "AAA", ours: before, quantity: "5" }, review: null },
    ]);
    expect(again.probe().router.halted).toBe(true);
    again.review(again.probe().drift[0]?.item ?? "", { action: "adopt", ...ADA });
    const held = again.probe().positions.find((position) => position.symbol === "AAA")?.quantity;
    expect(
      decimal(held ?? "0")
        .minus(before)
        .toNumber(),
    ).toBe(5);
    again.resume(ADA);
    expect((await finish(again)).failure).toBeNull();
    void now;
  });

  it("is one item of drift while it waits, however often it is opened", async () => {
    const { out, workspace, id } = await stopped();
    const before = Number(out.venue.positions()["AAA"] ?? "0");
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given) =>
        wrapBroker(out.ports.openBroker(...given), () => ({
          positions: () => Promise.resolve({ ok: true, value: { ...out.venue.positions(), AAA: String(before + 5) } }),
        })),
    };
    for (let time = 0; time < 3; time += 1) {
      const again = await reopen(workspace, id, { ports });
      expect(again.probe().drift).toMatchObject([{ drift: "position_mismatch", evidence: { symbol: "AAA" } }]);
      await again.stop("operator");
    }
  });

  it("is booked where it is a fill of one of our orders that the journal lacks", async () => {
    const { out, workspace, id } = await stopped();
    const copy = await reopen(workspace, id, { ports: out.ports });
    const booked = copy.probe().counts.fills;
    await copy.stop("operator");
    const open = [...out.venue.orders.entries()].find(([, resting]) => resting.status === "open");
    if (open === undefined) {
      // Everything filled: then nothing may be booked a second time.
      const again = await reopen(workspace, id, { ports: out.ports });
      expect(again.probe().counts.fills).toBe(booked);
      return;
    }
    const [venueId, { order }] = open;
    out.venue.execute(venueId, order.symbol, order.quantity, "50", 1 as Moment, false);
    const again = await reopen(workspace, id, { ports: out.ports });
    expect(again.probe().counts.fills).toBe(booked + 1);
    expect(again.probe().drift).toEqual([]);
  });

  it("is quarantined and halts where it has no order, once, however often it is opened", async () => {
    const { out, workspace, id, now } = await stopped();
    out.venue.execute("another-desk-1", "BBB", "4", "100", now, false);
    for (let time = 0; time < 3; time += 1) {
      const again = await reopen(workspace, id, { ports: out.ports });
      expect(again.probe().drift).toMatchObject([{ drift: "unknown_fill", evidence: { venueId: "another-desk-1" } }]);
      expect(again.probe().router.halted).toBe(true);
      await again.stop("operator");
    }
  });

  it("keeps the gate shut while it cannot be asked, for every resume", async () => {
    const { out, workspace, id } = await stopped();
    out.venue.offline = true;
    const placed = out.venue.placed.length;
    const again = await reopen(workspace, id, { ports: out.ports, length: minutes(5) });
    expect(again.probe().haltReasons).toMatchObject([{ source: "fault", code: "venue_unreachable" }]);
    expect(() => again.resume(ADA)).toThrow(/open the session again/);
    expect(await finish(again)).toMatchObject({ failure: null });
    expect(out.venue.placed.length).toBe(placed);
    out.venue.offline = false;
    const third = await reopen(workspace, id, { ports: out.ports, length: minutes(10) });
    third.resume(ADA);
    expect(await finish(third)).toMatchObject({ failure: null });
    expect(out.venue.placed.length).toBeGreaterThan(placed);
    expectBooksAreTheVenues(third.probe(), out.venue);
  });
});

describe("what a venue must not do", () => {
  it("fills more than was ordered: booked, because it happened, and halted for", async () => {
    const out = outside();
    let spoiled: string | null = null;
    const ports: Pick<SessionPorts, "openBroker"> = {
      openBroker: (...given): BrokerAdapter =>
        wrapBroker(out.ports.openBroker(...given), (inner) => ({
          placeOrder: async (order) => {
            const outcome = await inner.placeOrder(order);
            if (spoiled === null) {
              spoiled = order.venueId;
              const twice = decimal(order.quantity).times(2).toString();
              out.venue.execute(order.venueId, order.symbol, twice, "50", order.at);
            }
            return outcome;
          },
        })),
    };
    const session = await create(deskOf(), { ports });
    const summary = await finish(session);
    expect(summary.driftOpen).toBe(1);
    expect(session.probe().drift).toMatchObject([{ drift: "overfill" }]);
    expectBooksAreTheVenues(session.probe(), out.venue);
    const again = await reopen(crashCopy(session.folder), session.id, { ports: out.ports });
    expect(again.probe().drift).toMatchObject([{ drift: "overfill" }]);
    expect(again.probe().positions).toEqual(session.probe().positions);
  });
});
