/**
 * The steps of a trail that people took: drift, its review, the halt that it caused and the resume.
 *
 * 1. An item without a review is critical; the halt is, too, until it is resumed.
 */
import { haltText } from "../../shared/text/halt-text.ts";
import type { WhyStep } from "../../shared/contract/contract.ts";
import type { Trail } from "./trail.ts";
import { asReason, asWord, shownAmount, valuesOf } from "./values.ts";

export function reviewSteps(trail: Trail): WhyStep[] {
  const steps = trail.drifts.map((drift): WhyStep => {
    const review = trail.reviews.find((entry) => entry.item === drift.item);
    const done =
      review === undefined
        ? "It needs a review."
        : (review.action === "adopt" ? `Adopted to ${review.strategy ?? "unattributed"}` : "Dismissed") +
          ` by ${review.operator}: “${review.note}”`;
    return {
      step: "review",
      at: drift.at,
      seq: drift.seq,
      title: `Drift ${drift.item}`,
      text: `${drift.text} ${done}`,
      state: review === undefined ? "critical" : "ok",
      values: valuesOf([
        ["kind", drift.drift, asWord],
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
      text: haltText(halt.message),
      state: resume === null ? "critical" : "ok",
      values: valuesOf([["code", halt.code, asReason]]),
    });
  if (resume !== null)
    steps.push({
      step: "review",
      at: resume.at,
      seq: resume.seq,
      title: "Resume",
      text: `Resumed by ${resume.operator}: “${resume.note}”`,
      state: "ok",
      values: [],
    });
  return steps;
}
