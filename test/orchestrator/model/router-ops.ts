/**
 * What can be done to a router, in any order: names from a small pool, so that keys meet, moments that step back, exactly one
 * second, and reports about orders that are, were and never were.
 */
import fc from "fast-check";
import type { OrderReport, OrderRequest } from "../../../src/orchestrator/index.ts";
import { HOSTILE } from "../hostile.ts";

export type Op =
  | { readonly kind: "submit"; readonly request: OrderRequest; readonly by: number }
  | { readonly kind: "malformed"; readonly request: OrderRequest; readonly field: string; readonly value: unknown }
  | { readonly kind: "reconcile"; readonly reports: readonly OrderReport[] }
  | { readonly kind: "halt"; readonly source: "operator" | "kill_switch" | "breaker" | "fault" }
  | { readonly kind: "drift"; readonly orderId: string | null }
  | { readonly kind: "review"; readonly item: number; readonly action: "adopt" | "dismiss" }
  | { readonly kind: "reviewAllAndResume" }
  | { readonly kind: "raise"; readonly to: number }
  | { readonly kind: "restore"; readonly way: "memory" | "copy" | "parts" | "value" | "text" }
  | { readonly kind: "crash" };

const names = (pool: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...pool, ...HOSTILE.slice(0, 3));
const anyName = (): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: names(["a", "b"]) }, fc.constantFrom(...HOSTILE));

const request = (): fc.Arbitrary<OrderRequest> =>
  fc.record({
    strategyId: anyName(),
    symbol: fc.oneof({ weight: 5, arbitrary: fc.constant("X") }, anyName()),
    quantity: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.constantFrom(-0.3, 2.5, -1)),
    price: fc.oneof({ weight: 3, arbitrary: fc.constant(10) }, fc.constantFrom(0, -0, 0.1)),
    clientOrderId: fc.oneof(
      fc.nat({ max: 30 }).map((number) => `c${number}`),
      anyName(),
    ),
    idempotencyKey: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(undefined, null) },
      fc.nat({ max: 12 }).map(String),
      anyName(),
    ),
    timestamp: fc.constantFrom(undefined, null, 0, 1_704_101_580_000_001),
  });

const report = (): fc.Arbitrary<OrderReport> =>
  fc.record({
    orderId: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.integer({ min: 1, max: 12 }).map((number) => `ROUTER-${String(number).padStart(8, "0")}`),
      },
      fc.constantFrom(
        "ROUTER-00000000",
        "ROUTER-1",
        "ROUTER-000000001",
        "router-00000001",
        "ROUTER-00000099",
        ...HOSTILE,
      ),
    ),
    status: fc.constantFrom(
      "filled",
      "FILLED",
      "Canceled",
      "rejected",
      "expired",
      "partially_filled",
      "Partially_Filled",
      "new",
      "İ",
    ),
    filledQty: fc.constantFrom(0.1, 0.2, 0.3, 1, -1, 0, 2.5),
    timestamp: fc.constantFrom(0, 1_704_101_580_000_000),
    fillId: fc.oneof(fc.constantFrom(undefined, null), fc.constantFrom("f1", "f2", "f3", "f4", "__proto__", "1")),
    price: fc.constantFrom(undefined, null, 10, 11),
  });

const wrong: readonly (readonly [string, unknown])[] = [
  ["strategyId", ""],
  ["strategyId", 7],
  ["symbol", ""],
  ["symbol", null],
  ["quantity", 0],
  ["quantity", -0],
  ["quantity", Number.NaN],
  ["quantity", "1"],
  ["price", -1],
  ["price", Number.POSITIVE_INFINITY],
  ["clientOrderId", ""],
  ["clientOrderId", undefined],
  ["idempotencyKey", ""],
  ["idempotencyKey", 0],
  ["timestamp", 0.5],
  ["timestamp", "2024"],
  ["symbol", "x".repeat(1_025)],
];

/** Mostly forward, in steps that meet the edges of a second. */
const step = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, 0, 1, 200_000, 999_999, 1_000_000, 1_000_001) },
    { weight: 1, arbitrary: fc.integer({ min: -2_000_000, max: 3_000_000 }) },
  );

export const ops = (): fc.Arbitrary<Op[]> =>
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ kind: fc.constant("submit" as const), request: request(), by: step() }) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(request(), fc.constantFrom(...wrong))
          .map(([good, [field, value]]) => ({ kind: "malformed" as const, request: good, field, value })),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("reconcile" as const),
          reports: fc.array(report(), { maxLength: 4 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("halt" as const),
          source: fc.constantFrom("operator" as const, "kill_switch" as const, "breaker" as const, "fault" as const),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("drift" as const),
          orderId: fc.constantFrom(null, "__proto__", "V-1"),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("review" as const),
          item: fc.integer({ min: 1, max: 6 }),
          action: fc.constantFrom("adopt" as const, "dismiss" as const),
        }),
      },
      { weight: 4, arbitrary: fc.constant({ kind: "reviewAllAndResume" as const }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("raise" as const), to: fc.integer({ min: 1, max: 20 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant("restore" as const),
          way: fc.constantFrom("memory" as const, "copy" as const, "parts" as const, "value" as const, "text" as const),
        }),
      },
      { weight: 2, arbitrary: fc.constant({ kind: "crash" as const }) },
    ),
    { maxLength: 70, size: "large" },
  );
