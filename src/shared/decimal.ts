/**
 * Exact decimals for money and quantities.
 *
 * 1. Amounts are added, compared and stored exactly; a binary float never decides equality.
 * 2. In files and across bridges an amount is a plain decimal string: `-0.25`, never `2.5e-1`.
 */
import { Decimal as DecimalBase } from "decimal.js";

/** Forty significant digits: beyond any product of two prices and quantities that the limits let in. */
export const Decimal = DecimalBase.clone({
  precision: 40,
  toExpNeg: -30,
  toExpPos: 30,
  rounding: DecimalBase.ROUND_HALF_EVEN,
});
export type Decimal = DecimalBase;

export const ZERO: Decimal = new Decimal(0);

/** An exact decimal from its text or from a number's shortest spelling (so 0.1 is one tenth). Throws on NaN and infinities. */
export function decimal(value: string | number | Decimal): Decimal {
  const result = new Decimal(value);
  if (!result.isFinite()) throw new RangeError(`An amount must be finite, not ${String(value)}.`);
  return result;
}

/** The plain text of an amount; minus zero is zero. */
export function plain(value: Decimal): string {
  return value.isZero() ? "0" : value.toFixed();
}

/** Rounds to a multiple of `step` toward zero, as a quantity is cut to its lot size. */
export function roundDownToStep(value: Decimal, step: Decimal): Decimal {
  return value.div(step).trunc().times(step);
}

/** Rounds to a multiple of `step`, a price to its tick: half to even, or as `rounding` says. */
export function roundToStep(
  value: Decimal,
  step: Decimal,
  rounding: DecimalBase.Rounding = DecimalBase.ROUND_HALF_EVEN,
): Decimal {
  return value.div(step).toDecimalPlaces(0, rounding).times(step);
}

/** Rounds to a number of decimal places, half to even, as a price is rounded to its precision. */
export function roundHalfEven(value: Decimal, places: number): Decimal {
  return value.toDecimalPlaces(places, DecimalBase.ROUND_HALF_EVEN);
}
