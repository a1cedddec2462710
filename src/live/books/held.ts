/**
 * One symbol in the books: the account's position in it, its mark, and what both are worth.
 *
 * 1. Values are in the symbol's own currency, the multiplier counted in; its wallet turns them into the account's.
 */
import { decimal, ZERO, type Decimal } from "../../shared/decimal.ts";
import { FLAT, type Position } from "./position.ts";
import type { Wallet } from "./wallet.ts";

export interface Held {
  position: Position;
  mark: Decimal | null;
  markNumber: number;
  /** Quantity × mark × multiplier in the symbol's currency, as it is in its wallet; zero before the first mark. */
  value: Decimal;
  readonly wallet: Wallet;
  readonly multiplier: Decimal;
}

const ONE = decimal(1);

/** An amount for each unit of multiplier, as the symbol pays it. */
export function timesMultiplier({ multiplier }: Held, amount: Decimal): Decimal {
  return multiplier.equals(ONE) ? amount : amount.times(multiplier);
}

/** What a quantity at a price is worth in the symbol's currency. */
export function valueOf(held: Held, quantity: Decimal, price: Decimal): Decimal {
  return timesMultiplier(held, quantity.times(price));
}

/** A symbol of which nothing is held yet, and that has no mark. */
export function newlyHeld(wallet: Wallet, multiplier: Decimal): Held {
  return { position: FLAT, mark: null, markNumber: Number.NaN, value: ZERO, wallet, multiplier };
}
