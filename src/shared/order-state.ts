/**
 * The states of an order, and the one state machine that moves it from one to the next.
 *
 * 1. `ORDER_STATES` is the only vocabulary: session, journal projections, views and strategies use these names.
 * 2. An order ends once: after an end no event moves it.
 * 3. A fill while a cancel or a replace is pending leaves it pending; the request's own answer moves it on. A replace that is answered
 *    while a cancel is pending leaves it pending.
 */

export const ORDER_STATES = [
  "queued",
  "pending_new",
  "accepted",
  "partially_filled",
  "pending_cancel",
  "pending_replace",
  "filled",
  "canceled",
  "rejected",
  "expired",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** The states that end an order. */
export type EndState = "filled" | "canceled" | "rejected" | "expired";

const ENDS: ReadonlySet<OrderState> = new Set<EndState>(["filled", "canceled", "rejected", "expired"]);

export const hasEnded = (state: OrderState): boolean => ENDS.has(state);

/** What can happen to an order. `replace_answered`: it was carried out or refused. */
export type OrderEvent =
  | "acknowledged"
  | "partially_filled"
  | "cancel_requested"
  | "replace_requested"
  | "cancel_refused"
  | "replace_answered"
  | EndState;

/** The state after an event; `hasFill` says whether the order already has a fill. */
export function stateAfter(before: OrderState, event: OrderEvent, hasFill: boolean): OrderState {
  if (hasEnded(before)) return before;
  const open = hasFill ? "partially_filled" : "accepted";
  switch (event) {
    case "acknowledged":
      return before === "pending_new" ? open : before;
    case "partially_filled":
      return before === "pending_cancel" || before === "pending_replace" ? before : "partially_filled";
    case "cancel_requested":
      return "pending_cancel";
    case "replace_requested":
      return "pending_replace";
    case "cancel_refused":
      return before === "pending_cancel" ? open : before;
    case "replace_answered":
      return before === "pending_replace" ? open : before;
    default:
      return event;
  }
}
