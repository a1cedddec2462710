/**
 * The router's rules written down without thought for cost: lists that are searched from their start. Quantities are counted
 * in whole tenths, so that sums are exact without decimals.
 */
import type { OrderReport, OrderRequest } from "../../../src/orchestrator/index.ts";

const TERMINAL = ["filled", "canceled", "rejected", "expired"];
const SECOND = 1_000_000;

export interface NaiveDecision {
  readonly accepted: boolean;
  readonly orderId: string | null;
  readonly reason: string;
}

interface Known {
  readonly key: string;
  decision: NaiveDecision;
  readonly payload: readonly unknown[];
  readonly at: number;
}

interface Working {
  readonly orderId: string;
  readonly key: string;
  readonly request: OrderRequest;
  readonly timestamp: number;
  /** Tenths. */
  filled: number;
}

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string | null;
  reviewed: string | null;
}

export interface NaiveOptions {
  readonly rateLimitPerSec: number;
  readonly maxInflight: number;
  readonly retention: { readonly maxKeys: number | null; readonly maxAge: number | null };
}

const tenths = (quantity: number): number => Math.round(Math.abs(quantity) * 10);
const payloadOf = ({ symbol, quantity, price, strategyId }: OrderRequest): readonly unknown[] => [
  symbol,
  quantity,
  price + 0,
  strategyId,
];
const idOf = (sequence: number): string => `ROUTER-${String(sequence).padStart(8, "0")}`;

export class NaiveRouter {
  readonly options: NaiveOptions;
  known: Known[] = [];
  inflight: Working[] = [];
  accepted: { strategyId: string; at: number }[] = [];
  fills: { orderId: string; fillId: string; quantity: number; price: number | null }[] = [];
  items: Item[] = [];
  reasons: string[] = [];
  resumes = 0;
  halted = false;
  latest = Number.NEGATIVE_INFINITY;
  next = 1;
  counts: Record<string, number> = {};

  constructor(options: NaiveOptions) {
    this.options = options;
  }

  /** Another one with the same state. */
  copy(): NaiveRouter {
    const { options, ...state } = this;
    return Object.assign(new NaiveRouter(options), structuredClone(state));
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  used(strategyId: string, now: number): number[] {
    const at = Math.max(now, this.latest);
    return this.accepted
      .filter((order) => order.strategyId === strategyId && order.at >= at - SECOND)
      .map((order) => order.at);
  }

  submit(request: OrderRequest, now: number, valid: boolean): NaiveDecision {
    this.latest = Math.max(this.latest, now);
    const rejected = (reason: string): NaiveDecision => {
      this.#count(reason);
      return { accepted: false, orderId: null, reason };
    };
    if (!valid) return rejected("invalid_order");
    const key = request.idempotencyKey ?? `${request.strategyId}:${request.clientOrderId}`;
    const known = this.known.find((one) => one.key === key);
    if (known !== undefined) {
      if (known.payload.some((part, place) => part !== payloadOf(request)[place]))
        return rejected("idempotency_conflict");
      this.#count("replays");
      return known.decision;
    }
    if (this.halted) return rejected("router_halted");
    let decision: NaiveDecision;
    if (this.used(request.strategyId, this.latest).length >= this.options.rateLimitPerSec)
      decision = rejected("rate_limited");
    else if (this.inflight.length >= this.options.maxInflight) decision = rejected("inflight_limit");
    else {
      const orderId = idOf(this.next);
      this.next += 1;
      this.#count("accepted");
      this.accepted.push({ strategyId: request.strategyId, at: this.latest });
      this.inflight.push({ orderId, key, request, timestamp: request.timestamp ?? this.latest, filled: 0 });
      decision = { accepted: true, orderId, reason: "accepted" };
    }
    this.known.push({ key, decision, payload: payloadOf(request), at: this.latest });
    this.#retain();
    return decision;
  }

  /** Only keys of terminal orders are evicted, the oldest first: while there are too many, and those that are too old. */
  #retain(): void {
    const { maxKeys, maxAge } = this.options.retention;
    for (;;) {
      const oldest = this.known.find(({ key }) => !this.inflight.some((order) => order.key === key));
      if (oldest === undefined) return;
      const many = maxKeys !== null && this.known.length > maxKeys;
      const old = maxAge !== null && oldest.at < this.latest - maxAge;
      if (!many && !old) return;
      this.known = this.known.filter((one) => one !== oldest);
      this.fills = this.fills.filter((fill) => fill.orderId !== oldest.decision.orderId);
    }
  }

  drift(kind: string, orderId: string | null): void {
    this.items.push({ id: `DRIFT-${String(this.items.length + 1).padStart(4, "0")}`, kind, orderId, reviewed: null });
    this.reasons.push(kind);
    this.halted = true;
  }

  halt(kind: string): void {
    this.reasons.push(kind);
    this.halted = true;
  }

  open(): Item[] {
    return this.items.filter((item) => item.reviewed === null);
  }

  resume(): void {
    this.halted = false;
    this.reasons = [];
    this.resumes += 1;
  }

  reconcile(reports: readonly OrderReport[]) {
    const outcome = { resolved: [] as string[], unknownFills: [] as string[], duplicates: [] as string[] };
    for (const report of reports) this.#take(report, outcome);
    return { ...outcome, remainingInflight: this.inflight.length };
  }

  #take(report: OrderReport, outcome: { resolved: string[]; unknownFills: string[]; duplicates: string[] }): void {
    const { orderId, filledQty } = report;
    const fillId = report.fillId ?? null;
    const price = report.price ?? null;
    const status = report.status.toLowerCase();
    const seen = this.fills.find((fill) => fill.orderId === orderId && fill.fillId === fillId);
    if (seen !== undefined) {
      if (seen.quantity === filledQty && seen.price === price) outcome.duplicates.push(seen.fillId);
      else this.drift("conflicting_fill", orderId);
      return;
    }
    const order = this.inflight.find((one) => one.orderId === orderId);
    const remember = (): void => {
      if (fillId !== null) this.fills.push({ orderId, fillId, quantity: filledQty, price });
    };
    if (order === undefined) {
      outcome.unknownFills.push(orderId);
      remember();
      this.drift("unknown_fill", orderId);
      return;
    }
    const terminal = TERMINAL.includes(status);
    if (fillId !== null && !terminal && status !== "partially_filled") {
      this.drift("conflicting_fill", orderId);
      return;
    }
    if (fillId !== null || status === "partially_filled") {
      order.filled += tenths(filledQty);
      remember();
      if (fillId !== null && order.filled > tenths(order.request.quantity)) this.drift("overfill", orderId);
    }
    if (status === "partially_filled") return;
    this.inflight = this.inflight.filter((one) => one !== order);
    const known = this.known.find((one) => one.key === order.key) as Known;
    known.decision = { ...known.decision, reason: status };
    outcome.resolved.push(orderId);
    this.#retain();
  }
}
