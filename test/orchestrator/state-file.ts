/**
 * A state file with something in every field, and ways to break it.
 */
import { OrderRouter, writeRouterState } from "../../src/orchestrator/index.ts";

export const T = 1_704_101_580_000_000;

/** Two orders in flight, a settled one, a refused one, fills, drift of every stage, halted. */
export function busyRouter(): OrderRouter {
  const router = new OrderRouter({ rateLimitPerSec: 3, maxInflight: 4, retention: { maxAge: 3_600_000_000 } });
  const order = { symbol: "AAPL", quantity: 2, price: 10.5 };
  router.submit({ ...order, strategyId: "alpha", clientOrderId: "c1" }, T);
  router.submit(
    { ...order, strategyId: "alpha", clientOrderId: "c2", idempotencyKey: "k2", quantity: -1.5 },
    T + 1_000,
  );
  router.submit({ ...order, strategyId: "beta", clientOrderId: "c3", symbol: "MSFT", timestamp: T - 5 }, T + 2_000);
  router.submit({ ...order, strategyId: "alpha", clientOrderId: "c4" }, T + 3_000);
  router.submit({ ...order, strategyId: "alpha", clientOrderId: "c5" }, T + 4_000);
  const fill = { status: "filled", filledQty: 2, timestamp: T + 5_000, price: 10.5 };
  router.reconcile([
    { ...fill, orderId: "ROUTER-00000001", fillId: "f1" },
    { ...fill, orderId: "ROUTER-00000002", fillId: "f2", status: "partially_filled", filledQty: 0.5 },
    { ...fill, orderId: "VENUE-7", fillId: "f9" },
  ]);
  router.review("DRIFT-0001", { operator: "ann", note: "ours", action: "adopt", strategy: "alpha" }, T + 6_000);
  router.resume({ operator: "ann", note: "checked" }, T + 7_000);
  router.addDrift(
    "position_mismatch",
    { text: "AAPL differs", evidence: { ours: 2, theirs: "3", at: null } },
    T + 8_000,
  );
  return router;
}

export const busyText = (): string => writeRouterState(busyRouter().snapshot(), { session: "s1", journalPosition: 12 });

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const parsed = (text: string): { [key: string]: Json } => JSON.parse(text) as { [key: string]: Json };

/** The object or list at a path. */
export function at(value: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((inner, step) => (inner as { [key: string]: Json })[step] as Json, value);
}

/** The busy file with one value set, or taken away when it is undefined. */
export function changed(path: readonly (string | number)[], value: Json | undefined): string {
  const file = parsed(busyText());
  const holder = at(file, path.slice(0, -1)) as { [key: string]: Json };
  const last = path.at(-1) as string;
  if (value === undefined) delete holder[last];
  else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
  return JSON.stringify(file);
}
