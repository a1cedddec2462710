/**
 * Cells of the CSV files that a session writes and a view exports.
 *
 * 1. A cell that a spreadsheet would run as a formula gets an apostrophe in front, also when blanks or control characters hide
 *    its start; a plain number never does.
 * 2. Cells with commas, quotes or line ends are quoted, as RFC 4180 has it.
 */

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

/** One cell; null and undefined are empty. */
export function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  const raw = String(value);
  if (PLAIN.test(raw)) return raw;
  const text = startsFormula(raw) && !PLAIN_NUMBER.test(raw) ? `'${raw}` : raw;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line with its end. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}
