/**
 * A part of a desk that a kill switch may name: one strategy, every strategy of a group, or a symbol in all of them.
 *
 * 1. The whole session is no scope: it has its own halt.
 * 2. A strategy that names no group is in the group `default`, which can be named like any other.
 * 3. An order of a halted scope is refused with the scope's own code.
 */
import type { StrategyConfig } from "./desk.ts";

export interface Scope {
  readonly kind: "strategy" | "group" | "symbol";
  readonly name: string;
}

/** The reasons with which orders of a halted scope are refused. */
export const SCOPE_REFUSALS = { strategy: "strategy_halted", group: "group_halted", symbol: "symbol_halted" } as const;

/** `group momentum`, `strategy mr-aapl`: how people and messages name it. */
export const scopeText = ({ kind, name }: Scope): string => `${kind} ${name}`;

/** The strategies of a scope, in the desk's order; of a symbol, those that trade it. */
export function strategiesIn(
  strategies: readonly Pick<StrategyConfig, "name" | "group" | "symbols">[],
  { kind, name }: Scope,
): string[] {
  const within = (one: Pick<StrategyConfig, "name" | "group" | "symbols">): boolean =>
    kind === "symbol" ? one.symbols.includes(name) : (kind === "group" ? one.group : one.name) === name;
  return strategies.filter(within).map((one) => one.name);
}
