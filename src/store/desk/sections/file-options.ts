/**
 * How a market data file is read, as people write it: beside a file's path in a desk, and in a named profile.
 *
 * 1. A desk and a profile have the same keys with the same rules, so that what one says the other can say.
 * 2. What is written by `optionsText` reads as the same options.
 */
import type { DataFileOptions } from "../../../shared/desk.ts";
import { MILLISECOND } from "../../../shared/time.ts";
import type { ConfigRow } from "../text/config-rows.ts";
import type { DeskDocument, Entry, Spot } from "../text/document.ts";
import { Fields, readScalar, type FieldRule } from "../text/fields.ts";
import { choice, matching, orNone, span, symbolName, text, timeZone, whole, type Kind } from "../text/values.ts";

const SYMBOLS_MAX = 1_000;

const KINDS = {
  symbol: symbolName,
  symbolPattern: matching(
    /^(?=.{8,100}$)[^{}*\p{Cc}]*(?:\*[^{}*\p{Cc}]*){0,3}\{symbol\}[^{}*\p{Cc}]*(?:\*[^{}*\p{Cc}]*){0,3}$/u,
    "write a file's name with {symbol} in it once, and * for what differs, such as {symbol}_5min_*.csv",
  ),
  timeZone,
  dateFormat: text(60),
  timeFormat: text(60),
  interval: span(MILLISECOND),
  stamp: choice(["open", "close"]),
  columns: text(1_000),
  skip: whole(0, 10_000),
  separator: text(12),
  decimal: choice([".", ","]),
  newestFirst: choice(["true", "false"]),
  adjusted: choice(["true", "false"]),
};

const FLAGS: ReadonlySet<string> = new Set(["newestFirst", "adjusted"]);

type Key = keyof typeof KINDS;
const KEYS = Object.keys(KINDS) as Key[];

const MEANS: Readonly<Record<Key, string>> = {
  symbol: "the symbol of a file without a symbol column",
  symbolPattern: "where the symbol is in the file's name",
  timeZone: "the zone of times that name none",
  dateFormat: "how dates are written, such as DD/MM/YYYY",
  timeFormat: "how times are written",
  interval: "the length of a bar, where the file does not show it",
  stamp: "whether a bar's time is its open or its close",
  columns: "what the columns are, such as time,open,high,low,close,volume,-",
  skip: "rows above the data that are passed over",
  separator: "what stands between the cells",
  decimal: "the sign before the decimals",
  newestFirst: "whether the newest row comes first",
  adjusted: "whether prices are adjusted for splits and dividends",
};

/** The options of a file, for forms. What is absent is found in the file. */
export const OPTION_FIELDS: readonly FieldRule[] = KEYS.map((key) => ({
  key,
  kind: KINDS[key] as Kind<unknown>,
  fallback: "found in the file",
  means: MEANS[key],
}));

/** The keys of the options, beside the path of a file. */
export const OPTION_KEYS: readonly string[] = [...KEYS, "symbols"];

/** Reads the options among a map's entries. What breaks a rule is complained of; what is absent, or `none`, is left out. */
export function readFileOptions(
  document: DeskDocument,
  rows: ConfigRow[],
  spot: Spot,
  entries: Map<string, Entry>,
): DataFileOptions {
  const fields = new Fields(document, rows, spot, [...OPTION_KEYS, "path", "profile"], entries);
  const found: Record<string, unknown> = {};
  for (const key of KEYS) {
    if (!entries.has(key)) continue;
    const value = fields.optional<unknown>(key, orNone<unknown>(KINDS[key]), null);
    if (value !== null) found[key] = FLAGS.has(key) ? value === "true" : value;
  }
  const symbols = entries.get("symbols");
  if (symbols !== undefined) {
    const items = document.list(symbols, SYMBOLS_MAX, "[AAPL, MSFT]") ?? [];
    found["symbols"] = items.flatMap((item) => readScalar(document, item, symbolName)?.value ?? []);
  }
  return found;
}

/** The options as lines of a file, in the order of their keys. */
export function optionsText(options: DataFileOptions): string {
  const lines = KEYS.flatMap((key) => {
    const value = options[key];
    if (value === undefined) return [];
    const kind = KINDS[key] as Kind<unknown>;
    const written = kind.write(FLAGS.has(key) ? String(value) : value);
    return [`${key}: ${kind.bare ? written : JSON.stringify(written)}\n`];
  });
  if (options.symbols !== undefined) lines.push(`symbols: ${JSON.stringify(options.symbols)}\n`);
  return lines.join("");
}

/** Options over those of a profile. A symbol's place in a file's name replaces a symbol that is named, too. */
export function overProfile(profile: DataFileOptions, own: DataFileOptions): DataFileOptions {
  const { symbol, ...rest } = profile;
  const whole = own.symbolPattern === undefined && symbol !== undefined ? { symbol, ...rest } : rest;
  return { ...whole, ...own };
}
