/**
 * The steps of a trail between an order's placement and its fills: cancels, replaces, and what the venue changed.
 *
 * 1. A request and its answer are two steps, as they are two entries.
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import type { Trail } from "./trail.ts";

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
    const who = entry.operator ?? entry.strategy;
    const asked = entry.kind === "cancel_request" ? "a cancel" : `a replace to ${changeText(entry.change)}`;
    const done = entry.sent ? "" : `, and it was refused: ${entry.reason}`;
    return {
      ...place,
      title: "Request",
      text: `${who} asked for ${asked}${done}.`,
      state: entry.sent ? "ok" : "warning",
    };
  });
}
