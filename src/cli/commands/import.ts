/**
 * `logos import`: market data looked at, and kept in the workspace as plain bars.
 *
 * 1. `--preview` changes nothing. Otherwise each symbol becomes one CSV in the workspace's `data` folder, written whole or not at all.
 * 2. A file that is there is not written over unless `--overwrite` says so.
 * 3. Exit 65 when a file cannot be understood; refused rows are listed and do not stop the rest.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { csvLine } from "../../shared/csv.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatDuration, formatMoment, moment } from "../../shared/time.ts";
import { importBars, type BarTable, type Imported, type ImportedFile } from "../../live/feed/index.ts";
import { readSource } from "../../live/session/feed-of.ts";
import { nodeFileSystem, openWorkspace, workspaceAt, writeTextAtomic } from "../../store/index.ts";
import type { AddCommand, Context } from "../program.ts";

interface Options {
  readonly preview?: boolean;
  readonly overwrite?: boolean;
  readonly symbol?: string;
  readonly tz?: string;
  readonly dateFormat?: string;
}

const REFUSED_SHOWN_MAX = 10;

function tellFile({ output }: Context, file: ImportedFile): void {
  output.line(output.style("bold", file.name));
  output.fields([
    ["understood as", file.understood],
    ["symbols", file.symbols.join(", ") || "none"],
    ["rows", `${file.rows}, ${file.bars} bars, ${file.refusedTotal} refused`],
    ["from", file.first === null ? "—" : formatMoment(file.first)],
    ["to", file.last === null ? "—" : formatMoment(file.last)],
    ["interval", file.interval === null ? "—" : formatDuration(file.interval)],
    ["sha256", file.sha256],
  ]);
  for (const note of file.notes) output.line(`  ${note}`);
  for (const { row, reason } of file.refused.slice(0, REFUSED_SHOWN_MAX)) output.line(`  row ${row}: ${reason}`);
  if (file.refusedTotal > REFUSED_SHOWN_MAX)
    output.line(`  and ${file.refusedTotal - REFUSED_SHOWN_MAX} more refused rows`);
}

/**
 * The file of each symbol. What a file system does not take is written as a hyphen; where two symbols would share a name, letters'
 * case not counted, the later ones in order get a number.
 */
function fileNamesOf(symbols: readonly string[]): string[] {
  const taken = new Set<string>();
  return symbols.map((symbol) => {
    const stem = symbol.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    let name = stem;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}`;
    taken.add(name.toLowerCase());
    return `${name}.csv`;
  });
}

function csvOf(table: BarTable): string {
  let text = csvLine(["dt", "open", "high", "low", "close", "volume", "symbol"]);
  for (let row = 0; row < table.at.length; row++) {
    const opened = moment((table.at[row] as number) - (table.interval ?? 0));
    const { open, high, low, close, volume } = table;
    text += csvLine([
      formatMoment(opened),
      open[row],
      high[row],
      low[row],
      close[row],
      volume[row],
      table.symbol,
    ] as never);
  }
  return text;
}

function keep(context: Context, imported: Imported, overwrite: boolean): string[] {
  const { data } = workspaceAt(context.workspace);
  const tables = imported.tables.filter((table) => table.at.length > 0);
  const names = fileNamesOf(tables.map(({ symbol }) => symbol));
  const files = tables.map((table, index) => ({ path: join(data, names[index] as string), table }));
  if (files.length === 0) throw new CodedError("data_invalid", "No row could be read as a bar, so nothing is kept.");
  const there = files.filter(({ path }) => existsSync(path));
  if (there.length > 0 && !overwrite)
    throw new CodedError(
      "usage",
      `${there.map(({ path }) => path).join(", ")} ${there.length === 1 ? "is" : "are"} there already. ` +
        "Add --overwrite to write over, or --preview to look only; nothing is changed.",
    );
  openWorkspace(context.workspace);
  for (const { path, table } of files) writeTextAtomic(nodeFileSystem, path, csvOf(table));
  return files.map(({ path }) => path);
}

async function importFiles(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const { output, io } = context;
  const sources = words.map((file) => readSource(resolve(io.folder, file)));
  const imported = await importBars(sources, {
    symbol: options.symbol ?? null,
    timeZone: options.tz ?? null,
    dateFormat: options.dateFormat ?? null,
    onProgress: (read, total) => output.progress(`Reading: ${Math.floor((100 * read) / Math.max(1, total))} %`),
  });
  const kept = options.preview === true ? [] : keep(context, imported, options.overwrite === true);
  if (output.json) output.value({ files: imported.files, kept });
  else {
    for (const file of imported.files) tellFile(context, file);
    for (const path of kept) output.line(`Kept ${path}`);
    if (options.preview === true) output.message("Only a preview: nothing is kept.");
  }
  return 0;
}

export function addImportCommand(add: AddCommand): void {
  add<Options>(
    "import <files...>",
    "Read bars or trades, say what was understood, and keep them as bars in the workspace.",
    (command) => {
      command
        .option("--preview", "only say what was understood")
        .option("--overwrite", "write over bars that are kept already")
        .option("--symbol <name>", "the symbol of files without a symbol column")
        .option("--tz <zone>", "the zone of times that carry none (else UTC)")
        .option("--date-format <format>", "how dates are written that could be read two ways");
    },
    "logos import bars.csv.gz --preview",
    importFiles,
  );
}
