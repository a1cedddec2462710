/**
 * Stream `orders`: accepted orders and fills, from the journal alone.
 *
 * 1. An order's state follows its entries: requested, then what the broker answered, then what it filled, then its end.
 * 2. Sums over an order's booked fills are exact decimals.
 * 3. An order that fell out of the table is not brought back by a late fill; the journal still has it.
 * 4. A report of an execution keeps its verdict. A duplicate or quarantined one has its row, is not counted as a fill, and moves no
 *    order.
 */
import { decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Decimal } from "../../shared/decimal.ts";
import type { Moment } from "../../shared/time.ts";
import type { FillRow, OrderRow, OrderState, OrdersView } from "../../shared/views.ts";
import { isBooked, type FillEntry, type JournalEntry, type OrderEntry } from "../../store/journal/entries.ts";
import type { Precisions } from "./precision.ts";
import { Table } from "./table.ts";

export const ORDER_ROWS_MAX = 2_000;

interface Sums {
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly fees: Decimal;
  readonly realized: Decimal;
}

/** States that nothing but a fill changes any more. */
const ENDED: ReadonlySet<OrderState> = new Set(["filled", "canceled", "rejected", "expired", "refused", "not_placed"]);

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
    } else if (entry.kind === "ack") this.#state(entry.orderId, entry.outcome.outcome, entry.at);
    else if (entry.kind === "fill") this.#fill(entry);
    else if (entry.kind === "closed" && entry.orderId !== null) this.#end(entry.orderId, entry.status, entry.at);
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
      limitPrice: entry.limitPrice,
      averagePrice: null,
      fees: null,
      realized: null,
      state: "requested",
      updatedAt: entry.at,
      because: entry.because.text,
      ...this.#precisions.of(entry.symbol),
    });
  }

  #state(orderId: string, state: OrderState, at: Moment): void {
    const row = this.orders.get(orderId);
    // A fill may be told before the answer to the send; what was filled is further than what was accepted.
    if (row === undefined || ENDED.has(row.state) || (row.state === "partially_filled" && state !== "refused")) return;
    this.orders.set(orderId, { ...row, state, updatedAt: at });
  }

  #end(orderId: string, state: OrderState, at: Moment): void {
    const row = this.orders.get(orderId);
    if (row === undefined || row.state === "filled" || row.state === "refused") return;
    this.orders.set(orderId, { ...row, state, updatedAt: at });
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
      state: entry.status === "filled" || !ENDED.has(row.state) ? entry.status : row.state,
      updatedAt: entry.at,
    });
  }
}
