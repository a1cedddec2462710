/**
 * Rows as CSV that a spreadsheet opens without running anything.
 *
 * 1. A text that a spreadsheet would take for a formula gets an apostrophe in front; a plain number never does.
 * 2. Fields with a comma, a quote or a line break are quoted; quotes inside are doubled. Lines end with a line feed.
 * 3. Absent is an empty field.
 */
export type Cell = string | number | boolean | null | undefined;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** What spreadsheets read as the start of a formula or a command, full width too. */
const FORMULA_STARTS = "=+-@|%\uff1d\uff0b\uff0d\uff20";

/** True for a text that a spreadsheet could take for a formula: blanks and control characters in front do not hide one. */
function startsFormula(text: string): boolean {
  if (text.startsWith("\t") || text.startsWith("\r") || text.startsWith("\n")) return true;
  for (const character of text) {
    if (character.trim() === "" || character < " ") continue;
    return FORMULA_STARTS.includes(character);
  }
  return false;
}

/** One field, neutralised and quoted. */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = startsFormula(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line without its end. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(csvCell).join(",");
}
