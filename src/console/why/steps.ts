/**
 * The trail of an order as steps that a person reads: tick, signal, risk, router, journal, broker, fill, book, end, review.
 *
 * 1. A step says when, which journal entry, one sentence, and the values behind it; what has not happened yet is "waiting".
 * 2. Guards are listed with their value and limit, the one that said no among them.
 * 3. Sums are exact decimals.
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import type { RefusalFigures } from "../../shared/ports.ts";
import { refusalCause, refusalText } from "../../shared/refusals.ts";
import { decimal, plain, ZERO } from "../../shared/decimal.ts";
import { SCOPE_REFUSALS } from "../../shared/scope.ts";
import { durationText, formatMoment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import type { OrderEntry } from "../../store/journal/entries.ts";
import { severityOf } from "../projections/rejections.ts";
import { changeSteps } from "./changes.ts";
import type { Trail } from "./trail.ts";

type Value = WhyStep["values"][number];

/** Values of one step; a strategy may give many. */
const VALUES_MAX = 60;
const VALUE_TEXT_MAX = 300;

function valuesOf(pairs: readonly (readonly [name: string, value: string | number | null | undefined])[]): Value[] {
  return pairs.slice(0, VALUES_MAX).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    return [{ name, value: String(value).slice(0, VALUE_TEXT_MAX) }];
  });
}

/** An amount for eyes: an average price can give a profit forty digits, which the journal and fills.csv keep. */
const AMOUNT_PLACES = 8;
const shownAmount = (exact: string | null): string | null =>
  exact === null ? null : plain(decimal(exact).toDecimalPlaces(AMOUNT_PLACES));

const momentText = (at: number | null): string | null => (at === null ? null : formatMoment(at as Moment));

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
          ? `Run ${order.run} of ${order.strategy} asked for this order.`
          : `Run ${order.run} of ${order.strategy} started ${offsetText(started.due - started.planned)}.`,
      state: over ? "warning" : "ok",
      values: valuesOf([
        ["planned", momentText(started?.planned ?? null)],
        ["due", momentText(started?.due ?? null)],
        ["newest bar", momentText(order.bar)],
        ["runtime", finished === null ? null : durationText(finished.runtime)],
        ["outcome", finished?.outcome ?? null],
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
        ["symbol", order.symbol],
        ["quantity", order.quantity],
        ["price", order.price],
        ["limit price", order.limitPrice],
        ["mark", order.mark],
        ["client order id", order.clientOrderId],
        ["idempotency key", order.idempotencyKey],
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
  const guards = order.guards.map((guard): [string, string] => [
    guard.guard,
    `${guard.value} of ${guard.limit}${guard.passed ? (guard.warning ? ", warns" : "") : ", refused"}`,
  ]);
  const passed = order.guards.length === 0 ? "No guard has a limit set." : `${order.guards.length} ${order.guards.length === 1 ? "guard" : "guards"} passed.`;
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
          ? [...guards, ["free at", momentText(order.freeAt)], ["largest size that passes", order.largest ?? null]]
          : guards,
      ),
    },
  ];
}

function refusal(order: OrderEntry): string {
  const against = order.value === null || order.limit === null ? "" : ` at ${order.value} of ${order.limit}`;
  return `Refused by ${order.reason}${against}.${order.detail === null ? "" : ` ${order.detail}`}`;
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
        ? `A known key was answered from the store${order.orderId === null ? "" : ` with ${order.orderId}`}; nothing new was sent.`
        : order.accepted
          ? `Accepted as ${order.orderId ?? ""}.`
          : refusal(order),
      state: order.accepted || order.replay ? "ok" : severityOf(order.reason),
      values: valuesOf([
        ["reason", order.reason],
        ["value", order.value],
        ["limit", order.limit],
        ["free at", momentText(order.freeAt)],
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
        ? "The decision was on disk before anything was sent."
        : "The refusal is on disk; nothing was sent.",
      state: "ok",
      values: valuesOf([
        ["decision", order.seq],
        ["send", send?.seq ?? null],
        ["venue id", send?.venueId ?? null],
      ]),
    },
  ];
}

function figuresOf(figures: RefusalFigures | undefined): [string, string][] {
  if (figures === undefined) return [];
  return [
    [figures.measure, figures.value],
    ["limit", figures.limit],
    ["could pass from", figures.from],
  ];
}

function brokerSteps(trail: Trail): WhyStep[] {
  const { order } = trail;
  if (order === null || !order.accepted || order.replay) return [];
  const answers = trail.acks.map((ack): WhyStep => {
    const { outcome } = ack;
    const values = valuesOf(
      outcome.outcome === "accepted"
        ? [
            ["quantity", outcome.quantity],
            ["limit price", outcome.limitPrice],
          ]
        : [["reason", outcome.reason], ...(outcome.outcome === "refused" ? figuresOf(outcome.figures) : [])],
    );
    const place = { step: "broker", at: ack.at, seq: ack.seq, title: "Broker", values } as const;
    if (outcome.outcome === "accepted") return { ...place, text: "The broker accepted the order.", state: "ok" };
    if (outcome.outcome === "refused") {
      const text = `The broker refused the order: ${refusalText(outcome.reason, outcome.figures)}`;
      return { ...place, text, state: severityOf(refusalCause(outcome.reason)) };
    }
    return {
      ...place,
      text: `Unknown whether the broker has the order: ${outcome.reason} The console queries its status and never sends it again.`,
      state: "warning",
    };
  });
  const cancels = trail.cancels.map((cancel): WhyStep => ({
    step: "broker",
    at: cancel.at,
    seq: cancel.seq,
    title: "Cancel",
    text: `A cancel was asked for (${cancel.reason}): ${cancel.outcome.outcome}.`,
    state: cancel.outcome.outcome === "accepted" ? "ok" : "warning",
    values: valuesOf([["reason", cancel.outcome.outcome === "accepted" ? null : cancel.outcome.reason]]),
  }));
  if (answers.length === 0 && trail.fills.length === 0 && trail.closed === null)
    answers.push({
      step: "broker",
      at: null,
      seq: null,
      title: "Broker",
      text: "The broker has not answered yet.",
      state: "waiting",
      values: [],
    });
  return [...answers, ...cancels];
}

function fillSteps(trail: Trail): WhyStep[] {
  const { order } = trail;
  if (order !== null && (!order.accepted || order.replay)) return [];
  const steps = trail.fills.map((fill): WhyStep => ({
    step: "fill",
    at: fill.filledAt,
    seq: fill.seq,
    title: "Fill",
    text:
      fill.verdict === "booked"
        ? `${fill.quantity} ${fill.symbol} at ${fill.price}.`
        : fill.verdict === "duplicate"
          ? `${fill.quantity} ${fill.symbol} at ${fill.price} was repeated by the broker and booked once.`
          : `${fill.quantity} ${fill.symbol} at ${fill.price} waits for a review.`,
    state: fill.verdict === "booked" ? "ok" : fill.verdict === "duplicate" ? "warning" : "critical",
    values: valuesOf([
      ["fill id", fill.fillId],
      ["fee", shownAmount(fill.fee)],
      ["realized", shownAmount(fill.realized)],
      ["verdict", fill.verdict],
      ["reported at", momentText(fill.at)],
    ]),
  }));
  const more = trail.fillCount - trail.fills.length;
  const last = steps.at(-1);
  if (more > 0 && last !== undefined)
    steps.push({ ...last, text: `${more} more fills are in the journal.`, values: [], state: "ok" });
  if (steps.length === 0 && trail.closed === null && trail.acks.every((ack) => ack.outcome.outcome !== "refused"))
    steps.push({
      step: "fill",
      at: null,
      seq: null,
      title: "Fill",
      text: "No fill yet.",
      state: "waiting",
      values: [],
    });
  return order === null ? steps.filter((step) => step.seq !== null) : steps;
}

function bookStep(trail: Trail): WhyStep[] {
  const booked = trail.fills.filter((fill) => fill.verdict === "booked");
  const last = booked.at(-1);
  if (last === undefined) return [];
  let quantity = ZERO;
  let notional = ZERO;
  let fees = ZERO;
  let realized = ZERO;
  for (const fill of booked) {
    quantity = quantity.plus(fill.quantity);
    notional = notional.plus(decimal(fill.quantity).times(fill.price));
    fees = fees.plus(fill.fee);
    realized = realized.plus(fill.realized ?? ZERO);
  }
  return [
    {
      step: "book",
      at: last.at,
      seq: last.seq,
      title: "Book",
      text:
        `Booked to ${last.strategy ?? "unattributed"}: ${plain(quantity)} ${last.symbol} in ` +
        `${booked.length} fill${booked.length === 1 ? "" : "s"}.`,
      state: "ok",
      values: valuesOf([
        ["average price", quantity.isZero() ? null : plain(notional.div(quantity).toDecimalPlaces(12))],
        ["fees", shownAmount(plain(fees))],
        ["realized", shownAmount(plain(realized))],
      ]),
    },
  ];
}

function endStep(trail: Trail): WhyStep[] {
  const { closed } = trail;
  const filled = trail.fills.findLast((fill) => fill.verdict === "booked" && fill.status === "filled");
  if (closed === null && filled === undefined) return [];
  if (closed !== null)
    return [
      {
        step: "end",
        at: closed.at,
        seq: closed.seq,
        title: "End",
        text: `The order is ${closed.status.replace("_", " ")}: ${closed.reason}`,
        state: closed.status === "rejected" || closed.status === "not_placed" ? "critical" : "ok",
        values: [],
      },
    ];
  return [
    {
      step: "end",
      at: filled?.at ?? null,
      seq: filled?.seq ?? null,
      title: "End",
      text: "The order is filled.",
      state: "ok",
      values: [],
    },
  ];
}

function reviewSteps(trail: Trail): WhyStep[] {
  const steps = trail.drifts.map((drift): WhyStep => {
    const review = trail.reviews.find((entry) => entry.item === drift.item);
    const done =
      review === undefined
        ? "It waits for a review."
        : (review.action === "adopt" ? `Adopted to ${review.strategy ?? "unattributed"}` : "Dismissed") +
          ` by ${review.operator}: ${review.note}`;
    return {
      step: "review",
      at: drift.at,
      seq: drift.seq,
      title: `Drift ${drift.item}`,
      text: `${drift.text} ${done}`,
      state: review === undefined ? "critical" : "ok",
      values: valuesOf([
        ["kind", drift.drift],
        ...Object.entries(drift.evidence),
        ["realized", shownAmount(review?.realized ?? null)],
      ]),
    };
  });
  const { halt, resume } = trail;
  if (halt !== null)
    steps.push({
      step: "review",
      at: halt.at,
      seq: halt.seq,
      title: "Halt",
      text: `Halted: ${halt.message}`,
      state: resume === null ? "critical" : "ok",
      values: valuesOf([["code", halt.code]]),
    });
  if (resume !== null)
    steps.push({
      step: "review",
      at: resume.at,
      seq: resume.seq,
      title: "Resume",
      text: `Resumed by ${resume.operator}: ${resume.note}`,
      state: "ok",
      values: [],
    });
  return steps;
}

/** How far a run's moment lies from its slot, to the millisecond: jitter is seldom worth more. */
function offsetText(offset: number): string {
  const away = Math.round(Math.abs(offset) / 1_000);
  return away === 0 ? "in its slot" : `${away} ms ${offset < 0 ? "before" : "after"} its slot`;
}

/** Every step of a trail, in the order in which an order walks. */
export function stepsOf(trail: Trail): WhyStep[] {
  return [
    ...tickStep(trail),
    ...signalStep(trail),
    ...riskStep(trail),
    ...routerStep(trail),
    ...journalStep(trail),
    ...brokerSteps(trail),
    ...changeSteps(trail),
    ...fillSteps(trail),
    ...bookStep(trail),
    ...endStep(trail),
    ...reviewSteps(trail),
  ];
}

/** What the trail is about, in a few words. */
export function titleOf(trail: Trail, id: string): string {
  const { order } = trail;
  const drift = trail.drifts[0];
  if (order === null) return drift === undefined ? id : `${drift.item}: ${drift.drift.replaceAll("_", " ")}`;
  const what = `${order.quantity > 0 ? "+" : "−"}${Math.abs(order.quantity)} ${order.symbol}`;
  if (order.accepted) return `${order.orderId ?? id}: ${order.strategy} ${what}`;
  return `${order.clientOrderId}: ${order.strategy} ${what}, refused by ${order.reason}`;
}
