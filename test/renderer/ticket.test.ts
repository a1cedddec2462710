/** The order ticket: what a person writes makes an order that the session's own check takes, or a sentence says what is missing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { insideScope } from "../../src/renderer/actions/scopes.ts";
import { EMPTY_TICKET, ticketOf, type TicketFields } from "../../src/renderer/lib/ticket.ts";
import { ORDER_TYPES, orderFault, TIMES_IN_FORCE, type OrderType, type TimeInForce } from "../../src/shared/orders.ts";

const price = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toString());

const filled: fc.Arbitrary<TicketFields> = fc.record({
  symbol: fc.constantFrom("AAPL", " BTC-USD "),
  side: fc.constantFrom("buy", "sell"),
  quantity: price,
  type: fc.constantFrom(...(Object.keys(ORDER_TYPES) as OrderType[])),
  limitPrice: price,
  stopPrice: price,
  trail: price,
  trailIn: fc.constant("amount"),
  timeInForce: fc.constantFrom(...(Object.keys(TIMES_IN_FORCE) as TimeInForce[])),
  expires: fc.constant("2026-11-23T15:00"),
  postOnly: fc.constant(false),
  reduceOnly: fc.boolean(),
  note: fc.constantFrom("", " by phone "),
});

describe("a ticket", () => {
  it("that is filled in makes an order without a fault, signed by its side, with the prices of its type alone", () => {
    fc.assert(
      fc.property(filled, (fields) => {
        const made = ticketOf(fields);
        if ("missing" in made) throw new Error(made.missing);
        const { note: _note, ...order } = made.ticket;
        expect(orderFault(order)).toBeNull();
        expect(Math.sign(order.quantity)).toBe(fields.side === "buy" ? 1 : -1);
        expect(order.symbol).toBe(fields.symbol.trim());
      }),
      { seed: 16, numRuns: 300 },
    );
  });

  it("names what is missing, field by field", () => {
    const full = { ...EMPTY_TICKET, symbol: "AAPL", quantity: "10", limitPrice: "187.20" };
    const missing = (change: Partial<TicketFields>) => {
      const made = ticketOf({ ...full, ...change });
      return "missing" in made ? made.missing : null;
    };
    expect(missing({})).toBeNull();
    expect(missing({ symbol: " " })).toMatch(/symbol/);
    expect(missing({ quantity: "-3" })).toMatch(/quantity above 0/);
    expect(missing({ quantity: "ten" })).toMatch(/quantity/);
    expect(missing({ limitPrice: "" })).toMatch(/limit price/);
    expect(missing({ type: "stop" })).toMatch(/stop price/);
    expect(missing({ type: "trailing_stop" })).toMatch(/trail/);
    expect(missing({ timeInForce: "gtd" })).toMatch(/when it expires/);
  });

  it("takes a moment as UTC, in microseconds", () => {
    const fields = { ...EMPTY_TICKET, symbol: "AAPL", quantity: "1,000", limitPrice: "5", timeInForce: "gtd" } as const;
    const made = ticketOf({ ...fields, expires: "2026-11-23T15:00" });
    expect(made).toMatchObject({ ticket: { quantity: 1_000, expiresAt: Date.UTC(2026, 10, 23, 15) * 1_000 } });
  });
});

describe("a scope", () => {
  it("holds its strategies, or its symbol", () => {
    const groups = { fast: ["a", "b"], slow: ["c"] };
    const inside = (kind: "group" | "strategy" | "symbol", name: string) =>
      ["a", "b", "c", "manual"].filter((strategy) => insideScope(groups, { kind, name })({ strategy, symbol: "AAPL" }));
    expect(inside("group", "fast")).toEqual(["a", "b"]);
    expect(inside("strategy", "c")).toEqual(["c"]);
    expect(inside("symbol", "AAPL")).toEqual(["a", "b", "c", "manual"]);
    expect(inside("symbol", "MSFT")).toEqual([]);
    expect(insideScope(groups, { kind: "all", name: "all" })({ strategy: "manual", symbol: "X" })).toBe(true);
  });
});
