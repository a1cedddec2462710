/**
 * The kinds of values that a desk is made of: how each is read from text, the rule that people are shown, and how it is written back.
 *
 * 1. A kind reads text alone, so that a value means the same in a file, in the environment and as a flag.
 * 2. Amounts stay decimal text, exactly as written less zeros that say nothing.
 * 3. Writing a value and reading it again gives the same value.
 */
import * as z from "zod";
import { decimal, plain } from "../../../shared/decimal.ts";
import type { Speed } from "../../../shared/ports.ts";
import { DAY, formatDuration, formatMoment, parseDuration, parseMoment, SECOND } from "../../../shared/time.ts";
import type { Duration, Moment } from "../../../shared/time.ts";

export interface Kind<T> {
  /** What to write instead, for people: "write a number from 0 to 1". */
  readonly rule: string;
  readonly schema: z.ZodType<T, string>;
  /** The type of a value that was read, whatever its bounds are now: what a stored desk is checked by. */
  readonly type: z.ZodType;
  /** How people write it; reading that gives the value again. */
  write(value: T): string;
  /** A number that must stand without quotes in a file. */
  readonly bare: boolean;
  /** The valid words, where there are some. */
  readonly words: () => readonly string[];
}

type Any = Pick<Kind<unknown>, "rule"> & Partial<Kind<unknown>>;

function kind<T>(schema: z.ZodType<T, string>, write: (value: T) => string, more: Any): Kind<T> {
  const { rule, type = z.string(), bare = false, words = () => [] } = more;
  return { schema, write, rule, type, bare, words };
}

/** The value of a text, or null when it breaks the rule. */
export function readValue<T>(of: Kind<T>, text: string): { readonly value: T } | null {
  const result = of.schema.safeParse(text);
  return result.success ? { value: result.data } : null;
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

export interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly whole?: boolean;
}

/** A range in words: "from 0 to 1", "above 0 and at most 10". */
export function rangeText(range: Range): string {
  const { min, max, above } = range;
  if (above !== undefined) return max === undefined ? ` above ${above}` : ` above ${above} and at most ${max}`;
  if (min !== undefined) return max === undefined ? ` of at least ${min}` : ` from ${min} to ${max}`;
  return max === undefined ? "" : ` of at most ${max}`;
}

export function inRange(value: number, range: Range): boolean {
  if (!Number.isFinite(value) || (range.whole === true && !Number.isSafeInteger(value))) return false;
  const low = range.above === undefined ? value >= (range.min ?? -Infinity) : value > range.above;
  return low && value <= (range.max ?? Infinity);
}

const numeric = (range: Range) =>
  z
    .string()
    .regex(NUMBER)
    .transform(Number)
    .refine((value) => inRange(value, range));

export function number(range: Range): Kind<number> {
  const what = range.whole === true ? "a whole number" : "a number";
  return kind(numeric(range), String, { rule: `write ${what}${rangeText(range)}`, type: z.number(), bare: true });
}

export const whole = (min: number, max: number): Kind<number> => number({ min, max, whole: true });
/** A share of one. */
export const share: Kind<number> = number({ min: 0, max: 1 });

/** Seconds as a plain number, the way of settings whose name ends in `_s`. */
export function seconds(min: number, max: number): Kind<Duration> {
  return kind(
    numeric({ min, max }).transform((value) => Math.round(value * SECOND) as Duration),
    (value) => String(value / SECOND),
    { rule: `write a number of seconds${rangeText({ min, max })}`, type: z.int(), bare: true },
  );
}

/** A duration as people write it, within bounds. */
export function span(min: Duration, max: Duration = (1_000 * DAY) as Duration): Kind<Duration> {
  return kind(
    z
      .string()
      .transform(parseDuration)
      .refine((value): value is Duration => value !== null && value >= min && value <= max),
    formatDuration,
    {
      rule: `write a duration such as 500ms, 30s, 15m or 2d, from ${formatDuration(min)} to ${formatDuration(max)}`,
      type: z.int(),
    },
  );
}

const DIGITS_MAX = 30;
const AMOUNT = /^\d+(?:\.\d+)?$/;
const isZero = (text: string): boolean => /^[0.]+$/.test(text);

/** An exact decimal that is not negative. */
export function amount(options: { readonly zero: boolean }): Kind<string> {
  return kind(
    z
      .string()
      .max(DIGITS_MAX)
      .regex(AMOUNT)
      .refine((text) => options.zero || !isZero(text))
      .transform((text) => plain(decimal(text))),
    (value) => value,
    {
      rule: `write a plain decimal such as 10000 or 0.25, ${options.zero ? "0 or more" : "above 0"}, of at most ${DIGITS_MAX} digits`,
    },
  );
}

/** One of some words. */
export function choice<const T extends string>(words: readonly T[]): Kind<T> {
  return kind(
    z.string().refine((text): text is T => (words as readonly string[]).includes(text)),
    (value) => value,
    { rule: `write ${words.length > 1 ? "one of " : ""}${words.join(", ")}`, words: () => words },
  );
}

export const NONE = "none";

/** Another kind, or nothing at all: `none`. An empty value is not `none`: a limit is never lost by forgetting it. */
export function orNone<T>(of: Kind<T>): Kind<T | null> {
  const none = z.enum([NONE, "null"]).transform(() => null);
  return kind<T | null>(z.union([none, of.schema]), (value) => (value === null ? NONE : of.write(value)), {
    rule: `${of.rule}, or ${NONE}`,
    type: of.type.nullable(),
    bare: of.bare,
    words: () => [...of.words(), NONE],
  });
}

export function text(max: number): Kind<string> {
  return kind(
    // Control characters have no place in a name that terminals print.
    z
      .string()
      .min(1)
      .max(max)
      .regex(/^\P{Cc}*$/u),
    (value) => value,
    { rule: `write a text of 1 to ${max} characters on one line` },
  );
}

/** Names of things that objects are keyed by: none of the names that every object has. */
const plainKey = (name: string): boolean => !(name in {});

export function matching(pattern: RegExp, rule: string): Kind<string> {
  return kind(z.string().regex(pattern).refine(plainKey), (value) => value, { rule });
}

export const symbolName: Kind<string> = matching(
  /^[^\s\p{C}]{1,40}$/u,
  "write a symbol of 1 to 40 characters without spaces",
);
export const currencyCode: Kind<string> = matching(/^[A-Z]{3,5}$/, "write a currency's code such as USD");

export const moment: Kind<Moment> = kind(
  z
    .string()
    .transform(parseMoment)
    .refine((value) => value !== null),
  formatMoment,
  { rule: "write a time such as 2026-01-05T14:30:00Z", type: z.int() },
);

const SPEEDS: Readonly<Record<string, Speed>> = { "1": 1, "10": 10, "60": 60, max: "max" };

export const speed: Kind<Speed> = kind(
  z
    .string()
    .transform((value) => (Object.hasOwn(SPEEDS, value) ? SPEEDS[value] : undefined))
    .refine((value): value is Speed => value !== undefined),
  String,
  {
    rule: "write 1, 10, 60 or max",
    type: z.literal(Object.values(SPEEDS)),
    words: () => Object.keys(SPEEDS),
  },
);

function knownZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const timeZone: Kind<string> = kind(z.string().max(64).refine(knownZone), (value) => value, {
  rule: "write a time zone such as UTC or America/New_York",
  words: () => ["UTC", ...Intl.supportedValuesOf("timeZone")],
});

const TIME_IN_ZONE = /^((?:[01]\d|2[0-3]):[0-5]\d|24:00)\s+(\S+)$/;

/** A local time of a zone, `17:00 America/New_York`; midnight is `00:00`. */
export const timeInZone: Kind<string> = kind(
  z
    .string()
    .max(80)
    .transform((written) => TIME_IN_ZONE.exec(written.trim()))
    .refine((match): match is RegExpExecArray => match !== null && knownZone(match[2] as string))
    .transform(([, time, zone]) => `${time === "24:00" ? "00:00" : time} ${zone}`),
  (value) => value,
  { rule: "write a local time and its zone, such as 17:00 America/New_York or 00:00 UTC" },
);
