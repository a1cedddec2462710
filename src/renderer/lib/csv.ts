/** Rows as a file, for lists that the host does not export itself. */
import { csvLine } from "../../shared/csv.ts";

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** Comma-separated text with a header; the columns are those of the first row. */
export function toCsv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return [csvLine(columns), ...rows.map((row) => csvLine(columns.map((column) => row[column])))].join("");
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
