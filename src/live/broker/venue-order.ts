/**
 * An order as the paper venue keeps it, in memory and in its database.
 *
 * 1. Quantities are signed and exact: positive buys. `filled` has the sign of `quantity`.
 * 2. A row without terms was written before there were types: it is a limit order with a limit price, else a market order.
 * 3. `since` is the moment up to which the market has been applied to the order: events up to it never change the order again,
 *    so a market that is consumed twice, after a restart, fills and trails nothing twice.
 */
import { decimal, plain, type Decimal } from "../../shared/decimal.ts";
import {
  ORDER_TYPES,
  orderTypeOf,
  TIMES_IN_FORCE,
  type OrderType,
  type TimeInForce,
  type Trail,
} from "../../shared/orders.ts";
import type { BrokerOrder, CommandOutcome } from "../../shared/ports.ts";

export type VenueStatus = BrokerOrder["status"];
/** `held`: a bracket's child without anything to work for; `triggered`: a stop that has become a market or limit order. */
export type VenueState = "held" | "working" | "triggered";

/** What does not change during an order's life. */
export interface VenueTerms {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly trail?: Trail<string>;
  /** Its last moment, in microseconds. */
  readonly expiresAt?: number;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly owner?: string;
  readonly ocoGroup?: string;
}

export interface VenueOrder {
  readonly number: number;
  readonly venueId: string;
  readonly symbol: string;
  readonly parentId: string | null;
  readonly terms: VenueTerms;
  readonly placedAt: number;
  /** Why it was refused, as `refusalColumn` writes it; null for an order that was accepted. */
  readonly refusal: string | null;
  quantity: Decimal;
  filled: Decimal;
  limitPrice: Decimal | null;
  /** Of a trailing stop: where it triggers now, null before its first price. */
  stopPrice: Decimal | null;
  status: VenueStatus;
  state: VenueState;
  since: number;
  /** Why it ended, unless by its fills. */
  reason: string | null;
}

/** An order as its row has it: amounts as exact texts, terms as JSON. */
export interface VenueRow {
  readonly number: number;
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly status: VenueStatus;
  readonly filled: string;
  readonly placedAt: number;
  readonly refusal: string | null;
  readonly stopPrice: string | null;
  readonly parentId: string | null;
  readonly terms: string | null;
  readonly state: VenueState;
  readonly since: number;
  readonly reason: string | null;
}

const textOf = (value: Decimal | null): string | null => (value === null ? null : plain(value));
const decimalOf = (text: string | null): Decimal | null => (text === null ? null : decimal(text));

export function rowOf(order: VenueOrder): VenueRow {
  const { terms, quantity, filled, limitPrice, stopPrice, ...rest } = order;
  return {
    ...rest,
    quantity: plain(quantity),
    filled: plain(filled),
    limitPrice: textOf(limitPrice),
    stopPrice: textOf(stopPrice),
    terms: JSON.stringify(terms),
  };
}

export function orderOfRow(row: VenueRow): VenueOrder {
  const { quantity, filled, limitPrice, stopPrice, terms, ...rest } = row;
  const type = orderTypeOf(limitPrice === null ? {} : { limitPrice });
  return {
    ...rest,
    quantity: decimal(quantity),
    filled: decimal(filled),
    limitPrice: decimalOf(limitPrice),
    stopPrice: decimalOf(stopPrice),
    terms: terms === null ? { type, timeInForce: "gtc" } : (JSON.parse(terms) as VenueTerms),
  };
}

/** What the venue answers about an order. */
export function brokerOrderOf(row: VenueRow): BrokerOrder {
  const { venueId, symbol, quantity, filled, limitPrice, status, stopPrice, state, reason } = row;
  const { type } = orderOfRow(row).terms;
  return {
    venueId,
    symbol,
    quantity,
    filled,
    limitPrice,
    status,
    ...(type === "market" || type === "limit" ? {} : { type }),
    ...(stopPrice === null ? {} : { stopPrice }),
    ...(status !== "open" || state === "working" ? {} : { state }),
    ...(reason === null ? {} : { reason }),
  };
}

/** The venue's answer to a command that an order has taken. */
export function accepted({
  quantity,
  limitPrice,
  stopPrice,
}: VenueOrder): Extract<CommandOutcome, { outcome: "accepted" }> {
  return {
    outcome: "accepted",
    quantity: plain(quantity),
    limitPrice: limitPrice === null ? null : plain(limitPrice),
    ...(stopPrice === null ? {} : { stopPrice: plain(stopPrice) }),
  };
}

export const buys = (order: Pick<VenueOrder, "quantity">): boolean => !order.quantity.isNegative();

/** An amount with the sign of an order's quantity. */
export const signed = (order: Pick<VenueOrder, "quantity">, size: Decimal): Decimal =>
  buys(order) ? size : size.negated();

/** Whether the order is a stop that has not triggered. */
export const waitsForTrigger = ({ terms, state }: VenueOrder): boolean =>
  state !== "triggered" && ORDER_TYPES[terms.type].needs.some((price) => price !== "limitPrice");

/** Whether the order ends at its first chance to trade. */
export const isImmediate = ({ terms }: VenueOrder): boolean => TIMES_IN_FORCE[terms.timeInForce].immediate;
