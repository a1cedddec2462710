/** Numbers as a trader reads them: grouped, with a true minus, and an absent one as a dash, never as 0. */
import { Decimal } from "../../shared/decimal.ts";
import { groupDigits, MINUS } from "../../shared/text/sentence-text.ts";

export const ABSENT = "—";
/** Below this many samples a percentile says that it rests on little. */
export const CONFIDENT_SAMPLES = 20;

type Value = string | number | null | undefined;

function decimalOf(value: Value): Decimal | null {
  if (value === null || value === undefined || value === "") return null;
  try {
    const result = Decimal.of(value);
    return result.isFinite() ? result : null;
  } catch {
    return null;
  }
}

export interface NumberStyle {
  /** Decimal places; absent keeps those that the value has. */
  readonly places?: number;
  /** Writes `+` before what is above zero. */
  readonly signed?: boolean;
}

/** An exact amount: `1,234.50`, `−0.25`; absent is a dash. */
export function formatNumber(value: Value, style: NumberStyle = {}): string {
  const exact = decimalOf(value);
  if (exact === null) return ABSENT;
  const rounded = style.places === undefined ? exact : exact.toDecimalPlaces(style.places, Decimal.ROUND_HALF_EVEN);
  const digits = style.places === undefined ? rounded.abs().toFixed() : rounded.abs().toFixed(style.places);
  const sign = rounded.isZero() ? "" : rounded.isNegative() ? MINUS : style.signed === true ? "+" : "";
  return sign + groupDigits(digits);
}

/** Money with two places, or fewer when the value is a whole of many digits. */
export function formatMoney(value: Value, signed = false): string {
  return formatNumber(value, { places: 2, signed });
}

/** The most places of a small amount. */
const SMALL_PLACES_MAX = 8;

/** Money that may be small, as a fee: two places, and as many more as its first two digits need. `0.0034`. */
export function formatSmallMoney(value: Value, signed = false): string {
  const exact = decimalOf(value);
  if (exact === null || exact.isZero() || exact.abs().gte(1)) return formatMoney(value, signed);
  const places = Math.min(SMALL_PLACES_MAX, Math.max(2, 1 - exact.exponent));
  return formatNumber(exact.toString(), { places, signed });
}

export function formatCount(value: number | null | undefined): string {
  return formatNumber(value, { places: 0 });
}

/** A count in few characters, for a place that must not grow: `947`, `17.8k`, `2.1M`. Cut, never rounded up to the next unit. */
export function formatCompact(value: number): string {
  const size = Math.abs(value);
  if (size < 1_000) return formatCount(value);
  const [unit, sign] = size < 1_000_000 ? [1_000, "k"] : size < 1_000_000_000 ? [1_000_000, "M"] : [1_000_000_000, "G"];
  const parts = Math.abs(value / unit) < 100 ? 10 : 1;
  return `${formatNumber(Math.trunc((value / unit) * parts) / parts, { places: parts === 10 ? 1 : 0 })}${sign}`;
}

/** A share of one as percent: `0.42 %`. */
export function formatShare(value: number | null | undefined, places = 2): string {
  const text = formatNumber(value === null || value === undefined ? null : value * 100, { places });
  return text === ABSENT ? text : `${text} %`;
}

/** −1, 0 or 1; null when there is no number. */
export function signOf(value: Value): -1 | 0 | 1 | null {
  const exact = decimalOf(value);
  if (exact === null) return null;
  return exact.isZero() ? 0 : exact.isNegative() ? -1 : 1;
}

/** Compares by value, whatever the spelling; what is absent comes last in an ascending order. */
export function compareAmounts(a: Value, b: Value): number {
  const left = decimalOf(a);
  const right = decimalOf(b);
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return left.comparedTo(right);
}

export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** Milliseconds in the unit that an eye reads at once. */
export function formatMs(ms: number | null | undefined): Quantity {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return { value: ABSENT, unit: "" };
  if (ms >= 10_000) return { value: formatNumber(ms / 1_000, { places: 1 }), unit: "s" };
  if (ms >= 1_000) return { value: formatNumber(ms / 1_000, { places: 2 }), unit: "s" };
  return { value: formatNumber(ms, { places: ms >= 100 ? 0 : ms >= 10 ? 1 : 2 }), unit: "ms" };
}

/** Bytes in thousands, as file managers write them. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return ABSENT;
  if (bytes < 1_000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? "TB"}`;
}

/** `1 order`, `2 orders`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `unknown_fill` as words: `Unknown fill`. */
export function words(name: string): string {
  const text = name.replaceAll("_", " ").replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
