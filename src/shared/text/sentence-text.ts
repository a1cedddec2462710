/**
 * Numbers in sentences as a trader reads them: grouped, with a true minus.
 *
 * 1. Sentences of the journal stay as they were written; they are made readable where they are shown.
 * 2. What is no amount stays as it is: ids, names, dates, times, addresses, and whatever is in quotation marks, as notes are.
 */
import { decimal, plain } from "../decimal.ts";

export const MINUS = "−";

/** The digits of a number in groups of three: `1234567.25` as `1,234,567.25`. */
export function groupDigits(digits: string): string {
  const [whole = "", part] = digits.split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** An exact amount in a sentence: `−9,000.5`; `signed` writes `+` before what is above zero. Throws for a text that is no number. */
export function amountText(value: number | string, signed = false): string {
  const exact = decimal(value);
  const sign = exact.isZero() ? "" : exact.isNegative() ? MINUS : signed ? "+" : "";
  return sign + groupDigits(plain(exact.abs()));
}

/** Whole parts in quotation marks, and numbers: with their sign, from the first digit to the last, and a unit of time right behind it. */
const PARTS = new RegExp(
  [
    String.raw`“[^”]*”|"[^"]*"|`,
    String.raw`(?<![\p{L}\p{N}_.,:/\\@#+−-])(?<sign>[-+−]?)(?<digits>\d+(?:\.\d+)?)(?<unit>us|ms|s|min|h)?`,
    String.raw`(?![\p{L}\p{N}_\\/@#]|[.,:-][\p{L}\p{N}])`,
  ].join(""),
  "gu",
);
/** Words whose number is a name. */
const NAMED = /\b(?:port|process|pid|seed|code|fill|order|id|key|ticket|year)\s$/i;

/** A sentence with readable numbers: `z -3.2, 9000 shares after 1.5s` as `z −3.2, 9,000 shares after 1.5 s`. */
export function readableSentence(text: string): string {
  return text.replaceAll(PARTS, (found: string, ...more) => {
    const { sign, digits, unit } = more.at(-1) as Readonly<Partial<Record<"sign" | "digits" | "unit", string>>>;
    const at = more.at(-3) as number;
    if (digits === undefined || /^0\d/.test(digits) || NAMED.test(text.slice(0, at))) return found;
    return `${sign === "-" ? MINUS : (sign ?? "")}${groupDigits(digits)}${unit === undefined ? "" : ` ${unit === "us" ? "µs" : unit}`}`;
  });
}
