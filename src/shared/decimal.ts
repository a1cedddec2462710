/**
 * Exact decimals for money and quantities.
 *
 * 1. Amounts are added, compared and stored exactly; a binary float never decides equality.
 * 2. In files and across bridges an amount is a plain decimal string: `-0.25`, never `2.5e-1`.
 * 3. An amount of at most `SAFE` in units of its last place is a whole number and a scale, and counts with the machine's own numbers;
 *    a larger one is an amount of decimal.js. Both give the same digits, zeros with a sign included: where a result of whole numbers
 *    would not be exact, decimal.js makes it.
 * 4. It has over 400 lines because an amount is one class, whose two forms are private to it.
 */
import { Decimal as Wide } from "decimal.js";

/** Forty significant digits: beyond any product of two prices and quantities that the limits let in. */
const WideDecimal = Wide.clone({ precision: 40, toExpNeg: -30, toExpPos: 30, rounding: Wide.ROUND_HALF_EVEN });

const SAFE = Number.MAX_SAFE_INTEGER;
/** Decimal places up to which an amount is a whole number and a scale: their powers of ten are exact. */
const SCALE_MAX = 18;
/** Places from which a product is looked at for zeros at its end, so that scales do not grow without need. */
const SCALE_LONG = 8;
/** Digits up to which every text and its number have each other alone. */
const DIGITS_MAX = 15;
/** Characters of the longest text of a whole number and a scale: a sign, a zero, a point and its places. */
const TEXT_MAX = SCALE_MAX + 3;
/** Digits of a word of decimal.js. */
const WORD_DIGITS = 7;
const WORD = 10 ** WORD_DIGITS;
const POWERS = Array.from({ length: SCALE_MAX + 1 }, (_, places) => 10 ** places);

const power = (places: number): number => POWERS[places] as number;

export type Rounding = Wide.Rounding;
export type DecimalValue = string | number | Decimal;

/** Whether whole numbers do the rounding; the others are rare. */
const roundsPlainly = (rounding: Rounding): boolean =>
  rounding === Wide.ROUND_DOWN ||
  rounding === Wide.ROUND_CEIL ||
  rounding === Wide.ROUND_FLOOR ||
  rounding === Wide.ROUND_HALF_EVEN;

const isNegativeNumber = (value: number): boolean => value < 0 || Object.is(value, -0);

/** How many whole steps a number is, rounded; exact, and with the number's sign also for none. */
function stepsOf(value: number, step: number, rounding: Rounding): number {
  const rest = value % step;
  const whole = (value - rest) / step;
  if (rest === 0) return value === 0 ? value / step : whole;
  const outward = isNegativeNumber(value) === isNegativeNumber(step) ? 1 : -1;
  const away =
    rounding === Wide.ROUND_CEIL
      ? outward > 0
      : rounding === Wide.ROUND_FLOOR
        ? outward < 0
        : rounding === Wide.ROUND_HALF_EVEN && isPastHalf(Math.abs(rest), Math.abs(step), whole);
  const rounded = away ? whole + outward : whole;
  if (rounded !== 0) return rounded;
  return outward < 0 ? -0 : 0;
}

/** `rest` is below `step`, and twice it may not be a safe number. */
function isPastHalf(rest: number, step: number, whole: number): boolean {
  const other = step - rest;
  return rest > other || (rest === other && whole % 2 !== 0);
}

export class Decimal {
  static readonly ROUND_CEIL = Wide.ROUND_CEIL;
  static readonly ROUND_FLOOR = Wide.ROUND_FLOOR;
  static readonly ROUND_HALF_EVEN = Wide.ROUND_HALF_EVEN;

  /** The amount in units of its last place, where it is small enough. */
  readonly #whole: number;
  readonly #scale: number;
  /** The amount where it is not; null else. */
  readonly #wide: Wide | null;

  private constructor(whole: number, scale: number, wide: Wide | null) {
    this.#whole = whole;
    this.#scale = scale;
    this.#wide = wide;
  }

  /** Of a text, a number's shortest spelling, or another amount; NaN and infinities included. Throws on a text that is no number. */
  static of(value: DecimalValue): Decimal {
    if (typeof value === "number") return Decimal.#ofNumber(value);
    return typeof value === "string" ? Decimal.#ofText(value) : value;
  }

  static max(first: DecimalValue, ...others: readonly DecimalValue[]): Decimal {
    return Decimal.#most(first, others, -1);
  }

  static min(first: DecimalValue, ...others: readonly DecimalValue[]): Decimal {
    return Decimal.#most(first, others, 1);
  }

  /** The first of those that compare as none of the others does; of zeros the one with the sign that comes first. */
  static #most(first: DecimalValue, others: readonly DecimalValue[], worse: 1 | -1): Decimal {
    let most = Decimal.of(first);
    for (const value of others) {
      const other = Decimal.of(value);
      const way = most.comparedTo(other);
      if (way === worse || (way === 0 && most.isNegative() === worse < 0)) most = other;
    }
    return most;
  }

  static #ofNumber(value: number): Decimal {
    if (Number.isSafeInteger(value)) return new Decimal(value, 0, null);
    for (let scale = 1; scale <= SCALE_LONG; scale += 1) {
      const whole = Math.round(value * power(scale));
      if (Math.abs(whole) >= 10 ** DIGITS_MAX) break;
      // So few digits have one number alone, so these are its shortest spelling.
      if (whole / power(scale) === value) return new Decimal(whole, scale, null);
    }
    return Decimal.#ofWide(new WideDecimal(value));
  }

  static #ofText(text: string): Decimal {
    const negative = text.charCodeAt(0) === 0x2d;
    let whole = 0;
    let point = -1;
    const from = negative ? 1 : 0;
    const { length } = text;
    let plainly = length - from <= DIGITS_MAX + 1 && length > from;
    for (let index = from; plainly && index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x30 && code <= 0x39) whole = whole * 10 + (code - 0x30);
      else if (code === 0x2e && point < 0 && index > from && index < length - 1) point = index;
      else plainly = false;
    }
    if (!plainly || whole > SAFE) return Decimal.#ofWide(new WideDecimal(text));
    return new Decimal(negative ? -whole : whole, point < 0 ? 0 : length - 1 - point, null);
  }

  /** Of decimal.js; as a whole number again where it is small enough. */
  static #ofWide(wide: Wide): Decimal {
    if (!wide.isFinite() || wide.d.length > 4) return new Decimal(0, 0, wide);
    const scale = wide.decimalPlaces();
    if (scale > SCALE_MAX || wide.precision(true) > DIGITS_MAX) return new Decimal(0, 0, wide);
    const last = wide.d.length - 1;
    let whole = 0;
    for (let index = 0; index < last; index += 1) whole = whole * WORD + (wide.d[index] as number);
    const word = wide.d[last] as number;
    // The last word reaches seven places further than the one before it, and the amount may use fewer of them.
    const unused = (last - Math.floor(wide.e / WORD_DIGITS)) * WORD_DIGITS - scale;
    whole =
      unused < 0 ? (whole * WORD + word) * power(-unused) : whole * power(WORD_DIGITS - unused) + word / power(unused);
    return new Decimal(wide.s < 0 ? -whole : whole, scale, null);
  }

  #toWide(): Wide {
    if (this.#wide !== null) return this.#wide;
    if (this.#scale === 0) return new WideDecimal(this.#whole);
    return new WideDecimal(Object.is(this.#whole, -0) ? "-0" : this.toFixed());
  }

  plus(value: DecimalValue): Decimal {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null) {
      const scale = Math.max(this.#scale, other.#scale);
      const a = this.#whole * power(scale - this.#scale);
      const b = other.#whole * power(scale - other.#scale);
      const sum = a + b;
      if (Math.abs(a) <= SAFE && Math.abs(b) <= SAFE && Math.abs(sum) <= SAFE) return new Decimal(sum, scale, null);
    }
    return Decimal.#ofWide(this.#toWide().plus(other.#toWide()));
  }

  minus(value: DecimalValue): Decimal {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null) {
      const scale = Math.max(this.#scale, other.#scale);
      const a = this.#whole * power(scale - this.#scale);
      const b = other.#whole * power(scale - other.#scale);
      const rest = a - b;
      if (Math.abs(a) <= SAFE && Math.abs(b) <= SAFE && Math.abs(rest) <= SAFE) return new Decimal(rest, scale, null);
    }
    return Decimal.#ofWide(this.#toWide().minus(other.#toWide()));
  }

  times(value: DecimalValue): Decimal {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null) {
      let whole = this.#whole * other.#whole;
      let scale = this.#scale + other.#scale;
      if (Math.abs(whole) <= SAFE) {
        if (whole === 0) scale = 0;
        for (; scale > SCALE_LONG && whole % 10 === 0; scale -= 1) whole /= 10;
        if (scale <= SCALE_MAX) return new Decimal(whole, scale, null);
      }
    }
    return Decimal.#ofWide(this.#toWide().times(other.#toWide()));
  }

  /** The quotient to forty digits. */
  div(value: DecimalValue): Decimal {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null && other.#whole !== 0) {
      const divisor = other.#whole;
      let whole = this.#whole;
      let scale = this.#scale - other.#scale;
      for (; whole % divisor !== 0 && scale < SCALE_LONG && Math.abs(whole) <= SAFE / 10; scale += 1) whole *= 10;
      if (whole % divisor === 0) {
        const quotient = scale < 0 ? (whole / divisor) * power(-scale) : whole / divisor;
        if (Math.abs(quotient) <= SAFE) return new Decimal(quotient, Math.max(0, scale), null);
      }
    }
    return Decimal.#ofWide(this.#toWide().div(other.#toWide()));
  }

  /** The quotient as the nearest number. */
  ratio(value: DecimalValue): number {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null && other.#whole !== 0) {
      const scale = Math.max(this.#scale, other.#scale);
      const a = this.#whole * power(scale - this.#scale);
      const b = other.#whole * power(scale - other.#scale);
      if (Math.abs(a) <= SAFE && Math.abs(b) <= SAFE) return a / b;
    }
    return this.#toWide().div(other.#toWide()).toNumber();
  }

  pow(exponent: number): Decimal {
    return Decimal.#ofWide(this.#toWide().pow(exponent));
  }

  mod(value: DecimalValue): Decimal {
    return Decimal.#ofWide(this.#toWide().mod(Decimal.of(value).#toWide()));
  }

  abs(): Decimal {
    if (this.#wide !== null) return new Decimal(0, 0, this.#wide.abs());
    return isNegativeNumber(this.#whole) ? new Decimal(-this.#whole, this.#scale, null) : this;
  }

  negated(): Decimal {
    return this.#wide === null ? new Decimal(-this.#whole, this.#scale, null) : new Decimal(0, 0, this.#wide.negated());
  }

  round(): Decimal {
    return this.toDecimalPlaces(0);
  }

  trunc(): Decimal {
    return this.toDecimalPlaces(0, Wide.ROUND_DOWN);
  }

  ceil(): Decimal {
    return this.toDecimalPlaces(0, Wide.ROUND_CEIL);
  }

  toDecimalPlaces(places: number, rounding: Rounding = Wide.ROUND_HALF_EVEN): Decimal {
    if (this.#wide === null) {
      if (this.#scale <= places) return this;
      if (roundsPlainly(rounding))
        return new Decimal(stepsOf(this.#whole, power(this.#scale - places), rounding), places, null);
    }
    return Decimal.#ofWide(this.#toWide().toDecimalPlaces(places, rounding));
  }

  toSignificantDigits(digits: number): Decimal {
    return Decimal.#ofWide(this.#toWide().toSignificantDigits(digits));
  }

  /** Rounds to a multiple of `step`. */
  toSteps(step: Decimal, rounding: Rounding): Decimal {
    if (this.#wide === null && step.#wide === null && step.#whole !== 0 && roundsPlainly(rounding)) {
      const scale = Math.max(this.#scale, step.#scale);
      const value = this.#whole * power(scale - this.#scale);
      const width = step.#whole * power(scale - step.#scale);
      if (Math.abs(value) <= SAFE && Math.abs(width) <= SAFE) {
        const whole = stepsOf(value, width, rounding) * step.#whole;
        if (Math.abs(whole) <= SAFE) return new Decimal(whole, step.#scale, null);
      }
    }
    return this.div(step).toDecimalPlaces(0, rounding).times(step);
  }

  /** −1, 0 or 1; NaN where either is NaN. */
  comparedTo(value: DecimalValue): number {
    const other = Decimal.of(value);
    if (this.#wide === null && other.#wide === null) {
      if (this.#scale === other.#scale) return Math.sign(this.#whole - other.#whole) + 0;
      const scale = Math.max(this.#scale, other.#scale);
      const a = this.#whole * power(scale - this.#scale);
      const b = other.#whole * power(scale - other.#scale);
      if (Math.abs(a) <= SAFE && Math.abs(b) <= SAFE) return a < b ? -1 : a > b ? 1 : 0;
    }
    return this.#toWide().comparedTo(other.#toWide());
  }

  equals(value: DecimalValue): boolean {
    return this.comparedTo(value) === 0;
  }

  lt(value: DecimalValue): boolean {
    return this.comparedTo(value) < 0;
  }

  lte(value: DecimalValue): boolean {
    return this.comparedTo(value) <= 0;
  }

  gt(value: DecimalValue): boolean {
    return this.comparedTo(value) > 0;
  }

  gte(value: DecimalValue): boolean {
    return this.comparedTo(value) >= 0;
  }

  isZero(): boolean {
    return this.#wide === null ? this.#whole === 0 : this.#wide.isZero();
  }

  /** Also of a zero with a minus. */
  isNegative(): boolean {
    return this.#wide === null ? isNegativeNumber(this.#whole) : this.#wide.isNegative();
  }

  /** Also of a zero without a minus. */
  isPositive(): boolean {
    return this.#wide === null ? !isNegativeNumber(this.#whole) : this.#wide.isPositive();
  }

  isInteger(): boolean {
    if (this.#wide !== null) return this.#wide.isInteger();
    return this.#scale === 0 || this.#whole % power(this.#scale) === 0;
  }

  isFinite(): boolean {
    return this.#wide === null || this.#wide.isFinite();
  }

  /** The power of ten of its first digit. */
  get exponent(): number {
    return this.#toWide().e;
  }

  /** How many places it needs. */
  decimalPlaces(): number {
    if (this.#wide !== null) return this.#wide.decimalPlaces();
    let scale = this.#scale;
    for (let whole = this.#whole; scale > 0 && whole % 10 === 0; scale -= 1) whole /= 10;
    return scale;
  }

  /** The nearest number. */
  toNumber(): number {
    return this.#wide === null ? this.#whole / power(this.#scale) : this.#wide.toNumber();
  }

  /** All its digits without an exponent, or rounded to a number of places. */
  toFixed(places?: number): string {
    if (this.#wide !== null || places !== undefined)
      return places === undefined ? this.#toWide().toFixed() : this.#toWide().toFixed(places);
    const digits = String(Math.abs(this.#whole));
    const sign = this.#whole < 0 ? "-" : "";
    if (this.#scale === 0) return sign + digits;
    const padded = digits.length > this.#scale ? digits : digits.padStart(this.#scale + 1, "0");
    const cut = padded.length - this.#scale;
    let end = padded.length;
    while (end > cut && padded.charCodeAt(end - 1) === 0x30) end -= 1;
    return end === cut ? sign + padded.slice(0, cut) : `${sign}${padded.slice(0, cut)}.${padded.slice(cut, end)}`;
  }

  /** Whether `toFixed` has at most so many characters. */
  isWithin(chars: number): boolean {
    return (this.#wide === null && chars >= TEXT_MAX) || this.toFixed().length <= chars;
  }

  toString(): string {
    return this.#toWide().toString();
  }

  toJSON(): string {
    return this.#toWide().toJSON();
  }
}

export const ZERO: Decimal = Decimal.of(0);

/** An exact decimal from its text or from a number's shortest spelling (so 0.1 is one tenth). Throws on NaN and infinities. */
export function decimal(value: DecimalValue): Decimal {
  const result = Decimal.of(value);
  if (!result.isFinite()) throw new RangeError(`An amount must be finite, not ${String(value)}.`);
  return result;
}

/** The plain text of an amount; minus zero is zero. */
export function plain(value: Decimal): string {
  return value.isZero() ? "0" : value.toFixed();
}

/** Rounds to a multiple of `step` toward zero, as a quantity is cut to its lot size. */
export function roundDownToStep(value: Decimal, step: Decimal): Decimal {
  return value.toSteps(step, Wide.ROUND_DOWN);
}

/** Rounds to a multiple of `step`, a price to its tick: half to even, or as `rounding` says. */
export function roundToStep(value: Decimal, step: Decimal, rounding: Rounding = Wide.ROUND_HALF_EVEN): Decimal {
  return value.toSteps(step, rounding);
}

/** Rounds to a number of decimal places, half to even, as a price is rounded to its precision. */
export function roundHalfEven(value: Decimal, places: number): Decimal {
  return value.toDecimalPlaces(places, Wide.ROUND_HALF_EVEN);
}
