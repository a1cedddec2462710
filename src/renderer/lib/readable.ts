/**
 * Texts of the journal made readable: which are moments, numbers or durations, and how a trader reads them.
 *
 * 1. A number keeps its value to five significant digits at least, and to two places; shorter ones stay exact.
 */
import { decimal } from "../../shared/decimal.ts";
import { formatNumber } from "./format.ts";

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const NUMBER = /^-?\d{1,30}(\.\d{1,60})?(e[+-]?\d{1,3})?$/i;
const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, string>> = { us: "µs", ms: "ms", s: "s", m: "min", h: "h", d: "d" };

/** Decimal places up to which a number is no noise. */
const EXACT_PLACES = 6;
const DIGITS = 5;

/** The moment that a text is, in microseconds; null for any other text. */
export function momentIn(text: string): number | null {
  if (!MOMENT.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms * 1_000;
}

/** A number grouped and without noise: `−43.358`, `0.096916`; null for any other text. */
export function readableNumber(text: string): string | null {
  if (!NUMBER.test(text)) return null;
  const exact = decimal(text);
  const rounded = exact.toDecimalPlaces(EXACT_PLACES);
  if (rounded.equals(exact)) return formatNumber(text);
  return formatNumber(exact.toDecimalPlaces(Math.max(2, DIGITS - 1 - exact.exponent)).toString());
}

/** `1.5s` as `1.5 s`; null for any other text. */
export function readableDuration(text: string): string | null {
  const [, number, unit] = DURATION.exec(text) ?? [];
  return number === undefined || unit === undefined ? null : `${number} ${UNITS[unit] ?? unit}`;
}
