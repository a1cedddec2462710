/**
 * Exact amounts.
 *
 * 1. Sums are exact, texts are plain, and steps cut toward zero.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal, plain, roundDownToStep, roundHalfEven } from "../../src/shared/decimal.ts";

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const text = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(9, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
};

describe("decimals", () => {
  it("add like whole numbers of a hundred-millionth", () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(
          decimal(text(a))
            .plus(text(b))
            .equals(text(a + b)),
        ).toBe(true);
      }),
    );
  });

  it("are written without exponents and never as minus zero", () => {
    expect(plain(decimal("1e-12"))).toBe("0.000000000001");
    expect(plain(decimal("-0"))).toBe("0");
    expect(plain(decimal(0.1).plus(0.2))).toBe("0.3");
  });

  it("refuse what is not finite", () => {
    for (const value of [Number.NaN, Infinity, "NaN"]) expect(() => decimal(value)).toThrow(RangeError);
  });

  it("cut to a step toward zero and round prices half to even", () => {
    expect(plain(roundDownToStep(decimal("-1.27"), decimal("0.25")))).toBe("-1.25");
    expect(plain(roundDownToStep(decimal("0.3"), decimal("0.1")))).toBe("0.3");
    expect(plain(roundHalfEven(decimal("2.345"), 2))).toBe("2.34");
    expect(plain(roundHalfEven(decimal("2.355"), 2))).toBe("2.36");
  });
});
