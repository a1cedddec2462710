/**
 * The trail of an order as steps that a person reads: tick, signal, risk, router, journal, broker, fill, book, end, review.
 *
 * 1. A step says when, which journal entry, one sentence, and the values behind it; what has not happened yet is "waiting".
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import { changeSteps, requestTitle } from "./changes.ts";
import { decisionSteps } from "./decision.ts";
import { bookStep, brokerSteps, endStep, fillSteps } from "./outcome.ts";
import { reviewSteps } from "./review.ts";
import type { Trail } from "./trail.ts";
import { amountText } from "../../shared/text/sentence-text.ts";
import { reasonName } from "../../shared/glossary.ts";

/** Every step of a trail, in the order in which an order walks. */
export function stepsOf(trail: Trail): WhyStep[] {
  return [
    ...decisionSteps(trail),
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
  if (order === null && drift === undefined) return requestTitle(trail) ?? id;
  if (order === null) return drift === undefined ? id : `${drift.item}: ${drift.drift.replaceAll("_", " ")}`;
  const what = `${amountText(order.quantity, true)} ${order.symbol}`;
  if (order.accepted) return `${order.orderId ?? id}: ${order.strategy} ${what}`;
  return `${order.clientOrderId}: ${order.strategy} ${what}, refused: ${reasonName(order.reason)}`;
}
