/**
 * Limits that an operator changes while the session runs.
 *
 * 1. A change holds from its commit on, for orders and breakers; what was decided before it stays as it was.
 * 2. It is journaled with what the limit was before, who changed it, and why. A change that changes nothing is refused.
 * 3. A cooldown that has begun keeps its length.
 */
import { CodedError } from "../../../shared/errors.ts";
import { changedLimits } from "../../../store/index.ts";
import type { LimitsEntry } from "../../../store/journal/entries.ts";
import type { Core } from "../state/parts.ts";

export interface LimitRequest {
  readonly operator: string;
  readonly note: string;
}

/** Changes a limit and adds the change to the ledger; the caller commits. Throws before anything is changed. */
export function changeLimit(core: Core, limit: string, value: string, request: LimitRequest): void {
  const note = request.note.trim();
  if (note === "") throw new CodedError("invalid_input", "Say why the limit changes: the journal records the note.");
  const symbols = new Set(core.symbols.keys());
  const classes = new Set([...core.symbols.values()].map((meta) => meta.assetClass));
  const { limits, before, after } = changedLimits(core.risk.limits, limit, value, { symbols, classes });
  if (before === after) throw new CodedError("wrong_state", `${limit} is ${after} already.`);
  core.risk.setLimits(limits);
  core.ledger.add({ kind: "limits", limit, before, after, operator: request.operator, note }, core.now);
}

/** The change of a journaled entry; answers what the limit was before. */
export function repeatLimit(core: Core, entry: Pick<LimitsEntry, "limit" | "after">): string {
  const { limits, before } = changedLimits(core.risk.limits, entry.limit, entry.after);
  core.risk.setLimits(limits);
  return before;
}
