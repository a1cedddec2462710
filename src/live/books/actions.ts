/**
 * What a corporate action does to a position.
 *
 * 1. A dividend pays on what was held before the split of the same action.
 * 2. A split keeps the position's cost: quantity times ratio, average divided by it. A ratio whose quotient does not end is cut at
 *    `PLACES` places, alike wherever it is applied.
 */
import { type Decimal, decimal, ZERO } from "../../shared/decimal.ts";
import type { CorporateAction } from "../../shared/market.ts";
import type { Position } from "./position.ts";

/** Places of a quantity after a split. */
const PLACES = 18;

/** By symbol, what happened to it, oldest first. */
export type ActionHistory = readonly (readonly [symbol: string, actions: readonly CorporateAction[]])[];

/** A quantity after a split. */
export function splitQuantity(quantity: Decimal, split: string | undefined): Decimal {
  return split === undefined ? quantity : quantity.times(split).toDecimalPlaces(PLACES);
}

/** The position after an action, and what it pays for each unit of multiplier. */
export function actionEffect(
  { split, dividend }: CorporateAction,
  { quantity, average }: Position,
): { readonly position: Position; readonly dividend: Decimal } {
  const paid = dividend === undefined ? ZERO : quantity.times(dividend);
  if (split === undefined) return { position: { quantity, average }, dividend: paid };
  return {
    position: { quantity: splitQuantity(quantity, split), average: average.div(decimal(split)) },
    dividend: paid,
  };
}
