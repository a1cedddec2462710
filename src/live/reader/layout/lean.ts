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
  /** Null for hours and days, which only the rows distinguish. */
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

const FOLDERS = /(?:^|[/\\])(tick|second|minute)[/\\]([A-Za-z0-9._]+)[/\\](\d{8})_(trade|quote)\.csv$/i;
const DAY_IN_NAME = /(?:^|[^\d])((?:19|20)\d{2})(\d{2})(\d{2})(?:[^\d]|$)/;
const WHOLE = /^\d{1,8}$/;
const DAY_MS = 86_400_000;

interface Beside {
  readonly path: string;
  /** The first cells of the first rows. */
  readonly firsts: readonly string[];
  readonly symbol: string | null | undefined;
}

/**
 * What folders, or a person, say of a LEAN file whose own name has lost a part: taken out of its archive it is
 * `minute/aapl/20240102_trade.csv`. Null where its rows do not count the milliseconds of a day that its name names. Throws
 * `data_invalid` where the symbol is nowhere.
 */
export function leanNameBeside({ path, firsts, symbol }: Beside): LeanName | null {
  const [, resolution, folder, , what] = FOLDERS.exec(path) ?? [];
  const file = path.split(/[/\\]/).at(-1) as string;
  const date = DAY_IN_NAME.exec(file);
  const day = date === null ? null : momentOf(Number(date[1]), Number(date[2]), Number(date[3]));
  const counts = firsts.map((cell) => (WHOLE.test(cell) ? Number(cell) : NaN));
  const rising = counts.every((count, at) => count < DAY_MS && (at === 0 || count >= (counts[at - 1] as number)));
  const isDays = firsts.every((cell) => /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(cell));
  if (day === null || !rising || isDays || firsts.length === 0) return null;
  const kind = /quote/i.test(what ?? file) ? "quote" : "trade";
  const length = (resolution ?? /tick|second|minute/i.exec(file)?.[0] ?? "").toLowerCase();
  const beside = file
    .replace(/\.(csv|txt)$/i, "")
    .replace(DAY_IN_NAME, "_")
    .split("_");
  const words = beside.filter((word) => word !== "" && !/^(trade|quote|tick|second|minute)$/i.test(word));
  const name = symbol ?? folder ?? (words.length === 1 ? words[0] : undefined);
  if (name === undefined || !isSymbol(name))
    throw fileFault(
      file,
      1,
      "lean",
      "its rows count the milliseconds of a day, as LEAN's files do, and its name says no symbol. Name it with --symbol AAPL.",
    );
  return {
    symbol: name.toUpperCase(),
    kind,
    tick: length === "tick",
    interval: INTERVALS[length] ?? null,
    day,
    derived: false,
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
