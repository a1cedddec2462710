/** The paper venue: fills by the rules, one order an id, and every fault. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minimumRefusal } from "../../../src/live/broker/fill-rules.ts";
import { decimal, roundDownToStep, type Decimal } from "../../../src/shared/decimal.ts";
import type { FeedEvent } from "../../../src/shared/market.ts";
import type { CommandOutcome } from "../../../src/shared/ports.ts";
import { duration, moment, SECOND } from "../../../src/shared/time.ts";
import { metaOf } from "../strategies/scene.ts";
import { linesOf, T, Venue, value } from "./venue.ts";

const tooSmall = (measure: "quantity" | "notional", value: string, limit: string, from: string): CommandOutcome => ({
  outcome: "refused",
  reason: "min_requirements",
  figures: { measure, value, limit, from },
});

describe("a fill", () => {
  it("of a market order is at the next mark, against it by the slippage, with its fee", async () => {
    const venue = new Venue({ slippageBps: 10, feeBps: 2 });
    venue.mark(0, 99);
    expect(await venue.place("a", "10")).toEqual({ outcome: "accepted", quantity: "10", limitPrice: null });
    expect(await venue.place("b", "-10")).toMatchObject({ outcome: "accepted" });
    expect(venue.broker.takeEvents(T(100))).toEqual([]);
    // A mark of the moment at which the order came is not its next one.
    expect(venue.mark(0, 98)).toEqual([]);
    expect(linesOf(venue.mark(1, 100))).toEqual(["10 @ 100.1", "-10 @ 99.9"]);
    const { fills, account, positions } = await venue.all();
    expect(fills).toMatchObject([
      { cursor: 1, venueId: "a", fee: "0.2002", at: T(1) },
      { cursor: 2, venueId: "b", fee: "0.1998", at: T(1) },
    ]);
    expect(positions).toEqual({});
    expect(account).toEqual({ currency: "USD", cash: "999997.6", equity: "999997.6" });
  });

  it("of a market order pays half the mark's spread, and the slippage from there; a limit order does not", async () => {
    const quoted = (venue: Venue, seconds: number, price: number, spread: string): string[] => {
      const mark = { symbol: "AAA", at: T(seconds), price, volume: 0, spread };
      venue.broker.onMarketData([{ kind: "mark", mark }], T(seconds));
      return linesOf(venue.broker.takeEvents(T(seconds)));
    };
    for (const [slippageBps, expected] of [
      [0, ["10 @ 100.01", "-10 @ 99.98", "10 @ 100"]],
      [10, ["10 @ 100.11", "-10 @ 99.88", "10 @ 100.09"]],
    ] as const) {
      const venue = new Venue({ slippageBps });
      await venue.place("a", "10");
      await venue.place("b", "-10");
      await venue.place("c", "10", "100.2");
      // A bid of 99.98 and an ask of 100.01.
      expect(quoted(venue, 1, 99.995, "0.03")).toEqual(expected);
    }
    const wide = new Venue({ slippageBps: 1_000 });
    await wide.place("a", "-10");
    expect(quoted(wide, 1, 10, "30")).toEqual(["-10 @ 0.01"]);
  });

  it.each([
    // limit, mark, slippage, fill
    ["10", "100", 100.01, 0, null],
    ["10", "100", 100, 0, "10 @ 100"],
    ["10", "100", 99.5, 0, "10 @ 99.5"],
    ["10", "100", 99.95, 10, "10 @ 100"],
    ["10", "100", 100, 10, "10 @ 100"],
    ["-10", "100", 99.99, 0, null],
    ["-10", "100", 100, 10, "-10 @ 100"],
    ["-10", "100", 101, 10, "-10 @ 100.9"],
    ["-10", "100", 100.05, 10, "-10 @ 100"],
  ])("of %s limited to %s at a mark of %d with %d bps is %s", async (quantity, limit, mark, slippageBps, fill) => {
    const venue = new Venue({ slippageBps });
    await venue.place("a", quantity, limit);
    expect(linesOf(venue.mark(1, mark))).toEqual(fill === null ? [] : [fill]);
  });

  it.each([
    [100.005, "100"],
    [100.015, "100.02"],
    [100.025, "100.02"],
    [100.0251, "100.03"],
  ])("at %d is rounded half to even: %s", async (mark, price) => {
    const venue = new Venue();
    await venue.place("a", "1");
    expect(linesOf(venue.mark(1, mark))).toEqual([`1 @ ${price}`]);
  });

  it("never is worse than the limit that was asked for, whatever the precision", () => {
    const cents = fc.integer({ min: 9_000, max: 11_000 });
    return fc.assert(
      fc.asyncProperty(
        cents,
        fc.integer({ min: 90_000, max: 110_000 }),
        fc.integer({ min: 0, max: 40 }),
        fc.boolean(),
        async (mark, limit, slippageBps, buys) => {
          const venue = new Venue({ slippageBps });
          const text = (limit / 1_000).toFixed(3);
          await venue.place("a", buys ? "1" : "-1", text);
          venue.mark(1, mark / 100);
          const { fills } = await venue.all();
          const reached = buys ? mark / 100 <= limit / 1_000 : mark / 100 >= limit / 1_000;
          // A mark between the limit as asked and as rounded is not reached; one at or through both is.
          if (!reached) expect(fills).toEqual([]);
          for (const fill of fills)
            expect(buys ? Number(fill.price) <= Number(text) : Number(fill.price) >= Number(text)).toBe(true);
          venue.broker.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is reported after its latency", async () => {
    const venue = new Venue({ latency: duration(2 * SECOND) });
    await venue.place("a", "1");
    expect(venue.mark(1, 100)).toEqual([]);
    expect(venue.broker.nextEventAt()).toBe(T(3));
    expect(venue.broker.takeEvents(moment(T(3) - 1))).toEqual([]);
    expect(linesOf(venue.broker.takeEvents(T(3)))).toEqual(["1 @ 100"]);
    expect(venue.broker.nextEventAt()).toBeNull();
  });

  it("takes at most its share of a mark's volume, by whole lots, until the order is done", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await venue.place("a", "-25");
    expect(linesOf(venue.mark(1, 100, 109))).toEqual(["-10 @ 100"]);
    expect(linesOf(venue.mark(2, 101, 9))).toEqual([]);
    expect(linesOf(venue.mark(3, 102, 100))).toEqual(["-10 @ 102"]);
    expect(value(await venue.broker.orderByClientId("a"))).toMatchObject({ status: "open", filled: "-20" });
    expect(linesOf(venue.mark(4, 103, 10_000))).toEqual(["-5 @ 103"]);
    expect(value(await venue.broker.orderByClientId("a"))).toMatchObject({ status: "filled", filled: "-25" });
    expect(linesOf(venue.mark(5, 104, 10_000))).toEqual([]);
  });

  it("comes from bars as from marks, and never from a price of 0", async () => {
    const venue = new Venue();
    await venue.place("a", "1");
    const bar = { symbol: "AAA", at: T(1), open: 1, high: 200, low: 1, close: 150, volume: 5 };
    const events: FeedEvent[] = [
      { kind: "mark", mark: { symbol: "AAA", at: T(1), price: 0, volume: 1 } },
      { kind: "bar", bar },
    ];
    venue.broker.onMarketData(events, T(1));
    expect(linesOf(venue.broker.takeEvents(T(1)))).toEqual(["1 @ 150"]);
  });

  it("is of its own symbol alone", async () => {
    const venue = new Venue();
    await venue.place("a", "1");
    expect(venue.mark(1, 100, 0, "BBB")).toEqual([]);
  });
});

describe("an order", () => {
  it.each([
    ["0.9", null, tooSmall("quantity", "0.9", "1", "1")],
    ["-0.9", "100", tooSmall("quantity", "0.9", "1", "1")],
    ["0.9", "10", tooSmall("quantity", "0.9", "1", "5")],
    ["1", "49.99", tooSmall("notional", "49.99", "50", "2")],
    ["-3.7", "16.66", tooSmall("notional", "49.98", "50", "4")],
    ["1", "50", null],
    ["1.99", null, null],
  ])("of %s at %s: %s", async (quantity, limit, refusal) => {
    const outcome = await new Venue().place("a", quantity, limit);
    expect(outcome).toEqual(refusal ?? { outcome: "accepted", quantity: "1", limitPrice: limit });
  });

  it("that is refused as too small would have passed from the size that it names, and from none below", () => {
    const decimals = fc.integer({ min: 1, max: 400 }).map((size) => String(size / 20));
    return fc.assert(
      fc.asyncProperty(decimals, decimals, decimals, decimals, async (lotSize, minQuantity, quantity, limit) => {
        const meta = metaOf("AAA", { lotSize, minQuantity, minNotional: "50" });
        const refusedAt = (size: string | Decimal) => {
          const asked = decimal(size);
          return minimumRefusal(roundDownToStep(asked, decimal(lotSize)), asked, decimal(limit), meta);
        };
        const figures = refusedAt(quantity)?.figures;
        if (figures === undefined) return;
        expect(refusedAt(figures.from)).toBeNull();
        expect(refusedAt(`-${figures.from}`)).toBeNull();
        expect(refusedAt(decimal(figures.from).minus("0.01"))).not.toBeNull();
        expect(decimal(figures.value).lt(figures.limit)).toBe(true);
      }),
    );
  });

  it("without a limit is held against the newest mark", async () => {
    const venue = new Venue();
    expect(await venue.place("a", "1")).toMatchObject({ outcome: "accepted" });
    venue.mark(1, 49);
    expect(await venue.place("b", "1")).toEqual(tooSmall("notional", "49", "50", "2"));
    expect(await venue.place("c", "-2")).toMatchObject({ outcome: "accepted" });
  });

  it("is cut to the lot toward zero, and its limit rounded in its favour", async () => {
    const venue = new Venue();
    expect(await venue.place("a", "0.0129", "100.00019", "BBB")).toEqual({
      outcome: "accepted",
      quantity: "0.012",
      limitPrice: "100.0001",
    });
    expect(await venue.place("b", "-0.0129", "100.00011", "BBB")).toEqual({
      outcome: "accepted",
      quantity: "-0.012",
      limitPrice: "100.0002",
    });
  });

  it("of an unknown symbol is refused", async () => {
    expect(await new Venue().place("a", "1", null, "ZZZ")).toEqual({ outcome: "refused", reason: "unknown_symbol" });
  });

  it("placed twice is one, in one turn, later, after its fill, and after a restart", async () => {
    const venue = new Venue();
    const [first, second] = await Promise.all([venue.place("a", "5"), venue.place("a", "5")]);
    expect([first, second]).toEqual([first, first]);
    expect(await venue.place("a", "99")).toEqual(first);
    venue.mark(1, 100);
    venue.restart();
    expect(await venue.place("a", "5", null, "AAA", 2)).toEqual(first);
    expect(linesOf(venue.mark(3, 100))).toEqual([]);
    expect(await venue.all()).toMatchObject({ open: [], positions: { AAA: "5" }, fills: [{ venueId: "a" }] });
  });

  it("refused stays refused when it is placed again", async () => {
    const venue = new Venue();
    const refused = tooSmall("quantity", "0.5", "1", "1");
    expect([await venue.place("a", "0.5"), await venue.place("a", "10")]).toEqual([refused, refused]);
    venue.restart();
    expect(await venue.place("a", "10")).toEqual(refused);
    expect(value(await venue.broker.orderByClientId("a"))).toMatchObject({ status: "rejected" });
  });

  it("is canceled once, reports it, and fills no more", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await venue.place("a", "10");
    venue.mark(1, 100, 30);
    expect(await venue.broker.cancelOrder("a", T(2))).toEqual({
      outcome: "accepted",
      quantity: "10",
      limitPrice: null,
    });
    expect(venue.broker.takeEvents(T(2))).toEqual([
      { kind: "closed", venueId: "a", status: "canceled", reason: "canceled", at: T(2) },
    ]);
    expect(await venue.broker.cancelOrder("a", T(3))).toEqual({ outcome: "refused", reason: "order_canceled" });
    expect(await venue.broker.cancelOrder("x", T(3))).toEqual({ outcome: "refused", reason: "no_such_order" });
    venue.restart();
    expect(venue.mark(4, 100, 1_000)).toEqual([]);
    expect(await venue.all()).toMatchObject({ open: [], positions: { AAA: "3" } });
  });

  it("is replaced while it rests, within what is filled and what the venue takes", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await venue.place("a", "10", "100");
    expect(linesOf(venue.mark(1, 100, 40))).toEqual(["4 @ 100"]);
    const replace = (quantity: string, limitPrice: string) =>
      venue.broker.replaceOrder("a", { quantity, limitPrice }, T(2));
    for (const quantity of ["4", "3.5", "-10"])
      expect(await replace(quantity, "100")).toEqual({ outcome: "refused", reason: "below_filled_quantity" });
    expect(await replace("5", "1")).toEqual(tooSmall("notional", "5", "50", "50"));
    expect(await replace("6.9", "101.019")).toEqual({ outcome: "accepted", quantity: "6", limitPrice: "101.01" });
    expect(linesOf(venue.mark(3, 101, 1_000))).toEqual(["2 @ 101"]);
    expect(await replace("9", "101")).toEqual({ outcome: "refused", reason: "order_filled" });
    expect(await venue.broker.replaceOrder("x", { quantity: "1" }, T(2))).toEqual({
      outcome: "refused",
      reason: "no_such_order",
    });
  });
});

describe("a fault", () => {
  it("reject: refused, for good", async () => {
    const venue = new Venue({ faults: { reject: 1 } });
    expect(await venue.place("a", "1")).toEqual({ outcome: "refused", reason: "injected_reject" });
    expect(venue.mark(1, 100)).toEqual([]);
  });

  it("dropAck: the answer is unknown, the order is live, and asking finds it", async () => {
    const venue = new Venue({ faults: { dropAck: 1 } });
    expect(await venue.place("a", "1")).toMatchObject({ outcome: "unknown" });
    expect(value(await venue.broker.orderByClientId("a"))).toMatchObject({ status: "open", quantity: "1" });
    expect(await venue.place("a", "1")).toMatchObject({ outcome: "unknown" });
    expect(linesOf(venue.mark(1, 100))).toEqual(["1 @ 100"]);
    expect(value(await venue.broker.orderByClientId("none"))).toBeNull();
  });

  it("duplicateFill: reported twice with one id, booked once", async () => {
    const venue = new Venue({ faults: { duplicateFill: 1 } });
    await venue.place("a", "1");
    const [first, second] = venue.mark(1, 100);
    expect(first).toEqual(second);
    expect(await venue.all()).toMatchObject({ positions: { AAA: "1" }, fills: [{ cursor: 1 }] });
  });

  it("delayFill: reported half a minute late, at the price and time of its mark", async () => {
    const venue = new Venue({ faults: { delayFill: 1 } });
    await venue.place("a", "1");
    expect(venue.mark(1, 100)).toEqual([]);
    expect(venue.mark(30, 200)).toEqual([]);
    expect(venue.broker.takeEvents(T(31))).toMatchObject([{ fill: { price: "100", at: T(1) } }]);
  });

  it("unknownFill: a fill that no order explains stands beside the order's own", async () => {
    const venue = new Venue({ faults: { unknownFill: 1 } });
    await venue.place("a", "2");
    const events = venue.mark(1, 100);
    expect(linesOf(events)).toEqual(["2 @ 100", "2 @ 100"]);
    const { fills, positions } = await venue.all();
    expect(positions).toEqual({ AAA: "4" });
    expect(fills[0]?.venueId).toBe("a");
    expect(value(await venue.broker.orderByClientId(String(fills[1]?.venueId)))).toBeNull();
  });

  it("by hand: an unknown fill at the newest mark", async () => {
    const venue = new Venue();
    venue.mark(1, 123);
    venue.broker.injectUnknownFill({ symbol: "AAA", quantity: "-3" }, T(2));
    expect(linesOf(venue.broker.takeEvents(T(2)))).toEqual(["-3 @ 123"]);
    venue.restart();
    expect((await venue.all()).positions).toEqual({ AAA: "-3" });
  });

  it("is drawn from the seed and the order's number: equal runs see equal ones, also over a restart", async () => {
    const faults = { reject: 0.3, dropAck: 0.3, duplicateFill: 0.3, unknownFill: 0.2 };
    const run = async (seed: string, restarts: boolean): Promise<unknown> => {
      const venue = new Venue({ faults }, seed);
      const seen: unknown[] = [];
      for (let number = 1; number <= 20; number += 1) {
        seen.push(await venue.place(`o${number}`, "1", null, "AAA", number));
        if (restarts && number % 6 === 0) venue.restart();
        seen.push(venue.mark(number + 0.5, 100 + number));
      }
      return [seen, await venue.all()];
    };
    const once = await run("7", false);
    expect(await run("7", true)).toEqual(once);
    expect(await run("8", false)).not.toEqual(once);
  });
});
