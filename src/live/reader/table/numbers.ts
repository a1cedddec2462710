/**
 * Numbers as files write them, read as exact decimals: thousands marks, decimal commas, currency signs, exponents, K, M and B.
 *
 * 1. A text is a number only by these rules; `0x10`, `1_000` or an empty cell is none.
 * 2. A decimal text is plain and normalized: no exponent, no leading or trailing zeros, so equal numbers have equal texts.
 * 3. A number's text is kept only where the nearest binary number cannot give it back.
 */

/** The mark between whole and fraction of a file's numbers. */
export type DecimalMark = "." | ",";

/** Texts that say that there is no number. */
const MISSING = new Set([
  "",
  "-",
  "--",
  "—",
  "n/a",
  "na",
  "#n/a",
  "nan",
  "null",
  "none",
  "nil",
  ".",
  "?",
  "-1",
  "-1.0",
  "-1.00",
]);

/** Whether a volume's text says that nothing is known of it. */
export const isMissing = (text: string): boolean => MISSING.has(text.trim().toLowerCase());

const EXPONENT = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/;
const POINT_GROUPS = /^[+-]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?$/;
const COMMA_GROUPS = /^[+-]?\d{1,3}(?:\.\d{2,3})*\.\d{3}(?:,\d+)?$/;
const SPACE_GROUPS = /^[+-]?\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?:[.,]\d+)?$/;
const MONEY_SIGN = /^([+-]?)\s*(?:[$€£¥₩₹₽₺฿]|[A-Z]{3}\s|US\$|HK\$|R\$|kr\.?\s)\s*|\s*(?:[$€£¥₩₹₽₺฿]|\s[A-Z]{3})$/g;
const MAGNITUDES: Readonly<Record<string, number>> = { k: 3, m: 6, b: 9, bn: 9, t: 12 };
const MAGNITUDE = /^(.*\d)\s*(k|m|b|bn|t)$/i;

/** A plain decimal text moved by `places` digits to the right (to the left where negative), normalized. */
export function shifted(sign: string, digits: string, fraction: string, places: number): string {
  let all = digits + fraction;
  let point = digits.length + places;
  if (point < 0) {
    all = "0".repeat(-point) + all;
    point = 0;
  }
  if (point > all.length) all = all.padEnd(point, "0");
  const whole = all.slice(0, point).replace(/^0+/, "");
  const rest = all.slice(point).replace(/0+$/, "");
  const text = `${whole === "" ? "0" : whole}${rest === "" ? "" : `.${rest}`}`;
  return sign === "-" && text !== "0" ? `-${text}` : text;
}

/** The normalized decimal of a text in which only digits, a point, a sign and an exponent stand; null for any other. */
function plainOf(text: string, places: number): string | null {
  const match = EXPONENT.exec(text);
  if (match === null) return null;
  const [, sign = "", body = "", exponent = "0"] = match;
  const [digits = "", fraction = ""] = body.split(".");
  return shifted(sign, digits, fraction, Number(exponent) + places);
}

/**
 * The exact decimal that a text means, moved by `places` digits; null when it is no number. `magnitudes` allows K, M and B
 * behind it.
 */
export function decimalTextOf(raw: string, mark: DecimalMark, places = 0, magnitudes = false): string | null {
  let text = raw.trim().replace("−", "-");
  if (text === "" || text.length > 64) return null;
  let moved = places;
  if (mark === ".") {
    const plain = plainOf(text, moved);
    if (plain !== null) return plain;
  }
  if (text.startsWith("(") && text.endsWith(")")) text = `-${text.slice(1, -1)}`;
  text = text.replace(MONEY_SIGN, "$1").trim();
  if (magnitudes) {
    const match = MAGNITUDE.exec(text);
    if (match !== null) {
      text = (match[1] as string).trim();
      moved += MAGNITUDES[(match[2] as string).toLowerCase()] as number;
    }
  }
  if (SPACE_GROUPS.test(text)) text = text.replace(/[ '’\u00a0\u202f]/g, "");
  if (mark === "," && COMMA_GROUPS.test(text)) text = text.replaceAll(".", "");
  if (mark === "." && POINT_GROUPS.test(text)) text = text.replaceAll(",", "");
  if (mark === ",") text = text.includes(".") ? "" : text.replace(",", ".");
  return plainOf(text, moved);
}

/** The shortest plain decimal that reads back as the same binary number; never with an exponent. */
export function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return plainOf(text, 0) ?? text;
}

/** Decimal places of a normalized decimal text. */
export function placesOf(text: string): number {
  const dot = text.indexOf(".");
  return dot < 0 ? 0 : text.length - dot - 1;
}
