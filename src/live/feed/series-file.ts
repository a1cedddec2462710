/**
 * Bars as the plain files that are kept in a workspace, and the names of those files.
 *
 * 1. A price is written with the digits that its source had, plainly, never with an exponent.
 * 2. Bars whose length changes (days of a zone, months) carry their close in a column of its own, so that they are read back the same.
 * 3. Two symbols never share a file, whatever letters' case the file system minds.
 */
import { formatMoment, moment } from "../../shared/time.ts";
import { PRICES } from "./bar-columns.ts";
import type { BarTable } from "./imported.ts";
import { plainNumber } from "./numbers.ts";

const ROWS_AT_ONCE = 2_000;

/**
 * The file of each symbol. What a file system does not take is written as a hyphen; where two symbols would share a name, the
 * later ones in order get a number.
 */
export function seriesFiles(symbols: readonly string[]): string[] {
  const taken = new Set<string>();
  return symbols.map((symbol) => {
    const stem = symbol.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    let name = stem;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}`;
    taken.add(name.toLowerCase());
    return `${name}.csv`;
  });
}

/** The text of a table, piece by piece; the pieces are to be written one after another. */
export function* seriesText(table: BarTable): Generator<string> {
  const { at, volume, symbol, exact } = table;
  const opened = table.opened ?? null;
  const interval = table.interval ?? 0;
  let text = `dt,open,high,low,close,volume,symbol${opened === null ? "" : ",close_time"}\n`;
  for (let row = 0; row < at.length; row++) {
    const close = at[row] as number;
    text += formatMoment(moment(opened === null ? close - interval : (opened[row] as number)));
    for (let price = 0; price < 4; price++) {
      const value = table[PRICES[price] as (typeof PRICES)[number]][row] as number;
      text += `,${exact?.get(row * 4 + price) ?? plainNumber(value)}`;
    }
    text += `,${plainNumber(volume[row] as number)},${symbol}`;
    text += opened === null ? "\n" : `,${formatMoment(moment(close))}\n`;
    if (row % ROWS_AT_ONCE !== ROWS_AT_ONCE - 1) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
