/**
 * An operator's commands on one strategy: pause, resume, run now.
 *
 * 1. Each is checked, done and committed before it returns; one that cannot be done throws and changes nothing.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { StrategyEntry } from "../../../store/journal/entries.ts";
import type { Core } from "../state/parts.ts";
import { needOpenMarket } from "./runs.ts";
import type { StrategyTally } from "../state/tally.ts";

function tallyOf(core: Core, name: string): StrategyTally {
  const tally = core.tally.strategies.get(name);
  if (tally === undefined) throw new CodedError("not_found", `The desk has no strategy ${name}.`);
  return tally;
}

function journal(core: Core, entry: Omit<StrategyEntry, "kind">): void {
  core.ledger.add({ kind: "strategy", ...entry }, core.now);
  core.ledger.commit();
}

/** Throws `not_found`, or `wrong_state` for a strategy that is not active. */
export function pauseStrategy(core: Core, strategy: string, operator: string): void {
  const tally = tallyOf(core, strategy);
  if (tally.standing !== "active")
    throw new CodedError("wrong_state", `${strategy} is ${tally.standing.replace("_", " ")} already.`);
  core.scheduler.pause(strategy);
  journal(core, { strategy, event: "paused", reason: "An operator paused it.", operator });
}

/** Throws `not_found`, or `wrong_state` for a strategy that is active or did not load. */
export function resumeStrategy(core: Core, strategy: string, operator: string): void {
  const tally = tallyOf(core, strategy);
  if (tally.standing === "active")
    throw new CodedError("wrong_state", `${strategy} is active, so there is nothing to resume.`);
  if (tally.standing === "not_loaded")
    throw new CodedError(
      "wrong_state",
      `${strategy} did not load: ${tally.reason ?? ""}. Correct it, then open the session again.`,
    );
  core.scheduler.resume(strategy, core.now);
  journal(core, { strategy, event: "resumed", reason: "An operator resumed it.", operator });
  core.clock.wake();
}

/** Throws `not_found`, or `wrong_state` while the strategy's market is closed. */
export function runStrategyNow(core: Core, strategy: string, operator: string): void {
  needOpenMarket(tallyOf(core, strategy).config, core.now);
  core.scheduler.runNow(strategy, core.now);
  journal(core, { strategy, event: "run_asked", reason: "An operator asked for a run now.", operator });
  core.clock.wake();
}
