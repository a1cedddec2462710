/**
 * The corporate actions of a session: those that its data names, and those of the workspace's `actions.csv` and factor files.
 *
 * 1. A split or a dividend that several sources name is applied once, as the strongest of them says: what a person wrote, then factor
 *    files, then the data. It is the same one where the sources' moments are within a day, or no bar closes between them.
 * 2. Only what happens within the data is kept; of an instrument whose data is declared adjusted, nothing.
 * 3. A jump of a price that no action explains is said, because it may be a split that was not named.
 */
import type { CorporateAction, SymbolMeta } from "../../shared/market.ts";
import { DAY, formatMoment } from "../../shared/time.ts";
import type { BarTable, Imported } from "../reader/table/imported.ts";

const WEEK = 7 * DAY;

/** The actions within a session's data, in order of time. `written` are the sources beside the data, the strongest first. */
export function actionsWithin(
  imported: Pick<Imported, "tables" | "actions">,
  written: readonly (readonly CorporateAction[])[],
  symbols: Readonly<Record<string, SymbolMeta>>,
): CorporateAction[] {
  const tables = new Map(imported.tables.map((table) => [table.symbol, table]));
  const kept: CorporateAction[] = [];
  for (const source of [...written, imported.actions ?? []]) {
    const found = source.flatMap(({ symbol, at, split, dividend }) => {
      const table = tables.get(symbol);
      if (table === undefined || symbols[symbol]?.adjusted === true) return [];
      if (at < (table.at[0] as number) || at >= (table.at.at(-1) as number)) return [];
      const known = kept.filter((other) => other.symbol === symbol && isSameDay(table, at, other.at));
      const parts = {
        ...(split === undefined || known.some((other) => other.split !== undefined) ? {} : { split }),
        ...(dividend === undefined || known.some((other) => other.dividend !== undefined) ? {} : { dividend }),
      };
      return Object.keys(parts).length === 0 ? [] : [{ symbol, at, ...parts }];
    });
    kept.push(...found);
  }
  return kept.toSorted((a, b) => a.at - b.at || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

/** Whether two moments are within a day, or have the same bars after them: a factor file's date can be days before the next bar. */
function isSameDay({ at }: BarTable, one: number, other: number): boolean {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  if (to - from <= DAY) return true;
  return to - from <= WEEK && at.findIndex((moment) => moment > from) === at.findIndex((moment) => moment > to);
}

const JUMP = 0.4;

/** The first bar of a table that opens more than 40 % away from the close before it, with no action in between; null for none. */
function firstJump(table: BarTable, actions: readonly CorporateAction[]): number | null {
  for (let index = 1; index < table.at.length; index += 1) {
    const before = table.close[index - 1] as number;
    const after = table.open[index] as number;
    if (Math.abs(after - before) <= JUMP * Math.abs(before) || before === 0) continue;
    const [from, to] = [table.at[index - 1] as number, table.at[index] as number];
    const explained = actions.some(
      ({ symbol, at, split }) => symbol === table.symbol && split !== undefined && at >= from && at < to,
    );
    if (!explained) return index;
  }
  return null;
}

/** A sentence for each symbol whose price jumps without an action. */
export function jumpNotes(
  tables: readonly BarTable[],
  actions: readonly CorporateAction[],
  symbols: Readonly<Record<string, SymbolMeta>>,
): string[] {
  return tables.flatMap((table) => {
    const index = symbols[table.symbol]?.adjusted === true ? null : firstJump(table, actions);
    if (index === null) return [];
    const [from, to] = [table.close[index - 1], table.open[index]];
    return [
      `${table.symbol} goes from ${String(from)} to ${String(to)} at ${formatMoment(table.at[index] as never)}, by more than 40 % ` +
        "between two bars, and no split is named: name it in actions.csv, or declare the data adjusted.",
    ];
  });
}

/** What an action does, for the log. */
export function actionText({ symbol, at, split, dividend }: CorporateAction): string {
  const parts = [
    ...(split === undefined
      ? []
      : [`a split of ${split} for 1: positions and averages are in the new terms, open orders are canceled`]),
    ...(dividend === undefined ? [] : [`a dividend of ${dividend} for each unit is booked`]),
  ];
  return `${symbol}, ${formatMoment(at)}: ${parts.join("; ")}.`;
}
