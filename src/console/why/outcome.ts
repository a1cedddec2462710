/**
 * The steps of a trail after the send: what the broker answered, fills, the book, the end.
 *
 * 1. What has not happened yet is "waiting". Sums are exact decimals.
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import { decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { RefusalFigures } from "../../shared/ports.ts";
import { refusalCause, refusalText } from "../../shared/refusals.ts";
import { severityOf } from "../projections/rejections.ts";
import type { Trail } from "./trail.ts";
import { asId, asReason, asWord, momentText, shownAmount, valuesOf } from "./values.ts";

function figuresOf(figures: RefusalFigures | undefined): [string, string][] {
  if (figures === undefined) return [];
  return [
    [figures.measure, figures.value],
    ["limit", figures.limit],
    ["smallest size that passes", figures.from],
  ];
}

export function brokerSteps(trail: Trail): WhyStep[] {
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
        : [["reason", outcome.reason, asReason], ...(outcome.outcome === "refused" ? figuresOf(outcome.figures) : [])],
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
    text: `Cancel requested (${cancel.reason}): ${cancel.outcome.outcome}.`,
    state: cancel.outcome.outcome === "accepted" ? "ok" : "warning",
    values: valuesOf([["reason", cancel.outcome.outcome === "accepted" ? null : cancel.outcome.reason, asReason]]),
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

export function fillSteps(trail: Trail): WhyStep[] {
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
          : `${fill.quantity} ${fill.symbol} at ${fill.price} needs a review.`,
    state: fill.verdict === "booked" ? "ok" : fill.verdict === "duplicate" ? "warning" : "critical",
    values: valuesOf([
      ["fill id", fill.fillId, asId],
      ["fee", shownAmount(fill.fee)],
      ["realized", shownAmount(fill.realized)],
      ["verdict", fill.verdict, asWord],
      ["reported at", momentText(fill.at)],
    ]),
  }));
  const more = trail.fillCount - trail.fills.length;
  const last = steps.at(-1);
  if (more > 0 && last !== undefined)
    steps.push({ ...last, text: `The journal has ${more} more fills.`, values: [], state: "ok" });
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

export function bookStep(trail: Trail): WhyStep[] {
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

export function endStep(trail: Trail): WhyStep[] {
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
