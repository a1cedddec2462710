/**
 * Cells of the CSV files that a session writes and a view exports.
 *
 * 1. A cell that a spreadsheet would run as a formula gets an apostrophe in front; a plain number never does.
 * 2. Cells with commas, quotes or line ends are quoted, as RFC 4180 has it.
 */

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const FORMULA = /^[=+\-@\t\r]/;

/** One cell; null and undefined are empty. */
export function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  const raw = String(value);
  const text = FORMULA.test(raw) && !PLAIN_NUMBER.test(raw) ? `'${raw}` : raw;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line with its end. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}
