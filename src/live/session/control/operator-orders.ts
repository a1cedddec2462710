/**
 * An operator's hand on orders and positions: cancel, replace, close, flatten, and orders of the ticket.
 *
 * 1. Each goes through the same decisions, journal and venue as a strategy's, with the operator's name on it.
 * 2. A command is committed before anything of it is sent, and answers once the venue has.
 * 3. Closing and flattening are continued by the loop; they work while the session is halted or paused.
 */
import { CodedError } from "../../../shared/errors.ts";
import { orderFault } from "../../../shared/orders.ts";
import type { CommandOutcome } from "../../../shared/ports.ts";
import type { OrderIntent, ReplaceIntent } from "../../../shared/strategy.ts";
import type { FlattenScope, OrderEntry } from "../../../store/journal/entries.ts";
import type { CancelReport, OrderPreview, Ticket, TicketOutcome } from "../state/order-api.ts";
import { takeBrokerEvents } from "../orders/fills.ts";
import { startFlatten, withinScope, workFlattens } from "../orders/flatten.ts";
import type { FlattenRequest } from "../state/order-api.ts";
import { decideUnit, previewUnit } from "../orders/orders.ts";
import type { Core } from "../state/parts.ts";
import { cancelWithin, decideCancel, decideReplace } from "../orders/requests.ts";
import { sendAll, type Sending } from "../orders/sending.ts";
import { needScope } from "../state/scope-halts.ts";
import { MANUAL } from "../state/read-model.ts";

const runOf = (operator: string) => ({ strategy: MANUAL, run: 0, bar: null, operator });

/** Commits, sends, and commits what the venue answers. */
async function carryOut(core: Core, sending: readonly Sending[]): Promise<CommandOutcome[]> {
  core.ledger.commit();
  if (sending.length === 0) return [];
  const outcomes = await sendAll(core, sending);
  core.ledger.commit();
  core.clock.wake();
  return outcomes;
}

/** Cancels one order, by its own or the client's id. Throws `not_found`, or `wrong_state` with the code of the refusal. */
export async function cancelOne(core: Core, id: string, operator: string): Promise<void> {
  const { sending, reason, detail } = decideCancel(core, runOf(operator), id, core.now);
  const [outcome] = await carryOut(core, sending);
  if (reason === "canceled" || reason === "placement_unknown" || outcome?.outcome === "accepted") return;
  if (outcome === undefined)
    throw new CodedError(reason === "unknown_order" ? "not_found" : "wrong_state", `${id}: ${detail ?? reason}`, {
      reason,
    });
  const why = outcome.reason.replaceAll("_", " ");
  throw new CodedError(
    "wrong_state",
    outcome.outcome === "refused"
      ? `The broker did not cancel ${id}: ${why}.`
      : `The broker has not said whether it canceled ${id}: ${why}. It is asked about, and the cancel is not sent again.`,
    { reason: outcome.reason },
  );
}

/** Cancels every open and queued order of a scope. */
export async function cancelScope(core: Core, scope: FlattenScope, operator: string): Promise<CancelReport> {
  if (scope.kind !== "all") needScope(core, scope);
  const queuedBefore = queuedCount(core);
  const sending = cancelWithin(core, runOf(operator), withinScope(core, scope), core.now);
  const fromQueue = queuedBefore - queuedCount(core);
  return reportOf(fromQueue, await carryOut(core, sending));
}

const queuedCount = (core: Core): number =>
  [...core.model.open.queues.values()].reduce((sum, items) => sum + items.length, 0);

function reportOf(fromQueue: number, outcomes: readonly CommandOutcome[]): CancelReport {
  const count = (kind: CommandOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  return { canceled: count("accepted") + fromQueue, refused: count("refused"), unknown: count("unknown") };
}

/** Replaces an open order's quantity or prices. Throws `not_found`, or `wrong_state` with the code of the refusal. */
export async function replaceOne(core: Core, change: ReplaceIntent, operator: string): Promise<void> {
  const { sending, reason, detail } = decideReplace(core, runOf(operator), change, core.now);
  const [outcome] = await carryOut(core, sending);
  if (reason === "queued" || outcome?.outcome === "accepted") return;
  const id = change.replace;
  if (outcome === undefined)
    throw new CodedError(
      reason === "unknown_order" ? "not_found" : "wrong_state",
      `${id} was not replaced: ${detail ?? reason.replaceAll("_", " ")}`,
      { reason },
    );
  const why = outcome.reason.replaceAll("_", " ");
  throw new CodedError(
    "wrong_state",
    outcome.outcome === "refused"
      ? `The broker did not replace ${id}: ${why}. The order stays as it is.`
      : `The broker has not said whether it replaced ${id}: ${why}. It is asked about, and the replace is not sent again.`,
    { reason: outcome.reason },
  );
}

function intentOf(core: Core, { note, ...ticket }: Ticket, operator: string): OrderIntent {
  const fault = orderFault(ticket, core.symbols.get(ticket.symbol)?.allowNegativePrices === true);
  if (fault !== null) throw new CodedError("invalid_input", `${fault.field} ${fault.problem}.`, { field: fault.field });
  if (!core.symbols.has(ticket.symbol))
    throw new CodedError("not_found", `The desk does not trade ${ticket.symbol}; its symbols: ${symbolsOf(core)}.`);
  const text = `order ticket of ${operator}${note === undefined || note === "" ? "" : `: ${note}`}`;
  return { ...ticket, because: { text, values: {} } };
}

const symbolsOf = (core: Core): string => [...core.symbols.keys()].slice(0, 12).join(", ");

/** Places an order of the ticket as strategy `manual`. Throws `invalid_input`, `not_found`; a refusal is an outcome. */
export async function placeTicket(core: Core, ticket: Ticket, operator: string): Promise<TicketOutcome> {
  const intent = intentOf(core, ticket, operator);
  const from = core.ledger.position;
  const clientOrderId = intent.clientOrderId ?? `ticket-${from + 1}`;
  const sending = decideUnit(core, runOf(operator), [{ intent, clientOrderId }], core.now);
  core.ledger.commit();
  const entry = decisionOf(core, from);
  await carryOut(core, sending);
  const broker = core.model.working.get(entry?.orderId ?? "");
  const refused = entry?.accepted === true && sending.length > 0 && broker === undefined && refusedAtVenue(core, from);
  if (entry === null) return { state: "queued", orderId: null, clientOrderId, reason: "rate_limited", detail: null };
  const { orderId, accepted, reason, detail } = entry;
  const state = !accepted || refused ? "rejected" : (broker?.state ?? "accepted");
  return { state, orderId, clientOrderId, reason, detail };
}

function decisionOf(core: Core, from: number): OrderEntry | null {
  for (const entry of core.ledger.entries(from + 1, ["order"])) if (entry.kind === "order") return entry;
  return null;
}

function refusedAtVenue(core: Core, from: number): boolean {
  for (const entry of core.ledger.entries(from + 1, ["ack"]))
    if (entry.kind === "ack" && entry.outcome.outcome === "refused") return true;
  return false;
}

/** What the guards and the pace would say to an order of the ticket now. Changes nothing. */
export function previewTicket(core: Core, ticket: Ticket): OrderPreview {
  const intent = intentOf(core, ticket, "preview");
  const clientOrderId = intent.clientOrderId ?? `ticket-${core.ledger.position + 1}`;
  return previewUnit(core, runOf("preview"), [{ intent, clientOrderId }], core.now);
}

/** Begins a flatten or a close; the loop carries it on. Answers its id. */
export async function beginFlatten(core: Core, request: FlattenRequest): Promise<string> {
  const { flatten, sending } = startFlatten(core, request);
  await carryOut(core, sending);
  core.clock.wake();
  return flatten;
}

/** Carries flattens on where no loop runs: as far as the venue goes without a market. */
export async function settleFlattens(core: Core): Promise<void> {
  for (let step = 0; step < 3 && core.model.open.flattens.size > 0; step += 1) {
    takeBrokerEvents(core, core.broker.takeEvents(core.now), core.now);
    const sending: Sending[] = [];
    workFlattens(core, core.now, sending);
    await carryOut(core, sending);
  }
}
