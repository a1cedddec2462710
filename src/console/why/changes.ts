/**
 * The steps of a trail between an order's placement and its fills: cancels, replaces, and what the venue changed.
 *
 * 1. A request and its answer are two steps, as they are two entries.
 */
import { reasonName } from "../../shared/glossary.ts";
import type { WhyStep } from "../../shared/contract/contract.ts";
import type { QueueEntry } from "../../store/journal/entries.ts";
import type { Trail } from "./trail.ts";
import { asId, momentText, readingsOf, valuesOf } from "./values.ts";

const changeText = (change: object): string =>
  Object.entries(change)
    .map(([field, value]) => `${field} ${String(value)}`)
    .join(", ");

/** Cancels and replaces as they were asked for and answered, and what the venue changed. */
export function changeSteps(trail: Trail): WhyStep[] {
  return trail.changes.map((entry): WhyStep => {
    const place = { step: "broker" as const, at: entry.at, seq: entry.seq, values: [] };
    if (entry.kind === "updated")
      return {
        ...place,
        title: "Venue",
        text: `The venue changed the order: ${entry.change}, ${entry.quantity} in all.`,
        state: "ok",
      };
    if (entry.kind === "replace") {
      const { outcome } = entry;
      const why = outcome.outcome === "accepted" ? "" : ` (${outcome.reason})`;
      const state = outcome.outcome === "accepted" ? "ok" : "warning";
      return {
        ...place,
        title: "Replace",
        text: `The venue's answer to the replace: ${outcome.outcome}${why}.`,
        state,
      };
    }
    if (entry.kind === "queue") return { ...place, title: "Queue", ...expiryOf(entry) };
    return { ...place, title: "Request", ...requestOf(entry) };
  });
}

function expiryOf({ queue, strategy, unsent }: QueueEntry): Pick<WhyStep, "text" | "state" | "values"> {
  const { orders = [], replace, since = null } = unsent ?? {};
  const what = replace === undefined ? (orders.length > 1 ? "basket" : "order") : "replace";
  return {
    text: `The ${what} waited in the queue of ${strategy} for longer than it may, and was never sent.`,
    state: "warning",
    values: valuesOf([
      ["queue", queue, asId],
      ["queued at", momentText(since)],
      ...(replace === undefined ? [] : ([["replace of", replace.replace, asId]] as const)),
      ...orders.map(
        ({ clientOrderId, intent }) =>
          [clientOrderId, `${intent.quantity} ${intent.symbol}: ${intent.because.text}`, asId] as const,
      ),
    ]),
  };
}

type Request = Extract<Trail["changes"][number], { kind: "cancel_request" | "replace_request" }>;

function requestOf(entry: Request): Pick<WhyStep, "text" | "state" | "values"> {
  const who = entry.operator ?? entry.strategy;
  const replace = entry.kind === "replace_request" ? entry : null;
  const asked = replace === null ? "a cancel" : `a replace to ${changeText(replace.change)}`;
  const of = entry.orderId === null ? ` of ${entry.named}` : "";
  const detail = entry.detail === null ? "" : ` ${entry.detail}`;
  const done = entry.sent ? "." : `, and it was refused: ${reasonName(entry.reason)}.${detail}`;
  const value = replace?.value ?? null;
  const reading =
    value === null ? [] : [[entry.reason, value, { kind: "reading", limit: replace?.limit ?? "" }] as const];
  return {
    text: `${who} requested ${asked}${of}${done}`,
    state: entry.sent ? "ok" : "warning",
    values: valuesOf([
      ...readingsOf(replace?.guards ?? []),
      ...(replace?.guards.some(({ guard }) => guard === entry.reason) === true ? [] : reading),
      ["passes from", momentText(replace?.freeAt ?? null)],
      ["waited in the queue as", replace?.queue, asId],
    ]),
  };
}

/** What a request of no open order is called. */
export function requestTitle(trail: Trail): string | null {
  const [first] = trail.changes;
  if (first?.kind === "queue") return `${first.queue} of ${first.strategy}, ${reasonName(first.reason).toLowerCase()}`;
  if (first === undefined || (first.kind !== "cancel_request" && first.kind !== "replace_request")) return null;
  const what = first.kind === "cancel_request" ? "cancel" : "replace";
  return `${first.operator ?? first.strategy}: ${what} of ${first.named}, refused: ${reasonName(first.reason)}`;
}
