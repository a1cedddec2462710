/**
 * What an event does to scheduler, router, risk, books and metrics: once, for live passes and for recoveries.
 *
 * 1. A live pass calls an effect and journals what it answers; a recovery calls the same effect with what the journal
 *    holds and compares. There is no second way in which these parts change.
 * 2. An effect reads no clock and calls nothing outside: its inputs are in its arguments and in the parts.
 */
import type { FinishedRun, MissedSlots, Reconciliation, SubmitOutcome } from "../../../orchestrator/index.ts";
import { decimal, plain } from "../../../shared/decimal.ts";
import { markOfBar, type FeedEvent } from "../../../shared/market.ts";
import { between, SECOND } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import type {
  ClosedEntry,
  FillEntry,
  OrderEntry,
  ReplaceEntry,
  ReplaceRequestEntry,
  RunFinishedEntry,
} from "../../../store/journal/entries.ts";
import { calendarOf, hoursAfterBar, plannedAfter } from "../../calendar/index.ts";
import type { Core } from "./parts.ts";
import { SCOPE_CODES } from "./scope-halts.ts";

/** A run's start. A run that is due earlier than the schedule says was asked for by an operator. */
export function runStarted(core: Pick<Core, "scheduler">, strategy: string, due: Moment, at: Moment): void {
  if (core.scheduler.nextRun(strategy) > due) core.scheduler.runNow(strategy, due);
  core.scheduler.markStart(strategy, at);
  core.scheduler.recordHeartbeat(strategy, at);
}

/**
 * A run's end. The tick's latency is the time from the moment at which it was due to its finish, in session time; it
 * counts as skipped when it cost a slot. The queue's depth is the orders in flight and those that the run asks for.
 */
export function runFinished(
  core: Core,
  run: {
    readonly strategy: string;
    readonly due: Moment;
    readonly started: Moment;
    readonly outcome: RunFinishedEntry["outcome"];
  },
  orders: number,
  at: Moment,
): FinishedRun {
  const { config } = core.model.strategy(run.strategy);
  const next = plannedAfter(config, core.startedAt, { due: run.due, started: run.started, finished: at });
  const finished = core.scheduler.markFinish(run.strategy, at, next);
  core.scheduler.recordHeartbeat(run.strategy, at);
  core.metrics.recordTick(run.strategy, between(run.due, at) / SECOND, { skipped: finished.skips > 0 });
  core.metrics.recordQueueDepth(core.router.inflightCount + orders);
  if (run.outcome !== "ok" && run.outcome !== "overrun") core.metrics.recordError(run.outcome);
  return finished;
}

/** Slots that a gap swallowed: each counts as a skipped tick without latency, at most one window of them. */
export function missed(core: Core, strategy: string, at: Moment): MissedSlots {
  const slots = core.scheduler.skipMissed(strategy, at);
  for (let slot = 0; slot < Math.min(slots.slots, core.metrics.window); slot++)
    core.metrics.recordTick(strategy, 0, { skipped: true });
  return slots;
}

/**
 * Moves a due run to the next hours of its market, as seen from a moment, or passes over the bar that closed then. Nothing was due
 * there, so no tick is counted.
 */
export function closedOver(core: Core, strategy: string, from: Moment): MissedSlots {
  const { config } = core.model.strategy(strategy);
  if (config.runsAt === "bar") return core.scheduler.deferTo(strategy, hoursAfterBar(from));
  const calendar = calendarOf(config);
  if (calendar === null) return { slots: 0, reason: "closed", nextRun: core.scheduler.nextRun(strategy) };
  return core.scheduler.deferTo(strategy, calendar.spanAt(from));
}

type Submission = Pick<
  OrderEntry,
  "strategy" | "symbol" | "quantity" | "price" | "clientOrderId" | "idempotencyKey" | "flatten"
>;

/** The router's answer to an order that risk let pass. An order of a flatten passes a halt and the rate window. */
export function submitted(core: Core, order: Submission, at: Moment): SubmitOutcome {
  const { strategy, symbol, quantity, price, clientOrderId, idempotencyKey, flatten } = order;
  const allowNegativePrice = price < 0 && core.symbols.get(symbol)?.allowNegativePrices === true;
  const named = { strategyId: strategy, symbol, clientOrderId, idempotencyKey };
  const outcome = core.router.submitDetailed(
    { ...named, quantity, price, timestamp: at, ...(allowNegativePrice ? { allowNegativePrice } : {}) },
    at,
    flatten !== undefined,
  );
  if (outcome.replay) return outcome;
  if (!outcome.decision.accepted) refusedOrder(core, outcome.decision.reason, at);
  return outcome;
}

/** An order that was refused, by whomever. What is asked while halted says nothing about the orders, and is not counted. */
export function refusedOrder(core: Core, reason: string, at: Moment): void {
  if (reason !== "router_halted" && !SCOPE_CODES.has(reason)) core.risk.refused(reason, at);
}

/** A replace that was let pass takes a place in the rate window. */
export function replaceRequested(core: Core, entry: Pick<ReplaceRequestEntry, "strategy">, at: Moment): void {
  core.router.takePlace(entry.strategy, at);
}

/** What a replace that the venue carried out makes of the order in flight. */
export function replacedOrder(core: Core, entry: Pick<ReplaceEntry, "orderId" | "outcome">): void {
  const { orderId, outcome } = entry;
  const order = core.model.working.get(orderId);
  if (order === undefined || outcome.outcome !== "accepted") return;
  core.router.amend(
    orderId,
    Number(outcome.quantity),
    outcome.limitPrice === null ? order.price : Number(outcome.limitPrice),
  );
}

/** What the router makes of an execution. Its drift, if any, is on the router's list afterwards. */
export function reconciledFill(
  core: Core,
  fill: Pick<FillEntry, "orderId" | "venueId" | "fillId" | "quantity" | "price" | "status">,
  at: Moment,
): Reconciliation {
  return core.router.reconcile([
    {
      orderId: fill.orderId ?? fill.venueId,
      status: fill.status,
      filledQty: Number(fill.quantity),
      timestamp: at,
      fillId: fill.fillId,
      price: Number(fill.price),
    },
  ]);
}

/** Books an execution; answers the realized profit as plain text. */
export function bookedFill(
  core: Core,
  fill: Pick<FillEntry, "symbol" | "quantity" | "price" | "fee" | "filledAt">,
  owner: string,
  at: Moment,
): string {
  const { symbol, filledAt } = fill;
  const [quantity, price, fee] = [decimal(fill.quantity), decimal(fill.price), decimal(fill.fee)];
  core.risk.traded(fill, at);
  return plain(core.books.book({ owner, symbol, quantity, price, fee, at, filledAt }));
}

/** The end of an order without an execution. */
export function closedOrder(
  core: Core,
  closed: { readonly orderId: string; readonly status: ClosedEntry["status"] },
  at: Moment,
): void {
  if (core.router.order(closed.orderId) === undefined) return;
  core.router.reconcile([{ orderId: closed.orderId, status: closed.status, filledQty: 0, timestamp: at }]);
  if (closed.status === "rejected") core.risk.refused("broker_rejected", at);
}

/** The market's news of one moment. */
export function marketMoved(core: Core, events: readonly FeedEvent[]): void {
  core.market.take(events);
  for (const event of events) {
    const { symbol, price, at, exact } = event.kind === "bar" ? markOfBar(event.bar) : event.mark;
    core.books.mark(symbol, price, at, exact);
  }
}

/** Applies the corporate actions that are in force for what closes at a moment. */
function actBefore(core: Core, at: Moment): void {
  const { actions = [] } = core.desk;
  for (let action = actions[core.books.actionsApplied]; action !== undefined && action.at < at;) {
    core.books.act(action);
    core.market.act(action);
    action = actions[core.books.actionsApplied];
  }
}

/**
 * Consumes the feed up to a moment, one moment of it at a time, and hands each to `consume`. So equity's peak and every other
 * figure that grows with the marks is the same whether a pass, a late pass or a recovery consumes them.
 */
export function consumeFeed(
  core: Core,
  until: Moment,
  consume: (events: readonly FeedEvent[], at: Moment) => void,
): void {
  for (let at = core.feed.nextAt(); at !== null && at <= until; at = core.feed.nextAt()) {
    actBefore(core, at);
    const events = core.feed.take(at);
    marketMoved(core, events);
    consume(events, at);
  }
}
