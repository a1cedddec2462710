/**
 * The corporate actions of a session: those that its data names, and those of the workspace's `actions.csv`.
 *
 * 1. What a person wrote goes before what the data names of the same symbol within a day.
 * 2. Only what happens within the data is kept; of an instrument whose data is declared adjusted, nothing.
 * 3. A jump of a price that no action explains is said, because it may be a split that nobody named.
 */
import type { CorporateAction, SymbolMeta } from "../../shared/market.ts";
import { DAY, formatMoment } from "../../shared/time.ts";
import type { BarTable, Imported } from "../feed/imported.ts";

/** The actions within a session's data, in order of time. */
export function actionsWithin(
  imported: Pick<Imported, "tables" | "actions">,
  written: readonly CorporateAction[],
  symbols: Readonly<Record<string, SymbolMeta>>,
): CorporateAction[] {
  const tables = new Map(imported.tables.map((table) => [table.symbol, table]));
  const named = (imported.actions ?? []).filter((one) => !written.some((other) => sameEvent(one, other)));
  const within = ({ symbol, at }: CorporateAction): boolean => {
    const table = tables.get(symbol);
    return table !== undefined && at >= (table.at[0] as number) && at < (table.at.at(-1) as number);
  };
  return [...named, ...written]
    .filter((action) => within(action) && symbols[action.symbol]?.adjusted !== true)
    .toSorted((a, b) => a.at - b.at || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

function sameEvent(one: CorporateAction, other: CorporateAction): boolean {
  const kinds = (one.split === undefined) === (other.split === undefined);
  return one.symbol === other.symbol && kinds && Math.abs(one.at - other.at) <= DAY;
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
