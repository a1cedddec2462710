/**
 * What is said to the order router and what it answers.
 *
 * 1. Quantities and prices are numbers here, as in the files; quantities are signed, positive buys.
 * 2. Moments are whole microseconds. Fields that may be absent may also be null.
 */
import type { DriftKind } from "../../shared/drift.ts";
import type { OrderId } from "../../shared/ids.ts";
import type { OrderTerms } from "../../shared/orders.ts";
import type { Moment } from "../../shared/time.ts";
import type { KeyList } from "./key-list.ts";

export type { DriftKind };

/** What a strategy asks the router for. */
export interface OrderRequest {
  readonly strategyId: string;
  readonly symbol: string;
  /** Signed, finite, not 0. */
  readonly quantity: number;
  /** Finite; at least 0 unless `allowNegativePrice` is set. */
  readonly price: number;
  /** The instrument's prices may be below 0. No part of the payload. */
  readonly allowNegativePrice?: boolean | undefined;
  readonly clientOrderId: string;
  /** Names the order for replays; `strategyId:clientOrderId` when absent. */
  readonly idempotencyKey?: string | null | undefined;
  /** When the order was made; the submission's `now` when absent. No part of the payload. */
  readonly timestamp?: number | null | undefined;
}

/** Why an order was not accepted. */
export type Rejection = "invalid_order" | "idempotency_conflict" | "router_halted" | "rate_limited" | "inflight_limit";

/** The router's answer to an order. */
export interface Decision {
  readonly accepted: boolean;
  readonly orderId: OrderId | null;
  /** `accepted`, a `Rejection`, or the status that a settled order ended with, in lower case. */
  readonly reason: string;
  /** Of a malformed request: which field, and why. */
  readonly detail?: string;
}

/** A decision with what a caller needs to journal and show it. */
export interface SubmitOutcome {
  readonly decision: Decision;
  /** True when a known key was answered from the store: no new order, never sent again. */
  readonly replay: boolean;
  /** A sentence for people where there is more to say than the reason. */
  readonly detail: string | null;
  /** What was measured and the limit that it met: of the rate window and of the orders in flight. */
  readonly value: number | null;
  readonly limit: number | null;
  /** The earliest moment at which a new order could pass, or null where time alone does not help. */
  readonly freeAt: Moment | null;
}

/** An accepted order that is not settled. */
export interface InflightOrder {
  readonly strategyId: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
  readonly clientOrderId: string;
  readonly idempotencyKey: string | null;
  readonly timestamp: Moment;
}

/** What a session knows of an order in flight that the router does not ask about. */
export interface OrderInFlightTerms extends OrderTerms {
  /** The order whose bracket it is part of, and which part. */
  readonly parent?: string;
  readonly role?: "stop" | "target";
  readonly oco?: string;
  /** The venue has carried out a replace: quantity and price are no longer those under its key. */
  readonly replaced?: boolean;
}

/** An order in flight as callers see it. */
export interface PendingOrder extends InflightOrder {
  readonly orderId: OrderId;
  /** The sum of its fills, not signed. */
  readonly filledQty: number;
}

/** What a broker says of an order. With a `fillId` it is one execution, without one the order's last word. */
export interface OrderReport {
  readonly orderId: string;
  /** `filled`, `partially_filled`, `canceled`, `rejected`, `expired`, or a venue's own word; any letter case. */
  readonly status: string;
  /** Of this execution; its sign does not matter to the filled quantity. */
  readonly filledQty: number;
  readonly timestamp: number;
  readonly fillId?: string | null | undefined;
  readonly price?: number | null | undefined;
}

/** What became of a call's reports. */
export interface Reconciliation {
  /** Orders that left the in-flight set. */
  readonly resolved: string[];
  /** Order ids of reports about orders that are not in flight. */
  readonly unknownFills: string[];
  /** Fill ids that were seen before with the same quantity and price. */
  readonly duplicates: string[];
  readonly remainingInflight: number;
}

/** A report as it was read: evidence that survives JSON. */
export interface ReportEvidence {
  readonly orderId: string;
  readonly status: string;
  readonly filledQty: number | null;
  readonly timestamp: Moment;
  readonly fillId: string | null;
  readonly price: number | null;
}

/** Halts that are no drift. */
export type HaltSource = "operator" | "kill_switch" | "breaker" | "fault";

export const HALT_SOURCES: readonly HaltSource[] = ["operator", "kill_switch", "breaker", "fault"];

/** Values that a drift item shows. */
export type Evidence = Readonly<Record<string, string | number | null>>;

/** An operator's answer to a drift item. */
export interface DriftReview {
  readonly action: "adopt" | "dismiss";
  readonly operator: string;
  readonly note: string;
  /** Whose book an adopted fill goes to; null where none was named. */
  readonly strategy: string | null;
  readonly at: Moment;
}

/** Something that waits for, or has had, an operator's review. */
export interface DriftItem {
  /** `DRIFT-0001` and up; never used twice. */
  readonly id: string;
  readonly kind: DriftKind;
  readonly orderId: string | null;
  readonly text: string;
  readonly report: ReportEvidence | null;
  readonly evidence: Evidence;
  readonly at: Moment;
  /** 1, and more on the newest item when the list was full and others were folded into it. */
  readonly count: number;
  readonly review: DriftReview | null;
}

/** Why the router is halted. */
export interface HaltReason {
  readonly kind: DriftKind | HaltSource;
  /** Of drift: the id of its item, to be reviewed. */
  readonly id: string | null;
  /** A short name for programs: `unknown_fill`, `kill_switch_triggered`. */
  readonly code: string;
  readonly message: string;
  readonly orderId: string | null;
  readonly report: ReportEvidence | null;
  readonly at: Moment;
}

/** A halt that a person or a breaker asks for. */
export interface HaltRequest {
  readonly kind: HaltSource;
  readonly message: string;
  /** The kind when absent. */
  readonly code?: string | undefined;
}

/** A resume, on the record. */
export interface ResumeRecord {
  readonly operator: string;
  readonly note: string;
  readonly at: Moment;
  /** How many reasons it ended. */
  readonly reasons: number;
}

/** How many of what the router has answered. */
export interface RouterCounters {
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly replays: number;
  readonly conflicts: number;
}

/** A strategy's rate window. */
export interface RateWindowProbe {
  readonly used: number;
  readonly limit: number;
  /** The earliest moment at which a new order would pass; null while there is room. */
  readonly freeAt: Moment | null;
}

/** Bounds on the store of keys; null keeps all. Keys of orders in flight are never evicted. */
export interface Retention {
  /** Keys at most. */
  readonly maxKeys: number | null;
  /** Microseconds since the key was decided. */
  readonly maxAge: number | null;
}

/** What a router is made with. */
export interface RouterOptions {
  /** Accepted orders of one strategy within a second; 5 when absent. */
  readonly rateLimitPerSec?: number | undefined;
  /** Orders in flight at once; 256 when absent. */
  readonly maxInflight?: number | undefined;
  /** Keeps all of a session when absent. */
  readonly retention?: { readonly maxKeys?: number | null; readonly maxAge?: number | null } | null | undefined;
}

/** How a router is restored. */
export interface RestoreOptions extends RouterOptions {
  /** Takes the snapshot's limits where they differ from those given here, as an operator may ask. */
  readonly takeSnapshotLimits?: boolean | undefined;
}

/** What became of the keys between two looks at them. */
export interface KeyChanges {
  /** The place of the list's first row among all rows; 0 when all of them are listed. */
  readonly from: number;
  readonly list: KeyList;
  /** Rows before `from` whose order ended, each with what its decision's reason became. */
  readonly closed: readonly (readonly [row: number, reason: string])[];
}
