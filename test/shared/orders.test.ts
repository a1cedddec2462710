/** What an order may ask for: the table of types, by every combination of fields, and each fault by its name. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childTypeOf, orderFault, orderTypeOf, type OrderType } from "../../src/shared/orders.ts";

const order = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  symbol: "AAA",
  quantity: 1,
  ...fields,
});

/** The rules as a person would write them down once more: which prices each type has. */
const PRICES: Record<OrderType, readonly string[]> = {
  market: [],
  limit: ["limitPrice"],
  stop: ["stopPrice"],
  stop_limit: ["limitPrice", "stopPrice"],
  trailing_stop: ["trail"],
};

describe("an order's terms", () => {
  it("hold exactly what the type and the time in force take", () => {
    const values = { limitPrice: 10, stopPrice: 11, trail: { amount: 1 }, expiresAt: 5_000_000, postOnly: true };
    const types = [undefined, ...(Object.keys(PRICES) as OrderType[])];
    const times = [undefined, "gtc", "day", "gtd", "ioc", "fok"];
    const given = fc.subarray(Object.keys(values) as (keyof typeof values)[]);
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.constantFrom(...times), given, (type, timeInForce, fields) => {
        const asked = order(Object.fromEntries(fields.map((field) => [field, values[field]])));
        if (type !== undefined) asked["type"] = type;
        if (timeInForce !== undefined) asked["timeInForce"] = timeInForce;
        const real = type ?? (fields.includes("limitPrice") ? "limit" : "market");
        const prices = fields.filter((field) => field !== "expiresAt" && field !== "postOnly").toSorted();
        const ends = fields.includes("expiresAt");
        const immediate = timeInForce === "ioc" || timeInForce === "fok";
        const sound =
          JSON.stringify(prices) === JSON.stringify(PRICES[real]) &&
          (timeInForce === "gtd" ? ends : !ends || timeInForce === "day") &&
          (!fields.includes("postOnly") || (real === "limit" && !immediate));
        expect(orderFault(asked) === null).toBe(sound);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it.each<[Record<string, unknown>, string]>([
    [{ type: "stop" }, "stopPrice"],
    [{ type: "Stop", stopPrice: 1 }, "type"],
    [{ type: "stop", stopPrice: 1, limitPrice: 1 }, "limitPrice"],
    [{ stopPrice: 1 }, "stopPrice"],
    [{ stop_price: 1 }, "stop_price"],
    [{ toString: 1 }, "toString"],
    [{ limitPrice: "100" }, "limitPrice"],
    [{ limitPrice: Number.NaN }, "limitPrice"],
    [{ quantity: 0 }, "quantity"],
    [{ symbol: undefined }, "symbol"],
    [{ type: "trailing_stop", trail: { amount: 1, percent: 1 } }, "trail"],
    [{ type: "trailing_stop", trail: { percent: 100 } }, "trail"],
    [{ type: "trailing_stop", trail: 5 }, "trail"],
    [{ timeInForce: "gtd" }, "expiresAt"],
    [{ timeInForce: "ioc", expiresAt: 1 }, "expiresAt"],
    [{ timeInForce: "gtd", expiresAt: 1.5 }, "expiresAt"],
    [{ postOnly: true }, "postOnly"],
    [{ reduceOnly: 1 }, "reduceOnly"],
    [{ oco: "" }, "oco"],
    [{ attach: {} }, "attach"],
    [{ attach: [] }, "attach"],
    [{ attach: { stop: { stopPrice: 1 } }, reduceOnly: true }, "attach"],
    [{ attach: { profit: { limitPrice: 1 } } }, "attach.profit"],
    [{ attach: { stop: 5 } }, "attach.stop"],
    [{ attach: { stop: { quantity: 5, stopPrice: 1 } } }, "attach.stop.quantity"],
    [{ attach: { stop: { limitPrice: 5 } } }, "attach.stop.stopPrice"],
    [{ attach: { stop: { type: "limit", limitPrice: 5 } } }, "attach.stop.type"],
    [{ attach: { target: { type: "stop", stopPrice: 5 } } }, "attach.target.type"],
    [{ attach: { target: {} } }, "attach.target.limitPrice"],
    [{ attach: { target: { limitPrice: 5, postOnly: true } } }, "attach.target.postOnly"],
    [{ attach: { target: { limitPrice: 5, timeInForce: "ioc" } } }, "attach.target.timeInForce"],
  ])("name what is wrong: %j", (fields, field) => {
    expect(orderFault(order(fields))).toMatchObject({ field });
  });

  it.each([
    {},
    { limitPrice: 1, postOnly: true, reduceOnly: true, oco: "a", basket: "b", because: { text: "t", values: {} } },
    { type: "trailing_stop", trail: { percent: 2.5 }, timeInForce: "day", clientOrderId: "c", idempotencyKey: "k" },
    { attach: { stop: { stopPrice: 1 }, target: { limitPrice: 3, reduceOnly: true } } },
    { attach: { stop: { trail: { amount: 1 }, clientOrderId: "s" }, target: undefined } },
  ])("are sound: %j", (fields) => {
    expect(orderFault(order(fields))).toBeNull();
  });

  it("are refused where there is no order at all", () => {
    for (const value of [null, 5, "order", [order()]]) expect(orderFault(value)).toMatchObject({ field: "order" });
  });

  it("say the type where it is not named", () => {
    expect(orderTypeOf({})).toBe("market");
    expect(orderTypeOf({ limitPrice: 1 })).toBe("limit");
    expect(childTypeOf("stop", { stopPrice: 1 })).toBe("stop");
    expect(childTypeOf("stop", { stopPrice: 1, limitPrice: 1 })).toBe("stop_limit");
    expect(childTypeOf("stop", { trail: { amount: 1 } })).toBe("trailing_stop");
    expect(childTypeOf("target", { limitPrice: 1 })).toBe("limit");
  });
});
