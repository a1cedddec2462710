/**
 * The options that say how market data files are read: the same for `import` and for `run --bars`.
 *
 * 1. Every option is one of the reader's; what it leaves out is found in the file, or asked.
 */
import type { Command } from "commander";
import { CodedError } from "../shared/errors.ts";
import type { ReadOptions } from "../live/feed/index.ts";
import { durationOf, wholeNumber } from "./options.ts";

export interface DataOptions {
  readonly symbol?: string;
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
}

const STAMPS = ["open", "close"] as const;
const DECIMALS = [".", ","] as const;

/** Adds the options to a command. */
export function addDataOptions(command: Command): void {
  command
    .option("--symbol <name>", "the symbol of files without a symbol column")
    .option("--symbols <names>", "read these symbols only, as AAPL,MSFT")
    .option("--tz <zone>", "the zone of times that carry none, as America/New_York (else UTC)")
    .option("--date-format <format>", "how dates are written that could be read two ways, as DD/MM/YYYY")
    .option("--time-format <format>", "what numbers in the time column count (excel, days, s, ms, us, ns), or a format")
    .option("--stamp <which>", "open or close: what the time of a row is the time of")
    .option("--interval <duration>", "the length of a bar, as 1m; what trades and quotes are folded into")
    .option("--columns <list>", "what the columns are, as time,open,high,low,close,volume,- (- passes one over)")
    .option("--skip <lines>", "lines before the header, or before the first row")
    .option("--separator <mark>", "what stands between cells: comma, semicolon, tab, pipe, space, or the mark itself")
    .option("--decimal <mark>", "the decimal mark: . or ,")
    .option("--newest-first", "the rows stand newest first");
}

function oneOf<Value extends string>(
  option: string,
  value: string | undefined,
  values: readonly Value[],
): Value | null {
  if (value === undefined) return null;
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new CodedError("usage", `${option} ${value}: write ${values.join(" or ")}.`, { option, value });
}

/** The options as the reader takes them. Throws `usage` for one that means nothing. */
export function readOptionsOf(options: DataOptions): ReadOptions {
  return {
    symbol: options.symbol ?? null,
    symbols: options.symbols === undefined ? null : options.symbols.split(",").map((name) => name.trim()),
    timeZone: options.tz ?? null,
    dateFormat: options.dateFormat ?? null,
    timeFormat: options.timeFormat ?? null,
    stamp: oneOf("--stamp", options.stamp, STAMPS),
    interval: options.interval === undefined ? null : durationOf("--interval", options.interval),
    columns: options.columns ?? null,
    skip: options.skip === undefined ? null : wholeNumber("--skip", options.skip, 0, 10_000),
    separator: options.separator ?? null,
    decimal: oneOf("--decimal", options.decimal, DECIMALS),
    newestFirst: options.newestFirst ?? null,
  };
}
