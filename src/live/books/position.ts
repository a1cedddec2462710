/**
 * One position: quantity, average price, and what its fills realized.
 *
 * 1. The average is weighted when the position grows, kept when it shrinks, the fill's price when it turns, 0 when it is flat.
 * 2. Realized profit is (fill − average) × closed quantity × direction. Source: the session rules, "Fills, as in Logos".
 */
import { Decimal, ZERO } from "../../shared/decimal.ts";

export interface Position {
  readonly quantity: Decimal;
  readonly average: Decimal;
}

export const FLAT: Position = { quantity: ZERO, average: ZERO };

/** The position after a fill of a signed quantity, and the profit that the fill realized. */
export function fillPosition(
  before: Position,
  quantity: Decimal,
  price: Decimal,
): { readonly position: Position; readonly realized: Decimal } {
  const after = before.quantity.plus(quantity);
  const grows = before.quantity.isZero() || before.quantity.isNegative() === quantity.isNegative();
  if (grows) {
    const cost = before.quantity.times(before.average).plus(quantity.times(price));
    return { position: { quantity: after, average: after.isZero() ? ZERO : cost.div(after) }, realized: ZERO };
  }
  const closed = Decimal.min(quantity.abs(), before.quantity.abs());
  const direction = before.quantity.isNegative() ? -1 : 1;
  const realized = price.minus(before.average).times(closed).times(direction);
  if (after.isZero()) return { position: FLAT, realized };
  const turned = after.isNegative() !== before.quantity.isNegative();
  return { position: { quantity: after, average: turned ? price : before.average }, realized };
}
