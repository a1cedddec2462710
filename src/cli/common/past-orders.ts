/**
 * Orders and positions of a session, running or stopped, as its journal says them.
 *
 * 1. The journal is only read: it is safe beside a running session, and shows what is committed.
 * 2. A position's average follows the books' rules: weighted while it grows, kept while it shrinks, the fill's where it turns.
 */
import { OrdersProjection } from "../../console/projections/orders.ts";
import { Precisions } from "../../console/projections/precision.ts";
import { moneyOfDesk, PLAIN_MONEY } from "../../live/instruments/index.ts";
import { holdingsOf } from "../../live/status/holdings.ts";
import { plain } from "../../shared/decimal.ts";
import { hasEnded } from "../../shared/order-state.ts";
import type { OrderRow } from "../../shared/contract/views.ts";
import {
  nodeFileSystem,
  readSessionJournal,
  storedDesk,
  type JournalEntry,
  type QueueEntry,
  type SessionFiles,
} from "../../store/index.ts";

/** What waits in a strategy's queue. */
export interface QueuedRow {
  readonly queue: string;
  readonly strategy: string;
  readonly at: number;
  readonly until: number;
  readonly orders: readonly { readonly clientOrderId: string; readonly symbol: string; readonly quantity: number }[];
  readonly replaces: string | null;
}

/** An order with the currency of its prices, fees and profit. */
export type ListedOrder = OrderRow & { readonly currency: string };

export interface OrderList {
  readonly orders: readonly ListedOrder[];
  readonly queued: readonly QueuedRow[];
}

function* entriesOf(files: SessionFiles): Generator<JournalEntry> {
  const journal = readSessionJournal(nodeFileSystem, files);
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
  let money = PLAIN_MONEY;
  const queued = new Map<string, QueuedRow>();
  for (const entry of entriesOf(files)) {
    if (entry.kind === "session" && entry.event === "created") {
      const desk = storedDesk(entry.detail["desk"], files.journal);
      precisions = new Precisions(desk);
      money = moneyOfDesk(desk);
      projection = new OrdersProjection(precisions, Infinity);
    }
    precisions?.apply(entry);
    projection?.apply(entry);
    if (entry.kind === "queue") takeQueue(queued, entry, entry.at);
    else if ((entry.kind === "order" || entry.kind === "replace_request") && entry.queue !== undefined)
      queued.delete(entry.queue);
  }
  const rows = projection === null ? [] : [...projection.orders.rows()];
  const orders = rows.map((row) => ({ ...row, currency: money.currencyOf(row.symbol) }));
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
  readonly currency: string;
}

/** Every owner's position, in order of its first fill; flat ones only where `all` asks for them. */
export function readPositions(files: SessionFiles, all: boolean): PositionRow[] {
  const journal = readSessionJournal(nodeFileSystem, files);
  try {
    const { holdings, money } = holdingsOf(journal);
    const rows = holdings.rows().map(({ owner, symbol, position, realized, fees }): PositionRow => {
      const { quantity, average } = position;
      const averagePrice = plain(average.toDecimalPlaces(12));
      const amounts = { realized: plain(realized), fees: plain(fees), currency: money.currencyOf(symbol) };
      return { owner, symbol, quantity: plain(quantity), averagePrice, ...amounts };
    });
    return all ? rows : rows.filter(({ quantity }) => quantity !== "0");
  } finally {
    journal.close();
  }
}
