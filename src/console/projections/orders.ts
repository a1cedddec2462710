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

type Placed = { readonly seq: number; readonly at: Moment };

/** Exact sums over an order's booked fills. */
export interface FillSums {
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly fees: Decimal;
  readonly realized: Decimal;
}

/** An order as its entries up to now make it. */
export interface FoldedOrder {
  readonly row: OrderRow;
  /** Null before its first booked fill. */
  readonly sums: FillSums | null;
}

/** The order that an entry changes, as it is after the entry; null where it changes none. `get` finds an order as it was before. */
export function foldOrder(
  entry: JournalEntry,
  precisions: Precisions,
  get: (orderId: string) => FoldedOrder | undefined,
): FoldedOrder | null {
  if (entry.kind === "order")
    return entry.accepted && !entry.replay && entry.orderId !== null
      ? { row: acceptedRow(entry, entry.orderId, precisions), sums: null }
      : null;
  if (!("orderId" in entry) || entry.orderId === null) return null;
  if (entry.kind === "fill" && !isBooked(entry)) return null;
  const order = get(entry.orderId);
  if (order === undefined) return null;
  return entry.kind === "fill" ? booked(order, entry, precisions) : moved(order, entry);
}

/** A report of an execution as a row. */
export function fillRowOf(entry: FillEntry & Placed, precisions: Precisions): FillRow {
  return {
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
    ...precisions.of(entry.symbol),
  };
}

type SumsState = readonly [quantity: string, notional: string, fees: string, realized: string];

export interface OrdersState {
  readonly orders: readonly (readonly [string, OrderRow])[];
  readonly fills: readonly (readonly [string, FillRow])[];
  readonly sums: readonly (readonly [string, SumsState])[];
  readonly counts: readonly [orders: number, fills: number, reports: number];
}

export class OrdersProjection {
  readonly orders: Table<OrderRow>;
  readonly fills: Table<FillRow>;
  readonly #precisions: Precisions;
  readonly #sums = new Map<string, FillSums>();
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

  /** Fills, and reports that were not booked. */
  get fillReports(): number {
    return this.#fillReports;
  }

  get fillCount(): number {
    return this.#fillCount;
  }

  apply(entry: JournalEntry): void {
    if (entry.kind === "fill") {
      this.#fillReports += 1;
      if (isBooked(entry)) this.#fillCount += 1;
      this.fills.set(String(entry.seq), fillRowOf(entry, this.#precisions));
    }
    const folded = foldOrder(entry, this.#precisions, (id) => this.#folded(id));
    if (folded === null) return;
    const { row, sums } = folded;
    if (entry.kind === "order") this.#orderCount += 1;
    if (sums !== null) this.#sums.set(row.orderId, sums);
    const gone = this.orders.set(row.orderId, row);
    if (gone !== undefined) this.#sums.delete(gone.orderId);
  }

  state(): OrdersState {
    const sums = [...this.#sums].map(([id, { quantity, notional, fees, realized }]) => {
      const texts: SumsState = [plain(quantity), plain(notional), plain(fees), plain(realized)];
      return [id, texts] as const;
    });
    const counts = [this.#orderCount, this.#fillCount, this.#fillReports] as const;
    return { orders: this.orders.state(), fills: this.fills.state(), sums, counts };
  }

  restore({ orders, fills, sums, counts }: OrdersState): void {
    this.orders.restore(orders);
    this.fills.restore(fills);
    for (const [id, [quantity, notional, fees, realized]] of sums) {
      const amounts = { quantity: decimal(quantity), notional: decimal(notional) };
      this.#sums.set(id, { ...amounts, fees: decimal(fees), realized: decimal(realized) });
    }
    [this.#orderCount, this.#fillCount, this.#fillReports] = counts;
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

  #folded(orderId: string): FoldedOrder | undefined {
    const row = this.orders.get(orderId);
    return row === undefined ? undefined : { row, sums: this.#sums.get(orderId) ?? null };
  }
}

function acceptedRow(entry: OrderEntry & Placed, orderId: string, precisions: Precisions): OrderRow {
  return {
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
    ...precisions.of(entry.symbol),
  };
}

/** What an entry other than a fill makes of its order: its state, and what the venue says of its terms. */
function moved({ row, sums }: FoldedOrder, entry: JournalEntry): FoldedOrder | null {
  const event = orderEventOf(entry);
  const terms = termsIn(entry);
  if (hasEnded(row.state) || (event === null && terms === null)) return null;
  const state = event === null ? row.state : stateAfter(row.state, event, row.filled !== "0");
  return { row: { ...row, ...terms, state, reason: reasonIn(entry) ?? row.reason, updatedAt: entry.at }, sums };
}

function booked({ row, sums: before }: FoldedOrder, entry: FillEntry & Placed, precisions: Precisions): FoldedOrder {
  const old = before ?? { quantity: ZERO, notional: ZERO, fees: ZERO, realized: ZERO };
  const quantity = decimal(entry.quantity);
  const sums = {
    quantity: old.quantity.plus(quantity),
    notional: old.notional.plus(quantity.times(entry.price)),
    fees: old.fees.plus(entry.fee),
    realized: old.realized.plus(entry.realized ?? ZERO),
  };
  return {
    sums,
    row: {
      ...row,
      ...precisions.of(entry.symbol),
      filled: plain(sums.quantity),
      averagePrice: sums.quantity.isZero() ? null : plain(sums.notional.div(sums.quantity).toDecimalPlaces(12)),
      fees: plain(sums.fees),
      realized: plain(sums.realized),
      state: stateAfter(row.state, entry.status, true),
      reason: entry.status,
      updatedAt: entry.at,
    },
  };
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
