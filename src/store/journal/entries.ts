/**
 * What the journal holds: one entry for everything that happened or was decided, in order.
 *
 * 1. The entries alone rebuild the session: router, scheduler, books, risk counters, review. Everything else on disk is a projection.
 * 2. An entry holds the inputs of a decision and its outcome, so that a replay decides again and notices a difference.
 * 3. Amounts are exact decimal strings where books and broker are concerned; the router's numbers stay numbers, as in its files.
 * 4. Nothing in an entry depends on the wall clock, the machine or the folder, but for the `session` entries that say so.
 */
import type { DriftKind } from "../../shared/drift.ts";
import type { OrderTerms } from "../../shared/orders.ts";
import type { Because } from "../../shared/strategy.ts";
import type { Scope } from "../../shared/scope.ts";
import type { OrderId } from "../../shared/ids.ts";
import type { CommandOutcome } from "../../shared/ports.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import type {
  GuardReading,
  CancelRequestEntry,
  FlattenEntry,
  QueueEntry,
  ReplaceEntry,
  ReplaceRequestEntry,
  UpdatedEntry,
} from "./order-entries.ts";

export type * from "./order-entries.ts";

/** A file that a strategy is made of: its name inside the strategies folder, with `/`, and the SHA-256 of its text. */
export interface CodeFile {
  readonly name: string;
  readonly sha256: string;
}

/** The code of strategies that were loaded from the same files. `digest` covers the names and texts of all of them. */
export interface LoadedCode {
  readonly digest: string;
  /** In the order of their imports; empty where the lists of all strategies together were too long for the record. */
  readonly files: readonly CodeFile[];
  readonly strategies: readonly string[];
}

/** The life of the session itself. `wall` is the system's time, the only field that differs between two equal runs. */
export interface SessionEntry {
  readonly kind: "session";
  readonly event:
    | "created"
    | "started"
    | "recovered"
    | "paused"
    | "continued"
    | "speed"
    | "noted"
    | "stopped"
    | "failed";
  readonly wall: string;
  readonly text: string;
  /**
   * On `created`: the whole desk, resolved, with the run's digest; on `speed`: the new one. On `created` and `recovered`: `version`,
   * the program's, and `code`, the `LoadedCode` of users' files; entries of older versions have no code.
   */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A strategy entered the schedule. */
export interface RegisteredEntry {
  readonly kind: "registered";
  readonly strategy: string;
  readonly nextRun: Moment;
}

/** A run began. `planned` is the slot without its jitter, `due` with it. */
export interface RunStartedEntry {
  readonly kind: "run_started";
  readonly strategy: string;
  readonly run: number;
  readonly planned: Moment;
  readonly due: Moment;
}

/**
 * How a run ended. `timed_out`: it was ended at its hard deadline; `ended`: its process ended under it; `abandoned`: it never got its
 * turn, or the session ended during it, which is not its strategy's doing.
 */
export type RunOutcome = "ok" | "overrun" | "threw" | "timed_out" | "ended" | "abandoned" | "bad_result";

/** A run ended; `at` of the entry is the finish. */
export interface RunFinishedEntry {
  readonly kind: "run_finished";
  readonly strategy: string;
  readonly run: number;
  readonly started: Moment;
  readonly runtime: Duration;
  readonly outcome: RunOutcome;
  readonly orders: number;
  readonly skips: number;
  readonly nextRun: Moment;
  /** The newest bar that the run saw, by close; null before the first. */
  readonly bar: Moment | null;
  readonly message: string | null;
  /** What the strategy remembers from here on, as JSON; absent where that is what it was. */
  readonly state?: string | null;
}

/** Slots or bars that passed without a run: a sleep, a stopped machine; a market that is closed; a strategy that is paused. */
export interface MissedEntry {
  readonly kind: "missed";
  readonly strategy: string;
  readonly slots: number;
  /** `paused`: a bar closed while the strategy was paused. */
  readonly reason: "misfire" | "closed" | "paused";
  readonly nextRun: Moment;
  /** The moment by which they are reckoned, where that is not the entry's own: the market closed, or was closed, before. */
  readonly by?: Moment;
}

/** An order's terms beside quantity and limit; absent where it is a plain market or limit order. */
export type EntryTerms = Omit<OrderTerms, "limitPrice">;

/** A strategy asked for an order; risk and router answered. `orderId` is null unless the router accepted it. */
export interface OrderEntry extends EntryTerms {
  readonly kind: "order";
  /** The order whose bracket it is part of, and which part. */
  readonly parent?: OrderId | null;
  readonly role?: "stop" | "target";
  /** Of the strategy's working orders with this name a fill of one cancels the others. */
  readonly oco?: string;
  readonly basket?: string;
  /** The queue's id of it, where it waited for its rate window. */
  readonly queue?: string;
  /** What was asked for, where a reduce-only order was cut to what is held. */
  readonly asked?: number;
  /** The session answered by itself: the router was not asked and remembers nothing under the key. */
  readonly by?: "session";
  /** Who asked for it, where it was a person; `strategy` is then `manual`, or the owner whose position is closed. */
  readonly operator?: string;
  /** The flatten that it belongs to, which passes a halt and the rate window because it only reduces. */
  readonly flatten?: string;
  readonly strategy: string;
  readonly run: number;
  readonly symbol: string;
  readonly quantity: number;
  /** The price that risk and router reckon with: the limit, else the mark. */
  readonly price: number;
  readonly limitPrice: number | null;
  readonly clientOrderId: string;
  readonly idempotencyKey: string | null;
  readonly because: Because;
  readonly bar: Moment | null;
  readonly mark: number | null;
  readonly guards: readonly GuardReading[];
  readonly accepted: boolean;
  readonly orderId: OrderId | null;
  readonly reason: string;
  readonly detail: string | null;
  /** True when a known key was answered from the store: no new order, no rejection. */
  readonly replay: boolean;
  /** Which guard, window or limit said no, with its value at that instant. */
  readonly value: string | null;
  readonly limit: string | null;
  /** The moment from which the same order could pass if nothing else changes; null where time alone does not help, or none is known. */
  readonly freeAt: Moment | null;
  /** Of an order that risk refused: the largest size on its side, in whole lots, that would have passed; absent where none is known. */
  readonly largest?: string;
}

/** The intent to send, journaled in the transaction of its decision. */
export interface SendEntry {
  readonly kind: "send";
  readonly orderId: OrderId;
  readonly venueId: string;
}

/** What the broker answered to a send. */
export interface AckEntry {
  readonly kind: "ack";
  readonly orderId: OrderId;
  readonly venueId: string;
  readonly outcome: CommandOutcome;
}

/** What the broker answered to a cancel, or what is known of it after it was asked about. */
export interface CancelEntry {
  readonly kind: "cancel";
  readonly orderId: OrderId;
  readonly venueId: string;
  readonly reason: string;
  readonly outcome: CommandOutcome;
}

/** An execution as the broker reported it, and what became of it. */
export interface FillEntry {
  readonly kind: "fill";
  readonly cursor: number;
  readonly fillId: string;
  readonly venueId: string;
  /** Null when no order of this session has that venue id. */
  readonly orderId: OrderId | null;
  readonly strategy: string | null;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly filledAt: Moment;
  /** The order's status that went to the router with it. */
  readonly status: "filled" | "partially_filled";
  readonly verdict: "booked" | "duplicate" | "quarantined";
  /** Profit that the fill realized in its strategy's book; null unless booked. */
  readonly realized: string | null;
}

/** The end of an order without an execution. */
export interface ClosedEntry {
  readonly kind: "closed";
  readonly orderId: OrderId | null;
  readonly venueId: string;
  /** `filled` where the venue was asked and its fills are journaled already. */
  readonly status: "filled" | "canceled" | "rejected" | "expired" | "not_placed";
  readonly reason: string;
}

export type HaltSource = "operator" | "kill_switch" | "breaker" | "drift" | "fault";

export interface HaltEntry {
  readonly kind: "halt";
  readonly source: HaltSource;
  /** `kill_switch_triggered`, `session_drawdown_limit`, `unknown_fill`, … */
  readonly code: string;
  readonly message: string;
  readonly value: string | null;
  readonly limit: string | null;
  readonly operator: string | null;
  readonly note: string | null;
}

/** A difference between the session's records and the broker's. It waits for a review. */
export interface DriftEntry {
  readonly kind: "drift";
  readonly item: string;
  readonly drift: DriftKind;
  readonly orderId: string | null;
  readonly text: string;
  readonly evidence: Readonly<Record<string, string | number | null>>;
}

export interface ReviewEntry {
  readonly kind: "review";
  readonly item: string;
  readonly action: "adopt" | "dismiss";
  /** Whose book an adopted fill went to. */
  readonly strategy: string | null;
  readonly operator: string;
  readonly note: string;
  readonly realized: string | null;
  /** What an adoption booked that corrects an execution which was booked with other figures; absent otherwise. */
  readonly booked?: readonly Pick<FillEntry, "symbol" | "quantity" | "price" | "fee">[];
}

export interface ResumeEntry {
  readonly kind: "resume";
  readonly operator: string;
  readonly note: string;
}

/** An operator changed a limit of risk. Values are written as in a desk file, `none` where there is no limit. */
export interface LimitsEntry {
  readonly kind: "limits";
  /** Its name in a desk file; a symbol's or a class's own with its name, as `asset_class_caps.equity`. */
  readonly limit: string;
  readonly before: string;
  readonly after: string;
  readonly operator: string;
  readonly note: string;
}

/** A router snapshot was put in place of the router's state. `state` is the file's value. */
export interface RestoreEntry {
  readonly kind: "restore";
  readonly source: string;
  readonly sha256: string;
  readonly operator: string;
  readonly note: string;
  readonly nextSequence: number;
  readonly state: Readonly<Record<string, unknown>>;
}

export interface StrategyEntry {
  readonly kind: "strategy";
  readonly strategy: string;
  /** `run_asked`: an operator asked for a run out of its cadence; the strategy's standing stays as it is. */
  readonly event: "paused" | "resumed" | "quarantined" | "not_loaded" | "run_asked";
  readonly reason: string;
  readonly operator: string | null;
}

/** The kill switch of a part of the desk was thrown, or lifted again. */
export interface SwitchEntry {
  readonly kind: "switch";
  readonly event: "halted" | "resumed";
  readonly scope: Scope;
  readonly source: "operator" | "kill_switch";
  readonly message: string;
  readonly operator: string | null;
  readonly note: string | null;
}

/** A point of the equity curve. */
export interface EquityEntry {
  readonly kind: "equity";
  readonly equity: string;
  readonly cash: string;
  readonly realized: string;
  readonly unrealized: string;
  readonly fees: string;
  readonly gross: string;
  readonly drawdown: string;
}

/** A line of `orchestrator_metrics.jsonl`, with what the views add. */
export interface MetricsEntry {
  readonly kind: "metrics";
  readonly line: Readonly<Record<string, unknown>>;
}

/** `router_state.json` was written with this digest. */
export interface SnapshotEntry {
  readonly kind: "snapshot";
  readonly sha256: string;
  /** Of the moment that the file is of, as all of it. */
  readonly nextSequence: number;
  /** The last entry that the file knows of, where entries came while it was written; the one right before, where it is absent. */
  readonly of?: number;
  /** True where the file has terms of orders in flight, which a file of an older version never had. */
  readonly terms?: true;
  readonly cause: "interval" | "halt" | "shutdown" | "restore" | "start";
  /** At a start, the digest of the file that lay there and was agreed on, where it was not the newest snapshot's. */
  readonly found?: string;
}

export type EntryBody =
  | SessionEntry
  | RegisteredEntry
  | RunStartedEntry
  | RunFinishedEntry
  | MissedEntry
  | OrderEntry
  | SendEntry
  | AckEntry
  | CancelRequestEntry
  | CancelEntry
  | ReplaceRequestEntry
  | ReplaceEntry
  | QueueEntry
  | UpdatedEntry
  | FlattenEntry
  | FillEntry
  | ClosedEntry
  | HaltEntry
  | DriftEntry
  | ReviewEntry
  | ResumeEntry
  | RestoreEntry
  | LimitsEntry
  | StrategyEntry
  | SwitchEntry
  | EquityEntry
  | MetricsEntry
  | SnapshotEntry;

/** Whether a report of an execution is a fill: what counts as one everywhere. Duplicates and quarantined reports do not. */
export const isBooked = (entry: Pick<FillEntry, "verdict">): boolean => entry.verdict === "booked";

export type EntryKind = EntryBody["kind"];

/** An entry in its place: `seq` is gapless from 1; `at` is the session's time. */
export type JournalEntry = EntryBody & { readonly seq: number; readonly at: Moment };

type OfNoOrder = (CancelRequestEntry | ReplaceRequestEntry | QueueEntry) & {
  readonly seq: number;
  readonly at: Moment;
};

/** Whether an entry is of a request of which no order came: a cancel or a replace of none that is open, or what expired in a queue. */
export function isOfNoOrder(entry: JournalEntry): entry is OfNoOrder {
  if (entry.kind === "queue") return entry.unsent !== undefined;
  return (entry.kind === "cancel_request" || entry.kind === "replace_request") && entry.orderId === null;
}

/** Which run asked for it; null where an operator did. */
export function runOfNoOrder(entry: OfNoOrder): number | null {
  if (entry.kind !== "queue") return entry.run;
  return entry.unsent?.operator === null ? entry.unsent.run : null;
}

/** Makes a body the entry with a number and a moment; it is not copied, so its writer must not use it again. */
export function placed(body: EntryBody, seq: number, at: Moment): JournalEntry {
  const entry = body as unknown as { seq: number; at: Moment };
  entry.seq = seq;
  entry.at = at;
  return body as JournalEntry;
}
