/**
 * An operator's commands on one strategy: pause, resume, run now.
 *
 * 1. Each is checked, done and committed before it returns; one that cannot be done throws and changes nothing.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { StrategyEntry } from "../../../store/journal/entries.ts";
import type { Core } from "../state/parts.ts";
import { needOpenMarket } from "./runs.ts";
import type { StrategyModel } from "../state/read-model.ts";

function readModelOf(core: Core, name: string): StrategyModel {
  const model = core.model.strategies.get(name);
  if (model === undefined) throw new CodedError("not_found", `The desk has no strategy ${name}.`);
  return model;
}

function journal(core: Core, entry: Omit<StrategyEntry, "kind">): void {
  core.ledger.add({ kind: "strategy", ...entry }, core.now);
  core.ledger.commit();
}

/** Throws `not_found`, or `wrong_state` for a strategy that is not active. */
export function pauseStrategy(core: Core, strategy: string, operator: string): void {
  const model = readModelOf(core, strategy);
  if (model.standing !== "active")
    throw new CodedError("wrong_state", `${strategy} is ${model.standing.replace("_", " ")} already.`);
  core.scheduler.pause(strategy);
  journal(core, { strategy, event: "paused", reason: "An operator paused it.", operator });
}

/** Throws `not_found`, or `wrong_state` for a strategy that is active or did not load. */
export function resumeStrategy(core: Core, strategy: string, operator: string): void {
  const model = readModelOf(core, strategy);
  if (model.standing === "active")
    throw new CodedError("wrong_state", `${strategy} is active, so there is nothing to resume.`);
  if (model.standing === "not_loaded")
    throw new CodedError(
      "wrong_state",
      `${strategy} did not load: ${model.reason ?? ""}. Correct it, then open the session again.`,
    );
  core.scheduler.resume(strategy, core.now);
  journal(core, { strategy, event: "resumed", reason: "An operator resumed it.", operator });
  core.clock.wake();
}

/** Throws `not_found`, or `wrong_state` while the strategy's market is closed. */
export function runStrategyNow(core: Core, strategy: string, operator: string): void {
  needOpenMarket(readModelOf(core, strategy).config, core.now);
  core.scheduler.runNow(strategy, core.now);
  journal(core, { strategy, event: "run_asked", reason: "An operator asked for a run now.", operator });
  core.clock.wake();
}
