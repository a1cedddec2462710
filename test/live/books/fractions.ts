/** Exact fractions of big integers, for models that share no arithmetic with the program. */
export interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);

function reduced(top: bigint, bottom: bigint): Fraction {
  let [a, b] = [size(top), size(bottom)];
  while (b !== 0n) [a, b] = [b, a % b];
  const by = a === 0n ? 1n : a;
  const sign = bottom < 0n ? -1n : 1n;
  return { top: (sign * top) / by, bottom: (sign * bottom) / by };
}

/** A fraction from a plain decimal text. */
export function fraction(text: string): Fraction {
  const [whole, places = ""] = text.split(".") as [string, string?];
  return reduced(
    BigInt(whole.replace("-", "") + places) * (text.startsWith("-") ? -1n : 1n),
    10n ** BigInt(places.length),
  );
}

export const ZERO: Fraction = { top: 0n, bottom: 1n };
export const plus = (a: Fraction, b: Fraction): Fraction =>
  reduced(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
export const negated = (a: Fraction): Fraction => ({ top: -a.top, bottom: a.bottom });
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, negated(b));
export const times = (a: Fraction, b: Fraction): Fraction => reduced(a.top * b.top, a.bottom * b.bottom);
export const over = (a: Fraction, b: Fraction): Fraction => reduced(a.top * b.bottom, a.bottom * b.top);
export const isZero = (a: Fraction): boolean => a.top === 0n;
export const signOf = (a: Fraction): number => (a.top === 0n ? 0 : a.top < 0n ? -1 : 1);
export const abs = (a: Fraction): Fraction => (a.top < 0n ? negated(a) : a);
export const less = (a: Fraction, b: Fraction): boolean => a.top * b.bottom < b.top * a.bottom;
/** Whether two fractions differ by less than 10^-25: the program keeps forty digits where a division does not end. */
export const near = (a: Fraction, b: Fraction): boolean => less(abs(minus(a, b)), { top: 1n, bottom: 10n ** 25n });
export const toNumber = (a: Fraction): number => Number((a.top * 10n ** 18n) / a.bottom) / 1e18;
