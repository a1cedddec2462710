/**
 * Decides which orders go out, and what reports mean for those that did; over 400 lines because both change one private state.
 *
 * 1. A known key is answered from memory: one key is one order, however often it is submitted, halted or not.
 * 2. An order id is never used twice, not after a restart and not after a restore.
 * 3. Fail closed: whatever disagrees with what is known halts the router, and only an operator ends a halt.
 * 4. No clock: `now` comes with the call, and one that steps back is taken as the latest seen.
 * 5. A router restored from a snapshot answers every later call as the original would have.
 */
import { CodedError } from "../../shared/errors.ts";
import { decimal, plain } from "../../shared/decimal.ts";
import { moment, type Moment } from "../../shared/time.ts";
import { DriftBoard, type Drift, type ResumeRequest, type ReviewRequest } from "./drift-board.ts";
import { IdempotencyStore } from "./key-store.ts";
import { malformed } from "./order-request.ts";
import { orderIdOf, sequenceOf } from "./order-id.ts";
import { pendingOf, type StrategySlot, type WorkingOrder } from "./in-flight.ts";
import { limitOf, retentionOf } from "./limits.ts";
import { RateWindow } from "./rate-counter.ts";
import { put, record } from "../common/record.ts";
import { evidenceOf, PARTIAL, TERMINAL, unreadable } from "./reports.ts";
import { fillListOf, keyListOf, sameLimit, snapshotOf } from "./router-snapshot.ts";
import type { RouterHead, RouterSnapshot, StoredDecision } from "./router-snapshot.ts";
import type { Decision, DriftItem, DriftKind, HaltReason, HaltRequest, InflightOrder } from "./router-types.ts";
import type {
  KeyChanges,
  OrderReport,
  OrderRequest,
  PendingOrder,
  RateWindowProbe,
  Reconciliation,
} from "./router-types.ts";
import type {
  Rejection,
  RestoreOptions,
  ResumeRecord,
  Retention,
  RouterCounters,
  RouterOptions,
} from "./router-types.ts";
import type { SubmitOutcome } from "./router-types.ts";
import { fillEntries, SeenFills, type SeenFill } from "./seen-fills.ts";

export class OrderRouter {
  readonly rateLimitPerSec: number;
  readonly maxInflight: number;
  readonly #keys: IdempotencyStore;
  readonly #inflight = new Map<number, WorkingOrder>();
  readonly #windows = new Map<string, StrategySlot>();
  readonly #rejected = new Map<string, number>();
  #fills = new SeenFills();
  #board = new DriftBoard();
  #nextSequence = 1;
  #latest: Moment | null = null;
  #accepted = 0;
  #replays = 0;
  /** Whether the newest submission was answered from memory, and what there was to say about it. */
  #replayed = false;
  #detail: string | null = null;

  constructor(options: RouterOptions = {}) {
    this.rateLimitPerSec = limitOf("rateLimitPerSec", options.rateLimitPerSec ?? 5);
    this.maxInflight = limitOf("maxInflight", options.maxInflight ?? 256);
    this.#keys = new IdempotencyStore(retentionOf(options.retention), (sequence) =>
      this.#fills.forget(orderIdOf(sequence)),
    );
  }

  get halted(): boolean {
    return this.#board.halted;
  }

  /** Why it is halted, oldest reason first; empty while it is not. */
  get haltReasons(): HaltReason[] {
    return this.#board.reasons();
  }

  get inflightCount(): number {
    return this.#inflight.size;
  }

  /** The running number of the next accepted order. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** How many keys are known. */
  get keys(): number {
    return this.#keys.size;
  }

  get executionCount(): number {
    return this.#fills.size;
  }

  get retention(): Retention {
    return this.#keys.retention;
  }

  get counters(): RouterCounters {
    const rejected = record(this.#rejected);
    const conflicts = this.#rejected.get("idempotency_conflict") ?? 0;
    return { accepted: this.#accepted, rejected, replays: this.#replays, conflicts };
  }

  /**
   * Decides on an order. A replay returns the stored decision; a malformed request says in `detail` what is wrong. An operator's order
   * that `reduces` a position passes a halt, the rate window and the in-flight limit.
   */
  submit(request: OrderRequest, now: number, reduces = false): Decision {
    const at = this.#see(now);
    this.#replayed = false;
    this.#detail = malformed(request);
    if (this.#detail !== null) return { ...this.#reject("invalid_order"), detail: this.#detail };
    const key = request.idempotencyKey ?? `${request.strategyId}:${request.clientOrderId}`;
    const row = this.#keys.rowOf(key);
    if (row >= 0) return this.#known(row, request);
    if (this.#board.halted && !reduces) return this.#reject("router_halted");
    const slot = this.#windowOf(request.strategyId);
    if (slot.rates.full(at) && !reduces) return this.#refuse(key, request, slot.number, "rate_limited", at);
    if (this.#inflight.size >= this.maxInflight && !reduces)
      return this.#refuse(key, request, slot.number, "inflight_limit", at);
    const sequence = this.#nextSequence++;
    const orderId = orderIdOf(sequence);
    if (!reduces) slot.rates.push(at);
    this.#inflight.set(sequence, {
      orderId,
      strategyId: request.strategyId,
      symbol: request.symbol,
      quantity: request.quantity,
      price: request.price + 0,
      clientOrderId: request.clientOrderId,
      idempotencyKey: request.idempotencyKey ?? null,
      timestamp: (request.timestamp ?? at) as Moment,
      key,
      row: this.#keys.add(key, request, slot.number, sequence, "accepted", at),
      filled: null,
    });
    this.#accepted++;
    return { accepted: true, orderId, reason: "accepted" };
  }

  /** `submit` with what a caller journals and shows: whether it was a replay, and which limit said no. */
  submitDetailed(request: OrderRequest, now: number, reduces = false): SubmitOutcome {
    const decision = this.submit(request, now, reduces);
    const outcome = { decision, replay: this.#replayed, detail: this.#detail, value: null, limit: null, freeAt: null };
    if (this.#replayed) return outcome;
    if (decision.reason === "inflight_limit")
      return { ...outcome, value: this.#inflight.size, limit: this.maxInflight };
    if (decision.reason !== "rate_limited") return outcome;
    const { used, limit, freeAt } = this.rateWindow(request.strategyId, now);
    return { ...outcome, value: used, limit, freeAt };
  }

  /** Invariant 4. */
  #see(now: number): Moment {
    const at = moment(now);
    if (this.#latest === null || at > this.#latest) this.#latest = at;
    return this.#latest;
  }

  #known(row: number, request: OrderRequest): Decision {
    this.#detail = this.#keys.difference(row, request);
    if (this.#detail !== null) return this.#reject("idempotency_conflict");
    this.#replayed = true;
    this.#replays++;
    return this.#keys.decision(row);
  }

  #reject(reason: Rejection): Decision {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
    return { accepted: false, orderId: null, reason };
  }

  /** A rejection that is remembered. */
  #refuse(key: string, request: OrderRequest, strategy: number, reason: Rejection, at: Moment): Decision {
    this.#keys.add(key, request, strategy, 0, reason, at);
    return this.#reject(reason);
  }

  #windowOf(strategyId: string): StrategySlot {
    let slot = this.#windows.get(strategyId);
    if (slot === undefined) {
      const number = this.#keys.strategies.numberOf(strategyId);
      slot = { rates: new RateWindow(strategyId, this.rateLimitPerSec), number };
      this.#windows.set(strategyId, slot);
    }
    return slot;
  }

  /** Takes in what a broker says. Every report is processed, whatever an earlier one of them did. */
  reconcile(reports: readonly OrderReport[]): Reconciliation {
    const outcome = { resolved: [] as string[], unknownFills: [] as string[], duplicates: [] as string[] };
    for (const report of reports) this.#take(report, outcome);
    return { ...outcome, remainingInflight: this.#inflight.size };
  }

  #take(report: OrderReport, outcome: Omit<Reconciliation, "remainingInflight">): void {
    const wrong = unreadable(report);
    if (wrong !== null) {
      this.#takeUnreadable(report, wrong, outcome);
      return;
    }
    const { orderId } = report;
    const fillId = report.fillId ?? null;
    const seen = fillId === null ? undefined : this.#fills.find(orderId, fillId);
    if (fillId !== null && seen !== undefined) {
      if (seen.quantity === report.filledQty && seen.price === (report.price ?? null)) outcome.duplicates.push(fillId);
      else this.#drift("conflicting_fill", report, `Fill ${fillId} of ${orderId} came before with other figures`);
      return;
    }
    const order = this.#inflight.get(sequenceOf(orderId) ?? 0);
    if (order === undefined) {
      outcome.unknownFills.push(orderId);
      this.#remember(report);
      this.#drift("unknown_fill", report, `${orderId} is not in flight, and the broker reports it as ${report.status}`);
      return;
    }
    const status = report.status.toLowerCase();
    if (status === PARTIAL) {
      this.#grow(order, report);
    } else if (fillId !== null && !TERMINAL.has(status)) {
      this.#drift("conflicting_fill", report, `Fill ${fillId} of ${orderId} comes with the status ${report.status}`);
    } else {
      if (fillId !== null) this.#grow(order, report);
      this.#inflight.delete(sequenceOf(orderId) as number);
      this.#keys.close(order.key, status, this.#latest ?? 0, order.row);
      outcome.resolved.push(orderId);
    }
  }

  #takeUnreadable(report: OrderReport, wrong: string, outcome: Omit<Reconciliation, "remainingInflight">): void {
    const { orderId } = evidenceOf(report, this.#moment());
    const working = this.#inflight.has(sequenceOf(orderId) ?? 0);
    if (!working) outcome.unknownFills.push(orderId);
    this.#drift(working ? "conflicting_fill" : "unknown_fill", report, `A report cannot be read: ${wrong}`);
  }

  /** Adds an execution to its order; what goes past the ordered quantity is booked, because it happened, and halts. */
  #grow(order: WorkingOrder, report: OrderReport): void {
    const filled = (order.filled ?? decimal(0)).plus(decimal(report.filledQty).abs());
    order.filled = filled;
    if (!this.#remember(report)) return;
    const ordered = decimal(order.quantity).abs();
    if (filled.lte(ordered)) return;
    const text = `${order.orderId} was for ${plain(ordered)} and has ${plain(filled)} filled`;
    this.#drift("overfill", report, text, { ordered: plain(ordered), filled: plain(filled) });
  }

  /** Remembers an execution; false for a report without a fill id. */
  #remember(report: OrderReport): boolean {
    const { orderId, fillId, filledQty, price } = report;
    if (fillId === null || fillId === undefined) return false;
    this.#fills.add(orderId, { fillId, quantity: filledQty + 0, price: typeof price === "number" ? price + 0 : null });
    return true;
  }

  #moment(): Moment {
    return this.#latest ?? moment(0);
  }

  #drift(kind: DriftKind, report: OrderReport, text: string, evidence: Drift["evidence"] = {}): void {
    const reported = evidenceOf(report, this.#moment());
    this.#board.add(kind, { text, orderId: reported.orderId, report: reported, evidence }, reported.timestamp);
  }

  /** Puts drift that the session found on the list, and halts. */
  addDrift(kind: DriftKind, drift: Drift, now: number): DriftItem {
    return this.#board.add(kind, drift, moment(now));
  }

  /** Halts for a reason that is no drift: an operator, the kill switch, a breaker, a fault. */
  halt(reason: HaltRequest, now: number): void {
    this.#board.halt(reason, moment(now));
  }

  /**
   * An operator adopts or dismisses a drift item, which is named by its id or given itself. Without `now` the latest moment seen counts.
   * Throws `not_found`, `wrong_state` for an item that has its review, `invalid_input` without an operator or a note.
   */
  review(item: string | { readonly id: string | null }, request: ReviewRequest, now?: number): DriftItem {
    const id = typeof item === "string" ? item : String(item.id);
    return this.#board.review(id, request, now === undefined ? this.#moment() : moment(now));
  }

  /** Ends a halt. Throws `not_halted`, or `drift_open` with the number of items that wait for a review. */
  resume(request: ResumeRequest, now?: number): ResumeRecord {
    return this.#board.resume(request, now === undefined ? this.#moment() : moment(now));
  }

  /** Every drift item that is kept, oldest first. */
  driftItems(): DriftItem[] {
    return this.#board.items();
  }

  /** How many drift items wait for a review. */
  get openDrift(): number {
    return this.#board.open;
  }

  resumes(): ResumeRecord[] {
    return this.#board.resumes();
  }

  /** The orders in flight, in order of acceptance. */
  pendingOrders(): PendingOrder[] {
    return Array.from(this.#inflight.values(), pendingOf);
  }

  /** An order in flight, or undefined. */
  order(orderId: string): PendingOrder | undefined {
    const order = this.#inflight.get(sequenceOf(orderId) ?? 0);
    return order === undefined ? undefined : pendingOf(order);
  }

  /** The stored decision of a key, or undefined. */
  decisionOf(key: string): StoredDecision | undefined {
    return this.#keys.decisionOf(key);
  }

  /** The price that a key was decided on; null for an unknown key, or where the payload is not known. Asking changes nothing. */
  decidedPrice(key: string): number | null {
    return this.#keys.priceOf(key);
  }

  /** A strategy's window at `now`, and when `places` more orders pass; asking changes nothing. */
  rateWindow(strategyId: string, now: number, places = 1): RateWindowProbe {
    const at = Math.max(moment(now), this.#latest ?? Number.NEGATIVE_INFINITY) as Moment;
    const rates = this.#windows.get(strategyId)?.rates;
    return { used: rates?.count(at) ?? 0, limit: this.rateLimitPerSec, freeAt: rates?.freeAt(at, places) ?? null };
  }

  /** Takes a place in a strategy's window for a request that is no new order. */
  takePlace(strategyId: string, now: number): void {
    this.#windowOf(strategyId).rates.push(this.#see(now));
  }

  /** Changes what an order in flight is for, once its venue has replaced it. */
  amend(orderId: string, quantity: number, price: number): void {
    const order = this.#inflight.get(sequenceOf(orderId) ?? 0);
    if (order !== undefined) this.#inflight.set(sequenceOf(orderId) ?? 0, { ...order, quantity, price });
  }

  /** Sees to it that the next order's number is at least this one: a broker or a journal may know of later orders. */
  raiseSequence(atLeast: number): number {
    this.#nextSequence = Math.max(this.#nextSequence, limitOf("atLeast", atLeast));
    return this.#nextSequence;
  }

  /** The whole state. */
  snapshot(): RouterSnapshot {
    const { rateCounters: windows, ...head } = this.head();
    const rateCounters = record(Object.entries(windows).filter(([, moments]) => moments.length > 0));
    return snapshotOf({ ...head, rateCounters }, this.#fills.list(), this.#keys.list());
  }

  /** What became of the keys since this was asked before: what a saved state that grows by pieces is made of. */
  keyChanges(): KeyChanges {
    return this.#keys.changes();
  }

  /** Counts all keys as returned by `keyChanges`: they are saved already. */
  keysAreSaved(): void {
    this.#keys.tellNoMore();
  }

  /** Every order's executions, in the order in which they were reported. */
  executions(): Iterable<readonly [orderId: string, fills: readonly SeenFill[]]> {
    return fillEntries(this.#fills.list());
  }

  /** Remembers an execution that a saved router knew, unless it is known. `order`: an id, or the running number of one of ours. */
  knowExecution(order: string | number, fill: SeenFill): void {
    this.#fills.know(order, fill.fillId, fill.quantity, fill.price ?? Number.NaN);
  }

  /**
   * The state without what grows for as long as a session does: the keys and the executions. Windows without orders are in it,
   * because windows are in the order in which their strategies were first seen.
   */
  head(): RouterHead {
    const inflight: Record<string, InflightOrder> = {};
    const filled: Record<string, string> = {};
    for (const { orderId, key: _key, row: _row, filled: sum, ...order } of this.#inflight.values()) {
      inflight[orderId] = order;
      if (sum !== null) filled[orderId] = plain(sum);
    }
    const rateCounters: Record<string, Moment[]> = {};
    for (const { rates } of this.#windows.values()) put(rateCounters, rates.strategy, rates.moments(this.#moment()));
    const { halted, haltReasons, items: driftItems, nextItem: nextDriftItem, resumes } = this.#board.state();
    const limits = { rateLimitPerSec: this.rateLimitPerSec, maxInflight: this.maxInflight };
    const board = { haltReasons, driftItems, nextDriftItem, resumes, counters: this.counters };
    const orders = { nextSequence: this.#nextSequence, halted, rateCounters, inflight, latest: this.#latest, filled };
    const { retention } = this.#keys;
    return { ...limits, ...orders, retention, ...board, session: null, journalPosition: null };
  }

  /**
   * A router that continues where the saved one was. Limits that are given and differ from the snapshot's are refused
   * (`snapshot_limits_differ`), unless `takeSnapshotLimits` is set. A snapshot that contradicts itself is `snapshot_invalid`.
   */
  static restore(snapshot: RouterSnapshot, options: RestoreOptions = {}): OrderRouter {
    const { rateLimitPerSec, maxInflight } = snapshot;
    if (options.takeSnapshotLimits !== true) {
      sameLimit("rateLimitPerSec", rateLimitPerSec, options.rateLimitPerSec);
      sameLimit("maxInflight", maxInflight, options.maxInflight);
    }
    const retention = options.retention === undefined ? snapshot.retention : options.retention;
    const router = new OrderRouter({ rateLimitPerSec, maxInflight, retention });
    router.#restoreOrders(snapshot);
    router.#restoreKeys(snapshot);
    const { halted, haltReasons, driftItems: items, nextDriftItem: nextItem, resumes } = snapshot;
    router.#board = DriftBoard.restore({ halted, haltReasons, items, nextItem, resumes });
    return router;
  }

  #restoreOrders(snapshot: RouterSnapshot): void {
    this.#latest = snapshot.latest === null ? null : moment(snapshot.latest);
    this.#nextSequence = limitOf("nextSequence", snapshot.nextSequence);
    for (const [id, order] of Object.entries(snapshot.inflight)) {
      const sequence = sequenceOf(id) ?? 0;
      const sum = Object.hasOwn(snapshot.filled, id) ? snapshot.filled[id] : undefined;
      const key = order.idempotencyKey ?? `${order.strategyId}:${order.clientOrderId}`;
      const filled = sum === undefined ? null : decimal(sum);
      this.#inflight.set(sequence, { ...order, orderId: orderIdOf(sequence), key, row: -1, filled });
    }
    this.#fills = SeenFills.of(fillListOf(snapshot));
    const { accepted, replays, rejected } = snapshot.counters;
    this.#accepted = accepted;
    this.#replays = replays;
    for (const [reason, count] of Object.entries(rejected)) this.#rejected.set(reason, count);
  }

  #restoreKeys(snapshot: RouterSnapshot): void {
    const list = keyListOf(snapshot);
    const highest = list.sequence.reduce((most, sequence) => Math.max(most, sequence), 0);
    for (const sequence of [highest, ...this.#inflight.keys()])
      if (!(sequence < this.#nextSequence))
        throw new CodedError(
          "snapshot_invalid",
          `The snapshot's next sequence is ${this.#nextSequence}, and it holds an order with the number ${sequence}.`,
        );
    this.#keys.fill(list, (sequence) => this.#inflight.has(sequence), this.#moment(), snapshot.retention);
    for (const [strategy, moments] of Object.entries(snapshot.rateCounters)) {
      const { rates } = this.#windowOf(strategy);
      for (const at of moments) rates.push(at);
    }
  }
}
