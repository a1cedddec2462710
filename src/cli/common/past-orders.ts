/**
 * Orders and positions of a session, running or stopped, as its journal says them.
 *
 * 1. The journal is only read: it is safe beside a running session, and shows what is committed.
 * 2. A position's average follows the books' rules: weighted while it grows, kept while it shrinks, the fill's where it turns.
 */
import { OrdersProjection } from "../../console/projections/orders.ts";
import { Precisions } from "../../console/projections/precision.ts";
import { decimal, plain, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { Desk } from "../../shared/desk.ts";
import { hasEnded } from "../../shared/order-state.ts";
import type { OrderRow } from "../../shared/contract/views.ts";
import { readJournal, type JournalEntry, type QueueEntry, type SessionFiles } from "../../store/index.ts";
import { isBooked } from "../../store/journal/entries.ts";

/** What waits in a strategy's queue. */
export interface QueuedRow {
  readonly queue: string;
  readonly strategy: string;
  readonly at: number;
  readonly until: number;
  readonly orders: readonly { readonly clientOrderId: string; readonly symbol: string; readonly quantity: number }[];
  readonly replaces: string | null;
}

export interface OrderList {
  readonly orders: readonly OrderRow[];
  readonly queued: readonly QueuedRow[];
}

function* entriesOf(files: SessionFiles): Generator<JournalEntry> {
  const journal = readJournal(files.journal);
  try {
    yield* journal.read(1);
  } finally {
    journal.close();
  }
}

/** Every accepted order, oldest first, and what waits; of the orders the working ones alone where that is asked for. */
export function readOrders(files: SessionFiles, workingOnly: boolean): OrderList {
  let precisions: Precisions | null = null;
  let projection: OrdersProjection | null = null;
  const queued = new Map<string, QueuedRow>();
  for (const entry of entriesOf(files)) {
    if (entry.kind === "session" && entry.event === "created") {
      precisions = new Precisions(entry.detail["desk"] as Desk);
      projection = new OrdersProjection(precisions, Infinity);
    }
    precisions?.apply(entry);
    projection?.apply(entry);
    if (entry.kind === "queue") takeQueue(queued, entry, entry.at);
    else if ((entry.kind === "order" || entry.kind === "replace_request") && entry.queue !== undefined)
      queued.delete(entry.queue);
  }
  const orders = projection === null ? [] : [...projection.orders.rows()];
  return {
    orders: workingOnly ? orders.filter(({ state }) => !hasEnded(state)) : orders,
    queued: [...queued.values()],
  };
}

function takeQueue(queued: Map<string, QueuedRow>, entry: QueueEntry, at: number): void {
  const { queue, strategy, item } = entry;
  if (item === undefined) queued.delete(queue);
  else {
    const orders = item.orders.map(({ clientOrderId, intent: { symbol, quantity } }) => ({
      clientOrderId,
      symbol,
      quantity,
    }));
    queued.set(queue, { queue, strategy, at, until: item.until, orders, replaces: item.replace?.replace ?? null });
  }
}

/** One owner's position in a symbol, or what it left behind where it is flat. Amounts are exact decimals. */
export interface PositionRow {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly averagePrice: string;
  readonly realized: string;
  readonly fees: string;
}

interface Held {
  quantity: Decimal;
  average: Decimal;
  realized: Decimal;
  fees: Decimal;
}

function book(held: Held, quantity: Decimal, price: Decimal, fee: Decimal, realized: Decimal): void {
  const after = held.quantity.plus(quantity);
  const grows = held.quantity.isZero() || held.quantity.isNegative() === quantity.isNegative();
  if (after.isZero()) held.average = ZERO;
  else if (grows)
    held.average = held.average.times(held.quantity).plus(price.times(quantity)).div(after).toDecimalPlaces(12);
  else if (after.isNegative() !== held.quantity.isNegative()) held.average = price;
  held.quantity = after;
  held.fees = held.fees.plus(fee);
  held.realized = held.realized.plus(realized);
}

/** Every owner's position, in order of its first fill; flat ones only where `all` asks for them. */
export function readPositions(files: SessionFiles, all: boolean): PositionRow[] {
  const held = new Map<string, Held>();
  const evidence = new Map<string, Readonly<Record<string, string | number | null>>>();
  const add = (owner: string, symbol: string, amounts: readonly [string, string, string, string]): void => {
    const key = `${owner}\n${symbol}`;
    const position = held.get(key) ?? { quantity: ZERO, average: ZERO, realized: ZERO, fees: ZERO };
    held.set(key, position);
    const [quantity, price, fee, realized] = amounts.map((amount) => decimal(amount));
    book(position, quantity as Decimal, price as Decimal, fee as Decimal, realized as Decimal);
  };
  for (const entry of entriesOf(files))
    if (entry.kind === "fill" && isBooked(entry) && entry.strategy !== null)
      add(entry.strategy, entry.symbol, [entry.quantity, entry.price, entry.fee, entry.realized ?? "0"]);
    else if (entry.kind === "drift") evidence.set(entry.item, entry.evidence);
    else if (entry.kind === "review" && entry.realized !== null) {
      const { symbol, quantity, price, fee } = evidence.get(entry.item) ?? {};
      if (typeof symbol === "string" && quantity !== null && quantity !== undefined)
        add(entry.strategy ?? "unattributed", symbol, [
          String(quantity),
          String(price ?? 0),
          String(fee ?? 0),
          entry.realized,
        ]);
    }
  const rows = [...held].map(([key, { quantity, average, realized, fees }]): PositionRow => {
    const [owner = "", symbol = ""] = key.split("\n");
    const amounts = { realized: plain(realized), fees: plain(fees) };
    return { owner, symbol, quantity: plain(quantity), averagePrice: plain(average), ...amounts };
  });
  return all ? rows : rows.filter(({ quantity }) => quantity !== "0");
}
