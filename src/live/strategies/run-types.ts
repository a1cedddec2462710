/**
 * What a run of a strategy gets and what it answers.
 *
 * 1. Both cross a process boundary: they hold plain values only.
 */
import type { Bar } from "../../shared/market.ts";
import type { OpenOrder, OrderUpdate, StrategyAction, StrategyFill } from "../../shared/strategy.ts";
import type { Moment } from "../../shared/time.ts";

/** What a run sees: the moment of its start, frozen. */
export interface RunSnapshot {
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
