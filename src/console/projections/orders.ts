/**
 * Stream `orders`: accepted orders and fills, from the journal alone.
 *
 * 1. An order's state follows its entries by the one state machine (`shared/order-state.ts`).
 * 2. Sums over an order's booked fills are exact decimals.
 * 3. An order that fell out of the table is not brought back by a late fill; the journal still has it.
 * 4. A report of an execution keeps its verdict. A duplicate or quarantined one has its row, is not counted as a fill, and moves no
 *    order.
 */
import { decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Decimal } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";
import { hasEnded, stateAfter } from "../../shared/order-state.ts";
import type { FillRow, OrderRow, OrdersView } from "../../shared/contract/views.ts";
import { isBooked, type FillEntry, type JournalEntry, type OrderEntry } from "../../store/journal/entries.ts";
import { orderEventOf } from "../../store/journal/order-events.ts";
import type { Precisions } from "./precision.ts";
import { Table } from "./table.ts";
import { trailText } from "./trail-text.ts";

export const ORDER_ROWS_MAX = 2_000;

interface Sums {
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly fees: Decimal;
  readonly realized: Decimal;
}

export class OrdersProjection {
  readonly orders: Table<OrderRow>;
  readonly fills: Table<FillRow>;
  readonly #precisions: Precisions;
  readonly #sums = new Map<string, Sums>();
  #orderCount = 0;
  #fillCount = 0;
  #fillReports = 0;

  /** `limit` bounds each table; an export passes `Infinity`. */
  constructor(precisions: Precisions, limit: number = ORDER_ROWS_MAX) {
    this.#precisions = precisions;
    this.orders = new Table(limit);
    this.fills = new Table(limit);
  }

  get orderCount(): number {
    return this.#orderCount;
  }

  get fillCount(): number {
    return this.#fillCount;
  }

  apply(entry: JournalEntry): void {
    if (entry.kind === "order") {
      if (entry.accepted && !entry.replay && entry.orderId !== null) this.#accept(entry, entry.orderId);
    } else if (entry.kind === "fill") this.#fill(entry);
    else if ("orderId" in entry && entry.orderId !== null) this.#move(entry, entry.orderId);
  }

  value(now: Moment): OrdersView {
    return {
      now,
      orderCount: this.#orderCount,
      fillCount: this.#fillCount,
      fillReports: this.#fillReports,
      orders: this.orders.value(),
      fills: this.fills.value(),
    };
  }

  #accept(entry: OrderEntry & { readonly seq: number; readonly at: Moment }, orderId: string): void {
    this.#orderCount += 1;
    const oldest = this.orders.size >= this.orders.limit ? this.orders.rows().next() : null;
    if (oldest !== null && oldest.done !== true) this.#sums.delete(oldest.value.orderId);
    this.orders.set(orderId, {
      seq: entry.seq,
      orderId,
      clientOrderId: entry.clientOrderId,
      at: entry.at,
      strategy: entry.strategy,
      symbol: entry.symbol,
      quantity: entry.quantity,
      filled: "0",
      price: entry.price,
      type: entry.type ?? (entry.limitPrice === null ? "market" : "limit"),
      limitPrice: entry.limitPrice,
      stopPrice: entry.stopPrice ?? null,
      trail: trailText(entry.trail),
      timeInForce: entry.timeInForce ?? "gtc",
      expiresAt: entry.expiresAt ?? null,
      postOnly: entry.postOnly === true,
      reduceOnly: entry.reduceOnly === true,
      parentId: entry.parent ?? null,
      averagePrice: null,
      fees: null,
      realized: null,
      state: "pending_new",
      reason: "accepted",
      updatedAt: entry.at,
      because: entry.because.text,
      ...this.#precisions.of(entry.symbol),
    });
  }

  /** What an entry other than a fill makes of its order: its state, and what the venue says of its terms. */
  #move(entry: JournalEntry, orderId: string): void {
    const row = this.orders.get(orderId);
    const event = orderEventOf(entry);
    const terms = termsIn(entry);
    if (row === undefined || hasEnded(row.state) || (event === null && terms === null)) return;
    const state = event === null ? row.state : stateAfter(row.state, event, row.filled !== "0");
    this.orders.set(orderId, { ...row, ...terms, state, reason: reasonIn(entry) ?? row.reason, updatedAt: entry.at });
  }

  #fill(entry: FillEntry & { readonly seq: number; readonly at: Moment }): void {
    this.#fillReports += 1;
    if (isBooked(entry)) this.#fillCount += 1;
    const precision = this.#precisions.of(entry.symbol);
    this.fills.set(String(entry.seq), {
      seq: entry.seq,
      fillId: entry.fillId,
      orderId: entry.orderId,
      venueId: entry.venueId,
      at: entry.filledAt,
      strategy: entry.strategy,
      symbol: entry.symbol,
      quantity: entry.quantity,
      price: entry.price,
      fee: entry.fee,
      realized: entry.realized,
      verdict: entry.verdict,
      ...precision,
    });
    if (isBooked(entry) && entry.orderId !== null) this.#book(entry, entry.orderId);
  }

  #book(entry: FillEntry & { readonly at: Moment }, orderId: string): void {
    const row = this.orders.get(orderId);
    if (row === undefined) return;
    const old = this.#sums.get(orderId) ?? { quantity: ZERO, notional: ZERO, fees: ZERO, realized: ZERO };
    const quantity = decimal(entry.quantity);
    const sums = {
      quantity: old.quantity.plus(quantity),
      notional: old.notional.plus(quantity.times(entry.price)),
      fees: old.fees.plus(entry.fee),
      realized: old.realized.plus(entry.realized ?? ZERO),
    };
    this.#sums.set(orderId, sums);
    this.orders.set(orderId, {
      ...row,
      ...this.#precisions.of(entry.symbol),
      filled: plain(sums.quantity),
      averagePrice: sums.quantity.isZero() ? null : plain(sums.notional.div(sums.quantity).toDecimalPlaces(12)),
      fees: plain(sums.fees),
      realized: plain(sums.realized),
      state: stateAfter(row.state, entry.status, true),
      reason: entry.status,
      updatedAt: entry.at,
    });
  }
}

/** The terms that the venue reports with an entry, or null. */
function termsIn(entry: JournalEntry): Partial<Pick<OrderRow, "quantity" | "limitPrice" | "stopPrice">> | null {
  const terms = entry.kind === "updated" ? entry : entry.kind === "replace" ? entry.outcome : null;
  if (terms === null || !("quantity" in terms)) return null;
  const { quantity, limitPrice, stopPrice } = terms;
  return {
    quantity: Number(quantity),
    limitPrice: limitPrice === null ? null : Number(limitPrice),
    ...(stopPrice === undefined ? {} : { stopPrice: Number(stopPrice) }),
  };
}

/** The code of an order's newest change, or null where an entry has none. */
function reasonIn(entry: JournalEntry): string | null {
  if (entry.kind === "ack" || entry.kind === "cancel" || entry.kind === "replace")
    return entry.outcome.outcome === "accepted" ? null : entry.outcome.reason;
  return entry.kind === "closed" ? entry.reason : null;
}
