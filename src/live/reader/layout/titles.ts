/**
 * The symbol that is written above a table or in the names of its prices.
 *
 * 1. What prices are called by (`PX_OPEN`, `mid_o`) is no symbol.
 */
import { bareName } from "./names.ts";
import type { SampleRow } from "./dialect.ts";
import { isSymbol } from "../../symbols/symbols.ts";

/** What names of prices may begin with that is no symbol. */
const FIGURES = /^(mid|bid|ask|last|trade|px|price|prices|quote|adj|value)$/i;
const LABELS = new Set(["security", "symbol", "ticker", "instrument", "ric", "contract"]);
/** The kinds of instruments that Bloomberg writes behind a symbol. */
const BLOOMBERG = /^(\S+)(?: [A-Z]{2})? (?:Equity|Index|Curncy|Comdty|Corp|Govt)$/i;

/** A text that a file says beside its prices as a symbol; null where it is none. */
export const saidSymbol = (text: string | null | undefined): string | null =>
  text !== null && text !== undefined && isSymbol(text) && /[A-Za-z]/.test(text) && !FIGURES.test(text) ? text : null;

/** The symbol that a line above the table names: `Security,AAPL US Equity`, `Symbol: SPY`. */
export function titleSymbol(rows: readonly SampleRow[]): string | null {
  for (const { cells } of rows) {
    const [label = "", value = ""] = cells.length > 1 ? cells : (cells[0] ?? "").split(/:\s*/);
    const symbol = BLOOMBERG.exec(value.trim())?.[1] ?? value.trim();
    if (LABELS.has(bareName(label)) && isSymbol(symbol)) return symbol;
  }
  return null;
}
