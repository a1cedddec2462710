/**
 * The doors to the world: everything that is not a pure decision comes through one of these.
 *
 * 1. Production code takes its ports as parameters; fakes and fault models under `test/sim` implement the same interfaces.
 * 2. A port's method either does what it says or throws; none of them swallows a failure.
 */
import type { Bar, FeedEvent, SymbolMeta } from "./market.ts";
import type { OrderType, TimeInForce, Trail } from "./orders.ts";
import type { Duration, Moment } from "./time.ts";

export type Speed = 1 | 10 | 60 | "max";

/** The session's time: the system's, or a virtual one that the loop itself moves. */
export interface Clock {
  readonly kind: "system" | "virtual";
  now(): Moment;
  /** Real seconds per session second; always 1 on the system clock. */
  readonly speed: Speed;
  setSpeed(speed: Speed): void;
  /**
   * Returns when the session's time is `until`, or earlier when `wake` was called. On a virtual clock at `max` this moves
   * time at once but still lets the process breathe now and then.
   */
  sleepUntil(until: Moment): Promise<void>;
  /** `sleepUntil` without a promise, on a virtual clock at `max` where nothing ends the sleep early; false where it was not done. */
  skipTo?(until: Moment): boolean;
  /** Ends the present `sleepUntil` at once. */
  wake(): void;
  /** Stops and restarts a virtual clock; on the system clock these do nothing. */
  hold(): void;
  release(): void;
}

/** Real timers, for pacing and for deadlines; never for decisions. */
export interface Timers {
  set(callback: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
}

/** One seeded stream. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface FileHandle {
  /** Writes from `offset` of `bytes`; returns how many bytes were taken, which may be fewer than were left. */
  write(bytes: Uint8Array, offset: number): number;
  sync(): void;
  close(): void;
}

/** The disk, synchronous because the loop must know the outcome before it continues. Errors are Node's, with `code`. */
export interface FileSystem {
  readFile(path: string): Uint8Array;
  /** The size in bytes, or null when there is no such file. */
  size(path: string): number | null;
  exists(path: string): boolean;
  list(folder: string): string[];
  makeFolder(path: string): void;
  /** Opens a new file; fails when it exists. */
  create(path: string): FileHandle;
  /** Opens for appending, creating it when absent. */
  append(path: string): FileHandle;
  rename(from: string, to: string): void;
  remove(path: string): void;
  truncate(path: string, size: number): void;
  syncFolder(path: string): void;
}

/** A source of market events, in order of time. */
export interface Feed {
  readonly symbols: readonly SymbolMeta[];
  /** The moment of the first event, and of the last where the feed ends. */
  readonly start: Moment;
  readonly end: Moment | null;
  /** Bars of history before `start`, oldest first; strategies' windows begin with them. */
  readonly warmup: readonly Bar[];
  /** The moment of the next event after what was taken, or null when there is no more. */
  nextAt(): Moment | null;
  /** Takes every event up to and including `now`, in order. */
  take(now: Moment): readonly FeedEvent[];
  /** How long a symbol's bars are; absent or null where that is not known. */
  readonly barInterval?: (symbol: string) => Duration | null;
  /** What was read, with digests, for `session.json`. */
  readonly sources: readonly FeedSource[];
}

export interface FeedSource {
  readonly name: string;
  readonly sha256: string;
  readonly rows: number;
  /** What its rows became; absent where that is not known, as in records of older versions. */
  readonly bars?: number | undefined;
  /** Rows that are in no bar, and the first of them with its reason; null where every row was read. */
  readonly refused?: number | undefined;
  readonly firstRefused?: string | null | undefined;
}

/**
 * What is sent to a venue. `venueId` is `{sessionId}-{orderId}`; quantities and prices are exact decimal strings. An absent field means
 * a market order or, with a limit price, a limit order that rests until it is filled or canceled.
 */
export interface PlaceOrder {
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly at: Moment;
  readonly type?: OrderType;
  readonly stopPrice?: string;
  readonly trail?: Trail<string>;
  readonly timeInForce?: TimeInForce;
  /** The end of a `day` or `gtd` order: it trades nothing later than that. */
  readonly expiresAt?: Moment;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  /** Whose position a reduce-only order reduces: the strategy. Absent: the whole account's. */
  readonly owner?: string;
  /** The parent's venue id: this is a child of its bracket and works once the parent has a fill, for what the parent has filled. */
  readonly parentId?: string;
  /** Of the working orders with one group's name, a fill of one cancels the others. */
  readonly ocoGroup?: string;
}

/** What a replace changes; an absent field stays as it is. */
export interface OrderChange {
  readonly quantity?: string;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
}

/** What a venue held against its minimum when it refused an order as too small. Exact decimals. */
export interface RefusalFigures {
  readonly measure: "quantity" | "notional";
  /** The order's size or worth at that instant. */
  readonly value: string;
  readonly limit: string;
  /** The smallest size, in whole lots, that would have passed at that instant. */
  readonly from: string;
}

/** The three outcomes of a command. A timeout, a broken connection or an unreadable answer is `unknown`, never a refusal. */
export type CommandOutcome =
  | {
      readonly outcome: "accepted";
      readonly quantity: string;
      readonly limitPrice: string | null;
      /** Rounded as the venue has it; absent where the order has none. */
      readonly stopPrice?: string;
    }
  | { readonly outcome: "refused"; readonly reason: string; readonly figures?: RefusalFigures }
  | { readonly outcome: "unknown"; readonly reason: string };

/** What a venue says of one order. */
export interface BrokerOrder {
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly filled: string;
  readonly limitPrice: string | null;
  readonly status: "open" | "filled" | "canceled" | "rejected" | "expired";
  /** Absent: as `PlaceOrder` has it. */
  readonly type?: OrderType;
  /** Where a stop triggers now; a trailing stop's moves with the price and is absent before its first price. */
  readonly stopPrice?: string;
  /** Of an open order that is not simply working: a child whose parent has no fill yet, or a stop that has triggered. */
  readonly state?: "held" | "triggered";
  /** Why it ended, for an order that did not end by its fills. */
  readonly reason?: string;
}

/** An answer to a query. A failed query is not an answer of "nothing". */
export type Lookup<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface BrokerFill {
  /** The venue's own running number; fills are asked for from one of these on. */
  readonly cursor: number;
  readonly fillId: string;
  readonly venueId: string;
  readonly symbol: string;
  /** Signed. */
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly at: Moment;
  /** When the venue's own report of it comes, where that is later than `at` and the venue knows it; a query returns it. */
  readonly reportedAt?: Moment;
}

export type BrokerEvent =
  | { readonly kind: "fill"; readonly fill: BrokerFill }
  /** Something about the market or the venue that a person should know, said once. */
  | { readonly kind: "noted"; readonly text: string; readonly at: Moment }
  | {
      readonly kind: "closed";
      readonly venueId: string;
      readonly status: "canceled" | "rejected" | "expired";
      /** A code: `canceled`, `expired`, `would_take`, `ioc`, `fok`, `oco`, `bracket`, `parent_ended`, `reduce_only`. */
      readonly reason: string;
      readonly at: Moment;
    }
  | {
      /** An order that stays open and changed at the venue: a child that began to work or was cut, a stop that triggered or trailed. */
      readonly kind: "updated";
      readonly venueId: string;
      readonly change: "released" | "cut" | "triggered" | "trailed";
      /** Signed, and what it may still reach in all. */
      readonly quantity: string;
      readonly limitPrice: string | null;
      readonly stopPrice?: string;
      readonly at: Moment;
    };

export interface BrokerAccount {
  readonly currency: string;
  readonly cash: string;
  readonly equity: string;
}

/** What a venue changed and has not on its disk yet. Behind change `number - 1`, `text` brings its disk up to date. */
export interface VenueChanges {
  readonly number: number;
  readonly text: string;
}

/**
 * The disk of a venue on this machine, which may follow the session's journal: while it is deferred the venue answers and reports
 * before its changes are durable. The session first commits them to its journal, in the transaction that holds what it learned of
 * them, and then has them settled; after a crash between the two, `redo` brings the venue's disk up to the journal.
 */
export interface VenueDisk {
  /** True: changes wait for `settle`. False: each is durable before its answer; nothing may wait when this is set. */
  defer(deferred: boolean): void;
  /** What waits, or null where nothing does. */
  changes(): VenueChanges | null;
  /** Makes durable what `changes` answered last. Throws `io`; then the venue answers nothing more. */
  settle(): void;
  /** Carries out journaled changes that its disk lacks; nothing where it has them. Throws `io`. */
  redo(changes: VenueChanges): void;
}

/** A venue. Commands answer with an outcome and never throw for a refusal. */
export interface BrokerAdapter {
  readonly name: string;
  readonly paper: boolean;
  /** Absent where the venue's disk is its own affair. */
  readonly disk?: VenueDisk;
  /**
   * Connects to the venue, before anything else is asked of it. `onReport` is to be called whenever something has come that `takeEvents`
   * would answer: the session takes it in its next pass, at once where it waits. Rejects with a `CodedError` that says what a person can
   * do; then the session does not start. Absent: there is nothing to connect to, and reports come at `nextEventAt` alone.
   */
  connect?(onReport: () => void): Promise<void>;
  placeOrder(order: PlaceOrder): Promise<CommandOutcome>;
  cancelOrder(venueId: string, at: Moment): Promise<CommandOutcome>;
  /** Changes a working order in its place. A quantity is signed and counts what is filled already; one not beyond that is refused. */
  replaceOrder(venueId: string, change: OrderChange, at: Moment): Promise<CommandOutcome>;
  openOrders(): Promise<Lookup<readonly BrokerOrder[]>>;
  orderByClientId(venueId: string): Promise<Lookup<BrokerOrder | null>>;
  fillsSince(cursor: number): Promise<Lookup<readonly BrokerFill[]>>;
  positions(): Promise<Lookup<Readonly<Record<string, string>>>>;
  account(): Promise<Lookup<BrokerAccount>>;
  symbolMeta(symbol: string): SymbolMeta | null;
  /** Gives the venue the market (a paper venue fills against it). */
  onMarketData(events: readonly FeedEvent[], now: Moment): void;
  /** The moment of the next thing that the venue will do by itself (a delayed fill), or null. */
  nextEventAt(): Moment | null;
  /** Takes the events up to `now`, in order. */
  takeEvents(now: Moment): readonly BrokerEvent[];
  close(): void;
}
