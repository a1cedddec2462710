/**
 * Keeps imported bars in a workspace: one plain file for each symbol.
 *
 * 1. A file is written whole or not at all, and never where another symbol's bars are.
 * 2. Of a symbol with bars of several lengths the finest are in the file of its name, the others in one with their length: `BTCUSDT-1h`.
 * 3. A file that is there is written over only where that was asked for.
 */
import { Buffer } from "node:buffer";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { formatDuration } from "../../shared/time.ts";
// Not the whole of the store: the thread that keeps files starts sooner.
import { AtomicFile } from "../../store/files/atomic.ts";
import { nodeFileSystem } from "../../store/files/node-file-system.ts";
import { openWorkspace } from "../../store/workspace/workspace.ts";
import { finestSeries, seriesBytes, seriesFiles, type BarTable, type Imported } from "../reader/index.ts";

interface Place {
  readonly path: string;
  readonly table: BarTable;
}

/** The symbol of a kept file's first row; null when the file is none that was kept. */
function symbolIn(path: string): string | null {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(4_096);
    const lines = bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, 0)).split("\n");
    return lines[0]?.startsWith("dt,open,high,low,close,volume,symbol") === true
      ? (lines[1]?.split(",")[6]?.trim() ?? null)
      : null;
  } finally {
    closeSync(file);
  }
}

/** Where each table is kept: never where another symbol's bars are. */
function placesOf(folder: string, tables: readonly BarTable[]): Place[] {
  const finest = new Set(finestSeries(tables));
  const names = seriesFiles(
    tables.map((table) => (finest.has(table) ? table.symbol : `${table.symbol}-${formatDuration(table.interval)}`)),
  );
  const taken = new Set(names.map((name) => name.toLowerCase()));
  return tables.map((table, index) => {
    const first = names[index] as string;
    const stem = first.slice(0, -".csv".length);
    let name = first;
    for (let count = 2; ; count++) {
      const path = join(folder, name);
      const other = existsSync(path) ? symbolIn(path) : null;
      if ((other === null || other === table.symbol) && (name === first || !taken.has(name.toLowerCase())))
        return { path, table };
      name = `${stem}-${count}.csv`;
    }
  });
}

function writeTable({ path, table }: Place): void {
  const file = new AtomicFile(nodeFileSystem, path);
  for (const bytes of seriesBytes(table)) file.write(bytes);
  file.close();
  file.place();
}

/** The first refused row as a fault: no row could be read. */
export function nothingRead({ files }: Pick<Imported, "files">): CodedError {
  const file = files.find(({ refused }) => refused.length > 0);
  const first = file?.refused[0];
  const why = file === undefined || first === undefined ? "" : `${file.name}, row ${first.row}: ${first.reason} `;
  return new CodedError("data_invalid", `${why}No row could be read as a bar, so nothing is kept.`);
}

interface KeepRequest {
  /** The workspace's folder. */
  readonly workspace: string;
  readonly overwrite: boolean;
  /** How a person asks for writing over: `Add --overwrite`. */
  readonly overwriteHint: string;
}

/** Keeps the tables and answers with their paths. Throws `usage` for a file that is there. */
export function keepTables(imported: Imported, { workspace, overwrite, overwriteHint }: KeepRequest): string[] {
  const tables = imported.tables.filter((table) => table.at.length > 0);
  const { data } = openWorkspace(workspace);
  const files = placesOf(data, tables);
  const there = files.filter(({ path }) => existsSync(path)).map(({ path }) => path);
  if (there.length > 0 && !overwrite)
    throw new CodedError(
      "usage",
      `${there.join(", ")} ${there.length === 1 ? "is" : "are"} there already. ${overwriteHint}; nothing is changed.`,
      { rule: "exists", files: there },
    );
  for (const file of files) writeTable(file);
  return files.map(({ path }) => path);
}
