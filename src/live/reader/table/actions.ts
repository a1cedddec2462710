/**
 * Splits and dividends that the rows of a file name, as corporate actions.
 *
 * 1. A split counts only where the price shows it: prices that do not jump are adjusted already, and that is said.
 */
import type { CorporateAction } from "../../../shared/market.ts";
import type { Moment } from "../../../shared/time.ts";
import type { BarColumns } from "./bar-columns.ts";
import type { Gathering } from "./gathering.ts";
import type { Span } from "./meaning.ts";
import { decimalTextOf, plainNumber } from "./numbers.ts";

/** How near to the split's ratio the price must jump, as a share of its logarithm. */
const NEAR = 0.5;

/** `4`, `4.0`, `4:1`, `4 for 1` as new units for each old one; null for none. */
function splitOf(text: string): string | null {
  const pair = /^(\d+(?:\.\d+)?)\s*(?::|\/|-?for-?|\s+for\s+)\s*(\d+(?:\.\d+)?)$/i.exec(text.trim());
  const ratio = pair === null ? Number(decimalTextOf(text, ".") ?? NaN) : Number(pair[1]) / Number(pair[2]);
  return ratio > 0 && ratio !== 1 && Number.isFinite(ratio) ? plainNumber(ratio) : null;
}

/** The actions of one settled table. Notes splits that its prices do not show. */
export function actionsOf(table: BarColumns, span: Span, gathering: Gathering): CorporateAction[] {
  const { columns, symbol } = table;
  const actions: CorporateAction[] = [];
  let adjusted = 0;
  if (table.actions.length === 0) return actions;
  const places = new Map<number, number>();
  for (let index = 0; index < table.size; index++) places.set(table.rows[index] as number, index);
  for (const { row, split, dividend } of table.actions) {
    const index = places.get(row);
    if (index === undefined) continue;
    const at = (table.opened?.[index] ?? (columns.at[index] as number) - span.interval) as Moment;
    const named = splitOf(split);
    const before = index === 0 ? NaN : (columns.close[index - 1] as number);
    const jump = Math.log(before / (columns.open[index] as number)) / Math.log(Number(named));
    const shown = named !== null && Math.abs(jump - 1) < NEAR;
    if (named !== null && !shown) adjusted++;
    const cash = decimalTextOf(dividend, ".");
    const paid = cash !== null && Number(cash) > 0 ? { dividend: cash } : {};
    const parts = { ...(shown ? { split: named } : {}), ...paid };
    if (Object.keys(parts).length > 0) actions.push({ symbol, at, ...parts });
  }
  const splits = actions.filter(({ split }) => split !== undefined).length;
  if (splits > 0)
    gathering.notes.push(
      `${symbol}: ${splits} ${splits === 1 ? "split" : "splits"} named in its rows, and seen in its prices.`,
    );
  if (adjusted > 0)
    gathering.notes.push(
      `${symbol}: ${adjusted} ${adjusted === 1 ? "split" : "splits"} named in its rows, whose prices are adjusted already; ` +
        "nothing is applied.",
    );
  return actions;
}
