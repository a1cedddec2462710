/**
 * What goes to the venue and what it answers: placements, cancels, replaces, and the questions about those that it did not answer.
 *
 * 1. A request is sent once, after its commit. An outcome that is not known is asked about by the venue's id, and never sent again.
 * 2. Requests on one order go in their order: a cancel follows the placement that it is about, a bracket's child its parent.
 * 3. A question that fails is no answer: the request stays pending, and the session halts once for it.
 * 4. An order that the venue says has ended ends here once all its fills are booked: a fill that crosses a cancel is reported later.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import type { OrderId } from "../../../shared/ids.ts";
import { venueIdOf } from "../../../shared/ids.ts";
import type { BrokerOrder, CommandOutcome, Lookup, OrderChange, PlaceOrder } from "../../../shared/ports.ts";
import { later, SECOND } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import { closedOrder, replacedOrder } from "../state/effects.ts";
import { haltSession } from "../state/halts.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import type { Core } from "../state/parts.ts";

/** A journaled request on its way to the venue. */
export type Sending =
  | { readonly kind: "place"; readonly orderId: OrderId; readonly order: PlaceOrder; readonly parent: OrderId | null }
  | { readonly kind: "cancel"; readonly orderId: OrderId; readonly venueId: string; readonly by: string }
  | { readonly kind: "replace"; readonly orderId: OrderId; readonly venueId: string; readonly change: OrderChange };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** A venue's answer to a question; one that throws has not answered. */
export async function answered<T>(question: () => Promise<Lookup<T>>): Promise<Lookup<T>> {
  try {
    return await question();
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

async function ask(core: Core, sending: Sending): Promise<CommandOutcome> {
  try {
    if (sending.kind === "place") return await core.broker.placeOrder(sending.order);
    if (sending.kind === "cancel") return await core.broker.cancelOrder(sending.venueId, core.now);
    return await core.broker.replaceOrder(sending.venueId, sending.change, core.now);
  } catch (error) {
    return { outcome: "unknown", reason: messageOf(error) };
  }
}

/** Cuts a list where a request follows another one on the same order, or a child its parent. */
function batchesOf(sending: readonly Sending[]): Sending[][] {
  const batches: Sending[][] = [];
  let inBatch = new Set<string>();
  for (const one of sending) {
    const follows =
      inBatch.has(one.orderId) || (one.kind === "place" && one.parent !== null && inBatch.has(one.parent));
    if (batches.length === 0 || follows) {
      batches.push([]);
      inBatch = new Set();
    }
    inBatch.add(one.orderId);
    (batches.at(-1) as Sending[]).push(one);
  }
  return batches;
}

/** How many calls of `sendAll` are under way, by session. */
const underWay = new WeakMap<Core, number>();

/** Whether requests are on their way to the venue, or its answers on theirs. */
export const isSending = (core: Core): boolean => (underWay.get(core) ?? 0) > 0;

/** Sends requests whose decisions are committed, and adds what the venue answers. An adapter that throws has not answered. */
export async function sendAll(core: Core, sending: readonly Sending[]): Promise<CommandOutcome[]> {
  underWay.set(core, (underWay.get(core) ?? 0) + 1);
  try {
    return await sendBatches(core, sending);
  } finally {
    underWay.set(core, (underWay.get(core) ?? 1) - 1);
  }
}

async function sendBatches(core: Core, sending: readonly Sending[]): Promise<CommandOutcome[]> {
  const [only, ...more] = sending;
  if (only !== undefined && more.length === 0) {
    if (dropped(core, only)) return [];
    const outcome = await ask(core, only);
    take(core, only, outcome);
    return [outcome];
  }
  const outcomes: CommandOutcome[] = [];
  for (const batch of batchesOf(sending)) {
    const going = batch.filter((one) => !dropped(core, one));
    const answers = await Promise.all(going.map((one) => ask(core, one)));
    for (const [index, one] of going.entries()) take(core, one, answers[index] as CommandOutcome);
    outcomes.push(...answers);
  }
  return outcomes;
}

/** A child whose parent the venue refused is not sent: it ends with its parent. */
function dropped(core: Core, sending: Sending): boolean {
  if (sending.kind !== "place" || sending.parent === null || core.model.working.has(sending.parent)) return false;
  const { orderId, order } = sending;
  closedOrder(core, { orderId, status: "canceled" }, core.now);
  const closed = {
    kind: "closed",
    orderId,
    venueId: order.venueId,
    status: "canceled",
    reason: "parent_ended",
  } as const;
  core.ledger.add(closed, core.now);
  return true;
}

function take(core: Core, sending: Sending, outcome: CommandOutcome): void {
  const { orderId } = sending;
  if (sending.kind === "place") return acknowledge(core, orderId, sending.order.venueId, outcome);
  const { venueId } = sending;
  // A venue that reported the order's end meanwhile has answered already; its late answer is journaled all the same.
  if (sending.kind === "cancel")
    core.ledger.add({ kind: "cancel", orderId, venueId, reason: `asked by ${sending.by}`, outcome }, core.now);
  else answerReplace(core, orderId, venueId, sending.change, outcome);
}

function acknowledge(core: Core, orderId: OrderId, venueId: string, outcome: CommandOutcome): void {
  if (outcome.outcome === "refused") closedOrder(core, { orderId, status: "rejected" }, core.now);
  core.ledger.add({ kind: "ack", orderId, venueId, outcome }, core.now);
}

function answerReplace(
  core: Core,
  orderId: OrderId,
  venueId: string,
  change: OrderChange,
  outcome: CommandOutcome,
): void {
  const entry = { kind: "replace", orderId, venueId, change, outcome } as const;
  replacedOrder(core, entry);
  core.ledger.add(entry, core.now);
}

/** How long after an answer that settles nothing the venue is asked again: a request may still be on its way in. */
const ASK_AGAIN = SECOND;
/** Answers in a row of "it is as it was" that settle a request as not carried out. */
const ANSWERS_NEEDED = 2;

interface Inquiry {
  settled: number;
  nextAt: Moment;
}

/** Asks the venue about orders with a request whose outcome is not known, until it says. */
export class OrderStatusQueries {
  readonly #core: Core;
  readonly #open = new Map<string, Inquiry>();
  /** Orders that the venue has ended, of which it has yet to report fills. */
  readonly #ending = new Map<OrderId, BrokerOrder>();
  /** Whether the venue could not answer last time; the halt for it is made once. */
  #silent = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** When the next question is due, or null while every outcome is known. */
  nextAt(): Moment | null {
    if (this.#ripe().length > 0) return this.#core.now;
    const { open } = this.#core.model;
    if (!open.index.doubts) return null;
    let next: Moment | null = null;
    for (const order of open.index.doubtful()) {
      const at = this.#open.get(order.orderId)?.nextAt ?? this.#core.now;
      if (next === null || at < next) next = at;
    }
    return next;
  }

  /** Asks about every order in doubt whose turn it is. Adds what it learns to the ledger. */
  async ask(): Promise<void> {
    const core = this.#core;
    for (const [orderId, found] of this.#ripe()) this.#close(orderId, found.venueId, found);
    const doubtful = core.model.open.index.doubtful();
    for (const id of this.#open.keys()) if (core.model.working.get(id)?.inDoubt !== true) this.#open.delete(id);
    for (const { orderId, venueId: known } of doubtful) {
      const inquiry = this.#open.get(orderId) ?? { settled: 0, nextAt: core.now };
      if (inquiry.nextAt > core.now) continue;
      this.#open.set(orderId, inquiry);
      inquiry.nextAt = later(core.now, ASK_AGAIN);
      const venueId = known === "" ? venueIdOf(core.id, orderId as OrderId) : known;
      const answer = await answered(() => core.broker.orderByClientId(venueId));
      if (!answer.ok) {
        this.#noAnswer(orderId, answer.reason);
        continue;
      }
      this.#silent = false;
      // An event may have settled it while the venue was asked.
      const order = core.model.working.get(orderId);
      if (order?.inDoubt === true) this.#take(order, venueId, answer.value, inquiry);
    }
  }

  #noAnswer(orderId: string, reason: string): void {
    if (this.#silent) return;
    this.#silent = true;
    const message = `The venue did not answer a request on ${orderId}, and it cannot be asked: ${reason}. It is asked again every second.`;
    haltSession(this.#core, { source: "fault", code: "outcome_unknown", message }, this.#core.now);
  }

  #take(order: WorkingOrder, venueId: string, found: BrokerOrder | null, inquiry: Inquiry): void {
    const core = this.#core;
    const orderId = order.orderId as OrderId;
    if (found === null) {
      inquiry.settled += 1;
      if (inquiry.settled < ANSWERS_NEEDED) return;
      closedOrder(core, { orderId, status: "not_placed" }, core.now);
      const reason = "The venue was asked twice and does not have it; it is not sent again.";
      core.ledger.add({ kind: "closed", orderId, venueId, status: "not_placed", reason }, core.now);
      return;
    }
    const { quantity, limitPrice, status, stopPrice } = found;
    if (status === "rejected" && order.request === null)
      return acknowledge(core, orderId, venueId, {
        outcome: "refused",
        reason: found.reason ?? "the venue had rejected it",
      });
    if (order.request === null) {
      const placed = {
        outcome: "accepted",
        quantity,
        limitPrice,
        ...(stopPrice === undefined ? {} : { stopPrice }),
      } as const;
      acknowledge(core, orderId, venueId, placed);
    } else if (status === "open" && !this.#answerRequest(order, venueId, found, inquiry)) return;
    this.#close(orderId, venueId, found);
  }

  /** What an open order says of a cancel or a replace in doubt; false while it may still be on its way. */
  #answerRequest(order: WorkingOrder, venueId: string, found: BrokerOrder, inquiry: Inquiry): boolean {
    const core = this.#core;
    const orderId = order.orderId as OrderId;
    const change = order.request?.change ?? null;
    if (change !== null && carriesOut(found, change)) {
      const { quantity, limitPrice, stopPrice } = found;
      const done = {
        outcome: "accepted",
        quantity,
        limitPrice,
        ...(stopPrice === undefined ? {} : { stopPrice }),
      } as const;
      answerReplace(core, orderId, venueId, change, done);
      return true;
    }
    inquiry.settled += 1;
    if (inquiry.settled < ANSWERS_NEEDED) return false;
    this.#open.delete(order.orderId);
    const what = change === null ? "canceled" : "replaced";
    const outcome = { outcome: "refused", reason: `not_${what}` } as const;
    if (change !== null) answerReplace(core, orderId, venueId, change, outcome);
    else core.ledger.add({ kind: "cancel", orderId, venueId, reason: "the venue was asked twice", outcome }, core.now);
    return true;
  }

  /** Ends an order that the venue has ended, where no report of it will come. */
  #close(orderId: OrderId, venueId: string, found: BrokerOrder): void {
    const core = this.#core;
    const { status, reason: why } = found;
    if (status === "open" || status === "rejected") return;
    if (!this.#allBooked(orderId, found)) {
      this.#ending.set(orderId, found);
      return;
    }
    this.#ending.delete(orderId);
    const reason =
      status === "filled" ? "The venue had filled it, and its fills are booked." : (why ?? "The venue had closed it.");
    closedOrder(core, { orderId, status }, core.now);
    core.ledger.add({ kind: "closed", orderId, venueId, status, reason }, core.now);
  }

  /** Whether every fill that the venue says an order has is booked. */
  #allBooked(orderId: OrderId, { filled }: BrokerOrder): boolean {
    return this.#core.model.working.get(orderId)?.filled.abs().gte(decimal(filled).abs()) ?? false;
  }

  /** Ended orders whose last fill was booked meanwhile; those that their fills have ended are dropped. */
  #ripe(): [OrderId, BrokerOrder][] {
    if (this.#ending.size === 0) return [];
    for (const orderId of this.#ending.keys()) if (!this.#core.model.working.has(orderId)) this.#ending.delete(orderId);
    return [...this.#ending].filter(([orderId, found]) => this.#allBooked(orderId, found));
  }
}

/** Whether an order at the venue has every value that a replace asked for. */
function carriesOut(found: BrokerOrder, { quantity, limitPrice, stopPrice }: OrderChange): boolean {
  const same = (asked: string | undefined, has: string | null | undefined): boolean =>
    asked === undefined || (has !== null && has !== undefined && plain(decimal(asked)) === plain(decimal(has)));
  return same(quantity, found.quantity) && same(limitPrice, found.limitPrice) && same(stopPrice, found.stopPrice);
}
