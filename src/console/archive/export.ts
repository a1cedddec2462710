/**
 * Every row of a list into a file, as CSV or JSON, some thousand at a time.
 *
 * 1. The file has its name only when it is whole; one that is canceled or fails leaves nothing behind.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { csvLine } from "../../shared/csv.ts";
import { CodedError } from "../../shared/errors.ts";
import { ioError } from "../../store/index.ts";
import { cellOf } from "./cells.ts";
import type { Archive } from "./archive.ts";
import type { ArchiveRow, ExportProgress, ExportRequest } from "./requests.ts";

type Row = Readonly<Record<string, unknown>>;

function textOf(rows: readonly Row[], format: ExportRequest["format"], first: boolean): string {
  if (format === "json")
    return rows.map((row, index) => `${first && index === 0 ? "" : ",\n"}  ${JSON.stringify(row)}`).join("");
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => csvLine(names.map((name) => cellOf(name, row[name]))));
  return (first ? csvLine(names) : "") + lines.join("");
}

/**
 * Writes the file. `onProgress` answers true to cancel. Throws `wrong_state` when it was canceled, `io` when it cannot be written.
 */
export async function exportRows(
  archive: Archive,
  { filter, format, path }: ExportRequest,
  onProgress: (progress: ExportProgress) => boolean,
): Promise<ExportProgress> {
  const total = archive.count(filter);
  const part = `${path}.part`;
  let rows = 0;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(part, "w", 0o600);
    try {
      if (format === "json") writeSync(file, "[\n");
      for (const some of archive.all(filter) as Iterable<readonly (ArchiveRow & Row)[]>) {
        writeSync(file, textOf(some, format, rows === 0));
        rows += some.length;
        if (onProgress({ rows, total })) throw new CodedError("wrong_state", "The export was canceled.");
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      if (format === "json") writeSync(file, "\n]\n");
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error instanceof CodedError ? error : ioError("Exporting to", path, error);
  }
  return { rows, total: rows };
}
