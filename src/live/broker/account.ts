/**
 * The paper venue's own account: cash, positions of the whole and of each owner, as its fills add up to.
 *
 * 1. Amounts are exact. The same fills in the same order give the same account.
 * 2. An owner's position is what its own orders filled at this venue; a fill that no order explains has no owner.
 */
import { decimal, plain, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { VenueAccount, VenueFill } from "./venue-store.ts";

const keyOf = (owner: string, symbol: string): string => `${owner}\n${symbol}`;

export class Account {
  readonly positions = new Map<string, Decimal>();
  readonly #owned = new Map<string, Decimal>();
  cash: Decimal;
  /** The newest fill that is in it. */
  cursor = 0;

  constructor(cash: string) {
    this.cash = decimal(cash);
  }

  /** Books a fill; `owner` is its order's. */
  book(fill: VenueFill, owner: string | undefined): void {
    this.cursor = fill.cursor;
    this.positions.set(fill.symbol, this.#held(fill.symbol).plus(fill.quantity));
    this.cash = this.cash.minus(decimal(fill.quantity).times(fill.price)).minus(fill.fee);
    if (owner === undefined) return;
    const key = keyOf(owner, fill.symbol);
    this.#owned.set(key, (this.#owned.get(key) ?? ZERO).plus(fill.quantity));
  }

  /** The signed position of an owner, or of the whole account where no owner is named. */
  held(owner: string | undefined, symbol: string): Decimal {
    return owner === undefined ? this.#held(symbol) : (this.#owned.get(keyOf(owner, symbol)) ?? ZERO);
  }

  /** Cash and positions at these prices. */
  equity(marks: ReadonlyMap<string, Decimal>): Decimal {
    let equity = this.cash;
    for (const [symbol, quantity] of this.positions) equity = equity.plus(quantity.times(marks.get(symbol) ?? ZERO));
    return equity;
  }

  save(): VenueAccount {
    const positions = [...this.positions].map(([symbol, quantity]) => [symbol, plain(quantity)] as const);
    const owned = [...this.#owned].map(([key, quantity]) => [key, plain(quantity)] as const);
    return { cursor: this.cursor, cash: plain(this.cash), positions, owned };
  }

  load({ cursor, cash, positions, owned }: VenueAccount): void {
    this.cursor = cursor;
    this.cash = decimal(cash);
    for (const [symbol, quantity] of positions) this.positions.set(symbol, decimal(quantity));
    for (const [key, quantity] of owned ?? []) this.#owned.set(key, decimal(quantity));
  }

  #held(symbol: string): Decimal {
    return this.positions.get(symbol) ?? ZERO;
  }
}
