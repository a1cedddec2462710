/**
 * What the journal's entries add up to: working orders, runs in progress, halts, drift, counts.
 *
 * 1. A read model is a pure fold: the same entries in the same order give the same read model, live and in a recovery. Live code
 *    changes it only by adding an entry.
 * 2. It holds facts, not decisions: scheduler, router, risk and books decide, and the entry says what they decided.
 * 3. Only working orders, runs in progress and what waits for a review are kept whole; the rest is counted. Seen fills
 *    are kept for as many as `SEEN_FILLS_MAX`, oldest dropped first.
 * 4. It has over 400 lines because one fold has a case for each kind of entry, and all of them change the same state.
 */
import { fromRouterState } from "../../../orchestrator/index.ts";
import { type Decimal, decimal, ZERO } from "../../../shared/decimal.ts";
import { executionKeyOf } from "../../../shared/ids.ts";
import type { Desk, StrategyConfig } from "../../../shared/desk.ts";
import { Newest } from "../../../shared/collections/newest.ts";
import type { OrderUpdate, StrategyFill } from "../../../shared/strategy.ts";
import type { Moment, Duration } from "../../../shared/time.ts";
import type {
  DriftEntry,
  FillEntry,
  JournalEntry,
  OrderEntry,
  RestoreEntry,
  RunFinishedEntry,
} from "../../../store/journal/entries.ts";
import { isBooked } from "../../../store/journal/entries.ts";
import type { DriftProbe, HaltReason } from "./api.ts";
import { OpenOrders } from "./open-orders.ts";
import type { WorkingOrder } from "./working-orders.ts";
import { countRefusal, type Counts } from "./rejections.ts";
import { Switches } from "./switches.ts";

/** Fills that a duplicate is recognised against. */
export const SEEN_FILLS_MAX = 200_000;
const RESUMES_MAX = 100;
/** Halt reasons kept for the summary; the journal holds all. */
const HALTS_MAX = 1_000;

export interface OpenRun {
  readonly run: number;
  readonly planned: Moment;
  readonly due: Moment;
  readonly started: Moment;
}

/** Whose orders a person sends, and whose book adopted fills go to; neither is a strategy of the desk. */
export const MANUAL = "manual";
export const UNATTRIBUTED = "unattributed";
const OUTSIDE_OWNERS: ReadonlySet<string> = new Set([MANUAL, UNATTRIBUTED]);

/** Fills that a strategy gets at its next run; the oldest give way. */
export const FILLS_KEPT_MAX = 1_000;

export interface StrategyModel {
  readonly config: StrategyConfig;
  standing: "active" | "paused" | "quarantined" | "not_loaded";
  reason: string | null;
  runs: number;
  open: OpenRun | null;
  failures: number;
  /** Whether the newest finished run failed. */
  failing: boolean;
  missed: number;
  /** Runs in a row that had to be ended: at their deadline, or with their process. */
  timeoutsInRow: number;
  lastRuntime: Duration | null;
  lastSignal: string | null;
  lastError: string | null;
  orders: number;
  fills: number;
  rejections: number;
  /** Fills that the present run, or the last, got, and those that the next will get. */
  fillsTold: readonly StrategyFill[];
  fillsToTell: StrategyFill[];
  /** The same for what became of its orders and requests. */
  updatesTold: readonly OrderUpdate[];
  updatesToTell: OrderUpdate[];
  /** What it remembers, as JSON. */
  state: string | null;
}

export interface SeenFill {
  readonly fillId: string;
  readonly orderId: string | null;
  readonly quantity: string;
  readonly price: string;
}

export class ReadModel {
  readonly strategies = new Map<string, StrategyModel>();
  /** Orders that have not ended, queues, and flattens under way. */
  readonly open = new OpenOrders((strategy, update) => this.#update(strategy, update));
  /** By `executionKeyOf`. */
  readonly seenFills = new Newest<SeenFill>(SEEN_FILLS_MAX, ({ orderId, fillId }) => executionKeyOf(orderId, fillId));
  readonly drift = new Map<string, DriftProbe>();
  /** Strategies and groups that are halted by themselves. */
  switches = new Switches();
  /** What the session is halted for now; empty when it is not. */
  haltReasons: HaltReason[] = [];
  readonly halts: HaltReason[] = [];
  readonly resumes: { readonly at: Moment; readonly operator: string; readonly note: string }[] = [];
  /** By cause: what risk and router refused, and of what they accepted, what the broker did. */
  readonly rejections: Counts = {};
  readonly refusals: Counts = {};
  /** False behind a checkpoint of a version that did not count them: then they are too few. */
  countsRefusals = true;
  runs = 0;
  orders = 0;
  fills = 0;
  replays = 0;
  missed = 0;
  driftItems = 0;
  driftOpen = 0;
  /** Every fill of the broker up to this running number is journaled; `cursorsAhead` are journaled beyond a gap. */
  cursor = 0;
  readonly cursorsAhead = new Set<number>();
  /** What the session's own client order ids begin with: a restored router knows ids of another session's runs. */
  orderPrefix = "";
  lastSnapshotAt: Moment | null = null;
  lastSnapshotSha256: string | null = null;
  lastMetricsAt: Moment | null = null;
  lastMetrics: Readonly<Record<string, unknown>> | null = null;
  lastEquityAt: Moment | null = null;
  equityStart: string | null = null;
  /** The lowest drawdown of the equity points, a share ≤ 0. */
  drawdownMax = 0;
  lastAt: Moment | null = null;
  stopped = false;

  constructor(desk: Pick<Desk, "strategies">) {
    for (const config of desk.strategies)
      this.strategies.set(config.name, {
        config,
        standing: "active",
        reason: null,
        runs: 0,
        open: null,
        failures: 0,
        failing: false,
        missed: 0,
        timeoutsInRow: 0,
        lastRuntime: null,
        lastSignal: null,
        lastError: null,
        orders: 0,
        fills: 0,
        rejections: 0,
        fillsTold: [],
        fillsToTell: [],
        updatesTold: [],
        updatesToTell: [],
        state: null,
      });
  }

  /** The read model of a strategy that the desk has. Throws for any other name: entries of unknown strategies are damage. */
  strategy(name: string): StrategyModel {
    const found = this.strategies.get(name);
    if (found === undefined) throw new Error(`The desk has no strategy "${name}".`);
    return found;
  }

  /** Orders in flight or at the venue, in order of acceptance. */
  get working(): ReadonlyMap<string, WorkingOrder> {
    return this.open.working;
  }

  /** Of an order's owner: undefined for `manual` and `unattributed`, which no desk schedules. Throws for any other unknown name. */
  #owner(name: string): StrategyModel | undefined {
    return OUTSIDE_OWNERS.has(name) ? this.strategies.get(name) : this.strategy(name);
  }

  #update(strategy: string, update: OrderUpdate): void {
    const model = this.strategies.get(strategy);
    if (model === undefined) return;
    model.updatesToTell.push(update);
    if (model.updatesToTell.length > FILLS_KEPT_MAX) model.updatesToTell.shift();
  }

  get halted(): boolean {
    return this.haltReasons.length > 0;
  }

  apply(entry: JournalEntry): void {
    this.lastAt = entry.at;
    switch (entry.kind) {
      case "session":
        if (entry.event === "stopped" || entry.event === "started") this.stopped = entry.event === "stopped";
        return;
      case "run_started": {
        const model = this.strategy(entry.strategy);
        model.runs = entry.run;
        model.open = { run: entry.run, planned: entry.planned, due: entry.due, started: entry.at };
        model.fillsTold = model.fillsToTell;
        model.fillsToTell = [];
        model.updatesTold = model.updatesToTell;
        model.updatesToTell = [];
        return;
      }
      case "run_finished":
        return this.#runFinished(entry);
      case "missed":
        // On a closed market nothing was due, and nothing of a strategy that is paused.
        if (entry.reason !== "misfire") return;
        this.strategy(entry.strategy).missed += entry.slots;
        this.missed += entry.slots;
        return;
      case "order":
        return this.#order(entry);
      case "send": {
        const order = this.working.get(entry.orderId);
        if (order !== undefined) order.venueId = entry.venueId;
        return;
      }
      case "queue":
        return this.open.queued(entry);
      case "flatten":
        return this.open.flatten(entry);
      case "fill":
        return this.#fill(entry);
      case "ack":
      case "closed":
      case "cancel_request":
      case "cancel":
      case "replace_request":
      case "replace":
      case "updated":
        return this.#move(entry);
      case "restore":
        return this.#restore(entry);
      case "strategy": {
        if (entry.event === "run_asked") return;
        const model = this.strategy(entry.strategy);
        model.standing = entry.event === "resumed" ? "active" : entry.event;
        model.reason = entry.event === "resumed" ? null : entry.reason;
        if (entry.event === "resumed") model.timeoutsInRow = 0;
        return;
      }
      case "switch":
        return this.switches.apply(entry);
      case "registered":
      case "limits":
        return;
      case "halt":
      case "drift":
      case "review":
      case "resume":
      case "equity":
      case "metrics":
      case "snapshot":
        return this.#control(entry);
    }
  }

  #control(
    entry: Extract<JournalEntry, { kind: "halt" | "drift" | "review" | "resume" | "equity" | "metrics" | "snapshot" }>,
  ): void {
    switch (entry.kind) {
      case "halt": {
        const { source, code, message, at, value, limit, operator, note } = entry;
        const reason: HaltReason = { source, code, message, at, value, limit, operator, note };
        this.haltReasons = [...this.haltReasons, reason].slice(-HALTS_MAX);
        this.halts.push(reason);
        if (this.halts.length > HALTS_MAX) this.halts.shift();
        return;
      }
      case "drift":
        return this.#drift(entry, entry.at);
      case "review": {
        const item = this.drift.get(entry.item);
        if (item === undefined || item.review !== null) return;
        const { action, strategy, operator, note, at } = entry;
        this.drift.set(entry.item, { ...item, review: { action, strategy, operator, note, at } });
        this.driftOpen -= 1;
        return;
      }
      case "resume":
        this.haltReasons = [];
        this.resumes.push({ at: entry.at, operator: entry.operator, note: entry.note });
        if (this.resumes.length > RESUMES_MAX) this.resumes.shift();
        return;
      case "equity":
        this.lastEquityAt = entry.at;
        this.equityStart ??= entry.equity;
        this.drawdownMax = Math.min(this.drawdownMax, Number(entry.drawdown));
        return;
      case "metrics":
        this.lastMetricsAt = entry.at;
        this.lastMetrics = entry.line;
        return;
      case "snapshot":
        this.lastSnapshotAt = entry.at;
        this.lastSnapshotSha256 = entry.sha256;
        return;
    }
  }

  #runFinished(entry: RunFinishedEntry): void {
    const model = this.strategy(entry.strategy);
    model.open = null;
    model.lastRuntime = entry.runtime;
    if (entry.state !== undefined) model.state = entry.state;
    this.runs += 1;
    const well = entry.outcome === "ok" || entry.outcome === "overrun";
    // A run that was given up says nothing of its strategy.
    if (entry.outcome !== "abandoned") model.failing = !well;
    if (well) {
      model.timeoutsInRow = 0;
      if (entry.message !== null) model.lastSignal = entry.message;
      return;
    }
    model.failures += 1;
    model.lastError = entry.message;
    const ended = entry.outcome === "timed_out" || entry.outcome === "ended";
    if (ended) model.timeoutsInRow += 1;
    else if (entry.outcome !== "abandoned") model.timeoutsInRow = 0;
    // A run that was ended or given up left no trace in its strategy, so the next one gets the same again.
    if (!ended && entry.outcome !== "abandoned") return;
    model.fillsToTell = [...model.fillsTold, ...model.fillsToTell].slice(-FILLS_KEPT_MAX);
    model.updatesToTell = [...model.updatesTold, ...model.updatesToTell].slice(-FILLS_KEPT_MAX);
  }

  #order(entry: OrderEntry & { readonly at: Moment }): void {
    const model = this.#owner(entry.strategy);
    this.open.decided(entry);
    if (entry.replay) {
      this.replays += 1;
      return;
    }
    if (model !== undefined && entry.operator === undefined) model.lastSignal = entry.because.text;
    if (!entry.accepted || entry.orderId === null) {
      this.rejections[entry.reason] = (this.rejections[entry.reason] ?? 0) + 1;
      if (model !== undefined) model.rejections += 1;
      return;
    }
    this.orders += 1;
    if (model !== undefined) model.orders += 1;
  }

  /** What was known before is void; of the orders in flight in the snapshot the venue has not been asked yet. */
  #restore(entry: RestoreEntry): void {
    this.open.clear();
    this.orderPrefix = `${entry.nextSequence}/`;
    const { inflight, filled, orders = {} } = fromRouterState(entry.state, { fileName: entry.source });
    const fills = this.#filledSums();
    for (const [orderId, order] of Object.entries(inflight)) {
      const reported = decimal(filled[orderId] ?? 0).times(Math.sign(order.quantity));
      // A snapshot may be older than some of the fills that the journal holds.
      const booked = fills.get(orderId) ?? ZERO;
      const { limitPrice = null, replaced, ...terms } = orders[orderId] ?? {};
      this.open.add({
        orderId,
        venueId: "",
        clientOrderId: order.clientOrderId,
        strategy: order.strategyId,
        symbol: order.symbol,
        quantity: order.quantity,
        ordered: decimal(order.quantity),
        filled: booked.abs().gt(reported.abs()) ? booked : reported,
        price: order.price,
        limitPrice,
        ...terms,
        ...(replaced === true ? { replaced } : {}),
        state: "pending_new",
        at: order.timestamp,
        confirmed: false,
        inDoubt: true,
        request: null,
        cancelWanted: false,
      });
    }
  }

  /** What the journaled fills of each order add up to. */
  #filledSums(): ReadonlyMap<string, Decimal> {
    const sums = new Map<string, Decimal>();
    for (const { orderId, quantity } of this.seenFills.values())
      if (orderId !== null) sums.set(orderId, (sums.get(orderId) ?? ZERO).plus(quantity));
    return sums;
  }

  /** Moves an order; a broker's refusal of one is counted. */
  #move(entry: Parameters<OpenOrders["move"]>[0]): void {
    const ended = this.open.move(entry);
    if (ended === null) return;
    const reason =
      entry.kind === "closed" && entry.status === "rejected"
        ? entry.reason
        : entry.kind === "ack" && entry.outcome.outcome === "refused"
          ? entry.outcome.reason
          : null;
    if (reason === null) return;
    countRefusal(this.refusals, reason);
    const model = this.strategies.get(ended.strategy);
    if (model !== undefined) model.rejections += 1;
  }

  #fill(entry: FillEntry & { readonly seq: number; readonly at: Moment }): void {
    this.#see(entry.cursor);
    if (entry.verdict === "duplicate") return;
    const { fillId, orderId: order, quantity: size, price: paid } = entry;
    this.seenFills.add({ fillId, orderId: order, quantity: size, price: paid });
    if (!isBooked(entry)) return;
    this.fills += 1;
    if (entry.strategy !== null) {
      const model = this.strategies.get(entry.strategy);
      if (model !== undefined) {
        model.fills += 1;
        const { orderId, symbol, filledAt } = entry;
        const [quantity, price, fee] = [Number(entry.quantity), Number(entry.price), Number(entry.fee)];
        model.fillsToTell.push({ orderId, symbol, quantity, price, fee, at: filledAt });
        if (model.fillsToTell.length > FILLS_KEPT_MAX) model.fillsToTell.shift();
      }
    }
    this.#move(entry);
  }

  #drift(entry: DriftEntry, at: Moment): void {
    const { item, drift, orderId, text, evidence } = entry;
    this.drift.set(item, { item, drift, at, orderId, text, evidence, review: null });
    this.driftItems += 1;
    this.driftOpen += 1;
  }

  #see(cursor: number): void {
    if (cursor <= this.cursor) return;
    this.cursorsAhead.add(cursor);
    while (this.cursorsAhead.delete(this.cursor + 1)) this.cursor += 1;
  }

  /** True when the fill with this running number of the broker is journaled. */
  hasCursor(cursor: number): boolean {
    return cursor <= this.cursor || this.cursorsAhead.has(cursor);
  }
}
