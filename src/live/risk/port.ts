/**
 * What a session needs of its risk engine: a verdict on an order, the breakers, and its state.
 *
 * 1. A verdict changes nothing; what was traded and refused is reported to the engine when it happened.
 */
import type { RiskLimits } from "../../shared/desk.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import type { FillEntry, GuardReading } from "../../store/journal/entries.ts";

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
  /** Null when the order may continue to the router. */
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

export interface HeadroomProbe {
  readonly guard: string;
  readonly scope: string;
  readonly value: string;
  readonly limit: string;
  /** Share of the limit that is used; null where that has no meaning. */
  readonly used: number | null;
}

/** The engine's state, plain JSON; `traded` is an exact decimal, `tradedDay` the number of its day. */
export interface RiskEngineState {
  readonly limits: RiskLimits;
  /** Absent, as `tradedDay`, in a state of a version that counted accepted orders in place of fills. */
  readonly traded?: string;
  readonly tradedDay?: number | null;
  /** What such a version counted. It holds until the day ends: too much turnover rather than too little. */
  readonly turnover?: string;
  readonly turnoverDay?: number | null;
  readonly cooldownUntil: Moment | null;
  readonly refusedAt: readonly Moment[];
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
  /** An operator's resume: breakers start counting again from here. */
  resumed(now: Moment): void;
  headroom(now: Moment): readonly HeadroomProbe[];
  state(): RiskEngineState;
  restore(state: RiskEngineState): void;
}
