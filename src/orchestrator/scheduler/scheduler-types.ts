/**
 * What the scheduler returns: its answers, its figures and its saved state.
 *
 * 1. Everything here is plain JSON: integers of microseconds, texts, nulls.
 */
import type { Duration, Moment } from "../../shared/time.ts";
import type { Seed, StreamState } from "../common/random.ts";
import type { FullScheduleSpec } from "./schedule-spec.ts";

/** One strategy's figures. */
export interface StrategyStats {
  readonly nextRun: Moment;
  readonly running: boolean;
  readonly paused: boolean;
  readonly executions: number;
  readonly overruns: number;
  readonly skips: number;
  /** The mean runtime in whole microseconds, null before the first run has ended. */
  readonly averageRuntime: Duration | null;
  /** When the newest run started, null before the first. */
  readonly lastRun: Moment | null;
  readonly lastHeartbeat: Moment | null;
}

/** What the end of a run means for the schedule. */
export interface FinishedRun {
  readonly nextRun: Moment;
  readonly runtime: Duration;
  readonly overrun: boolean;
  /** Slots that this run cost: the one after an overrun and, on a grid, those that passed while it ran. */
  readonly skips: number;
}

/** Slots that passed without a run. */
export interface MissedSlots {
  readonly slots: number;
  readonly reason: "misfire" | "closed";
  readonly nextRun: Moment;
}

/** A stretch of time in which a strategy may run: from `opens` on, until just before `closes`. */
export interface RunHours {
  readonly opens: number;
  readonly closes: number;
}

/** The opening at which a strategy that runs once a day runs next, and the openings that its run let pass. */
export interface NextOpening extends RunHours {
  readonly passed: number;
}

/** A run that lies ahead. */
export interface PlannedRun {
  /** With its jitter. */
  readonly at: Moment;
  /** Without. */
  readonly planned: Moment;
  /** The range that the jitter can reach. */
  readonly earliest: Moment;
  readonly latest: Moment;
}

/** One strategy's saved state. */
export interface StrategySnapshot {
  readonly spec: FullScheduleSpec;
  readonly nextRun: Moment;
  readonly planned: Moment;
  readonly startedAt: Moment | null;
  readonly paused: boolean;
  readonly executions: number;
  readonly overruns: number;
  readonly skips: number;
  readonly totalRuntime: Duration;
  readonly lastRun: Moment | null;
  readonly lastHeartbeat: Moment | null;
  readonly stream: StreamState;
}

/** The scheduler's saved state; strategies in order of registration. */
export interface SchedulerSnapshot {
  readonly now: Moment;
  readonly seed: Seed;
  readonly strategies: readonly StrategySnapshot[];
}
