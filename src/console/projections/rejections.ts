/**
 * Stream `rejections`: every order, cancel and replace that was refused, with the limit and the value at that instant.
 *
 * 1. A replay is no rejection.
 * 2. The groups count every rejection of the session; the rows are the newest.
 * 3. What the broker refuses after the router accepted it is a rejection too, counted once, with the order that it ends.
 * 4. A cause is a warning when waiting or asking for less lets the next order pass by itself, and critical when a person must act.
 * 5. A cancel or replace that the session refused has a row of its own, a warning: it leaves every order as it was. It is no order, so
 *    neither the summary's count of refused orders nor the error rate includes it. So has what expired in its strategy's queue.
 */
import type { RefusalFigures } from "../../shared/ports.ts";
import { Oldest } from "../../shared/collections/oldest.ts";
import { refusalCause, refusalText } from "../../shared/refusals.ts";
import { SCOPE_REFUSALS } from "../../shared/scope.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";
import type { RejectionsView } from "../../shared/contract/views.ts";
import type { JournalEntry, OrderEntry } from "../../store/journal/entries.ts";
import { Table } from "./table.ts";

export const REJECTION_ROWS_MAX = 2_000;
/** Causes that are grouped by name; any further one counts as "other". */
export const CAUSES_MAX = 200;
/** Accepted orders whose end is awaited; beyond the router's own in-flight limits. */
const AWAITED_MAX = 10_000;

export type Severity = "warning" | "critical";
export type RejectionRow = RejectionsView["rows"][string];

/** Causes of cancels and replaces that are refused, and of what expires in a queue: each leaves every order as it was. */
const OF_REQUESTS = [
  "unknown_order",
  "cancel_pending",
  "replace_pending",
  "placement_unknown",
  "below_filled",
  "field_not_taken",
  "invalid_replace",
  "order_queued",
  "flatten_pending",
  "queue_expired",
];

/** Causes that pass by themselves: a full window, a closed gate, a cooldown, a limit on the day's pace. */
const PASSING: ReadonlySet<string> = new Set([
  "rate_limited",
  "inflight_limit",
  "router_halted",
  ...Object.values(SCOPE_REFUSALS),
  "cooldown_active",
  "turnover_block",
  "turnover_warn",
  "capacity_limit",
  "capacity_warn",
  "min_requirements",
  ...OF_REQUESTS,
]);

export function severityOf(cause: string): Severity {
  return PASSING.has(cause) ? "warning" : "critical";
}

export type OrderAt = OrderEntry & { readonly seq: number; readonly at: Moment };

/** Accepted orders whose end is awaited: one that the broker refuses is shown with what was requested. */
export interface AwaitedOrders {
  add(orderId: string, order: OrderAt): void;
  /** The order, which is awaited no longer; undefined where it was not. */
  take(orderId: string): OrderAt | undefined;
  /** The order is awaited no longer. */
  drop(orderId: string): void;
}

/** What an entry rejects, or null. */
export function rejectionOf(entry: JournalEntry, awaited: AwaitedOrders): RejectionRow | null {
  if (entry.kind === "order") {
    if (entry.replay) return null;
    if (!entry.accepted) return rowOf(entry, entry.seq, entry.at, entry.reason, entry.detail);
    if (entry.orderId !== null) awaited.add(entry.orderId, entry);
    return null;
  }
  if (entry.kind === "cancel_request" || entry.kind === "replace_request") return entry.sent ? null : requestRow(entry);
  if (entry.kind === "queue") return entry.unsent === undefined ? null : expiredRow(entry, entry.unsent);
  if (entry.kind === "ack")
    return entry.outcome.outcome === "refused"
      ? refused(awaited.take(entry.orderId), entry, entry.outcome.reason, entry.outcome.figures)
      : null;
  if (entry.kind === "closed") {
    if (entry.orderId === null) return null;
    if (entry.status === "rejected") return refused(awaited.take(entry.orderId), entry, entry.reason);
    awaited.drop(entry.orderId);
    return null;
  }
  if (entry.kind === "fill" && entry.orderId !== null && entry.verdict === "booked" && entry.status === "filled")
    awaited.drop(entry.orderId);
  return null;
}

/** What a broker refused after the router accepted it. */
function refused(
  order: OrderAt | undefined,
  { orderId, seq, at }: { readonly orderId: string | null; readonly seq: number; readonly at: Moment },
  reason: string,
  figures?: RefusalFigures,
): RejectionRow | null {
  if (order === undefined) return null;
  const detail = `The broker refused ${orderId}: ${refusalText(reason, figures)}`;
  const { value, limit, from } = figures ?? { value: null, limit: null, from: null };
  return { ...rowOf(order, seq, at, refusalCause(reason), detail), value, limit, from, largest: null };
}

type RefusedRequest = Extract<JournalEntry, { kind: "cancel_request" | "replace_request" }>;

/** A cancel or replace that was not sent. A cancel has no quantity; a replace has the one that was asked for. */
function requestRow(entry: RefusedRequest): RejectionRow {
  const { seq, at, named, strategy, operator, reason, detail } = entry;
  const replace = entry.kind === "replace_request" ? entry : null;
  const { quantity = 0, limitPrice, stopPrice } = replace?.change ?? {};
  const by = operator === null ? "" : `, requested by ${operator}`;
  return {
    seq,
    at,
    cause: reason,
    severity: "warning",
    strategy,
    symbol: entry.symbol ?? "",
    clientOrderId: named,
    quantity: Number(quantity),
    price: Number(limitPrice ?? stopPrice ?? 0),
    value: replace?.value ?? null,
    limit: replace?.limit ?? null,
    freeAt: replace?.freeAt ?? null,
    from: null,
    largest: null,
    detail,
    because: `${replace === null ? "Cancel" : "Replace"} of ${named}${by}`,
    bar: null,
  };
}

type Expired = Extract<JournalEntry, { kind: "queue" }>;

/** What waited in a queue for too long: one row for all orders of a basket. */
function expiredRow(entry: Expired, { bar, since, orders, replace }: NonNullable<Expired["unsent"]>): RejectionRow {
  const { seq, at, queue, strategy, reason } = entry;
  const [first] = orders;
  const intent = first?.intent;
  const { quantity = 0, limitPrice, stopPrice } = intent ?? replace ?? {};
  const more = orders.length > 1 ? ` It was a basket of ${orders.length} orders.` : "";
  return {
    seq,
    at,
    cause: reason,
    severity: "warning",
    strategy,
    symbol: intent?.symbol ?? "",
    clientOrderId: first?.clientOrderId ?? replace?.replace ?? queue,
    quantity,
    price: limitPrice ?? stopPrice ?? 0,
    value: null,
    limit: null,
    freeAt: null,
    from: null,
    largest: null,
    detail: `It waited as ${queue} from ${formatMoment(since)} for its rate window, and was never sent.${more}`,
    because: intent?.because.text ?? `Replace of ${replace?.replace ?? queue}`,
    bar,
  };
}

/** The newest `AWAITED_MAX`, in memory. */
class NewestAwaited implements AwaitedOrders {
  readonly #orders = new Map<string, OrderAt>();
  readonly #oldest = new Oldest(this.#orders);

  state(): [string, OrderAt][] {
    return [...this.#orders];
  }

  add(orderId: string, order: OrderAt): void {
    this.#orders.set(orderId, order);
    if (this.#orders.size <= AWAITED_MAX) return;
    const oldest = this.#oldest.take();
    if (oldest !== undefined) this.#orders.delete(oldest);
  }

  take(orderId: string): OrderAt | undefined {
    const order = this.#orders.get(orderId);
    this.#orders.delete(orderId);
    return order;
  }

  drop(orderId: string): void {
    this.#orders.delete(orderId);
  }
}

type GroupRow = RejectionsView["groups"][string];

export interface RejectionsState {
  readonly rows: readonly (readonly [string, RejectionRow])[];
  readonly groups: readonly (readonly [string, GroupRow])[];
  readonly awaited: readonly (readonly [string, OrderAt])[];
  readonly total: number;
}

export class RejectionsProjection {
  readonly rows: Table<RejectionRow>;
  readonly #groups = new Table<GroupRow>(CAUSES_MAX + 1);
  readonly #awaited = new NewestAwaited();
  #total = 0;

  constructor(limit: number = REJECTION_ROWS_MAX) {
    this.rows = new Table(limit);
  }

  get total(): number {
    return this.#total;
  }

  /** What the entry rejects, or null. The entry's row is in the table when this returns. */
  apply(entry: JournalEntry): RejectionRow | null {
    const row = rejectionOf(entry, this.#awaited);
    return row === null ? null : this.#add(row);
  }

  state(): RejectionsState {
    const awaited = this.#awaited.state();
    return { rows: this.rows.state(), groups: this.#groups.state(), awaited, total: this.#total };
  }

  restore({ rows, groups, awaited, total }: RejectionsState): void {
    this.rows.restore(rows);
    this.#groups.restore(groups);
    for (const [id, order] of awaited) this.#awaited.add(id, order);
    this.#total = total;
  }

  value(now: Moment): RejectionsView {
    return { now, total: this.#total, groups: this.#groups.value(), rows: this.rows.value() };
  }

  #add(row: RejectionRow): RejectionRow {
    this.#total += 1;
    this.rows.set(String(row.seq), row);
    const known = this.#groups.get(row.cause) !== undefined || this.#groups.size < CAUSES_MAX;
    const cause = known ? row.cause : "other";
    const group = this.#groups.get(cause);
    this.#groups.set(cause, {
      cause,
      severity: group?.severity === "critical" ? "critical" : row.severity,
      count: (group?.count ?? 0) + 1,
      firstAt: group?.firstAt ?? row.at,
      lastAt: row.at,
    });
    return row;
  }
}

function rowOf(order: OrderAt, seq: number, at: Moment, cause: string, detail: string | null): RejectionRow {
  return {
    seq,
    at,
    cause,
    severity: severityOf(cause),
    strategy: order.strategy,
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    quantity: order.quantity,
    price: order.price,
    value: order.value,
    limit: order.limit,
    freeAt: order.freeAt,
    from: null,
    largest: order.largest ?? null,
    detail,
    because: order.because.text,
    bar: order.bar,
  };
}
