/**
 * The one writer of CSV: of a session's files, of exports and of what a view saves.
 *
 * 1. A cell that a spreadsheet would run as a formula gets an apostrophe in front, also when blanks or control characters hide
 *    its start; a plain number never does.
 * 2. Cells with commas, quotes or line ends are quoted, as RFC 4180 has it; a line ends with a line feed.
 * 3. What is absent is an empty cell.
 */
import { decimal, plain } from "./decimal.ts";

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
/** Most cells: nothing in them needs a quote, and nothing at their start a second look. */
const PLAIN = /^[A-Za-z0-9][\w .:;()/+-]*$/;
/** What spreadsheets take for the start of a formula or a command, full width too. */
const FORMULA_STARTS = "=+-@|%\uff1d\uff0b\uff0d\uff20";

function startsFormula(text: string): boolean {
  if (text.startsWith("\t") || text.startsWith("\r") || text.startsWith("\n")) return true;
  for (const character of text) {
    if (character.trim() === "" || character < " ") continue;
    return FORMULA_STARTS.includes(character);
  }
  return false;
}

/** A number without an exponent, exactly: `0.00000031`, never `3.1e-7`. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes("e") ? plain(decimal(value)) : text;
}

export type CsvCell = string | number | boolean | null | undefined;

/** One cell, neutralised and quoted where it must be. */
export function csvCell(value: CsvCell): string {
  if (value === null || value === undefined) return "";
  // Neither needs a quote or an apostrophe, also where it has a minus.
  if (typeof value === "boolean") return value ? "true" : "false";
  if (Number.isFinite(value)) return plainNumber(value as number);
  const raw = String(value);
  if (PLAIN.test(raw)) return raw;
  const text = startsFormula(raw) && !PLAIN_NUMBER.test(raw) ? `'${raw}` : raw;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line with its end. */
export function csvLine(cells: readonly CsvCell[]): string {
  let line = "";
  for (let index = 0; index < cells.length; index += 1)
    line += index === 0 ? csvCell(cells[index]) : `,${csvCell(cells[index])}`;
  return `${line}\n`;
}
