/**
 * LEAN's files of bars: no header, the date and the symbol in the name, the milliseconds of the day in the first column.
 *
 * 1. Only trade bars are read; quotes, ticks and open interest are refused by name.
 * 2. Shares' prices are written as whole ten-thousandths; coins' and currencies' as they are. A price with a decimal point
 *    shows that the file's are not scaled.
 *
 * Source: the LEAN documentation of its data format, as seen in its public sample files.
 */
import { MINUTE, momentOf, SECOND, type Duration } from "../../shared/time.ts";
import { fileFault } from "./imported.ts";
import { guessOf, isSymbol } from "./symbols.ts";

export interface LeanName {
  readonly symbol: string;
  /** Null for hours and days, which only the rows tell apart. */
  readonly interval: Duration | null;
  /** The midnight that the rows count from, as if it were UTC; null where rows carry their date. */
  readonly day: number | null;
}

export const LEAN_SCALE = 10_000;

const DAILY_ENTRY = /^([A-Za-z0-9.]+)\.csv$/i;
const INTRADAY_ENTRY = /^(\d{4})(\d{2})(\d{2})_([a-z0-9.]+)_([a-z]+)_([a-z]+)(_[a-z0-9_.]+)?\.csv$/i;
const INTERVALS: Readonly<Record<string, Duration>> = { second: SECOND, minute: MINUTE };

/** What a LEAN file's name says; null when the name is not LEAN's. Throws `data_invalid` for LEAN files that hold no trade bars. */
export function leanNameOf(file: string, first: string): LeanName | null {
  const base = file.split(/[/\\:]/).at(-1) as string;
  const match = INTRADAY_ENTRY.exec(base);
  if (match !== null) {
    const [, year, month, day, symbol = "", resolution = "", kind = "", rest] = match;
    const interval = Object.hasOwn(INTERVALS, resolution) ? INTERVALS[resolution] : undefined;
    if (interval === undefined || kind !== "trade" || rest !== undefined) {
      const what = `${resolution} ${kind}${rest ?? ""}`.slice(0, 60);
      throw fileFault(file, null, "lean", `it holds LEAN's "${what}"; only second and minute trade bars are read.`);
    }
    const midnight = momentOf(Number(year), Number(month), Number(day));
    if (midnight === null) throw fileFault(file, null, "lean", "the date in its name is no day of the calendar.");
    return { symbol: symbol.toUpperCase(), interval, day: midnight };
  }
  // Hours and days carry their own date, in a way that no other file without a header does.
  const whole = DAILY_ENTRY.exec(base);
  if (whole === null || !/^\d{8} \d{2}:\d{2}$/.test(first) || !isSymbol(whole[1] as string)) return null;
  return { symbol: (whole[1] as string).toUpperCase(), interval: null, day: null };
}

/** Whether the prices are in ten-thousandths: by the market that the path names, else by the symbol. */
export function isScaled(path: string, symbol: string, wholeNumbers: boolean): boolean {
  if (!wholeNumbers) return false;
  const markets = path.toLowerCase().split(/[^a-z]+/);
  if (markets.includes("equity")) return true;
  if (markets.some((market) => ["crypto", "cryptofuture", "forex", "cfd"].includes(market))) return false;
  return guessOf(symbol).assetClass === "equity";
}
