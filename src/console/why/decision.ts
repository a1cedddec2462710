/**
 * The steps of a trail up to what was sent: tick, signal, risk, router, journal.
 *
 * 1. Guards are listed with their value and limit, the one that refused among them.
 */
import { reasonName } from "../../shared/glossary.ts";
import type { WhyStep } from "../../shared/contract/contract.ts";
import { SCOPE_REFUSALS } from "../../shared/scope.ts";
import { durationText } from "../../shared/time.ts";
import { isOfNoOrder, runOfNoOrder, type OrderEntry } from "../../store/journal/entries.ts";
import { severityOf } from "../projections/rejections.ts";
import { trailText } from "../projections/trail-text.ts";
import type { Trail } from "./trail.ts";
import { asId, asReason, asWord, momentText, readingsOf, valuesOf } from "./values.ts";

/** What the router itself says no with; every other reason is a guard's. */
const ROUTER_REASONS: ReadonlySet<string> = new Set([
  "invalid_order",
  "idempotency_conflict",
  "router_halted",
  "rate_limited",
  "inflight_limit",
]);

const HALTED_REASONS: ReadonlySet<string> = new Set(Object.values(SCOPE_REFUSALS));

const refusedByRisk = (order: OrderEntry): boolean => !order.accepted && !ROUTER_REASONS.has(order.reason);

/** What a run of a strategy asked for, or null for what an operator asked for. */
function askedIn({ order, changes: [first] }: Trail): { strategy: string; run: number; bar: number | null } | null {
  if (order !== null) return order.operator === undefined ? order : null;
  if (first === undefined || !isOfNoOrder(first)) return null;
  const run = runOfNoOrder(first);
  return run === null ? null : { strategy: first.strategy, run, bar: null };
}

function tickStep(trail: Trail): WhyStep[] {
  const { order, started, finished } = trail;
  const asked = askedIn(trail);
  if (asked === null) return [];
  const { strategy, run, bar } = asked;
  const what = order === null ? "request" : "order";
  const over = finished !== null && finished.outcome !== "ok";
  return [
    {
      step: "tick",
      at: started?.at ?? null,
      seq: started?.seq ?? null,
      title: "Tick",
      text:
        started === null
          ? `Run ${run} of ${strategy} returned this ${what}.`
          : `Run ${run} of ${strategy} started ${offsetText(started.due - started.planned)}.`,
      state: over ? "warning" : "ok",
      values: valuesOf([
        ["planned", momentText(started?.planned ?? null)],
        ["due", momentText(started?.due ?? null)],
        ["newest bar", momentText(finished?.bar ?? bar)],
        ["runtime", finished === null ? null : durationText(finished.runtime)],
        ["outcome", finished?.outcome ?? null, asWord],
      ]),
    },
  ];
}

function signalStep(trail: Trail): WhyStep[] {
  const { order } = trail;
  if (order === null) return [];
  return [
    {
      step: "signal",
      at: order.at,
      seq: order.seq,
      title: "Signal",
      text: order.because.text,
      state: "ok",
      values: valuesOf([
        ["symbol", order.symbol, asId],
        ["quantity", order.quantity],
        ["price", order.price],
        ["limit price", order.limitPrice],
        ["mark", order.mark],
        ["client order id", order.clientOrderId, asId],
        ["idempotency key", order.idempotencyKey, asId],
        ["type", order.type, asWord],
        ["stop price", order.stopPrice],
        ["trail", trailText(order.trail)],
        ["time in force", order.timeInForce],
        ["ends at", momentText(order.expiresAt ?? null)],
        ["asked for", order.asked],
        ["bracket of", order.parent, asId],
        ["OCO group", order.oco, asId],
        ["basket", order.basket, asId],
        ["waited in the queue as", order.queue, asId],
        ...Object.entries(order.because.values),
      ]),
    },
  ];
}

function riskStep(trail: Trail): WhyStep[] {
  const { order } = trail;
  if (order === null) return [];
  const refused = refusedByRisk(order);
  const warned = order.guards.filter((guard) => guard.warning).length;
  const guards = readingsOf(order.guards);
  const passed =
    order.guards.length === 0
      ? "No guard has a limit set."
      : `${order.guards.length} ${order.guards.length === 1 ? "guard" : "guards"} passed.`;
  return [
    {
      step: "risk",
      at: order.at,
      seq: order.seq,
      title: HALTED_REASONS.has(order.reason) ? "Kill switch" : "Risk",
      text: refused
        ? refusal(order)
        : warned > 0
          ? `${passed} ${warned} of them ${warned === 1 ? "warns" : "warn"}.`
          : passed,
      state: refused ? severityOf(order.reason) : warned > 0 ? "warning" : "ok",
      values: valuesOf(
        refused
          ? [...guards, ["passes from", momentText(order.freeAt)], ["largest size that passes", order.largest ?? null]]
          : guards,
      ),
    },
  ];
}

function refusal(order: OrderEntry): string {
  return `Refused: ${reasonName(order.reason)}.${order.detail === null ? "" : ` ${order.detail}`}`;
}

function routerStep(trail: Trail): WhyStep[] {
  const { order } = trail;
  if (order === null || refusedByRisk(order)) return [];
  return [
    {
      step: "router",
      at: order.at,
      seq: order.seq,
      title: "Router",
      text: order.replay
        ? `The router repeated its answer to a known key${order.orderId === null ? "" : ` (${order.orderId})`}; nothing was sent.`
        : order.accepted
          ? `Accepted as ${order.orderId ?? ""}.`
          : refusal(order),
      state: order.accepted || order.replay ? "ok" : severityOf(order.reason),
      values: valuesOf([
        ["reason", order.reason, asReason],
        ...(order.value === null || order.limit === null
          ? []
          : ([[order.reason, order.value, { kind: "reading", limit: order.limit }]] as const)),
        ["passes from", momentText(order.freeAt)],
      ]),
    },
  ];
}

function journalStep(trail: Trail): WhyStep[] {
  const { order, send } = trail;
  if (order === null) return [];
  return [
    {
      step: "journal",
      at: send?.at ?? order.at,
      seq: send?.seq ?? order.seq,
      title: "Journal",
      text: order.accepted
        ? "The decision was on disk before the order was sent."
        : "The refusal is on disk; nothing was sent.",
      state: "ok",
      values: valuesOf([
        ["decision", order.seq],
        ["send", send?.seq ?? null],
        ["venue id", send?.venueId ?? null, asId],
      ]),
    },
  ];
}

/** How far a run's moment lies from its slot, to the millisecond: jitter is seldom worth more. */
function offsetText(offset: number): string {
  const away = Math.round(Math.abs(offset) / 1_000);
  return away === 0 ? "in its slot" : `${away} ms ${offset < 0 ? "before" : "after"} its slot`;
}

/** The steps up to the journal, in the order in which an order walks. */
export const decisionSteps = (trail: Trail): WhyStep[] => [
  ...tickStep(trail),
  ...signalStep(trail),
  ...riskStep(trail),
  ...routerStep(trail),
  ...journalStep(trail),
];
