/**
 * Halts and resumes of parts of the desk, and the refusal of orders that they hold back.
 *
 * 1. Each is an entry of the ledger; the caller commits. A scope that names nothing of the desk is refused before anything is changed.
 */
import { CodedError } from "../../../shared/errors.ts";
import { SCOPE_REFUSALS, scopeText, strategiesIn, type Scope } from "../../../shared/scope.ts";
import { formatMoment } from "../../../shared/time.ts";
import type { OrderEntry } from "../../../store/journal/entries.ts";
import type { Core } from "./parts.ts";

export interface ScopeRequest {
  readonly operator: string;
  readonly note: string;
}

/** Throws `not_found` for a scope that names nothing of the desk. */
export function needScope(core: Core, scope: Scope): void {
  if (strategiesIn(core.desk.strategies, scope).length > 0) return;
  if (scope.kind === "symbol" && core.symbols.has(scope.name)) return;
  const names =
    scope.kind === "symbol"
      ? [...core.symbols.keys()]
      : core.desk.strategies.map((one) => (scope.kind === "group" ? one.group : one.name));
  const some = [...new Set(names)].slice(0, 12).join(", ");
  throw new CodedError("not_found", `The desk has no ${scopeText(scope)}; its ${PLURAL[scope.kind]}: ${some}.`);
}

const PLURAL = { strategy: "strategies are", group: "groups are", symbol: "symbols are" } as const;

/** Halts a scope by an operator's word. The caller commits. One that is halted already gets the word on the record, too. */
export function haltScope(core: Core, scope: Scope, request: ScopeRequest): void {
  needScope(core, scope);
  const [operator, note] = [request.operator.trim(), request.note.trim()];
  const message = `Halted by ${operator}.`;
  core.ledger.add({ kind: "switch", event: "halted", scope, source: "operator", message, operator, note }, core.now);
}

/** Halts a scope because a file says so. The caller commits. */
export function killScope(core: Core, scope: Scope, path: string): void {
  const message = `The kill switch of ${scopeText(scope)} is on: the file ${path} is there. Remove it, then resume.`;
  const noOperator = { operator: null, note: null };
  core.ledger.add({ kind: "switch", event: "halted", scope, source: "kill_switch", message, ...noOperator }, core.now);
}

/** Lifts a scope's halt. The caller commits. Throws before anything is changed. */
export function resumeScope(core: Core, scope: Scope, request: ScopeRequest): void {
  needScope(core, scope);
  const [operator, note] = [request.operator.trim(), request.note.trim()];
  if (note === "")
    throw new CodedError("invalid_input", "Say why it is right to trade again: the journal records the note.");
  if (!core.model.switches.has(scope))
    throw new CodedError("not_halted", `The ${scopeText(scope)} is not halted, so there is nothing to resume.`);
  const message = `Resumed by ${operator}.`;
  core.ledger.add({ kind: "switch", event: "resumed", scope, source: "operator", message, operator, note }, core.now);
}

/** Every code with which a halted scope refuses. */
export const SCOPE_CODES: ReadonlySet<string> = new Set(Object.values(SCOPE_REFUSALS));

/**
 * The refusal of an order whose strategy or group is halted, or null where none is. A key that the router knows is answered by
 * it, and so is everything while the whole session is halted.
 */
export function heldBack(
  core: Core,
  order: Pick<OrderEntry, "strategy" | "symbol" | "clientOrderId" | "idempotencyKey">,
): { readonly reason: string; readonly detail: string } | null {
  const { strategy, symbol, clientOrderId, idempotencyKey } = order;
  const config = core.model.strategies.get(strategy)?.config;
  const { switches } = core.model;
  const halted = (config === undefined ? null : switches.over(config)) ?? switches.overSymbol(symbol);
  if (halted === null || core.router.halted) return null;
  if (core.router.decisionOf(idempotencyKey ?? `${strategy}:${clientOrderId}`) !== undefined) return null;
  const { scope, at, message } = halted;
  const detail = `The ${scopeText(scope)} is halted since ${formatMoment(at)}: ${message}`;
  return { reason: SCOPE_REFUSALS[scope.kind], detail };
}
