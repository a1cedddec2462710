/**
 * What a session shows of its orders, and what an operator's commands on them take and answer.
 *
 * 1. A probe's amounts are exact decimals where books and venue are concerned; quantities are signed.
 */
import type { OrderState } from "../../../shared/order-state.ts";
import type { OrderType, TimeInForce, Trail } from "../../../shared/orders.ts";
import type { OrderIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { FlattenScope, GuardReading } from "../../../store/journal/entries.ts";

export interface WorkingOrderProbe {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly venueId: string;
  readonly strategy: string;
  readonly symbol: string;
  /** What the venue took, signed. */
  readonly quantity: number;
  readonly filled: string;
  readonly price: number;
  readonly limitPrice: number | null;
  readonly type: OrderType;
  /** Where it triggers, as far as the venue has reported. */
  readonly stopPrice: number | null;
  readonly trail: Trail | null;
  readonly timeInForce: TimeInForce;
  readonly expiresAt: Moment | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly parentId: string | null;
  readonly oco: string | null;
  readonly state: OrderState;
  /** True while the outcome of its newest request is not known. */
  readonly inDoubt: boolean;
  readonly at: Moment;
}

export interface QueuedOrderProbe {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly type: OrderType;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly trail: Trail | null;
  readonly timeInForce: TimeInForce;
}

/** An order, a basket or a replace that waits for its strategy's rate window. */
export interface QueuedProbe {
  readonly queue: string;
  readonly strategy: string;
  readonly at: Moment;
  readonly until: Moment;
  readonly orders: readonly QueuedOrderProbe[];
  /** The order that it would replace; null for orders. */
  readonly replaces: string | null;
}

/** A flatten or a close under way. */
export interface FlattenProbe {
  readonly flatten: string;
  readonly scope: FlattenScope;
  readonly owner: string | null;
  readonly operator: string;
  readonly at: Moment;
  /** Closing orders that filled, and those that were sent and have not ended. */
  readonly closed: number;
  readonly sent: number;
}

/** One owner's position in a symbol. Amounts are exact, in the account's currency. */
export interface OwnerPosition {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly averagePrice: string;
  readonly mark: number | null;
  /** At the mark, before fees; null before the symbol's first mark. */
  readonly unrealized: string | null;
}

/** What an owner gained since the account's day began, after fees. */
export interface OwnerDay {
  readonly owner: string;
  readonly dayProfit: string;
}

/** An order as a person fills it in: an order's fields with a signed quantity, and a note. */
export type Ticket = Omit<OrderIntent, "because"> & { readonly note?: string };

export interface TicketOutcome {
  readonly state: OrderState;
  readonly orderId: string | null;
  readonly clientOrderId: string;
  readonly reason: string;
  readonly detail: string | null;
}

/** What guards, switches and pace would say to an order at this moment. */
export interface OrderPreview {
  readonly passes: boolean;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly guards: readonly GuardReading[];
  /** As it would go out: a reduce-only order is cut to what is held. */
  readonly quantity: number;
  /** What it is valued at. */
  readonly price: number;
  readonly expiresAt: Moment | null;
  /** When its rate window frees; null where it has room. */
  readonly waitsUntil: Moment | null;
}

/** What became of the cancels of a scope. */
export interface CancelReport {
  readonly canceled: number;
  readonly refused: number;
  readonly unknown: number;
}

/** What a flatten or a close is asked for. */
export interface FlattenRequest {
  readonly scope: FlattenScope;
  /** Only this owner's position. */
  readonly owner?: string | undefined;
  /** False: only positions are closed, and the gate stays as it is. */
  readonly shutsGate: boolean;
  readonly operator: string;
  readonly note: string;
}
