/**
 * A desk: what a session runs, with every default filled in.
 *
 * 1. A desk is complete and checked: code that has one need not check its fields again.
 * 2. Amounts are exact decimal strings, rates in basis points or shares of one, durations in microseconds.
 * 3. The same desk, seed and feed give the same session on a virtual clock.
 */
import type { CorporateAction, InstrumentFields, SymbolMeta } from "./market.ts";
import type { Speed } from "./ports.ts";
import type { Parameters } from "./strategy.ts";
import { DAY, type Duration, type Moment } from "./time.ts";

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** A market's own hours. Times are local ones as `09:30`, dates as `2026-11-27`, spans as `09:00-11:30`. */
export interface OwnHours {
  readonly timeZone: string;
  readonly days: readonly Weekday[];
  readonly open: string;
  /** No later than `open`: on the next day. `24:00` is midnight. */
  readonly close: string;
  /** The spans of a day in their order, the last one perhaps into the next day: `18:00-02:00+1`. Absent: from `open` to `close`. */
  readonly hours?: readonly string[];
  readonly holidays: readonly string[];
  /** Days on which the market closes at `halfClose`. */
  readonly halfDays: readonly string[];
  readonly halfClose: string | null;
  /** Days with hours of their own, whatever the weekday; without spans the market is closed. */
  readonly special?: Readonly<Record<string, readonly string[]>>;
}

/** The built-in calendars. */
export const CALENDAR_NAMES = [
  "us-equity",
  "us-futures",
  "london",
  "xetra",
  "tokyo",
  "hong-kong",
  "fx",
  "crypto",
] as const;
export type CalendarName = (typeof CALENDAR_NAMES)[number];

/** A built-in calendar's name, or hours of its own: of a strategy's `sessions`, and of an instrument's `calendar`. */
export type MarketHours = CalendarName | OwnHours;

/** What becomes of an order whose rate window is full: it waits, or the router refuses it. */
export type Pace = "queue" | "refuse";

/** The cadence of a strategy that runs on closed bars: longer than any session lasts. */
export const BAR_CADENCE = (36_500 * DAY) as Duration;

export interface StrategyConfig {
  readonly name: string;
  /** A built-in strategy's name, or a file in the workspace's `strategies` folder. */
  readonly module: string;
  readonly symbols: readonly string[];
  readonly cadence: Duration;
  readonly timeBudget: Duration;
  readonly jitter: Duration;
  readonly heartbeatTimeout: Duration;
  readonly anchor: "finish" | "slot";
  readonly params: Parameters;
  /** The group that limits and switches may name; "default" when unset. */
  readonly group: string;
  /** When its market is open: it does not run outside. Absent: it runs at all hours. */
  readonly sessions?: MarketHours;
  /**
   * `opening`: it runs at the opening of every so many of its market's days, with hours and a cadence of whole days. `bar`: it runs
   * once for each closed bar of its symbols, and its cadence is `BAR_CADENCE`. Absent where the cadence counts time, as in desks of
   * sessions that older versions began.
   */
  readonly runsAt?: "opening" | "bar";
  /** Absent: the desk's. */
  readonly pace?: Pace;
  /** How long an order may wait in the queue; absent: the desk's, else the cadence, at most a minute. */
  readonly queueFor?: Duration;
}

/** Faults that the paper broker injects for drills: shares of one, drawn from the seed. */
export interface BrokerFaults {
  readonly reject: number;
  readonly dropAck: number;
  readonly duplicateFill: number;
  readonly delayFill: number;
  readonly unknownFill: number;
}

/** What the paper venue fills against: the path of each bar, or marks alone (a bar is then the mark of its close). */
export type FillModel = "bars" | "marks";

/** The venues that a desk may name; `src/live/broker/adapters.ts` opens each. */
export const BROKER_KINDS = ["paper"] as const;
export type BrokerKind = (typeof BROKER_KINDS)[number];

/** The account and the paper venue. A venue of another kind reads the account's fields, and its own settings beside them. */
export interface BrokerConfig {
  readonly kind: BrokerKind;
  /** Absent: `marks`, as in desks from before there was a choice. */
  readonly fillModel?: FillModel;
  /** By bars: whether a limit order fills when the price touches its limit (absent) or only when it goes a tick through it. */
  readonly limitTouch?: "touch" | "through";
  readonly currency: string;
  readonly cash: string;
  /** What orders may be paid with; absent where there is no limit, as in every session before there was one. */
  readonly account?: "margin" | "cash";
  /** Exposure of a margin account at most, as a multiple of its equity; absent in a cash account. */
  readonly leverage?: number;
  readonly slippageBps: number;
  readonly feeBps: number;
  /** From a mark to the fill's report. */
  readonly latency: Duration;
  /** The largest share of a mark's volume that one fill takes; null fills whole orders. */
  readonly partialFillShare: number | null;
  readonly faults: BrokerFaults;
}

/** One symbol of the synthetic market. */
export interface SyntheticSymbol extends SymbolMeta {
  readonly startPrice: number;
  /** Yearly volatility, as a share of one. */
  readonly volatility: number;
  /** Yearly drift, as a share of one. */
  readonly drift: number;
  /** Volume of an average bar. */
  readonly volume: number;
}

/** What a person says of how one market data file is read; what is left out is found in the file. */
export interface DataFileOptions {
  readonly symbol?: string | undefined;
  /** Where the symbol is in the file's name: `{symbol}_5min_*.csv`. */
  readonly symbolPattern?: string | undefined;
  readonly symbols?: readonly string[] | undefined;
  readonly timeZone?: string | undefined;
  readonly dateFormat?: string | undefined;
  readonly timeFormat?: string | undefined;
  readonly interval?: Duration | undefined;
  readonly stamp?: "open" | "close" | undefined;
  readonly columns?: string | undefined;
  readonly skip?: number | undefined;
  readonly separator?: string | undefined;
  readonly decimal?: "." | "," | undefined;
  readonly newestFirst?: boolean | undefined;
  /** The prices are adjusted for splits and dividends: no corporate action is applied to the file's symbols. */
  readonly adjusted?: boolean | undefined;
}

export type FeedConfig =
  | {
      readonly kind: "synthetic";
      readonly barInterval: Duration;
      /** Marks between bars, so that orders fill within a bar. */
      readonly markInterval: Duration;
      readonly symbols: readonly SyntheticSymbol[];
      /** Bars of history that stand before the session's first moment, so that windows are full at the start. */
      readonly warmupBars: number;
    }
  | {
      readonly kind: "replay";
      readonly files: readonly string[];
      readonly symbol: string | null;
      readonly timeZone: string;
      /** UTC was written and goes before a layout's own zone; absent: UTC is what is taken where nothing else is known. */
      readonly timeZoneWritten?: true | undefined;
      readonly dateFormat: string | null;
      /** A file's path → how it is read; absent where no file has options of its own. */
      readonly fileOptions?: Readonly<Record<string, DataFileOptions>> | undefined;
      /** Bars are folded into longer ones of this length; absent: they stay as they are. */
      readonly resample?: Duration | undefined;
      /** As a file's `adjusted`, for files that do not say it themselves; absent: they are not. */
      readonly adjusted?: true | undefined;
      readonly symbols: Readonly<Record<string, SymbolMeta>>;
    };

export type ClockConfig =
  | { readonly kind: "system" }
  | { readonly kind: "virtual"; readonly start: Moment | null; readonly speed: Speed };

/** Every limit is absent (null) or holds. Money in the account's currency; shares of one of equity where named a share. */
export interface RiskLimits {
  readonly maxNotional: string | null;
  readonly maxPosition: string | null;
  readonly maxPositionBySymbol: Readonly<Record<string, string>>;
  /** Gross exposure as a multiple of equity. */
  readonly portfolioGrossCap: number | null;
  /** One asset's exposure as a share of equity. */
  readonly perAssetCap: number | null;
  /** Asset class → share of equity. */
  readonly assetClassCaps: Readonly<Record<string, number>>;
  /** One order's notional as a share of equity. */
  readonly perTradeRiskCap: number | null;
  /** Drawdown of equity, as a share of its peak, at which new orders stop for `cooldown`. */
  readonly portfolioDrawdownCap: number | null;
  readonly cooldown: Duration;
  readonly dailyPortfolioLossCap: string | null;
  readonly strategyDailyLossCap: string | null;
  /** Traded notional of a day as a multiple of equity. */
  readonly turnoverWarn: number | null;
  readonly turnoverBlock: number | null;
  /** An order's share of the symbol's recent volume. */
  readonly capacityWarn: number | null;
  readonly capacityLimit: number | null;
  /** Bars over which `capacity` looks. */
  readonly capacityBars: number;
  /** Breakers of the session. */
  readonly sessionDrawdownLimit: number | null;
  /** Rejections within `rejectWindow` that halt the session. */
  readonly rejectLimit: number | null;
  readonly rejectWindow: Duration;
  /** A feed that says nothing for longer is stale. */
  readonly dataStale: Duration | null;
}

/** How long a run takes on a virtual clock: log-normal, from the strategy's stream. */
export interface RuntimeModel {
  readonly median: Duration;
  readonly sigma: number;
  /** The share of runs that take `slowFactor` times as long. */
  readonly slowShare: number;
  readonly slowFactor: number;
}

export interface OrchestratorConfig {
  readonly rateLimitPerSec: number;
  readonly maxInflight: number;
  readonly snapshotInterval: Duration;
  readonly metricsInterval: Duration;
  readonly metricsWindow: number;
  readonly equityInterval: Duration;
  /** The hard deadline of a run, as a multiple of its budget. */
  readonly deadlineFactor: number;
  /** Runs in a row past the deadline before a strategy is quarantined. */
  readonly quarantineAfter: number;
  /** Session time for which the journal keeps runs and metrics; absent where it keeps all of them. */
  readonly journalKeep?: Duration;
  /** Of every strategy that does not say otherwise. Absent, as in desks of older versions: `refuse`. */
  readonly pace?: Pace;
  readonly queueFor?: Duration;
}

export interface SloLimits {
  readonly latencyP95Ms: number;
  readonly skipRate: number;
  readonly queueDepth: number;
  /** Errors in five minutes. */
  readonly errors: number;
}

export interface Desk {
  readonly name: string;
  /** Where it came from: a file's path, `demo`, or `bars`. */
  readonly source: string;
  readonly seed: string;
  readonly broker: BrokerConfig;
  readonly feed: FeedConfig;
  readonly clock: ClockConfig;
  readonly orchestrator: OrchestratorConfig;
  readonly slo: SloLimits;
  readonly limits: RiskLimits;
  readonly runtime: RuntimeModel;
  readonly dollarPerTrade: number;
  /** Where the account's day ends, a local time and its zone: `17:00 America/New_York`. Absent: 00:00 UTC. */
  readonly dayEnds?: string;
  readonly strategies: readonly StrategyConfig[];
  /** What its file says of single instruments, until the data is known and `feed.symbols` has the whole of each. */
  readonly instruments?: Readonly<Record<string, InstrumentFields>>;
  /** What one unit of a currency is worth in the account's: a symbol of the feed, `1/` and one, or a fixed rate. */
  readonly fx?: Readonly<Record<string, string>>;
  /** Splits and dividends within the data, in order of time. */
  readonly actions?: readonly CorporateAction[];
}
