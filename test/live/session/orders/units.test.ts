/**
 * A unit of orders as it is judged, over parts of which only those that matter are real: the router, and the switches.
 */
import { describe, expect, it } from "vitest";
import { previewUnit } from "../../../../src/live/session/orders/orders.ts";
import type { Core } from "../../../../src/live/session/state/parts.ts";
import { rateRefusal } from "../../../../src/live/session/state/rate-check.ts";
import { Switches } from "../../../../src/live/session/state/switches.ts";
import { OrderRouter } from "../../../../src/orchestrator/index.ts";
import { decimal } from "../../../../src/shared/decimal.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import { DAY, type Moment } from "../../../../src/shared/time.ts";
import type { QueuedOrder } from "../../../../src/store/journal/entries.ts";

const NOW = 1_767_623_400_000_000 as Moment;
const because = { text: "test", values: {} };
const RUN = { strategy: "one", run: 2, bar: null };

interface Scene {
  /** Orders of the strategy that work already. */
  readonly working?: number;
  readonly held?: number;
  readonly fx?: Readonly<Record<string, string>>;
  /** The rate of EUR, and how old its mark is; null: there is none yet. */
  readonly rate?: { readonly age: number } | null;
}

function coreOf({ working = 0, held = 0, fx, rate = null }: Scene) {
  const router = new OrderRouter({ rateLimitPerSec: 50, maxInflight: 50 });
  const model = {
    strategies: new Map(),
    switches: new Switches(),
    working: new Map(),
    open: { tentative: [], queues: new Map(), index: { ofStrategy: () => ({ size: working }) } },
  };
  const marks: Readonly<Record<string, { readonly at: number; readonly price: number } | undefined>> = {
    ABC: { at: NOW, price: 100 },
    EURUSD: rate === null ? undefined : { at: NOW - rate.age, price: 1.1 },
  };
  const core = {
    now: NOW,
    desk: fx === undefined ? {} : { fx },
    symbols: new Map([["ABC", { symbol: "ABC", currency: "EUR" }]]),
    router,
    model,
    market: { mark: (symbol: string) => marks[symbol] ?? null },
    books: {
      position: () => decimal(held),
      positions: () => new Map([["ABC", decimal(held)]]),
      rateSymbol: () => "EURUSD",
      rate: () => (rate === null ? null : decimal(1.1)),
    },
    risk: { check: () => ({ guards: [], refusal: null }) },
  };
  return { core: core as unknown as Core, router };
}

const asked = (quantity: number, more: Partial<OrderIntent> = {}, id = "a"): QueuedOrder => ({
  intent: { symbol: "ABC", quantity, because, ...more },
  clientOrderId: id,
});

const reasonOf = (scene: Scene, orders: readonly QueuedOrder[]): string | null =>
  previewUnit(coreOf(scene).core, RUN, orders, NOW).reason;

describe("a unit", () => {
  it("counts each of its orders once against the bound on working orders", () => {
    const three = ["a", "b", "c"].map((id) => asked(1, { basket: "x" }, id));
    expect(reasonOf({ working: 9_997 }, three)).toBeNull();
    expect(reasonOf({ working: 9_998 }, three)).toBe("basket_refused");
    expect(reasonOf({ working: 10_000 }, [asked(1)])).toBe("working_orders_limit");
  });
});

describe("a reduce-only order", () => {
  it.each([
    [-2, 0.5, null],
    [2, -0.5, null],
    [-2, -0.5, "nothing_to_reduce"],
    [2, 0.5, "nothing_to_reduce"],
    [0, 0.5, "nothing_to_reduce"],
  ])("with %d held: %d gives %s", (held, quantity, reason) => {
    expect(reasonOf({ held }, [asked(quantity, { reduceOnly: true })])).toBe(reason);
  });
});

describe("an order in another currency", () => {
  const fx = { EUR: "EURUSD" };

  it.each([
    ["without a rate is refused", { fx, rate: null }, 1, "no_rate"],
    ["with a rate of a week passes", { fx, rate: { age: 7 * DAY } }, 1, null],
    ["with an older one is refused", { fx, rate: { age: 7 * DAY + 1 } }, 1, "stale_rate"],
    ["with an older one passes where it only reduces", { fx, rate: { age: 8 * DAY }, held: 2 }, -2, null],
    ["that turns the position is refused then", { fx, rate: { age: 8 * DAY }, held: 2 }, -3, "stale_rate"],
    ["that adds to it is refused then", { fx, rate: { age: 8 * DAY }, held: 2 }, 1, "stale_rate"],
    ["on a desk of one currency needs no rate", { rate: null }, 1, null],
  ] as const)("%s", (_what, scene, quantity, reason) => {
    expect(reasonOf(scene, [asked(quantity)])).toBe(reason);
    expect(rateRefusal(coreOf(scene).core, "ABC", quantity, NOW)?.reason ?? null).toBe(reason);
  });

  it("under a key that the router knows is answered from memory, whatever became of the rate", () => {
    const { core, router } = coreOf({ fx, rate: null });
    expect(previewUnit(core, RUN, [asked(1)], NOW).reason).toBe("no_rate");
    const request = { strategyId: "one", symbol: "ABC", quantity: 1, price: 100, clientOrderId: "a" };
    expect(router.submit(request, NOW).accepted).toBe(true);
    expect(previewUnit(core, RUN, [asked(1)], NOW).reason).toBeNull();
  });
});
