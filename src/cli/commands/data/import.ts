/**
 * `logos import`: market data looked at, and kept in the workspace as plain bars.
 *
 * 1. `--preview` changes nothing. Otherwise each symbol becomes one CSV in the workspace's `data` folder, written whole or not at all.
 * 2. A file that is there is not written over unless `--overwrite` says so, and another symbol's never is.
 * 3. A profile is kept only when the files are, so that options which read nothing are never kept.
 * 4. Exit 65 when a file cannot be understood or most of its rows are refused; fewer refused rows are listed and do not stop the rest.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CodedError } from "../../../shared/errors.ts";
import type { SymbolMeta } from "../../../shared/market.ts";
import { formatDuration, formatMoment, type Moment } from "../../../shared/time.ts";
import { keepTables, nothingRead } from "../../../live/data/index.ts";
import {
  finestSeries,
  importBars,
  isMostlyRefused,
  plainNumber,
  type Imported,
  type ImportedFile,
} from "../../../live/reader/index.ts";
import { completeRates, instrumentsOf } from "../../../live/instruments/index.ts";
import { openSource, workspaceInstruments } from "../../../live/feed/factory.ts";
import { builtInStrategies } from "../../../live/strategies/index.ts";
import { loadDesk, openWorkspace, profileToSave, saveProfile, workspaceAt } from "../../../store/index.ts";
import { addDataOptions, readOptionsOf, type DataOptions } from "../../common/data-options.ts";
import { exitOf } from "../../common/exits.ts";
import type { AddCommand, Context } from "../../common/context.ts";

interface Options extends DataOptions {
  readonly preview?: boolean;
  readonly overwrite?: boolean;
  readonly saveProfile?: string;
}

const LISTED_MAX = 3;
const INSTRUMENTS_SHOWN_MAX = 20;
const UNIT_WORDS = { day: "daily", week: "weekly", month: "monthly", quarter: "quarterly", year: "yearly" } as const;

const iso = (at: Moment | null): string | null => (at === null ? null : formatMoment(at));

function intervalText({ interval, unit }: ImportedFile): string {
  if (interval === null) return "—";
  if (unit !== null && unit !== "fixed") return `${formatDuration(interval)}, ${UNIT_WORDS[unit]}`;
  return formatDuration(interval);
}

/** What a person should look at twice: jumps and gaps, the first of each. */
function remarks({ jumps, jumpsTotal, gaps, gapsTotal }: ImportedFile): string[] {
  const lines: string[] = [];
  const [jump] = jumps;
  if (jump !== undefined)
    lines.push(
      `${jumpsTotal} ${jumpsTotal === 1 ? "jump" : "jumps"} of more than 40 % between bars; the first: ${jump.symbol} from ` +
        `${plainNumber(jump.from)} to ${plainNumber(jump.to)} at ${formatMoment(jump.at)}. A split, or a fault of the data?`,
    );
  const [gap] = gaps;
  if (gap !== undefined)
    lines.push(
      `${gapsTotal} ${gapsTotal === 1 ? "gap" : "gaps"}; the longest: ${gap.symbol} ` +
        `from ${formatMoment(gap.from)} to ${formatMoment(gap.to)}.`,
    );
  return lines;
}

/** What each symbol would be in a session of the workspace: a line each, with what is guessed marked so. */
function printInstruments({ output }: Context, metas: readonly SymbolMeta[]): void {
  for (const meta of metas.slice(0, INSTRUMENTS_SHOWN_MAX)) {
    const { symbol, assetClass, currency, tickSize = "", multiplier = "1" } = meta;
    const shown = Object.entries({ assetClass, currency, tickSize, multiplier }).map(
      ([field, value]) => `${field} ${value}${meta.origins?.[field] === "guess" ? " (guessed)" : ""}`,
    );
    output.line(`${symbol}: ${shown.join(", ")}`);
  }
  if (metas.length > INSTRUMENTS_SHOWN_MAX)
    output.line(`and ${metas.length - INSTRUMENTS_SHOWN_MAX} more; \`logos instruments --bars FILE\` lists all`);
}

/** The desk of the workspace, and what it lacks to trade these symbols: the exchange rate of a currency, with the line to write. */
function lackingRates(context: Context, metas: readonly SymbolMeta[]): string | null {
  const { deskFile } = workspaceAt(context.workspace);
  if (!existsSync(deskFile)) return null;
  try {
    const { broker, fx, source } = loadDesk(deskFile, { builtIns: builtInStrategies }).desk;
    completeRates({ broker, source, ...(fx === undefined ? {} : { fx }) }, metas);
    return null;
  } catch (error) {
    return error instanceof CodedError && error.detail?.["rule"] === "currency" ? error.message : null;
  }
}

function printFile({ output }: Context, file: ImportedFile): void {
  output.line(output.style("bold", file.name));
  const columns = Object.entries(file.columns).map(([role, name]) => `${role} = ${name}`);
  output.fields([
    ["understood as", file.understood],
    ...(columns.length === 0 ? [] : [["columns", columns.join(", ")] as const]),
    ["symbols", file.symbols.join(", ") || "none"],
    ["rows", `${file.rows}, ${file.bars} bars, ${file.refusedTotal} refused`],
    ["zone", file.timeZone ?? "of each time (an epoch, or with its own offset)"],
    ["from", file.firstOpen === null ? "—" : `${formatMoment(file.firstOpen)}, the open of the first bar`],
    ["to", file.last === null ? "—" : `${formatMoment(file.last)}, the close of the last bar`],
    ["interval", intervalText(file)],
    ["sha256", file.sha256],
  ]);
  for (const { symbol, opened, closed, open, high, low, close, volume } of file.samples)
    output.line(
      `  ${symbol} ${formatMoment(opened)} to ${formatMoment(closed)}: ${open} ${high} ${low} ${close}, volume ${volume}`,
    );
  for (const line of [...file.notes, ...file.questions.map(({ text }) => text), ...remarks(file)])
    output.line(`  ${line}`);
  for (const { count, first } of file.refusals) {
    for (const { row, reason } of first.slice(0, LISTED_MAX)) output.line(`  row ${row}: ${reason}`);
    if (count > first.length) output.line(`  and ${count - first.length} more rows refused alike`);
  }
}

/** The moments of a file as people and other programs read them. */
function jsonOf(file: ImportedFile): unknown {
  return {
    ...file,
    first: iso(file.first),
    last: iso(file.last),
    firstOpen: iso(file.firstOpen),
    samples: file.samples.map((bar) => ({ ...bar, opened: iso(bar.opened), closed: iso(bar.closed) })),
    gaps: file.gaps.map((gap) => ({ ...gap, from: iso(gap.from), to: iso(gap.to) })),
    jumps: file.jumps.map((jump) => ({ ...jump, at: iso(jump.at) })),
  };
}

const keep = (context: Context, imported: Imported, overwrite: boolean): string[] =>
  keepTables(imported, {
    workspace: context.workspace,
    overwrite,
    overwriteHint: "Add --overwrite to write over, or --preview to look only",
  });

async function importFiles(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const { output, io } = context;
  const { data } = workspaceAt(context.workspace);
  const readOptions = readOptionsOf(options, data);
  const { saveProfile: name } = options;
  const profile = name === undefined ? null : { name, options: readOptions, overwrite: options.overwrite === true };
  // What cannot be kept is refused before anything is read.
  if (profile !== null) profileToSave(data, profile);
  const imported = await importBars(
    words.map((file) => openSource(resolve(io.folder, file))),
    {
      ...readOptions,
      onProgress: (read, total) => output.progress(`Reading: ${Math.floor((100 * read) / Math.max(1, total))} %`),
    },
  );
  if (options.preview !== true && imported.tables.length === 0) throw nothingRead(imported);
  const broken = imported.files.filter(isMostlyRefused);
  const kept = options.preview === true || broken.length > 0 ? [] : keep(context, imported, options.overwrite === true);
  const saved =
    profile === null || options.preview === true || broken.length > 0
      ? null
      : saveProfile(openWorkspace(context.workspace).data, profile);
  const added = saved === null ? {} : { profile: saved };
  const written = workspaceInstruments(workspaceAt(context.workspace));
  const tables = finestSeries(imported.tables).filter((table) => table.at.length > 0);
  const instruments = instrumentsOf(tables, written, "USD");
  if (output.json)
    output.value({ files: imported.files.map(jsonOf), instruments, actions: imported.actions ?? [], kept, ...added });
  else {
    for (const file of imported.files) printFile(context, file);
    printInstruments(context, instruments);
    for (const path of saved === null ? kept : [...kept, saved]) output.line(`Kept ${path}`);
  }
  const lacking = lackingRates(context, instruments);
  if (lacking !== null) output.message(`logos: ${lacking}`);
  if (broken.length > 0)
    output.message(`logos: Most rows of ${broken.map(({ name }) => name).join(", ")} are refused, so nothing is kept.`);
  else if (options.preview === true && !output.json) output.message("Only a preview: nothing is kept.");
  return broken.length > 0 ? exitOf("data_invalid") : 0;
}

export function addImportCommand(add: AddCommand): void {
  add<Options>(
    "import <files...>",
    "Read bars, trades or quotes, say what was understood, and keep them as bars in the workspace.",
    (command) => {
      command
        .option("--preview", "only say what was understood")
        .option(
          "--overwrite",
          "write over bars of the same symbols, and a profile of the same name, that are kept already",
        )
        .option("--save-profile <name>", "keep the options as data/NAME.import.yaml, for --profile and for desks");
      addDataOptions(command);
    },
    [
      "logos import bars.csv.gz --preview",
      "logos import ES.txt --symbol ES --tz America/New_York --date-format MM/DD/YYYY --stamp close",
      "logos import ticks.csv --columns time,price,quantity,- --interval 5m",
      "logos import all.parquet --symbols AAPL,MSFT",
      "logos import AAPL_5min.txt --columns time,open,high,low,close,volume --symbol-pattern {symbol}_5min.txt --save-profile vendor",
      "logos import MSFT_5min.txt --profile vendor",
    ].join("\n  "),
    importFiles,
  );
}
