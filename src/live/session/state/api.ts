/**
 * What the console, the command line and the harness hold of a session: its commands, its journal and its probe.
 *
 * 1. A command that cannot be done throws a coded error and changes nothing.
 * 2. A command that returns is on disk: halts, reviews and resumes are committed before their method returns.
 * 3. Listeners get entries only after the commit that holds them.
 * 4. A probe is a view for display: it is cheap, it changes nothing, and no decision is made from it.
 */
import type { RouterSnapshot } from "../../../orchestrator/index.ts";
import type { DriftKind } from "../../../shared/drift.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import type { SessionId } from "../../../shared/ids.ts";
import type { FeedSource, Speed } from "../../../shared/ports.ts";
import type { Scope } from "../../../shared/scope.ts";
import type { Desk, RiskLimits } from "../../../shared/desk.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import type { Troubles } from "../../../shared/trouble.ts";
import type { ReplaceIntent } from "../../../shared/strategy.ts";
import type { FlattenScope, HaltSource, JournalEntry } from "../../../store/journal/entries.ts";
import type { BookProbe } from "../../books/port.ts";
import type { HeadroomProbe } from "../../risk/port.ts";
import type { FlattenRequest } from "./order-api.ts";
import type { CancelReport, FlattenProbe, OrderPreview, OwnerDay, OwnerPosition } from "./order-api.ts";
import type { QueuedProbe, Ticket, TicketOutcome, WorkingOrderProbe } from "./order-api.ts";
import type { HaltedScope } from "./switches.ts";

export type SessionState = "ready" | "recovering" | "running" | "paused" | "halted" | "stopping" | "stopped" | "failed";

export type StopCause = "operator" | "finished" | "signal";

/** Why a session does not trade. `at` is session time. */
export interface HaltReason {
  readonly source: HaltSource;
  readonly code: string;
  readonly message: string;
  readonly at: Moment;
  readonly value: string | null;
  readonly limit: string | null;
  readonly operator: string | null;
  readonly note: string | null;
}

/** A drift item with its review; `review` is null while it waits. */
export interface DriftProbe {
  readonly item: string;
  readonly drift: DriftKind;
  readonly at: Moment;
  readonly orderId: string | null;
  readonly text: string;
  readonly evidence: Readonly<Record<string, string | number | null>>;
  readonly review: {
    readonly action: "adopt" | "dismiss";
    readonly strategy: string | null;
    readonly operator: string;
    readonly note: string;
    readonly at: Moment;
  } | null;
}

export interface StrategyProbe {
  readonly name: string;
  readonly module: string;
  readonly group: string;
  readonly symbols: readonly string[];
  /** What halts its orders besides the whole session: its own kill switch or its group's; null where nothing does. */
  readonly haltedBy: Scope | null;
  /** The worst that holds: a quarantined strategy is not also shown as late. */
  readonly state:
    | "waiting"
    | "running"
    | "in_flight"
    | "over_budget"
    | "late"
    | "paused"
    | "quarantined"
    | "not_loaded";
  readonly reason: string | null;
  readonly cadence: Duration;
  readonly budget: Duration;
  readonly jitter: Duration;
  readonly anchor: "finish" | "slot";
  readonly heartbeatTimeout: Duration;
  readonly nextRun: Moment | null;
  /** The coming runs as far as they are settled, earliest first; at most three. */
  readonly next: readonly { readonly at: Moment; readonly planned: Moment; readonly jitter: Duration }[];
  readonly lastRun: Moment | null;
  readonly runningSince: Moment | null;
  readonly lastRuntime: Duration | null;
  readonly averageRuntime: Duration | null;
  readonly executions: number;
  readonly overruns: number;
  /** Slots passed over: after overruns, while running, and missed. */
  readonly skips: number;
  readonly failures: number;
  /** Whether its newest finished run failed. */
  readonly failing: boolean;
  readonly lastHeartbeat: Moment | null;
  readonly heartbeatLate: boolean;
  readonly overBudget: boolean;
  readonly orders: number;
  readonly fills: number;
  readonly rejections: number;
  readonly lastSignal: string | null;
  readonly lastError: string | null;
}

/** One strategy's rate window at the probe's moment. */
export interface RateWindowProbe {
  readonly strategy: string;
  readonly used: number;
  readonly limit: number;
  /** When the oldest order leaves the window, if the window is full; null while a new order could pass. */
  readonly freeAt: Moment | null;
}

export interface PositionProbe {
  readonly symbol: string;
  readonly assetClass: string;
  readonly quantity: string;
  readonly averagePrice: string;
  readonly mark: number | null;
  readonly markAt: Moment | null;
  /** Quantity × mark; null before the first mark. */
  readonly value: string | null;
  /** Value as a share of equity. */
  readonly share: number | null;
}

/** A cheap view of the session at one instant. */
export interface SessionProbe {
  readonly id: SessionId;
  readonly light: boolean;
  readonly state: SessionState;
  /** Held by an operator; true beside a halt, too. */
  readonly paused: boolean;
  readonly failure: ErrorShape | null;
  readonly clock: "system" | "virtual";
  readonly speed: Speed;
  readonly now: Moment;
  readonly startedAt: Moment;
  /** When the session ends by itself: the feed's end or the asked-for length; null when it does not. */
  readonly endsAt: Moment | null;
  readonly feed: {
    readonly lastAt: Moment | null;
    /** Session time since the feed last said something. */
    readonly age: Duration | null;
    readonly stale: boolean;
    readonly ended: boolean;
    readonly sources: readonly FeedSource[];
  };
  readonly journal: {
    /** The last entry's number, and the last committed one's. */
    readonly position: number;
    readonly committed: number;
    /** Real milliseconds since the last commit; null before the first. */
    readonly commitAgeMs: number | null;
  };
  readonly snapshot: { readonly at: Moment | null; readonly age: Duration | null; readonly every: Duration };
  readonly haltReasons: readonly HaltReason[];
  /** Strategies and groups that are halted by themselves, the earliest first. */
  readonly haltedScopes: readonly HaltedScope[];
  readonly drift: readonly DriftProbe[];
  readonly resumes: readonly { readonly at: Moment; readonly operator: string; readonly note: string }[];
  readonly strategies: readonly StrategyProbe[];
  readonly router: {
    readonly halted: boolean;
    readonly nextOrderId: string;
    readonly rateLimitPerSec: number;
    readonly maxInflight: number;
    readonly inflight: number;
    readonly keys: number;
    readonly accepted: number;
    /** How many of the accepted the broker refused. */
    readonly refused: number;
    readonly rejected: number;
    readonly replays: number;
    readonly conflicts: number;
    /** Refusals by cause before the broker, over the whole session. `router_halted` counts what was asked while halted. */
    readonly rejections: Readonly<Record<string, number>>;
    readonly windows: readonly RateWindowProbe[];
    /** Oldest first; at most 2,000. */
    readonly orders: readonly WorkingOrderProbe[];
    /** What waits in the strategies' queues, at most 2,000 items. */
    readonly queued: readonly QueuedProbe[];
  };
  /** Flattens and closes under way. */
  readonly flattens: readonly FlattenProbe[];
  /** By owner, in the desk's order, then \`manual\` and \`unattributed\`. */
  readonly ownerPositions: readonly OwnerPosition[];
  /** Symbol → what one unit of its currency is worth in the account's; symbols of the account's currency are absent. */
  readonly foreignRates: Readonly<Record<string, string>>;
  /** Of each owner that has a book. */
  readonly ownerDays: readonly OwnerDay[];
  /** The newest line of `orchestrator_metrics.jsonl`, and the ticks that a line would rest on now. */
  readonly metrics: { readonly latest: Readonly<Record<string, unknown>> | null; readonly at: Moment | null };
  readonly account: {
    readonly currency: string;
    readonly equity: string;
    readonly equityStart: string;
    readonly cash: string;
    readonly pnl: string;
    readonly realized: string;
    readonly unrealized: string;
    readonly fees: string;
    readonly gross: string;
    readonly net: string;
    /** Shares of the peak, ≤ 0. */
    readonly drawdown: number;
    readonly drawdownMax: number;
  };
  readonly books: readonly BookProbe[];
  readonly positions: readonly PositionProbe[];
  readonly headroom: readonly HeadroomProbe[];
  /** The limits that hold now: the desk's, with every change since. */
  readonly limits: RiskLimits;
  /** Symbol → quantity by the venue's own word, while the session is halted; null otherwise, and while it has not answered. */
  readonly venuePositions: Readonly<Record<string, string>> | null;
  readonly counts: {
    readonly runs: number;
    readonly orders: number;
    readonly fills: number;
    /** Where they were made: risk, router or broker. */
    readonly rejections: number;
    readonly driftOpen: number;
    readonly late: number;
    readonly quarantined: number;
  };
}

/** What a stopped session leaves behind, for people and for `session.md`. */
export interface SessionSummary {
  readonly id: SessionId;
  readonly folder: string;
  readonly files: readonly string[];
  /** A light run: it left no journal, so it cannot resume. */
  readonly light: boolean;
  readonly desk: string;
  readonly cause: StopCause | "failed";
  readonly seed: string;
  readonly speed: Speed;
  readonly startedAt: Moment;
  readonly stoppedAt: Moment;
  /** Session time. */
  readonly duration: Duration;
  /** Real milliseconds from this start to this stop. */
  readonly realMs: number;
  readonly runs: number;
  readonly orders: number;
  readonly fills: number;
  /** How many of the orders the broker refused after they had been accepted. */
  readonly refused: number;
  /** By cause, the broker's included. */
  readonly rejections: Readonly<Record<string, number>>;
  /** Strategies in trouble, now or before. */
  readonly troubles: Troubles;
  readonly equityStart: string;
  readonly equityEnd: string;
  readonly pnl: string;
  readonly fees: string;
  readonly maxDrawdown: number;
  readonly halts: readonly HaltReason[];
  readonly driftOpen: number;
  /** Orders that still work at the venue: stopping does not cancel them. */
  readonly workingOrders: number;
  /** What it ran on, with the rows that are in no bar. */
  readonly feed: readonly FeedSource[];
  readonly failure: ErrorShape | null;
}

export interface ReviewDecision {
  readonly action: "adopt" | "dismiss";
  /** Whose book an adopted fill goes to; `unattributed` when absent. */
  readonly strategy?: string;
  readonly operator: string;
  readonly note: string;
}

/** A router snapshot to put in place of the router's state; `text` is the file's content. */
/** A snapshot that was read and checked, and the digest of its bytes. */
export interface ReadSnapshot {
  readonly snapshot: RouterSnapshot;
  readonly sha256: string;
}

export interface RestoreRequest {
  readonly source: string;
  /** The text, or what was read of it elsewhere: a console reads large ones in another thread. */
  readonly text: string | ReadSnapshot;
  readonly operator: string;
  readonly note: string;
  /** Takes the snapshot's limits where they differ from the desk's; otherwise a difference is refused. */
  readonly useSnapshotLimits?: boolean;
}

/** A halt or a resume: of the whole session, or of one strategy or group. */
export interface GateRequest {
  readonly operator: string;
  readonly note: string;
  readonly scope?: Scope | undefined;
}

/** A halt, and what it does besides: cancels what works, or gets out of every position. */
export interface HaltRequest extends GateRequest {
  readonly also?: "cancel" | "flatten" | undefined;
}

/** A running or stopped session. Every method that takes an operator wants a name that is not blank. */
export interface LiveSession {
  readonly id: SessionId;
  readonly folder: string;
  /** A light run keeps no journal: `entries` gives the newest alone, and none once it has ended. */
  readonly light: boolean;
  readonly desk: Desk;
  readonly state: SessionState;
  readonly failure: ErrorShape | null;
  /** Lets the clock run. Throws `wrong_state` unless the session is ready. */
  start(): void;
  pause(operator: string): void;
  continue(operator: string): void;
  setSpeed(speed: Speed): void;
  /** No new runs, last snapshot and files, lock released. Working orders stay at the venue. A second call waits for the first. */
  stop(cause: StopCause): Promise<SessionSummary>;
  /**
   * Shuts the gate at once, of everything or of a scope; it depends on no strategy, metric or view. Halting what is halted puts the
   * word on the record. Throws `not_found` for a scope that the desk does not have.
   */
  halt(request: HaltRequest): void;
  review(item: string, decision: ReviewDecision): void;
  /** Throws `drift_open` while an item waits, `not_halted` when there is nothing to resume, `wrong_state` while a kill file is there. */
  resume(request: GateRequest): void;
  /**
   * Changes a limit from here on; `name` and `value` as in a desk file, `none` for no limit. The note says why.
   * Throws `invalid_input` for a name or a value that breaks a rule, `wrong_state` when it is that already.
   */
  changeLimit(name: string, value: string, request: { readonly operator: string; readonly note: string }): void;
  pauseStrategy(name: string, operator: string): void;
  /** Also ends a quarantine. */
  resumeStrategy(name: string, operator: string): void;
  /** One run at the next pass, out of its cadence. */
  runStrategyNow(name: string, operator: string): void;
  /**
   * Cancels an open or a queued order, by the router's, the queue's or the client's id. Throws \`not_found\`, or \`wrong_state\` with the
   * code of the refusal in its detail.
   */
  cancelOrder(orderId: string, operator: string): Promise<void>;
  /** Cancels every open and queued order of a scope. Throws \`not_found\` for a scope that the desk does not have. */
  cancelOrders(scope: FlattenScope, operator: string): Promise<CancelReport>;
  /** Changes an open order in its place; \`quantity\` is signed and counts what is filled. Throws as \`cancelOrder\` does. */
  replaceOrder(change: ReplaceIntent, operator: string): Promise<void>;
  /** Places an order of the ticket as strategy \`manual\`. Throws \`invalid_input\`, \`not_found\`; a refusal is an outcome. */
  placeOrder(ticket: Ticket, operator: string): Promise<TicketOutcome>;
  previewOrder(ticket: Ticket): OrderPreview;
  /** Gets out of the positions of a scope, or of one owner in it; answers the flatten's id. It continues by itself. */
  flatten(request: FlattenRequest): Promise<string>;
  /** Paper only: makes the venue report a fill that no order explains, to practise the halt and its review. */
  injectUnknownFill(fill: { readonly symbol: string; readonly quantity: string }): void;
  /** Called after each commit with what it holds. A listener that throws is dropped. */
  subscribe(listener: (entries: readonly JournalEntry[]) => void): () => void;
  /** Everything that is committed, from an entry's number on (1 when absent). */
  entries(from?: number): Iterable<JournalEntry>;
  probe(): SessionProbe;
  /** Resolves when the session has stopped or failed and its files are closed. Never rejects. */
  readonly done: Promise<SessionSummary>;
}
