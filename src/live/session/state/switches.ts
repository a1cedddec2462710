/**
 * Kill switches of parts of the desk: which strategies and groups are halted, and the two ways in which that changes.
 *
 * 1. What is halted is a fold of the journal's `switch` entries, as everything in the read model; `state()` is all of it.
 * 2. As under the whole session's halt, strategies keep running: their new orders are refused, before risk and router see them,
 *    and cancels and fills go through.
 * 3. A scope is halted by its name alone: nothing of a strategy, a metric or a view is asked. At most as many are halted as the
 *    desk has strategies and groups.
 */
import { scopeText, type Scope } from "../../../shared/scope.ts";
import type { Moment } from "../../../shared/time.ts";
import type { StrategyConfig } from "../../../shared/desk.ts";
import type { SwitchEntry } from "../../../store/journal/entries.ts";

/** A scope that is halted, and the word that halted it first. */
export interface HaltedScope {
  readonly scope: Scope;
  readonly at: Moment;
  readonly source: SwitchEntry["source"];
  readonly message: string;
  readonly operator: string | null;
  readonly note: string | null;
}

export class Switches {
  readonly #halted = new Map<string, HaltedScope>();

  /** As `state()` returned it; empty when absent. */
  constructor(state: readonly HaltedScope[] = []) {
    for (const halted of state) this.#halted.set(scopeText(halted.scope), halted);
  }

  /** What is halted, the earliest first. */
  state(): readonly HaltedScope[] {
    return [...this.#halted.values()];
  }

  has(scope: Scope): boolean {
    return this.#halted.has(scopeText(scope));
  }

  /** What stands between a strategy and the router: its own switch first, then its group's; null where nothing does. */
  over({ name, group }: Pick<StrategyConfig, "name" | "group">): HaltedScope | null {
    if (this.#halted.size === 0) return null;
    const own = this.#halted.get(scopeText({ kind: "strategy", name }));
    return own ?? this.#halted.get(scopeText({ kind: "group", name: group })) ?? null;
  }

  /** The halt of a symbol, or null. */
  overSymbol(name: string): HaltedScope | null {
    return this.#halted.get(scopeText({ kind: "symbol", name })) ?? null;
  }

  apply(entry: SwitchEntry & { readonly at: Moment }): void {
    const { event, scope, at, source, message, operator, note } = entry;
    const key = scopeText(scope);
    if (event === "resumed") this.#halted.delete(key);
    else if (!this.#halted.has(key)) this.#halted.set(key, { scope, at, source, message, operator, note });
  }
}
