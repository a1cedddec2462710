/**
 * Stream `router`: what is in flight, what each rate window leaves, and where the next order's number stands.
 *
 * 1. Everything but the rate refusals of each strategy is the probe's snapshot of one instant.
 * 2. An order that the broker has not confirmed is `pending_new`; once it has, `accepted`.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { Desk, Pace } from "../../shared/desk.ts";
import type { RouterView } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { Precisions } from "./precision.ts";
import { recordOf, stable } from "./table.ts";
import { trailText } from "./trail-text.ts";

export const INFLIGHT_ROWS_MAX = 2_000;

type Part = Omit<RouterView, "now">;

export class RouterProjection {
  readonly #precisions: Precisions;
  readonly #paces: ReadonlyMap<string, Pace>;
  readonly #limited = new Map<string, number>();
  #part: Part | undefined = undefined;

  constructor(desk: Pick<Desk, "strategies" | "orchestrator">, precisions: Precisions) {
    this.#precisions = precisions;
    const { pace = "refuse" } = desk.orchestrator;
    this.#paces = new Map(desk.strategies.map((strategy) => [strategy.name, strategy.pace ?? pace]));
  }

  apply(entry: JournalEntry): void {
    if (entry.kind !== "order" || entry.accepted || entry.replay || entry.reason !== "rate_limited") return;
    this.#limited.set(entry.strategy, (this.#limited.get(entry.strategy) ?? 0) + 1);
  }

  state(): [string, number][] {
    return [...this.#limited];
  }

  restore(limited: Iterable<readonly [string, number]>): void {
    for (const [strategy, count] of limited) this.#limited.set(strategy, count);
  }

  value(probe: SessionProbe): RouterView {
    const { router, snapshot } = probe;
    const waiting = Map.groupBy(router.queued, ({ strategy }) => strategy);
    const orders = router.orders.slice(0, INFLIGHT_ROWS_MAX);
    this.#part = stable(this.#part, {
      inflight: recordOf(
        orders,
        (order) => order.orderId,
        (order) => ({
          orderId: order.orderId,
          strategy: order.strategy,
          symbol: order.symbol,
          quantity: order.quantity,
          filled: Number(order.filled),
          price: order.price,
          clientOrderId: order.clientOrderId,
          type: order.type,
          limitPrice: order.limitPrice,
          stopPrice: order.stopPrice,
          trail: trailText(order.trail ?? undefined),
          timeInForce: order.timeInForce,
          expiresAt: order.expiresAt,
          postOnly: order.postOnly,
          reduceOnly: order.reduceOnly,
          parentId: order.parentId,
          state: order.state,
          inDoubt: order.inDoubt,
          at: order.at,
          ...this.#precisions.of(order.symbol),
        }),
      ),
      queued: recordOf(
        router.queued,
        ({ queue }) => queue,
        ({ orders: units, ...item }) => ({
          ...item,
          orders: units.map((unit) => ({
            ...unit,
            trail: trailText(unit.trail ?? undefined),
            ...this.#precisions.of(unit.symbol),
          })),
        }),
      ),
      inflightCount: router.inflight,
      maxInflight: router.maxInflight,
      oldestAt: orders[0]?.at ?? null,
      windows: recordOf(
        router.windows,
        (window) => window.strategy,
        ({ strategy, used, limit, freeAt }) => ({
          strategy,
          used,
          limit,
          freeAt,
          rejected: this.#limited.get(strategy) ?? 0,
          pace: this.#paces.get(strategy) ?? "refuse",
          queued: waiting.get(strategy)?.length ?? 0,
          queuedUntil: waiting.get(strategy)?.[0]?.until ?? null,
        }),
      ),
      rateLimitPerSec: router.rateLimitPerSec,
      nextOrderId: router.nextOrderId,
      accepted: router.accepted,
      refused: router.refused,
      rejected: router.rejected,
      replays: router.replays,
      conflicts: router.conflicts,
      keys: router.keys,
      halted: router.halted,
      snapshotAt: snapshot.at,
      snapshotEveryS: snapshot.every / 1e6,
      journalPosition: probe.journal.position,
    });
    return { ...this.#part, now: probe.now };
  }
}
