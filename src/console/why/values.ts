/**
 * The values beside a step, with what a view needs to show them as a trader reads them.
 *
 * 1. A value is the exact text that is on record; how it is shown is the view's affair.
 * 2. A step has at most `VALUES_MAX` values of `VALUE_TEXT_MAX` characters.
 */
import type { WhyStep } from "../../shared/contract/contract.ts";
import { decimal, plain } from "../../shared/decimal.ts";
import { formatMoment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import type { GuardReading } from "../../store/journal/entries.ts";

type Value = WhyStep["values"][number];
type Plain = string | number | null | undefined;

const VALUES_MAX = 60;
const VALUE_TEXT_MAX = 300;

/** A value's name, its text, and its kind where the text alone does not say it. */
type Pair = readonly [name: string, value: Plain, more?: Pick<Value, "kind" | "limit" | "note">];

/** The values of a step; absent ones are left out. */
export function valuesOf(pairs: readonly Pair[]): Value[] {
  return pairs.slice(0, VALUES_MAX).flatMap(([name, value, more]) => {
    if (value === null || value === undefined) return [];
    return [{ name, value: String(value).slice(0, VALUE_TEXT_MAX), ...more }];
  });
}

/** A text that is no number even where it looks like one. */
export const asId = { kind: "id" } as const;
/** A word of the journal, such as `timed_out`. */
export const asWord = { kind: "word" } as const;
/** A code of the glossary, such as `rate_limited`. */
export const asReason = { kind: "reason" } as const;

/** An amount for eyes: an average price can give a profit forty digits, which the journal and fills.csv keep. */
const AMOUNT_PLACES = 8;
export const shownAmount = (exact: string | null): string | null =>
  exact === null ? null : plain(decimal(exact).toDecimalPlaces(AMOUNT_PLACES));

/** What each guard found, beside its limit. */
export const readingsOf = (guards: readonly GuardReading[]): Pair[] =>
  guards.map(({ guard, value, limit, passed, warning }) => {
    const note = passed ? (warning ? "warning" : "") : "refused";
    return [guard, value, { kind: "reading", limit, ...(note === "" ? {} : { note }) }];
  });

export const momentText = (at: number | null): string | null => (at === null ? null : formatMoment(at as Moment));
