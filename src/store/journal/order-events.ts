/**
 * What a journal's entry does to the order that it names, in the words of the state machine.
 *
 * 1. The session's working orders and the console's projections read entries through here, so both follow one state machine.
 */
import type { OrderEvent } from "../../shared/order-state.ts";
import type { ClosedEntry, JournalEntry } from "./entries.ts";

/** How an order's end is named as a state. */
export const END_STATES = {
  filled: "filled",
  canceled: "canceled",
  expired: "expired",
  rejected: "rejected",
  not_placed: "rejected",
} as const satisfies Record<ClosedEntry["status"], OrderEvent>;

/** The event of an entry, or null where it moves no order. */
export function orderEventOf(entry: JournalEntry): OrderEvent | null {
  switch (entry.kind) {
    case "ack":
      if (entry.outcome.outcome === "unknown") return null;
      return entry.outcome.outcome === "accepted" ? "acknowledged" : "rejected";
    case "fill":
      if (entry.verdict !== "booked") return null;
      return entry.status;
    case "closed":
      return END_STATES[entry.status];
    case "cancel_request":
      return entry.sent ? "cancel_requested" : null;
    case "replace_request":
      return entry.sent ? "replace_requested" : null;
    case "cancel":
      return entry.outcome.outcome === "refused" ? "cancel_refused" : null;
    case "replace":
      return entry.outcome.outcome === "unknown" ? null : "replace_answered";
    default:
      return null;
  }
}
