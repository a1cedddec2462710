/**
 * Positions of a journal that no session has open: its executions and corporate actions, added up without a market.
 *
 * 1. Positions follow the books' rules (`position.ts`, `actions.ts`); profits are those that the journal names, and dividends.
 * 2. An action is applied before the first execution that was entered behind it; an execution of before is put into its terms.
 */
import { type Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { CorporateAction } from "../../shared/market.ts";
import type { Moment } from "../../shared/time.ts";
import { actionEffect } from "./actions.ts";
import { FLAT, fillPosition, type Position } from "./position.ts";

/** An execution or an adoption, as its entry has it. */
export interface HeldExecution {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly realized: string | null;
  readonly at: Moment;
  readonly filledAt: Moment;
}

export interface Holding {
  readonly owner: string;
  readonly symbol: string;
  position: Position;
  realized: Decimal;
  fees: Decimal;
}

export class Holdings {
  readonly #held = new Map<string, Holding>();
  readonly #actions: readonly CorporateAction[];
  readonly #multiplierOf: (symbol: string) => Decimal;
  #applied = 0;

  /** `actions` in order of time. */
  constructor(actions: readonly CorporateAction[], multiplierOf: (symbol: string) => Decimal) {
    this.#actions = actions;
    this.#multiplierOf = multiplierOf;
  }

  take({ owner, symbol, quantity, price, fee, realized, at, filledAt }: HeldExecution): void {
    this.actUntil(at);
    const key = `${owner}\n${symbol}`;
    const held = this.#held.get(key) ?? { owner, symbol, position: FLAT, realized: ZERO, fees: ZERO };
    this.#held.set(key, held);
    let filled: Position = { quantity: decimal(quantity), average: decimal(price) };
    for (const action of this.#actions.slice(0, this.#applied))
      if (action.symbol === symbol && action.at >= filledAt) filled = actionEffect(action, filled).position;
    held.position = fillPosition(held.position, filled.quantity, filled.average).position;
    held.realized = held.realized.plus(realized ?? ZERO);
    held.fees = held.fees.plus(fee);
  }

  /** Applies the actions from before a moment. */
  actUntil(at: Moment): void {
    for (;;) {
      const action = this.#actions[this.#applied];
      if (action === undefined || action.at >= at) return;
      this.#applied += 1;
      for (const held of this.#held.values()) {
        if (held.symbol !== action.symbol) continue;
        const { position, dividend } = actionEffect(action, held.position);
        held.position = position.quantity.isZero() ? FLAT : position;
        held.realized = held.realized.plus(dividend.times(this.#multiplierOf(held.symbol)));
      }
    }
  }

  /** Every holding, in order of its first execution; flat ones too. */
  rows(): readonly Holding[] {
    return [...this.#held.values()];
  }
}

/** A journal's last word on positions by symbol; flat ones are left out. */
export function bySymbol(rows: readonly Holding[]): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { symbol, position } of rows) sums.set(symbol, (sums.get(symbol) ?? ZERO).plus(position.quantity));
  return new Map([...sums].filter(([, quantity]) => !quantity.isZero()));
}
