/**
 * Names of columns with something before or behind them that all share: a symbol, a kind of price, a side of the market.
 *
 * 1. What is taken away is handed back or is the ask's; the other names stay as they are.
 */
import { bareName } from "./names.ts";

/** Takes away what stands before or behind every name of prices: `AAPL.Open`, `Open_AAPL`, `mid_o`. */
export function withoutCommonPart(cells: readonly string[]): {
  readonly cells: readonly string[];
  readonly said: string | null;
} {
  const priced = /(open|high|low|close|volume)/i;
  const named = cells.filter((cell) => priced.test(cell));
  if (named.length < 4) return { cells, said: null };
  const parts = named.map((cell) =>
    cell.replaceAll(/[()' ]/g, "").split(/[._,](?=open|high|low|close|adj|vol)|(?<=open|high|low|close|volume)[._,]/i),
  );
  const first = parts[0] as string[];
  if (first.length !== 2 || !parts.every((part) => part.length === 2)) return { cells, said: null };
  const fixed = [0, 1].find((side) => parts.every((part) => part[side] === first[side]));
  if (fixed === undefined) return { cells, said: null };
  const said = first[fixed] as string;
  return {
    cells: cells.map((cell) =>
      cell
        .replaceAll(/[()' ]/g, "")
        .replace(said, "")
        .replace(/^[._,]|[._,]$/g, ""),
    ),
    said,
  };
}

const CANDLE = /^(?:(bid)(open|high|low|close)|(open|high|low|close)(bid))$/;

/** Candles of bid and ask side by side: the bid's are the bars, because quotes of their closes alone would lose highs and lows. */
export function bidCandles(cells: readonly string[]): readonly string[] | null {
  const names = cells.map(bareName);
  const bids = names.map((name) => CANDLE.exec(name));
  const fields = new Set(bids.flatMap((found) => (found === null ? [] : [found[2] ?? found[3]])));
  const asks = names.filter((name) => CANDLE.test(name.replace("ask", "bid")) && name.includes("ask"));
  if (fields.size < 4 || asks.length < 4) return null;
  return cells.map((cell, at) => bids[at]?.[2] ?? bids[at]?.[3] ?? (asks.includes(names[at] as string) ? "-" : cell));
}
