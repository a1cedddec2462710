/**
 * Exact amounts.
 *
 * 1. Sums are exact, texts are plain, and steps cut toward zero.
 * 2. Every operation gives what decimal.js gives at forty digits, to the sign of a zero.
 */
import { Decimal as Wide } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal, decimal, plain, roundDownToStep, roundHalfEven, roundToStep } from "../../src/shared/decimal.ts";

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

const WideDecimal = Wide.clone({ precision: 40, toExpNeg: -30, toExpPos: 30, rounding: Wide.ROUND_HALF_EVEN });

/** Spellings around every border: few digits and many, long scales, exponents, zeros with a sign, and what no whole number can hold. */
const spelled = fc
  .tuple(
    fc.oneof(
      fc.bigInt({ min: 0n, max: 2_000n }),
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      fc.bigInt({ min: 2n ** 53n - 9n, max: 2n ** 53n + 9n }),
      fc.bigInt({ min: 0n, max: 10n ** 25n }),
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 24 })),
    fc.boolean(),
  )
  .map(([digits, scale, negative]) => {
    const padded = digits.toString().padStart(scale + 1, "0");
    const unsigned = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
    return `${negative ? "-" : ""}${unsigned}`;
  });
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer(),
  spelled.map(Number),
);
const amount: fc.Arbitrary<string | number> = fc.oneof({ arbitrary: spelled, weight: 3 }, number);

/** The digits of an amount and the sign of a zero. */
const shown = (value: Decimal | Wide): string => `${value.isNegative() ? "-" : "+"} ${value.abs().toFixed()}`;
const both = (value: string | number): readonly [Decimal, Wide] => [decimal(value), new WideDecimal(value)];

type Pair = readonly [ours: (a: Decimal, b: Decimal) => Decimal, theirs: (a: Wide, b: Wide) => Wide];

const OPERATIONS: Readonly<Record<string, Pair>> = {
  plus: [(a, b) => a.plus(b), (a, b) => a.plus(b)],
  minus: [(a, b) => a.minus(b), (a, b) => a.minus(b)],
  times: [(a, b) => a.times(b), (a, b) => a.times(b)],
  div: [(a, b) => (b.isZero() ? a : a.div(b)), (a, b) => (b.isZero() ? a : a.div(b))],
  mod: [(a, b) => (b.isZero() ? a : a.mod(b)), (a, b) => (b.isZero() ? a : a.mod(b))],
  max: [(a, b) => Decimal.max(a, b), (a, b) => WideDecimal.max(a, b)],
  min: [(a, b) => Decimal.min(a, b), (a, b) => WideDecimal.min(a, b)],
  negated: [(a) => a.negated(), (a) => a.negated()],
  trunc: [(a) => a.trunc(), (a) => a.trunc()],
  ceil: [(a) => a.ceil(), (a) => a.ceil()],
  round: [(a) => a.round(), (a) => a.round()],
  chained: [(a, b) => a.times(b).plus(a).minus(b).times("0.01"), (a, b) => a.times(b).plus(a).minus(b).times("0.01")],
  significant: [(a) => a.toSignificantDigits(8), (a) => a.toSignificantDigits(8)],
};

describe("an amount", () => {
  it("has the digits of decimal.js after every operation", () => {
    fc.assert(
      fc.property(amount, amount, (left, right) => {
        const [[a, wideA], [b, wideB]] = [both(left), both(right)];
        for (const [name, [ours, theirs]] of Object.entries(OPERATIONS))
          expect(`${name} ${shown(ours(a, b))}`).toBe(`${name} ${shown(theirs(wideA, wideB))}`);
        expect(a.comparedTo(b)).toBe(wideA.comparedTo(wideB));
        expect([a.lt(b), a.lte(b), a.gt(b), a.gte(b), a.equals(b)]).toEqual([
          wideA.lt(wideB),
          wideA.lte(wideB),
          wideA.gt(wideB),
          wideA.gte(wideB),
          wideA.equals(wideB),
        ]);
        if (!b.isZero()) expect(a.ratio(b)).toBe(wideA.div(wideB).toNumber());
      }),
      { seed: 42, numRuns: 3_000 },
    );
  });

  it("is asked, rounded and written as decimal.js does it", () => {
    const modes = [Wide.ROUND_DOWN, Wide.ROUND_CEIL, Wide.ROUND_FLOOR, Wide.ROUND_HALF_EVEN, Wide.ROUND_HALF_UP];
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 12 }), fc.constantFrom(...modes), (value, places, mode) => {
        const [ours, theirs] = both(value);
        expect(shown(ours.toDecimalPlaces(places, mode))).toBe(shown(theirs.toDecimalPlaces(places, mode)));
        expect([ours.toFixed(), ours.toFixed(places), ours.toString(), ours.toJSON()]).toEqual([
          theirs.toFixed(),
          theirs.toFixed(places),
          theirs.toString(),
          theirs.toJSON(),
        ]);
        expect([ours.isZero(), ours.isNegative(), ours.isPositive(), ours.isInteger(), ours.decimalPlaces()]).toEqual([
          theirs.isZero(),
          theirs.isNegative(),
          theirs.isPositive(),
          theirs.isInteger(),
          theirs.decimalPlaces(),
        ]);
        expect(ours.toNumber()).toBe(theirs.toNumber());
        expect(ours.exponent).toBe(theirs.e);
      }),
      { seed: 43, numRuns: 3_000 },
    );
  });

  it("is put on a step as a quotient of decimal.js is rounded", () => {
    const steps = fc.oneof(fc.constantFrom("1", "0.01", "0.25", "0.05", "5", "0.00000001", "-0.5", "3"), spelled);
    const modes = [Wide.ROUND_DOWN, Wide.ROUND_CEIL, Wide.ROUND_FLOOR, Wide.ROUND_HALF_EVEN];
    fc.assert(
      fc.property(amount, steps, fc.constantFrom(...modes), (value, step, mode) => {
        const [[ours, theirs], [width, wideWidth]] = [both(value), both(step)];
        if (width.isZero()) return;
        const rounded = theirs.div(wideWidth).toDecimalPlaces(0, mode).times(wideWidth);
        expect(shown(roundToStep(ours, width, mode))).toBe(shown(rounded));
      }),
      { seed: 44, numRuns: 5_000 },
    );
  });

  it("is refused where decimal.js refuses its text", () => {
    for (const text of ["", "-", ".", "1.2.3", "abc", "1,5", "--1", "1e"])
      expect(() => decimal(text), text).toThrow(Error);
    for (const text of ["5.", ".5", "+3", "0x10", "1e3", "-0", "000.10"])
      expect(shown(decimal(text)), text).toBe(shown(new WideDecimal(text)));
  });
});
