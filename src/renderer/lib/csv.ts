/** Rows as a file, for lists that the host does not export itself. */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const number = typeof value === "number" || /^-?\d+(\.\d+)?$/.test(text);
  const safe = !number && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Comma-separated text with a header; the columns are those of the first row. */
export function toCsv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns.map(cellText), ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

export function toJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** Hands a text to the person as a file. */
export function saveFile(name: string, text: string): void {
  const type = name.endsWith(".json") ? "application/json" : "text/csv";
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
