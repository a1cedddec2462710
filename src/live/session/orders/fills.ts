/**
 * What a broker reports: executions and ends of orders, each applied once.
 *
 * 1. A fill's running number is journaled once as booked or quarantined; reported again it is a duplicate and changes nothing.
 * 2. A fill that no order in flight explains is quarantined: the router halts, and its review decides whose it is.
 * 3. An order ends once: its end is not journaled again where it is known already. A bracket's child has filled once it has filled for
 *    all that its parent may fill.
 * 4. An overfill is booked when it arrives, because it happened; the router halts for it all the same.
 */
import { decimal } from "../../../shared/decimal.ts";
import { executionKeyOf, orderId as asOrderId, type OrderId } from "../../../shared/ids.ts";
import type { BrokerEvent, BrokerFill } from "../../../shared/ports.ts";
import type { Moment } from "../../../shared/time.ts";
import type { FillEntry } from "../../../store/journal/entries.ts";
import { bookedFill, closedOrder, reconciledFill } from "../state/effects.ts";
import { takenBy } from "../state/open-orders.ts";
import { journalDrift } from "../state/halts.ts";
import type { Core } from "../state/parts.ts";

const ROUTER_ID = /^ROUTER-\d{8,}$/;

/** The order of this session that a venue's id names, or null for a stranger. */
export function orderOfVenueId(core: Core, venueId: string): OrderId | null {
  const { id: session } = core;
  if (!venueId.startsWith(session) || venueId[session.length] !== "-") return null;
  const id = venueId.slice(session.length + 1);
  return core.model.working.has(id) || ROUTER_ID.test(id) ? asOrderId(id) : null;
}

/** Applies what the broker reports at a moment of the session. */
export function takeBrokerEvents(core: Core, events: readonly BrokerEvent[], at: Moment): void {
  for (const event of events) {
    if (event.kind === "fill") takeFill(core, event.fill, at);
    else if (event.kind === "noted")
      core.ledger.add({ kind: "session", event: "noted", wall: "", text: event.text, detail: {} }, at);
    else if (event.kind === "closed") {
      const { venueId, status, reason } = event;
      const orderId = orderOfVenueId(core, venueId);
      // An order that was asked about may be known to have ended before its report comes: it ends once.
      if (orderId !== null && !core.model.working.has(orderId)) continue;
      if (orderId !== null) closedOrder(core, { orderId, status }, at);
      core.ledger.add({ kind: "closed", orderId, venueId, status, reason }, at);
    } else {
      const { venueId, change, quantity, limitPrice, stopPrice } = event;
      const orderId = orderOfVenueId(core, venueId);
      const prices = { limitPrice, ...(stopPrice === undefined ? {} : { stopPrice }) };
      core.ledger.add({ kind: "updated", orderId, venueId, change, quantity, ...prices }, at);
    }
  }
}

/** Reconciles, books and journals one execution. */
export function takeFill(core: Core, fill: BrokerFill, at: Moment): void {
  const { cursor, fillId, venueId, symbol, quantity, price, fee, at: filledAt } = fill;
  const orderId = orderOfVenueId(core, venueId);
  const order = orderId === null ? undefined : core.model.working.get(orderId);
  const seen = core.model.seenFills.get(executionKeyOf(orderId, fillId));
  const complete = order === undefined || order.filled.plus(quantity).abs().gte(takenBy(order).abs());
  const facts = {
    cursor,
    fillId,
    venueId,
    orderId,
    strategy: order?.strategy ?? null,
    symbol,
    quantity,
    price,
    fee,
    filledAt,
    status: complete ? ("filled" as const) : ("partially_filled" as const),
  };
  const verdict = verdictOf(seen, fill, order !== undefined);
  reconciledFill(core, facts, at);
  const realized = verdict === "booked" && order !== undefined ? bookedFill(core, facts, order.strategy, at) : null;
  core.ledger.add(fillEntryOf(facts, verdict, realized), at);
  journalDrift(core, at, facts);
}

/** Field by field: what is copied behind a first field is copied slowly, and there is one for each fill. */
function fillEntryOf(
  facts: Omit<FillEntry, "kind" | "verdict" | "realized">,
  verdict: FillEntry["verdict"],
  realized: string | null,
): FillEntry {
  const { cursor, fillId, venueId, orderId, strategy, symbol, quantity, price, fee, filledAt, status } = facts;
  return {
    kind: "fill",
    cursor,
    fillId,
    venueId,
    orderId,
    strategy,
    symbol,
    quantity,
    price,
    fee,
    filledAt,
    status,
    verdict,
    realized,
  };
}

function verdictOf(
  seen: { readonly quantity: string; readonly price: string } | undefined,
  fill: BrokerFill,
  working: boolean,
): FillEntry["verdict"] {
  if (seen === undefined) return working ? "booked" : "quarantined";
  const same = decimal(seen.quantity).equals(fill.quantity) && decimal(seen.price).equals(fill.price);
  return same ? "duplicate" : "quarantined";
}
