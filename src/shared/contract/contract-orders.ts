/**
 * The contract's procedures on orders and positions: cancel, replace, the order ticket, close, flatten.
 *
 * 1. Every command names its operator; the session refuses what cannot be done, with a code.
 */
import * as z from "zod/mini";
import { filled, nothing, operator, text, wholeOrPart } from "./contract-fields.ts";
import { COMMAND_FIELDS } from "./operator-commands.ts";
import { OrderStateSchema, OrderTypeSchema } from "./views.ts";

/** A bracket's child of the ticket; which fields it takes follows from its type. */
const childTerms = {
  type: z.optional(OrderTypeSchema),
  limitPrice: z.optional(z.number()),
  stopPrice: z.optional(z.number()),
  trail: z.optional(z.union([z.object({ amount: z.number() }), z.object({ percent: z.number() })])),
  timeInForce: z.optional(z.enum(["gtc", "day", "gtd", "ioc", "fok"])),
  expiresAt: z.optional(z.number()),
};

/** An order as a person fills it in; `quantity` is signed. Which fields it takes follows from its type. */
export const TicketSchema = z.object({
  symbol: filled(80),
  quantity: z.number(),
  ...childTerms,
  postOnly: z.optional(z.boolean()),
  reduceOnly: z.optional(z.boolean()),
  attach: z.optional(z.object({ stop: z.optional(z.object(childTerms)), target: z.optional(z.object(childTerms)) })),
  note: z.optional(text(200)),
});

export const ORDER_PROCEDURES = {
  /**
   * Orders by the router's id, the queue's (`Q-1`) or the client's, or every open and queued one of a scope. One that is gone meanwhile
   * counts as refused.
   */
  "orders.cancel": {
    input: z.union([z.object(COMMAND_FIELDS.cancel), z.object(COMMAND_FIELDS.cancel_all)]),
    output: z.object({ canceled: z.number(), refused: z.number(), unknown: z.number() }),
  },
  /** Changes a working order in its place; `quantity` is signed and counts what is filled already. */
  "order.replace": {
    input: z.object(COMMAND_FIELDS.replace),
    output: nothing,
  },
  /** The order ticket, as strategy `manual`. A refusal is an outcome; what cannot be an order is an error that names the field. */
  "order.place": {
    input: z.object({ ticket: TicketSchema, operator }),
    output: z.object({
      state: OrderStateSchema,
      orderId: z.nullable(z.string()),
      clientOrderId: z.string(),
      reason: z.string(),
      detail: z.nullable(z.string()),
    }),
  },
  /** What guards, switches and pace would say to the ticket now; changes nothing. */
  "order.preview": {
    input: z.object({ ticket: TicketSchema }),
    output: z.object({
      passes: z.boolean(),
      reason: z.nullable(z.string()),
      detail: z.nullable(z.string()),
      guards: z.array(
        z.object({
          guard: z.string(),
          value: z.string(),
          limit: z.string(),
          passed: z.boolean(),
          warning: z.boolean(),
        }),
      ),
      quantity: z.number(),
      price: z.number(),
      expiresAt: z.nullable(z.number()),
      waitsUntil: z.nullable(z.number()),
    }),
  },
  /** Closes a position of a symbol, or of one owner in it, without halting anything. Its progress is in the stream `router`. */
  "positions.close": {
    input: z.object({ symbol: filled(80), owner: z.optional(filled(80)), operator, note: text(2_000) }),
    output: z.object({ flatten: z.string() }),
  },
  /** Halts the scope, cancels its orders and closes its positions. Its progress is in the stream `router`. */
  "positions.flatten": {
    input: z.object({ scope: wholeOrPart, operator, note: text(2_000) }),
    output: z.object({ flatten: z.string() }),
  },
} as const;
