/**
 * What became of something that was asked of a host process: its answer, or why there is none.
 *
 * 1. Only the strategy at fault is blamed: a run that was never begun until its deadline is no run that hung.
 */
import type { RunResult } from "../strategies/run-types.ts";
import type { FromHost } from "./protocol.ts";

/** What is said of a run that was not begun until its deadline. */
export const NEVER_BEGUN = "It never got its turn: others held up its process.";

/**
 * Why a job has no answer. `ended`: its process ended under it; `waited`: it was not begun until its deadline; `refused`: it could not
 * even be asked for.
 */
export interface JobFailure {
  readonly kind: "timed_out" | "ended" | "waited" | "refused";
  readonly message: string;
}

export type Answer = Extract<FromHost, { kind: "ran" | "loaded" }> | JobFailure;

const OUTCOMES = { timed_out: "timed_out", ended: "ended", waited: "abandoned", refused: "threw" } as const;

/** What a run came to. */
export function runResultOf(sent: Answer): RunResult {
  if (sent.kind === "ran") return sent.result;
  if (sent.kind === "loaded") return { outcome: "threw", orders: [], message: null };
  return { outcome: OUTCOMES[sent.kind], orders: [], message: sent.message };
}

/** Why a strategy did not load, or null. */
export function loadProblem(sent: Answer, module: string, loadMs: number): string | null {
  if (sent.kind === "loaded") return sent.problem;
  if (sent.kind === "ran") return null;
  if (sent.kind === "timed_out") return `${module} had not loaded after ${loadMs / 1_000} s`;
  return `${module} does not load: ${sent.message}`;
}
