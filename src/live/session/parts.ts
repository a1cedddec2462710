/**
 * What the session needs of the parts it is made of, and the bag that holds them.
 *
 * 1. Every part is passed in: tests put fakes with the same interfaces in their place.
 * 2. Only `router` is ever replaced, by a restore; everything else lives as long as the session.
 */
import type { MetricsRecorder, OrderRouter, Scheduler } from "../../orchestrator/index.ts";
import type { Decimal } from "../../shared/decimal.ts";
import type { Desk, RiskLimits } from "../../shared/desk.ts";
import type { SessionId } from "../../shared/ids.ts";
import type { Bar, CorporateAction, SymbolMeta } from "../../shared/market.ts";
import type { BrokerAdapter, Clock, Feed, Timers } from "../../shared/ports.ts";
import type { OpenOrder, OrderUpdate, StrategyAction, StrategyFill } from "../../shared/strategy.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import type { FillEntry, GuardReading } from "../../store/journal/entries.ts";
import type { AccountDays } from "../calendar/index.ts";
import type { BooksState } from "../books/index.ts";
import type { RiskEngineState } from "../risk/index.ts";
import type { BookProbe, HeadroomProbe } from "./api.ts";
import type { Ledger } from "./ledger.ts";
import type { Market } from "./market.ts";
import type { Tally } from "./tally.ts";

/** What a run sees: the moment of its start, frozen. */
export interface RunPicture {
  readonly strategy: string;
  readonly run: number;
  readonly now: Moment;
  /** By symbol of the strategy, oldest first. */
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  readonly marks: Readonly<Record<string, number>>;
  readonly positions: Readonly<Record<string, number>>;
  /** Multiplier times exchange rate of the symbols for which that is not 1. */
  readonly unitValues?: Readonly<Record<string, number>>;
  readonly openOrders: readonly OpenOrder[];
  /** Of this strategy's orders, since its run before; oldest first. */
  readonly fills: readonly StrategyFill[];
  /** What became of its orders and requests since its run before; oldest first. */
  readonly updates: readonly OrderUpdate[];
  /** The newest bar among them, by close. */
  readonly bar: Moment | null;
}

/** How a run ended. What a strategy throws or returns wrongly is an outcome, never an exception. */
export interface RunResult {
  /**
   * `timed_out`: it was still running at its deadline, and its process was ended; `ended`: its process ended under it; `abandoned`: it
   * never got its turn.
   */
  readonly outcome: "ok" | "threw" | "bad_result" | "timed_out" | "ended" | "abandoned";
  readonly orders: readonly StrategyAction[];
  readonly message: string | null;
  /** What the strategy remembers from here on, as JSON; absent where that is what it was. */
  readonly state?: string | null;
}

/** Real milliseconds that a run on the system's clock has, from the moment at which it was asked for. */
export interface RunLimits {
  readonly budgetMs: number;
  readonly deadlineMs: number;
}

export interface HostPort {
  /** Why a strategy cannot run, by name. */
  readonly notLoaded: ReadonlyMap<string, string>;
  /** The most bars that any of the strategies looks back on. */
  readonly barsNeeded: number;
  /** Never rejects. Without limits, as on a virtual clock, only a run that truly hangs is ended. */
  run(picture: RunPicture, limits: RunLimits | null): Promise<RunResult>;
  /** Whether a strategy's open run got its turn, and has had its budget: one that did not is not to blame for its deadline. */
  hadItsTurn(strategy: string): boolean;
  /** Called while a strategy runs and says that it is alive. */
  onHeartbeat: (strategy: string) => void;
  /** Gives strategies back what they remembered, by name, before their first run. */
  restore(states: ReadonlyMap<string, string>): void;
  /** Replaces every process at once, as if it had ended; nothing where there is none. */
  renew?(): void;
  close(): void;
}

/** What was traded, as far as turnover looks at it. */
export type Traded = Pick<FillEntry, "symbol" | "quantity" | "price">;

/** An order before risk and router have seen it. */
export interface OrderQuestion {
  readonly strategy: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
}

export interface RiskVerdict {
  readonly guards: readonly GuardReading[];
  /** Null when the order may go on to the router. */
  readonly refusal: {
    readonly reason: string;
    readonly detail: string | null;
    readonly value: string | null;
    readonly limit: string | null;
    /** The moment from which the same order passes all guards if nothing else changes; null where that is not known. */
    readonly freeAt: Moment | null;
    /** The largest size, in whole lots, at which it passes them now; null where there is none, or none is known. */
    readonly largest: string | null;
  } | null;
}

export interface BreakerTrip {
  readonly code: string;
  readonly message: string;
  readonly value: string | null;
  readonly limit: string | null;
}

export interface RiskPort {
  /** The limits that hold now. */
  readonly limits: RiskLimits;
  /** An operator's change: it holds for the next order and the next look at the breakers. */
  setLimits(limits: RiskLimits): void;
  check(order: OrderQuestion, now: Moment): RiskVerdict;
  /** The breakers that look at equity, rejections and the feed; null while none trips. */
  breaker(
    now: Moment,
    lastFeedAt: Moment | null,
    /** What counts of the feed's silence between two moments; all of it when absent. */
    silence?: (from: Moment, to: Moment) => Duration,
  ): BreakerTrip | null;
  /** An execution was booked: it counts for the day's turnover. */
  traded(execution: Traded, at: Moment): void;
  /** A refusal by risk, router or broker, for the breaker that counts them. */
  refused(reason: string, now: Moment): void;
  /** An operator's resume: breakers count anew from here. */
  resumed(now: Moment): void;
  headroom(now: Moment): readonly HeadroomProbe[];
  state(): RiskEngineState;
  restore(state: RiskEngineState): void;
}

/** An execution to be booked. Amounts are exact. */
export interface Execution {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly at: Moment;
  /** When the venue filled it, where that is earlier: a corporate action in between changes its terms. */
  readonly filledAt?: Moment;
}

export interface AccountFigures {
  readonly equity: string;
  readonly cash: string;
  readonly realized: string;
  readonly unrealized: string;
  readonly fees: string;
  readonly gross: string;
  readonly net: string;
  /** Share of the peak, ≤ 0. */
  readonly drawdown: number;
}

export interface BooksPort {
  /** The account's days. */
  readonly days: AccountDays;
  /** Books an execution and answers the profit that it realized. */
  book(execution: Execution): Decimal;
  /** `exact`: the price's decimal text, where the number cannot hold it. */
  mark(symbol: string, price: number, at: Moment, exact?: string): void;
  readonly actionsApplied: number;
  /** Applies a corporate action; answers what it paid, in the symbol's currency. */
  act(action: CorporateAction): Decimal;
  /** What one unit of a currency is worth in the account's; null while that is not known. */
  rate(currency: string): Decimal | null;
  /** The symbol whose price a currency's rate follows; null where it is fixed, or there is none. */
  rateSymbol(currency: string): string | null;
  /** The signed value of a quantity at a price, in the account's currency. */
  notional(symbol: string, quantity: Decimal, price: Decimal): Decimal;
  /** An owner's position; an owner is a strategy or `unattributed`. */
  position(owner: string, symbol: string): Decimal;
  /** Symbol → position over all owners; flat ones are absent. */
  positions(): ReadonlyMap<string, Decimal>;
  averagePrice(symbol: string): Decimal;
  /** A symbol's value at its mark in the account's currency, signed. */
  value(symbol: string): Decimal;
  /** The average of an owner's position, and what it gained at the mark in the account's currency; null before the first mark. */
  heldBy(owner: string, symbol: string): { readonly average: Decimal; readonly unrealized: Decimal | null };
  /** What one unit of a symbol's currency is worth in the account's; of symbols in other currencies that were traded. */
  foreignRates(): ReadonlyMap<string, Decimal>;
  /** What an owner gained since the first mark or fill of the day at `now`, after fees. */
  dayProfitOf(owner: string, now: Moment): Decimal;
  figures(): AccountFigures;
  books(): readonly BookProbe[];
  state(): BooksState;
  restore(state: BooksState): void;
}

/** The session's parts. `now` is the moment of the present pass, or of the last. */
export interface Core {
  readonly id: SessionId;
  readonly desk: Desk;
  /** A digest of desk, seed and feed: the same for every equal run. */
  readonly runDigest: string;
  readonly startedAt: Moment;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly feed: Feed;
  readonly market: Market;
  readonly symbols: ReadonlyMap<string, SymbolMeta>;
  readonly scheduler: Scheduler;
  router: OrderRouter;
  readonly metrics: MetricsRecorder;
  readonly risk: RiskPort;
  readonly books: BooksPort;
  readonly broker: BrokerAdapter;
  readonly host: HostPort;
  readonly ledger: Ledger;
  readonly tally: Tally;
  now: Moment;
  /** What the venue holds by its own word, asked while the gate is shut; for eyes only. Null while it is open, or unanswered. */
  venuePositions: Readonly<Record<string, string>> | null;
}
