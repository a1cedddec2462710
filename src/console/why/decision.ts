/**
 * The steps of a trail up to what was sent: tick, signal, risk, router, journal.
 *
 * 1. Guards are listed with their value and limit, the one that refused among them.
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import { REASONS } from "../../shared/glossary.ts";
import { SCOPE_REFUSALS } from "../../shared/scope.ts";
import { durationText } from "../../shared/time.ts";
import type { OrderEntry } from "../../store/journal/entries.ts";
import { severityOf } from "../projections/rejections.ts";
import type { Trail } from "./trail.ts";
import { asId, asReason, asWord, momentText, valuesOf } from "./values.ts";

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

function tickStep(trail: Trail): WhyStep[] {
  const { order, started, finished } = trail;
  if (order === null) return [];
  const over = finished !== null && finished.outcome !== "ok";
  return [
    {
      step: "tick",
      at: started?.at ?? null,
      seq: started?.seq ?? null,
      title: "Tick",
      text:
        started === null
          ? `Run ${order.run} of ${order.strategy} returned this order.`
          : `Run ${order.run} of ${order.strategy} started ${offsetText(started.due - started.planned)}.`,
      state: over ? "warning" : "ok",
      values: valuesOf([
        ["planned", momentText(started?.planned ?? null)],
        ["due", momentText(started?.due ?? null)],
        ["newest bar", momentText(order.bar)],
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
  const guards = order.guards.map(({ guard, value, limit, passed: fine, warning }) => {
    const note = fine ? (warning ? "warning" : "") : "refused";
    return [guard, value, { kind: "reading", limit, ...(note === "" ? {} : { note }) }] as const;
  });
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
      text: refused ? refusal(order) : warned > 0 ? `${passed} ${warned} of them warn.` : passed,
      state: refused ? severityOf(order.reason) : warned > 0 ? "warning" : "ok",
      values: valuesOf(
        refused
          ? [...guards, ["passes from", momentText(order.freeAt)], ["largest size that passes", order.largest ?? null]]
          : guards,
      ),
    },
  ];
}

/** A reason by the name that a trader knows. */
export const reasonName = (code: string): string => REASONS[code]?.name ?? code;

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
