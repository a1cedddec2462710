/**
 * What Router, Rejections, and Orders and fills show.
 *
 * 1. An order is known by the router's id, a rejection and a fill by its journal number.
 */
import * as z from "zod/mini";
import { ORDER_STATES } from "../order-state.ts";
import { ORDER_TYPE_NAMES } from "../orders.ts";
import { at, maybeAt, amount, maybeAmount, maybeText, count } from "./parts.ts";

export const OrderStateSchema = z.enum(ORDER_STATES);

export const OrderTypeSchema = z.enum(ORDER_TYPE_NAMES);

/** An order's terms as a view shows them. Absent prices are null; `trail` is written as \`0.5\` or \`1 %\`. */
const terms = {
  type: OrderTypeSchema,
  limitPrice: z.nullable(z.number()),
  stopPrice: z.nullable(z.number()),
  trail: maybeText,
  timeInForce: z.enum(["gtc", "day", "gtd", "ioc", "fok"]),
  expiresAt: maybeAt,
  postOnly: z.boolean(),
  reduceOnly: z.boolean(),
  /** The order whose bracket it is part of. */
  parentId: maybeText,
};

/** Stream `router`. In flight: at most 2,000 rows, oldest first. */
export const RouterViewSchema = z.object({
  now: at,
  inflight: z.record(
    z.string(),
    z.object({
      orderId: z.string(),
      strategy: z.string(),
      symbol: z.string(),
      quantity: z.number(),
      filled: z.number(),
      price: z.number(),
      ...terms,
      clientOrderId: z.string(),
      state: OrderStateSchema,
      /** True while the outcome of its newest request is not known. */
      inDoubt: z.boolean(),
      at,
      pricePrecision: count,
      quantityPrecision: count,
    }),
  ),
  /** What waits in the strategies' queues, by the queue's id. A replace has no order of its own and names the one it would replace. */
  queued: z.record(
    z.string(),
    z.object({
      queue: z.string(),
      strategy: z.string(),
      at,
      until: at,
      orders: z.array(
        z.object({
          clientOrderId: z.string(),
          symbol: z.string(),
          quantity: z.number(),
          type: OrderTypeSchema,
          limitPrice: z.nullable(z.number()),
          stopPrice: z.nullable(z.number()),
          trail: maybeText,
          timeInForce: z.enum(["gtc", "day", "gtd", "ioc", "fok"]),
          pricePrecision: count,
          quantityPrecision: count,
        }),
      ),
      replaces: maybeText,
    }),
  ),
  inflightCount: count,
  maxInflight: count,
  oldestAt: maybeAt,
  windows: z.record(
    z.string(),
    z.object({
      strategy: z.string(),
      used: count,
      limit: count,
      freeAt: maybeAt,
      rejected: count,
      /** What becomes of an order that finds the window full. */
      pace: z.enum(["queue", "refuse"]),
      /** Units that wait in its queue, and until when the oldest of them may. */
      queued: count,
      queuedUntil: maybeAt,
    }),
  ),
  rateLimitPerSec: count,
  nextOrderId: z.string(),
  accepted: count,
  /** How many of the accepted the broker refused. */
  refused: count,
  rejected: count,
  replays: count,
  conflicts: count,
  keys: count,
  halted: z.boolean(),
  snapshotAt: maybeAt,
  snapshotEveryS: z.number(),
  journalPosition: count,
});

export const RejectionRowSchema = z.object({
  seq: count,
  at,
  cause: z.string(),
  severity: z.enum(["warning", "critical"]),
  strategy: z.string(),
  symbol: z.string(),
  clientOrderId: z.string(),
  quantity: z.number(),
  price: z.number(),
  value: maybeText,
  limit: maybeText,
  freeAt: maybeAt,
  /** The smallest size that could have passed, where the order was too small. */
  from: maybeText,
  /** The largest size that would have passed, where the order was too large. */
  largest: maybeText,
  detail: maybeText,
  because: z.string(),
  bar: maybeAt,
});

/** Stream `rejections`. Rows: the newest 2,000; the groups count them all. */
export const RejectionsViewSchema = z.object({
  now: at,
  total: count,
  groups: z.record(
    z.string(),
    z.object({ cause: z.string(), severity: z.enum(["warning", "critical"]), count, firstAt: at, lastAt: at }),
  ),
  rows: z.record(z.string(), RejectionRowSchema),
});

export const OrderRowSchema = z.object({
  seq: count,
  orderId: z.string(),
  clientOrderId: z.string(),
  at,
  strategy: z.string(),
  symbol: z.string(),
  quantity: z.number(),
  filled: amount,
  price: z.number(),
  ...terms,
  averagePrice: maybeAmount,
  fees: maybeAmount,
  realized: maybeAmount,
  state: OrderStateSchema,
  /** The code of its newest change: \`accepted\`, \`would_take\`, \`oco\`, \`cancel_pending\`, … */
  reason: z.string(),
  updatedAt: at,
  because: z.string(),
  pricePrecision: count,
  quantityPrecision: count,
});

export const FillRowSchema = z.object({
  seq: count,
  fillId: z.string(),
  orderId: maybeText,
  venueId: z.string(),
  at,
  strategy: maybeText,
  symbol: z.string(),
  quantity: amount,
  price: amount,
  fee: amount,
  realized: maybeAmount,
  verdict: z.enum(["booked", "duplicate", "quarantined"]),
  pricePrecision: count,
  quantityPrecision: count,
});

/** Stream `orders`: accepted orders and fills; the newest 2,000 of each, and how many there are in all. */
export const OrdersViewSchema = z.object({
  now: at,
  orderCount: count,
  /** Fills: executions that were booked. */
  fillCount: count,
  /** The rows of `fills`, from the first on: fills, and reports that were not booked. */
  fillReports: count,
  orders: z.record(z.string(), OrderRowSchema),
  fills: z.record(z.string(), FillRowSchema),
});
