/**
 * LEAN's files: no header, the date and the symbol in the name, the milliseconds of the day in the first column.
 *
 * 1. Trade bars, quote bars (the middle of bid and ask), and ticks of both are read; open interest and options are refused by name.
 * 2. Shares' prices are written as whole ten-thousandths; those of coins, currencies and futures as they are. A price with a
 *    decimal point shows that the file's are not scaled.
 *
 * Source: the LEAN documentation of its data format, as seen in its public sample files.
 */
import { MINUTE, momentOf, SECOND, type Duration } from "../../../shared/time.ts";
import { contractOf } from "./file-name.ts";
import { fileFault } from "../table/imported.ts";
import { guessOf, isSymbol } from "../../symbols/symbols.ts";

export interface LeanName {
  readonly symbol: string;
  readonly kind: "trade" | "quote";
  readonly tick: boolean;
  /** Null for hours and days, which only the rows tell apart. */
  readonly interval: Duration | null;
  /** The midnight that the rows count from, as if it were UTC; null where rows carry their date. */
  readonly day: number | null;
  /** Whether the name says that it is no share: a future's month or a perpetual. */
  readonly derived: boolean;
}

/** Digits behind the point of shares' whole prices. */
export const LEAN_SCALE = 4;

const DATED_ENTRY = /^([A-Za-z0-9.]+?)(?:_(trade|quote|openinterest))?(?:_([a-z0-9_.]+))?\.csv$/i;
const INTRADAY_ENTRY = /^(\d{4})(\d{2})(\d{2})_([a-z0-9.]+)_(tick|second|minute)_([a-z]+)(?:_([a-z0-9_.]+))?\.csv$/i;
const INTERVALS: Readonly<Record<string, Duration>> = { second: SECOND, minute: MINUTE };

function kindOf(file: string, kind: string, rest: string | undefined): "trade" | "quote" {
  if ((kind === "trade" || kind === "quote") && !/_(call|put)|american|european/.test(`_${rest ?? ""}`)) return kind;
  const what = `${kind}${rest === undefined ? "" : ` ${rest}`}`.slice(0, 60);
  throw fileFault(
    file,
    null,
    "lean",
    `it holds LEAN's "${what}"; trades and quotes of shares, futures, coins and currencies are read.`,
  );
}

/** The symbol of a name: a future's contract by its month, anything else as it is. */
function symbolOf(name: string, rest: string | undefined): string {
  const month = /^(\d{4})(\d{2})/.exec(rest ?? "");
  const root = name.toUpperCase();
  return month === null ? root : contractOf(root, Number(month[2]), Number(month[1]));
}

/** What a LEAN file's name says; null when the name is not LEAN's. Throws `data_invalid` for LEAN files that are not read. */
export function leanNameOf(file: string, first: string): LeanName | null {
  const base = file.split(/[/\\:]/).at(-1) as string;
  const match = INTRADAY_ENTRY.exec(base);
  if (match !== null) {
    const [, year, month, day, name = "", resolution = "", kind = "", rest] = match;
    const midnight = momentOf(Number(year), Number(month), Number(day));
    if (midnight === null) throw fileFault(file, null, "lean", "the date in its name is no day of the calendar.");
    const what = kindOf(file, kind.toLowerCase(), rest);
    const length = resolution.toLowerCase();
    return {
      symbol: symbolOf(name, rest),
      kind: what,
      tick: length === "tick",
      interval: INTERVALS[length] ?? null,
      day: midnight,
      derived: rest !== undefined,
    };
  }
  // Hours and days carry their own date, in a way that no other file without a header does.
  const whole = DATED_ENTRY.exec(base);
  if (whole === null || !/^\d{8} \d{2}:\d{2}$/.test(first) || !isSymbol(whole[1] as string)) return null;
  const [, name = "", kind, rest] = whole;
  const what = kind === undefined ? "trade" : kindOf(file, kind.toLowerCase(), rest);
  return {
    symbol: symbolOf(name, rest),
    kind: what,
    tick: false,
    interval: null,
    day: null,
    derived: rest !== undefined,
  };
}

/** Whether the prices are in ten-thousandths: by the market that the path names, else by the symbol. */
export function isScaled(path: string, { symbol, derived }: LeanName, wholeNumbers: boolean): boolean {
  if (!wholeNumbers || derived) return false;
  const markets = path.toLowerCase().split(/[^a-z]+/);
  if (markets.includes("equity")) return true;
  if (markets.some((market) => ["crypto", "cryptofuture", "forex", "cfd", "future", "index"].includes(market)))
    return false;
  return guessOf(symbol).assetClass === "equity";
}
