/**
 * Pace: what becomes of an order whose rate window is full.
 *
 * 1. With `queue` it waits, journaled, in its strategy's queue, and goes out in order when the window frees; with `refuse` the router
 *    answers. A desk that says nothing, as one of an older version, refuses.
 * 2. A queue is part of the read model, so a restart finds it. What waits longer than `queueFor` expires.
 * 3. What leaves the queue is judged again: guards, switches and the router look at the moment in which it goes.
 */
import { later, MINUTE } from "../../../shared/time.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import type { Pace } from "../../../shared/desk.ts";
import type { ReplaceIntent } from "../../../shared/strategy.ts";
import type { QueuedOrder } from "../../../store/journal/entries.ts";
import type { QueueItem } from "../state/open-orders.ts";
import type { RunOf } from "./run-of.ts";
import type { Core } from "../state/parts.ts";

/** A strategy's pace and how long its orders may wait; an operator's orders follow the desk's. */
export function paceOf(core: Core, strategy: string): { readonly pace: Pace; readonly queueFor: Duration } {
  const config = core.model.strategies.get(strategy)?.config;
  const { pace, queueFor } = core.desk.orchestrator;
  const longest = Math.min(config?.cadence ?? MINUTE, MINUTE) as Duration;
  return { pace: config?.pace ?? pace ?? "refuse", queueFor: config?.queueFor ?? queueFor ?? longest };
}

/** Puts a unit or a replace behind what waits already. */
export function enqueue(
  core: Core,
  run: RunOf,
  what: { readonly orders: readonly QueuedOrder[]; readonly replace?: ReplaceIntent },
  freeAt: Moment | null,
  at: Moment,
): void {
  const { strategy, run: number, bar, operator = null } = run;
  const queue = `Q-${core.model.open.queueNumber + 1}`;
  const until = later(at, paceOf(core, strategy).queueFor);
  const item = { run: number, bar, until, freeAt, ...what };
  core.ledger.add({ kind: "queue", event: "added", queue, strategy, reason: "rate_limited", operator, item }, at);
}

/** The queue's id of an order that a strategy asks for again under the same key or id, or null. */
export function queuedTwin(core: Core, strategy: string, order: QueuedOrder): string | null {
  const key = order.intent.idempotencyKey ?? null;
  for (const item of core.model.open.queues.get(strategy) ?? [])
    for (const { intent, clientOrderId } of item.orders) {
      const other = intent.idempotencyKey ?? null;
      if (key === null ? other === null && clientOrderId === order.clientOrderId : key === other) return item.queue;
    }
  return null;
}

/** How many places of the rate window an item takes. */
function placesOf(core: Core, { orders }: QueueItem): number {
  const count = orders.reduce((sum, { intent }) => sum + 1 + Object.keys(intent.attach ?? {}).length, 0);
  return Math.min(Math.max(1, count), core.router.rateLimitPerSec);
}

/** When a queue's first item can go; null where it can go at once. */
const freeAtOf = (core: Core, item: QueueItem, at: Moment): Moment | null =>
  core.router.rateWindow(item.strategy, at, placesOf(core, item)).freeAt;

/** When something in a queue can go or expires next; null while nothing waits. */
export function nextInQueues(core: Core): Moment | null {
  if (core.model.open.queues.size === 0) return null;
  let next: Moment | null = null;
  for (const [first, ...rest] of core.model.open.queues.values()) {
    if (first === undefined) continue;
    const free = freeAtOf(core, first, core.now) ?? core.now;
    for (const at of [free, first.until, ...rest.map(({ until }) => until)]) if (next === null || at < next) next = at;
  }
  return next;
}

/**
 * Sends what may be sent now, each queue in its order, through `send`; what has waited too long expires. `send` decides on an item and
 * journals it, which takes it out of its queue.
 */
export function workQueues(core: Core, at: Moment, send: (item: QueueItem) => void): void {
  for (const strategy of core.model.open.queues.keys()) {
    for (;;) {
      const first = core.model.open.queues.get(strategy)?.[0];
      if (first === undefined || freeAtOf(core, first, at) !== null) break;
      send(first);
      // An item that is still there could not be decided on; it is looked at again in the next pass.
      if (core.model.open.queues.get(strategy)?.[0] === first) break;
    }
    for (const item of core.model.open.queues.get(strategy) ?? []) if (item.until <= at) expire(core, item, at);
  }
}

function expire(core: Core, item: QueueItem, at: Moment): void {
  const { queue, strategy, operator, run, bar, at: since, orders, replace } = item;
  const unsent = { run, bar, operator, since, orders, ...(replace === undefined ? {} : { replace }) };
  core.ledger.add(
    { kind: "queue", event: "expired", queue, strategy, reason: "queue_expired", operator: null, unsent },
    at,
  );
}
