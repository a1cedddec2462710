/**
 * One file into a gathering: which format it is, how its times are stamped, which interval its bars have.
 *
 * 1. The format is told by the content; a name only says the symbol and, for LEAN's files, the day.
 * 2. Tables leave here with moments that are closes.
 */
import { Buffer } from "node:buffer";
import { CsvError, Parser } from "csv-parse";
import { CodedError } from "../../shared/errors.ts";
import { DAY, formatDuration, MINUTE, type Duration } from "../../shared/time.ts";
import { intervalOf } from "./bar-columns.ts";
import { Gathering, type RowBudget } from "./gathering.ts";
import { layoutOf } from "./header.ts";
import { fileFault, ROW_CHARACTERS_MAX, tooLarge, type ImportOptions, type SourceFormat } from "./imported.ts";
import { isScaled, LEAN_SCALE, leanNameOf } from "./lean.ts";
import { isMessages, readMessages } from "./messages.ts";
import { barRows, FOLD_DEFAULT, leanRows, tradeRows, type RowHandler } from "./rows.ts";
import { isSymbol, symbolOfName } from "./symbols.ts";
import { createTimeReader } from "./time-reader.ts";
import type { Part } from "./unpack.ts";

/** A file that was read: its gathering, and what was understood. */
export interface ReadPart {
  readonly part: Part;
  readonly gathering: Gathering;
  readonly format: SourceFormat;
  readonly understood: string;
  readonly stamp: "open" | "close" | "trade";
  readonly timeZone: string | null;
  /** Symbol → the interval of its bars. */
  readonly intervals: ReadonlyMap<string, number>;
}

interface Plan {
  readonly format: SourceFormat;
  readonly understood: string;
  readonly stamp: "open" | "close" | "trade";
  /** Of every bar of the file, where the format says it. */
  readonly interval: Duration | null;
  readonly handle: RowHandler;
  readonly finish: () => void;
}

const CHUNK_BYTES = 1024 * 1024;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The first line's most frequent mark; a comma where there is none. */
function delimiterOf(line: string): string {
  const counts = DELIMITERS.map((mark) => line.split(mark).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

function firstLineOf(part: Part): string {
  const head = Buffer.from(part.bytes.subarray(0, ROW_CHARACTERS_MAX)).toString("utf8");
  const end = head.search(/[\r\n]/);
  if (end < 0 && part.bytes.length > ROW_CHARACTERS_MAX)
    throw tooLarge(
      part.name,
      1,
      "row_size",
      `the row has more than ${ROW_CHARACTERS_MAX} characters; is this a table?`,
    );
  return (end < 0 ? head : head.slice(0, end)).replace(/^\ufeff/, "");
}

/** The symbol of a file that has no column for it. Throws `data_invalid` when its name is none either. */
function symbolOfFile(part: Part, options: ImportOptions): string {
  const symbol = options.symbol ?? symbolOfName(part.entry ?? part.source);
  if (isSymbol(symbol)) return symbol;
  const shown = JSON.stringify(symbol.slice(0, 40));
  throw fileFault(part.name, null, "symbol", `${shown} is no symbol; name the file's symbol with --symbol.`);
}

function scaleDown(gathering: Gathering): void {
  for (const table of gathering.tables.values()) {
    for (const name of ["open", "high", "low", "close"] as const) {
      const column = table.columns[name];
      for (let index = 0; index < table.size; index++) {
        const price = column[index] as number;
        column[index] = price / LEAN_SCALE;
        table.notePrecision(String(price / LEAN_SCALE));
      }
    }
  }
}

/** A plan for a file whose first row is numbers: LEAN's, or none. */
function planWithoutHeader(
  part: Part,
  gathering: Gathering,
  cells: readonly string[],
  row: number,
  reader: Reader,
): Plan {
  const { options, times } = reader;
  const lean = leanNameOf(part.entry ?? part.source, cells[0] as string);
  if (lean === null)
    throw fileFault(part.name, row, "header", "it has no header; put dt,open,high,low,close,volume,symbol above it.");
  const symbol = options.symbol ?? lean.symbol;
  const handle = leanRows(gathering, lean, times, symbol);
  const finish = (): void => {
    const whole = [...gathering.tables.values()].every((table) => table.pricePrecision === 0);
    if (!isScaled(part.name, symbol, whole)) return;
    scaleDown(gathering);
    gathering.notes.push(`Prices were divided by ${LEAN_SCALE}, as LEAN writes those of shares.`);
    if ((options.timeZone ?? null) === null)
      gathering.notes.push(
        "LEAN writes shares' times as their exchange's; name its zone with --tz, as America/New_York.",
      );
  };
  const length = lean.interval === null ? "" : ` of ${formatDuration(lean.interval)}`;
  const understood = `LEAN trade bars${length}, times taken as the open of the bar`;
  return { format: "lean", understood, stamp: "open", interval: lean.interval, handle, finish };
}

interface Reader {
  readonly options: ImportOptions;
  readonly times: ReturnType<typeof createTimeReader>;
}

function planOf(part: Part, gathering: Gathering, cells: readonly string[], row: number, reader: Reader): Plan {
  if (cells.every((cell) => !/[A-Za-z]/.test(cell))) {
    const plan = planWithoutHeader(part, gathering, cells, row, reader);
    plan.handle(cells, row);
    return plan;
  }
  const { options, times } = reader;
  const layout = layoutOf(part.name, row, cells);
  const symbol = layout.symbol < 0 ? symbolOfFile(part, options) : "";
  if (layout.symbol >= 0 && (options.symbol ?? null) !== null)
    gathering.notes.push("The file has a column of symbols, so --symbol was not needed.");
  if (layout.kind === "trades") {
    const interval = options.interval ?? FOLD_DEFAULT;
    if (layout.quantity < 0) gathering.notes.push("There is no column of quantities, so volumes are zero.");
    return {
      format: "trades",
      understood: `trades, folded into bars of ${formatDuration(interval)}`,
      stamp: "trade",
      interval,
      handle: tradeRows(gathering, layout, times, symbol, interval),
      finish: () => gathering.closeBars(interval),
    };
  }
  const stamp = options.stamp ?? layout.stamp;
  if (layout.volume < 0) gathering.notes.push("There is no column of volumes, so they are zero.");
  const name = layout.logos ? "Logos CSV" : "CSV with a header";
  return {
    format: layout.logos ? "logos" : "header",
    understood: `${name}, times taken as the ${stamp} of the bar`,
    stamp,
    interval: options.interval ?? null,
    handle: barRows(gathering, layout, times, symbol),
    finish: () => undefined,
  };
}

/** A failure of the parser as one that names file and row. */
function parserFault(part: Part, error: unknown): Error {
  if (!(error instanceof CsvError)) return error instanceof Error ? error : new Error(String(error));
  const row = typeof error["lines"] === "number" ? error["lines"] : null;
  if (error.code === "CSV_MAX_RECORD_SIZE")
    return tooLarge(
      part.name,
      row,
      "row_size",
      `the row has more than ${ROW_CHARACTERS_MAX} characters; is a quote open?`,
    );
  return fileFault(part.name, row, "quotes", "its quotation marks are not in order; save the table again.");
}

async function parse(part: Part, parser: Parser, options: ImportOptions): Promise<void> {
  const { bytes } = part;
  // Between two pieces the process answers others, so that a long import blocks nobody.
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    options.signal?.throwIfAborted();
    const chunk = bytes.subarray(from, from + CHUNK_BYTES);
    await new Promise<void>((resolve, reject) => parser.write(chunk, (error) => (error ? reject(error) : resolve())));
    options.onProgress?.(Math.min(from + CHUNK_BYTES, bytes.length), bytes.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise<void>((resolve, reject) => {
    parser.once("error", reject);
    parser.once("end", resolve);
    parser.resume();
    parser.end();
  });
}

async function readTable(part: Part, gathering: Gathering, reader: Reader): Promise<Plan> {
  let plan: Plan | null = null;
  const parser = new Parser({
    bom: true,
    delimiter: delimiterOf(firstLineOf(part)),
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
    on_record: (cells: string[], { lines }) => {
      if (plan === null) plan = planOf(part, gathering, cells, lines, reader);
      else plan.handle(cells, lines);
      return null;
    },
  });
  parser.on("error", () => undefined);
  try {
    await parse(part, parser, reader.options);
  } catch (error) {
    throw parserFault(part, error);
  } finally {
    parser.destroy();
  }
  // The callback assigns the plan, which the compiler does not see.
  const made = plan as Plan | null;
  if (made === null) throw fileFault(part.name, null, "empty", "it holds no row.");
  made.finish();
  return made;
}

/** Moves opens to closes, and says which interval was taken. */
function toCloses(gathering: Gathering, plan: Plan): Map<string, number> {
  const intervals = new Map<string, number>();
  for (const [symbol, table] of gathering.tables) {
    const found = plan.interval ?? intervalOf(table);
    if (found === null && table.size > 0)
      gathering.notes.push(
        `${symbol} has one bar, which is taken for one of a minute; name its length with --interval.`,
      );
    const interval = found ?? MINUTE;
    intervals.set(symbol, interval);
    if (plan.stamp === "open") table.shift(interval);
  }
  return intervals;
}

function noteOrder(gathering: Gathering): void {
  const late = gathering.refusedBy.get("out_of_order") ?? 0;
  if (late > 10 && late * 2 > gathering.rows)
    gathering.notes.push(
      "Most rows are out of order: sort the file by time, or mend the row that they are compared with.",
    );
}

/** Reads one file. Throws `data_invalid`, `too_large` or `invalid_input`, naming file and row. */
export async function readPart(part: Part, options: ImportOptions, budget: RowBudget): Promise<ReadPart> {
  const nul = part.bytes.indexOf(0);
  if (nul >= 0)
    throw fileFault(
      part.name,
      null,
      "nul",
      `it has a NUL byte at ${nul}; it is no text, or not UTF-8. Save it as UTF-8.`,
    );
  const gathering = new Gathering(part.name, budget);
  const times = createTimeReader(options.timeZone ?? null, options.dateFormat ?? null);
  let plan: Plan;
  if (isMessages(part.bytes)) {
    const interval = options.interval ?? FOLD_DEFAULT;
    const others = readMessages(part.bytes, gathering, interval);
    gathering.closeBars(interval);
    gathering.notes.push(`${others} messages that are no trades were passed over.`);
    const understood = `recorded exchange messages, their trades folded into bars of ${formatDuration(interval)}`;
    plan = {
      format: "messages",
      understood,
      stamp: "trade",
      interval,
      handle: () => undefined,
      finish: () => undefined,
    };
  } else plan = await readTable(part, gathering, { options, times });
  const intervals = toCloses(gathering, plan);
  for (const table of gathering.tables.values()) gathering.bars += table.size;
  noteOrder(gathering);
  const { format, understood, stamp } = plan;
  return { part, gathering, format, understood, stamp, timeZone: times.zoneUsed(), intervals };
}

/** The intervals that trades are folded into and bars may have. */
export function checkInterval(interval: Duration | null | undefined): void {
  if (interval === null || interval === undefined || (interval >= 1_000 && interval <= 31 * DAY)) return;
  throw new CodedError("invalid_input", "A bar's interval is between 1ms and 31d, as --interval 1m.", {
    rule: "interval",
  });
}
