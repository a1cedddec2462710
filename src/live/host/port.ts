/**
 * What a session needs of a strategy host.
 *
 * 1. A run never rejects: how it ended is in its result.
 */
import type { LoadedCode } from "../../store/journal/entries.ts";
import type { RunSnapshot, RunResult } from "../strategies/run-types.ts";

/** Real milliseconds that a run on the system's clock has, from the moment at which it was asked for. */
export interface RunLimits {
  readonly budgetMs: number;
  readonly deadlineMs: number;
}

/** What a user's strategy is made of, as it was read when it was loaded: a digest of all, and each file. */
export type StrategyCode = Pick<LoadedCode, "digest" | "files">;

export interface HostPort {
  /** Why a strategy cannot run, by name. */
  readonly notLoaded: ReadonlyMap<string, string>;
  /** Of the users' strategies that are loaded, by name. A later load with another digest is refused. */
  readonly code?: ReadonlyMap<string, StrategyCode>;
  /** The most bars that any of the strategies looks back on. */
  readonly barsNeeded: number;
  /**
   * Never rejects. Without limits, as on a virtual clock, only a run that truly hangs is ended. `ended` gets the result at once, where
   * that is before the promise's turn.
   */
  run(runSnapshot: RunSnapshot, limits: RunLimits | null, ended?: (result: RunResult) => void): Promise<RunResult>;
  /**
   * Waits a moment, while everything else in this thread stands still, for answers of a strategy's process; false where none came. For a
   * loop that has nothing else to do. Absent where that is not possible.
   */
  attend?(strategy: string): boolean;
  /** Sends what was asked for in this turn at once. Absent where that has left already. */
  flush?(): void;
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
