/**
 * The journal's entries of what happens to orders after their placement: cancels, replaces, queues, the venue's changes, flattens.
 *
 * 1. A request is an entry before it is sent, and its answer another one.
 * 2. Amounts are exact decimal strings.
 */
import type { OrderId } from "../../shared/ids.ts";
import type { BrokerEvent, CommandOutcome, OrderChange } from "../../shared/ports.ts";
import type { Scope } from "../../shared/scope.ts";
import type { OrderIntent, ReplaceIntent } from "../../shared/strategy.ts";
import type { Moment } from "../../shared/time.ts";

/** Who asked for a cancel or a replace, and the id that was named. */
interface Request {
  /** Null where no open order has the id. */
  readonly orderId: OrderId | null;
  readonly venueId: string | null;
  readonly named: string;
  readonly strategy: string;
  readonly symbol: string | null;
  readonly run: number | null;
  readonly operator: string | null;
  /** Whether it goes to the venue; the answer is an entry of its own. */
  readonly sent: boolean;
  /** `requested`, `placement_unknown` (sent as soon as the venue has the order), or the code of the refusal. */
  readonly reason: string;
  readonly detail: string | null;
}

/** One guard's view of an order. Absent limits are not listed. */
export interface GuardReading {
  readonly guard: string;
  readonly value: string;
  readonly limit: string;
  readonly passed: boolean;
  /** A warning passes and is reported. */
  readonly warning: boolean;
}

/** A cancel is about to be sent, or was refused by the session. */
export interface CancelRequestEntry extends Request {
  readonly kind: "cancel_request";
}

/** A replace was judged; accepted, it is about to be sent. Amounts are exact decimals, the quantity signed and in all. */
export interface ReplaceRequestEntry extends Request {
  readonly kind: "replace_request";
  readonly change: OrderChange;
  readonly guards: readonly GuardReading[];
  readonly value: string | null;
  readonly limit: string | null;
  readonly freeAt: Moment | null;
  readonly queue?: string;
}

/** What the broker answered to a replace, or what is known of it after it was asked about. */
export interface ReplaceEntry {
  readonly kind: "replace";
  readonly orderId: OrderId;
  readonly venueId: string;
  readonly change: OrderChange;
  readonly outcome: CommandOutcome;
}

/** An order that waits in its strategy's queue, as it was asked for. */
export interface QueuedOrder {
  readonly intent: OrderIntent;
  readonly clientOrderId: string;
}

/** An order, a basket or a replace waits for its rate window; or its wait ended without being sent. */
export interface QueueEntry {
  readonly kind: "queue";
  readonly event: "added" | "canceled" | "expired";
  /** `Q-1` and up. */
  readonly queue: string;
  readonly strategy: string;
  readonly reason: string;
  readonly operator: string | null;
  /** On `added`. */
  readonly item?: {
    readonly run: number;
    readonly bar: Moment | null;
    readonly until: Moment;
    readonly orders: readonly QueuedOrder[];
    readonly replace?: ReplaceIntent;
    readonly freeAt: Moment | null;
  };
  /** On `expired`: what was never sent. Absent in a journal of an older version. */
  readonly unsent?: {
    readonly run: number;
    readonly bar: Moment | null;
    readonly operator: string | null;
    readonly since: Moment;
    readonly orders: readonly QueuedOrder[];
    readonly replace?: ReplaceIntent;
  };
}

/** The venue changed an order that stays open. */
export interface UpdatedEntry {
  readonly kind: "updated";
  readonly orderId: OrderId | null;
  readonly venueId: string;
  readonly change: Extract<BrokerEvent, { kind: "updated" }>["change"];
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly stopPrice?: string;
}

/** What a flatten covers: everything, or a part of the desk. */
export type FlattenScope = Scope | { readonly kind: "all"; readonly name: "all" };

/** A position that a flatten or a close could not end, and why. */
export interface LeftOpen {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly reason: string;
}

/** A flatten began or ended; its cancels and orders are entries of their own. */
export interface FlattenEntry {
  readonly kind: "flatten";
  readonly event: "started" | "ended";
  /** `FLATTEN-1` and up. */
  readonly flatten: string;
  readonly scope: FlattenScope;
  /** Only this owner's position, where a strategy's position in a symbol is closed. */
  readonly owner: string | null;
  /** False where only positions are closed and the gate stays as it is. */
  readonly shutsGate: boolean;
  readonly operator: string;
  readonly note: string;
  /** On `ended`. */
  readonly closed?: number;
  readonly left?: readonly LeftOpen[];
}
