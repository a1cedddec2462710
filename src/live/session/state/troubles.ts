/**
 * Which strategies of a session are in trouble, from its read model.
 *
 * 1. What counts is how runs ended and what was decided about a strategy; a run under way counts as neither.
 */
import { troublesOf, type Trouble, type Troubles } from "../../../shared/trouble.ts";
import type { StrategyModel, ReadModel } from "./read-model.ts";

function troubleOf({ config, standing, reason, runs, open, failures, failing, lastError }: StrategyModel): Trouble[] {
  const finished = runs - (open === null ? 0 : 1);
  const facts = { name: config.name, runs: finished, failures };
  if (standing === "not_loaded" || standing === "quarantined") return [{ ...facts, kind: standing, reason }];
  if (failures === 0) return [];
  return [{ ...facts, kind: failing || failures * 2 > finished ? "failing" : "failed_before", reason: lastError }];
}

export function troublesIn(model: ReadModel): Troubles {
  const strategies = [...model.strategies.values()];
  return troublesOf(strategies.length, strategies.flatMap(troubleOf));
}
