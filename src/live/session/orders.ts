/**
 * From what a strategy asks for to what a broker has: risk, router, journal, send, acknowledgement.
 *
 * 1. A decision is added to the ledger before anything is sent; who sends has committed first.
 * 2. An order is sent once. An outcome that nobody knows is asked about by the venue's id, and never sent again.
 * 3. What is asked while the router is halted is answered by the router alone, and what is asked by a halted strategy or group by
 *    its kill switch: no guard is shown for an order that could not pass.
 */
import { decimal, plain } from "../../shared/decimal.ts";
import type { OrderId } from "../../shared/ids.ts";
import { venueIdOf } from "../../shared/ids.ts";
import type { BrokerOrder, CommandOutcome, Lookup, PlaceOrder } from "../../shared/ports.ts";
import type { OrderIntent } from "../../shared/strategy.ts";
import { later, SECOND } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import type { GuardReading, OrderEntry } from "../../store/journal/entries.ts";
import { closedOrder, refusedOrder, submitted } from "./effects.ts";
import { haltSession } from "./halts.ts";
import type { Core } from "./parts.ts";
import { heldBack } from "./switches.ts";

/** The refusal of an order whose symbol has no price yet; the router never sees it. */
export const NO_PRICE = "no_price";
/** The router's own refusals: a recovery asks it again for these, and not for those of risk. */
export const ROUTER_REFUSALS: ReadonlySet<string> = new Set([
  "invalid_order",
  "idempotency_conflict",
  "router_halted",
  "rate_limited",
  "inflight_limit",
]);

/** An accepted order on its way to the venue. */
export interface Sending {
  readonly orderId: OrderId;
  readonly order: PlaceOrder;
}

interface RunOf {
  readonly strategy: string;
  readonly run: number;
  readonly bar: Moment | null;
}

/** Decides on every order of a run, in its order, and adds the decisions to the ledger. Returns what is to be sent. */
export function decideOrders(core: Core, run: RunOf, intents: readonly OrderIntent[], at: Moment): Sending[] {
  const sending: Sending[] = [];
  for (const [index, intent] of intents.entries()) {
    const entry = decide(
      core,
      run,
      intent,
      intent.clientOrderId ?? `${core.tally.orderPrefix}${run.run}.${index + 1}`,
      at,
    );
    core.ledger.add(entry, at);
    if (!entry.accepted || entry.replay || entry.orderId === null) continue;
    const venueId = venueIdOf(core.id, entry.orderId);
    core.ledger.add({ kind: "send", orderId: entry.orderId, venueId }, at);
    const limitPrice = entry.limitPrice === null ? null : plain(decimal(entry.limitPrice));
    const quantity = plain(decimal(entry.quantity));
    sending.push({ orderId: entry.orderId, order: { venueId, symbol: entry.symbol, quantity, limitPrice, at } });
  }
  return sending;
}

function decide(core: Core, run: RunOf, intent: OrderIntent, clientOrderId: string, at: Moment): OrderEntry {
  const { symbol, quantity, because } = intent;
  const { strategy } = run;
  const mark = core.market.mark(symbol)?.price ?? null;
  const limitPrice = intent.limitPrice ?? null;
  const idempotencyKey = intent.idempotencyKey ?? null;
  const key = idempotencyKey ?? `${strategy}:${clientOrderId}`;
  const known = core.router.decisionOf(key);
  const price = limitPrice ?? (known === undefined ? mark : referencePrice(core, key, known.orderId, mark)) ?? 0;
  const asked = { strategy, symbol, quantity, price, limitPrice, clientOrderId, idempotencyKey, because, mark };
  const base: OrderEntry = { kind: "order", ...asked, run: run.run, bar: run.bar, ...REFUSED };
  if (limitPrice === null && mark === null && known === undefined) {
    refusedOrder(core, NO_PRICE, at);
    return { ...base, reason: NO_PRICE, detail: `${symbol} has no price yet, so the order's value is not known.` };
  }
  const held = heldBack(core, asked);
  if (held !== null) {
    refusedOrder(core, held.reason, at);
    return { ...base, ...held };
  }
  let guards: readonly GuardReading[] = [];
  if (known === undefined && !core.router.halted) {
    const verdict = core.risk.check({ strategy, symbol, quantity, price }, at);
    guards = verdict.guards;
    if (verdict.refusal !== null) {
      refusedOrder(core, verdict.refusal.reason, at);
      const { largest, ...refusal } = verdict.refusal;
      return { ...base, guards, ...refusal, ...(largest === null ? {} : { largest }) };
    }
  }
  const { decision, replay, detail, value, limit, freeAt } = submitted(core, asked, at);
  const { accepted, orderId, reason } = decision;
  const figures = {
    value: value === null ? null : String(value),
    limit: limit === null ? null : String(limit),
    freeAt,
  };
  return { ...base, guards, accepted, orderId, reason, detail, replay, ...figures };
}

/**
 * The price that a market order is submitted with under a key that the router knows: the one that the key was decided on. A market order's
 * price is a reference, so a mark that moved since makes no other order of it. A limit order that still works under the key is another
 * order than this one: its key is in conflict.
 */
function referencePrice(core: Core, key: string, orderId: string | null, mark: number | null): number | null {
  const working = orderId === null ? undefined : core.tally.working.get(orderId);
  const limited = working !== undefined && working.limitPrice !== null;
  return limited ? mark : (core.router.decidedPrice(key) ?? mark);
}

const REFUSED = {
  guards: [],
  accepted: false,
  orderId: null,
  reason: "",
  detail: null,
  replay: false,
  value: null,
  limit: null,
  freeAt: null,
} as const;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** A venue's answer to a question; one that throws has not answered. */
export async function answered<T>(question: () => Promise<Lookup<T>>): Promise<Lookup<T>> {
  try {
    return await question();
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** Sends orders whose decisions are committed, and adds what the broker answers. An adapter that throws has not answered. */
export async function sendOrders(core: Core, sending: readonly Sending[]): Promise<void> {
  const answers = await Promise.all(
    sending.map(async ({ order }): Promise<CommandOutcome> => {
      try {
        return await core.broker.placeOrder(order);
      } catch (error) {
        return { outcome: "unknown", reason: messageOf(error) };
      }
    }),
  );
  for (const [index, outcome] of answers.entries()) {
    const { orderId, order } = sending[index] as Sending;
    acknowledge(core, orderId, order.venueId, outcome);
  }
}

/** Asks the venue to cancel an order, and journals what it answers; the end itself is told by the venue. */
export async function cancelAtVenue(
  core: Core,
  orderId: OrderId,
  venueId: string,
  operator: string,
): Promise<CommandOutcome> {
  let outcome: CommandOutcome;
  try {
    outcome = await core.broker.cancelOrder(venueId, core.now);
  } catch (error) {
    outcome = { outcome: "unknown", reason: messageOf(error) };
  }
  core.ledger.add({ kind: "cancel", orderId, venueId, reason: `asked by ${operator}`, outcome }, core.now);
  core.ledger.commit();
  return outcome;
}

function acknowledge(core: Core, orderId: OrderId, venueId: string, outcome: CommandOutcome): void {
  if (outcome.outcome === "refused") closedOrder(core, { orderId, status: "rejected" }, core.now);
  core.ledger.add({ kind: "ack", orderId, venueId, outcome }, core.now);
}

/** How long after an answer of "absent" the venue is asked again: an order may still be on its way in. */
const ASK_AGAIN = SECOND;

interface Inquiry {
  absent: number;
  nextAt: Moment;
}

/** Asks the venue about orders whose outcome nobody knows, until it says. */
export class Inquiries {
  readonly #core: Core;
  readonly #open = new Map<string, Inquiry>();
  /** Whether the venue could not answer last time; the halt for it is made once. */
  #deaf = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** When the next question is due, or null while every outcome is known. */
  nextAt(): Moment | null {
    let next: Moment | null = null;
    for (const order of this.#core.tally.working.values()) {
      if (order.state !== "unknown") continue;
      const at = this.#open.get(order.orderId)?.nextAt ?? this.#core.now;
      if (next === null || at < next) next = at;
    }
    return next;
  }

  /** Asks about every unknown order whose turn it is. Adds what it learns to the ledger. */
  async ask(): Promise<void> {
    const core = this.#core;
    const unknown = [...core.tally.working.values()].filter((order) => order.state === "unknown");
    for (const id of this.#open.keys()) if (!unknown.some((order) => order.orderId === id)) this.#open.delete(id);
    for (const { orderId, venueId: told } of unknown) {
      const inquiry = this.#open.get(orderId) ?? { absent: 0, nextAt: core.now };
      if (inquiry.nextAt > core.now) continue;
      this.#open.set(orderId, inquiry);
      inquiry.nextAt = later(core.now, ASK_AGAIN);
      const venueId = told === "" ? venueIdOf(core.id, orderId as OrderId) : told;
      const answer = await answered(() => core.broker.orderByClientId(venueId));
      if (!answer.ok) {
        this.#noAnswer(orderId, answer.reason);
        continue;
      }
      this.#deaf = false;
      this.#take(orderId as OrderId, venueId, answer.value, inquiry);
    }
  }

  #noAnswer(orderId: string, reason: string): void {
    if (this.#deaf) return;
    this.#deaf = true;
    const message = `Nobody knows whether the venue has ${orderId}, and it cannot be asked: ${reason}. It is asked again every second.`;
    haltSession(this.#core, { source: "fault", code: "outcome_unknown", message }, this.#core.now);
  }

  #take(orderId: OrderId, venueId: string, found: BrokerOrder | null, inquiry: Inquiry): void {
    const core = this.#core;
    if (found === null) {
      inquiry.absent += 1;
      if (inquiry.absent < 2) return;
      closedOrder(core, { orderId, status: "not_placed" }, core.now);
      const reason = "The venue was asked twice and does not have it; it is not sent again.";
      core.ledger.add({ kind: "closed", orderId, venueId, status: "not_placed", reason }, core.now);
      return;
    }
    const { quantity, limitPrice, status } = found;
    if (status === "rejected")
      return acknowledge(core, orderId, venueId, { outcome: "refused", reason: "the venue had rejected it" });
    acknowledge(core, orderId, venueId, { outcome: "accepted", quantity, limitPrice });
    // Filled, and its fills still on their way: the last of them ends it. All of them booked before: nothing else ever would.
    const heard = core.tally.working.get(orderId)?.filled.abs().gte(decimal(found.filled).abs()) ?? false;
    const over = status === "canceled" || status === "expired" || (status === "filled" && heard);
    if (!over) return;
    const reason =
      status === "filled" ? "The venue had filled it, and its fills are booked." : "The venue had closed it.";
    closedOrder(core, { orderId, status }, core.now);
    core.ledger.add({ kind: "closed", orderId, venueId, status, reason }, core.now);
  }
}
