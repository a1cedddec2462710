/**
 * The options that say how market data files are read: the same for `import` and for `run --bars`.
 *
 * 1. Every option is one of the reader's; what it leaves out a profile may say, and the rest is found in the file, or asked.
 */
import type { Command } from "commander";
import { CodedError } from "../../shared/errors.ts";
import type { DataFileOptions } from "../../shared/desk.ts";
import { loadProfile, overProfile } from "../../store/index.ts";
import { durationOf, wholeNumber } from "./options.ts";

export interface DataOptions {
  readonly profile?: string;
  readonly symbol?: string;
  readonly symbolPattern?: string;
  readonly symbols?: string;
  readonly tz?: string;
  readonly dateFormat?: string;
  readonly timeFormat?: string;
  readonly columns?: string;
  readonly skip?: string;
  readonly separator?: string;
  readonly decimal?: string;
  readonly stamp?: string;
  readonly interval?: string;
  readonly newestFirst?: boolean;
  readonly adjusted?: boolean;
}

const STAMPS = ["open", "close"] as const;
const DECIMALS = [".", ","] as const;

/** Adds the options to a command. */
export function addDataOptions(command: Command): void {
  command
    .option("--profile <name>", "how the files are read, as data/NAME.import.yaml says; options beside it go before it")
    .option("--symbol <name>", "the symbol of files without a symbol column")
    .option("--symbol-pattern <pattern>", "where the symbol is in a file's name, as {symbol}_5min_*.csv")
    .option("--symbols <names>", "read these symbols only, as AAPL,MSFT")
    .option("--tz <zone>", "the zone of times that carry none, as America/New_York (else UTC)")
    .option("--date-format <format>", "how dates are written that could be read two ways, as DD/MM/YYYY")
    .option("--time-format <format>", "what numbers in the time column count (excel, days, s, ms, us, ns), or a format")
    .option("--stamp <which>", "open or close: what the time of a row is the time of")
    .option("--interval <duration>", "the length of a bar, as 1m; what trades and quotes are folded into")
    .option("--columns <list>", "what the columns are, as time,open,high,low,close,volume,- (- passes one over)")
    .option("--skip <lines>", "lines before the header, or before the first row")
    .option("--separator <mark>", "what separates cells: comma, semicolon, tab, pipe, space, or the mark itself")
    .option("--decimal <mark>", "the decimal mark: . or ,")
    .option("--newest-first", "the rows are newest first")
    .option("--adjusted", "prices are adjusted for splits and dividends already: none is applied");
}

function oneOf<Value extends string>(
  option: string,
  value: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined) return undefined;
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new CodedError("usage", `${option} ${value}: write ${values.join(" or ")}.`, { option, value });
}

/** The options that were given. Throws `usage` for one that means nothing. */
function givenOptions(options: DataOptions): DataFileOptions {
  const given = {
    symbol: options.symbol,
    symbolPattern: options.symbolPattern,
    symbols: options.symbols?.split(",").map((name) => name.trim()),
    timeZone: options.tz,
    dateFormat: options.dateFormat,
    timeFormat: options.timeFormat,
    stamp: oneOf("--stamp", options.stamp, STAMPS),
    interval: options.interval === undefined ? undefined : durationOf("--interval", options.interval),
    columns: options.columns,
    skip: options.skip === undefined ? undefined : wholeNumber("--skip", options.skip, 0, 10_000),
    separator: options.separator === "\t" ? "tab" : options.separator,
    decimal: oneOf("--decimal", options.decimal, DECIMALS),
    newestFirst: options.newestFirst,
    adjusted: options.adjusted,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * The options as the reader takes them: those that were given, over those of the profile that is named. `folder`: the workspace's
 * data. Throws `usage` for one that means nothing, and as `loadProfile` does.
 */
export function readOptionsOf(options: DataOptions, folder: string): DataFileOptions {
  const profile = options.profile === undefined ? {} : loadProfile(folder, options.profile).options;
  return overProfile(profile, givenOptions(options));
}
