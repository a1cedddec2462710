/**
 * Whether orders that have ended are at the venue what the journal says that they were.
 *
 * 1. The figures that count are those of the venue's last answer to the order or to a replace of it; what it filled is the sum of the
 *    order's journaled fills.
 * 2. What the venue may have changed by itself has no figures to compare: a bracket's child, a trailing stop, one of a group that
 *    cancels each other, one that only reduces, and an order with a replace that was never answered.
 * 3. A fill that the venue has and the journal lacks is reported later: what an order of such a fill has filled is not compared.
 * 4. An order that its fills ended is given out at once and forgotten; a canceled or expired one is kept, because a fill may still come.
 */
import { decimal, plain, type Decimal } from "../../../shared/decimal.ts";
import type { BrokerOrder, CommandOutcome } from "../../../shared/ports.ts";
import type { JournalReader } from "../../../store/index.ts";
import type { JournalEntry } from "../../../store/journal/entries.ts";

/** What is compared of an order as the venue has it. */
type VenueRecord = Pick<BrokerOrder, "symbol" | "quantity" | "filled" | "limitPrice" | "status">;

/** Entries that say what became of an order. */
export const ORDER_KINDS = ["order", "ack", "replace_request", "replace", "fill", "closed"] as const;

/** Orders of a session that a start compares from its first entry on; of a longer one it looks at those that it repeats. */
const ORDERS_MAX = 5_000;

/** The orders that a start compares, as they are behind entry `since`; the entries behind that one are yet to be taken. */
export function ordersBefore(journal: Pick<JournalReader, "read" | "count">, since: number): EndedOrders {
  const orders = new EndedOrders();
  if (since === 0 || journal.count("order") > ORDERS_MAX) return orders;
  for (const entry of journal.read(1, ORDER_KINDS)) {
    if (entry.seq > since) break;
    orders.take(entry);
  }
  return orders;
}

interface Known {
  readonly seq: number;
  readonly symbol: string;
  readonly fixed: boolean;
  venueId: string | null;
  quantity: string | null;
  limitPrice: string | null;
  filled: Decimal | null;
  /** Whether figures of it are in doubt. */
  open: boolean;
  /** Whether a fill of it was booked to no order: then its sum is not the journal's. */
  strange: boolean;
}

/** An order that has ended, as the journal has it. */
export interface EndedOrder {
  readonly seq: number;
  readonly venueId: string;
  readonly symbol: string;
  /** Null where the venue may have changed it. */
  readonly figures: { readonly quantity: string; readonly limitPrice: string | null } | null;
  /** Null where that is not known. */
  readonly filled: string | null;
}

const text = (value: string | null): string => (value === null ? "none" : plain(decimal(value)));

/** How an ended order differs at the venue, in a sentence; null where it does not. `late`: the journal lacks a fill of it. */
export function endedFault(order: EndedOrder, there: VenueRecord | null, late: boolean): string | null {
  const named = `the venue's order ${order.venueId}`;
  if (there === null) return `${named} is in the journal and not at the venue`;
  if (there.symbol !== order.symbol)
    return `${named} is of ${there.symbol} there and of ${order.symbol} in the journal`;
  const say = (quantity: string, limitPrice: string | null): string =>
    `${text(quantity)} ${order.symbol}, limit ${text(limitPrice)}`;
  const { figures } = order;
  // Equal texts are equal amounts, and most are.
  if (figures !== null && (figures.quantity !== there.quantity || figures.limitPrice !== there.limitPrice)) {
    const [ours, theirs] = [say(figures.quantity, figures.limitPrice), say(there.quantity, there.limitPrice)];
    if (ours !== theirs) return `${named} is ${theirs} there and ${ours} in the journal`;
  }
  const filled = late ? null : order.filled;
  if (filled !== null && filled !== there.filled && text(filled) !== text(there.filled))
    return `${named} has ${text(there.filled)} filled there and ${text(filled)} in the journal`;
  return there.status === "open" ? `${named} still works there and has ended in the journal` : null;
}

type OrderEntry = Extract<JournalEntry, { kind: "order" }>;

/** Follows the journal's orders. `filled` gets each that its fills have ended; without it they are kept for `ended`. */
export class EndedOrders {
  readonly #known = new Map<string, Known>();
  readonly #closed = new Set<Known>();
  readonly #kept: EndedOrder[] = [];
  readonly #filled: (order: EndedOrder) => void;

  constructor(filled?: (order: EndedOrder) => void) {
    this.#filled = filled ?? ((order) => void this.#kept.push(order));
  }

  take(entry: JournalEntry): void {
    if (entry.kind === "order") return this.#accept(entry);
    if (entry.kind === "replace_request") {
      const order = entry.sent ? this.#of(entry.orderId) : undefined;
      if (order !== undefined) order.open = true;
    } else if (entry.kind === "ack" || entry.kind === "replace") this.#answer(entry);
    else if (entry.kind === "fill") this.#fill(entry);
    else if (entry.kind === "closed") this.#close(entry);
  }

  /** The orders that have ended and were not given out. */
  ended(): EndedOrder[] {
    return [...this.#kept, ...[...this.#closed].map(endedOf)];
  }

  #of(orderId: string | null): Known | undefined {
    return orderId === null ? undefined : this.#known.get(orderId);
  }

  #accept(entry: OrderEntry & { readonly seq: number }): void {
    const { accepted, replay, orderId, symbol, seq, parent = null, trail, oco, reduceOnly } = entry;
    if (!accepted || replay || orderId === null) return;
    const fixed = parent === null && (trail ?? oco) === undefined && reduceOnly !== true;
    this.#known.set(orderId, {
      seq,
      symbol,
      fixed,
      venueId: null,
      quantity: null,
      limitPrice: null,
      filled: null,
      open: false,
      strange: false,
    });
  }

  #answer(entry: {
    readonly orderId: string;
    readonly venueId: string;
    readonly kind: string;
    readonly outcome: CommandOutcome;
  }): void {
    const order = this.#of(entry.orderId);
    if (order === undefined) return;
    order.venueId = entry.venueId;
    const { outcome } = entry;
    // A refused order has ended without a trace that is worth a comparison.
    if (outcome.outcome === "refused" && entry.kind === "ack") this.#known.delete(entry.orderId);
    order.open = outcome.outcome === "unknown";
    if (outcome.outcome !== "accepted") return;
    order.quantity = outcome.quantity;
    order.limitPrice = outcome.limitPrice;
  }

  #fill(entry: Extract<JournalEntry, { kind: "fill" }>): void {
    const order = this.#of(entry.orderId);
    if (order === undefined || entry.orderId === null) return;
    if (entry.verdict !== "booked") order.strange = true;
    order.filled = order.filled === null ? decimal(entry.quantity) : order.filled.plus(entry.quantity);
    if (this.#closed.has(order) || order.strange || order.open || order.quantity === null || !order.fixed) return;
    if (!order.filled.equals(order.quantity)) return;
    this.#known.delete(entry.orderId);
    this.#filled(endedOf(order));
  }

  #close({ orderId, status }: Extract<JournalEntry, { kind: "closed" }>): void {
    const order = this.#of(orderId);
    if (order !== undefined && order.venueId !== null && status !== "not_placed") this.#closed.add(order);
  }
}

function endedOf({ seq, venueId, symbol, fixed, open, strange, quantity, limitPrice, filled }: Known): EndedOrder {
  const figures = fixed && !open && quantity !== null ? { quantity, limitPrice } : null;
  const sum = strange ? null : filled === null ? "0" : plain(filled);
  return { seq, venueId: venueId ?? "", symbol, figures, filled: sum };
}
