/**
 * One file into a gathering: shape, plan, rows, and what their times mean.
 *
 * 1. The content decides the format; a name only gives the symbol, the interval and, for LEAN's files, the day.
 * 2. Tables leave here with moments that are closes, in order of time.
 * 3. However large a plain file is, it is read piece by piece, and others run between two pieces.
 */
import { CodedError } from "../../shared/errors.ts";
import { DAY, formatDuration, SECOND, type Duration } from "../../shared/time.ts";
import type { BarColumns } from "./table/bar-columns.ts";
import { dialectOf, type Dialect } from "./layout/dialect.ts";
import { Gathering, type BarBudget } from "./table/gathering.ts";
import type { ImportOptions, Question, SourceFormat } from "./table/imported.ts";
import { spanOf, stampEvidence, toCloses, type Span } from "./table/meaning.ts";
import { isMessages, readMessages } from "./formats/messages.ts";
import { planOf, understoodOf, type Plan } from "./layout/plan.ts";
import { barRows, FOLD_DEFAULT, foldedRows, leanRows, wideRows, type Reading, type RowHandler } from "./layout/rows.ts";
import { RowScanner, type Row } from "./layout/scan.ts";
import { settle, type Settled } from "./table/settle.ts";
import type { RowOrder } from "./table/imported.ts";
import { createTimeReader } from "./layout/time-reader.ts";
import { noteCounts, noteLayout, questionsOf } from "./part-notes.ts";
import type { Part } from "./formats/unpack.ts";
import { zoneOf, type Zone } from "./table/zone.ts";

/** A file that was read: its gathering, and what was understood. */
export interface ReadPart {
  readonly part: Part;
  readonly gathering: Gathering;
  readonly format: SourceFormat;
  readonly layout: string;
  readonly understood: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly stamp: "open" | "close" | "trade";
  readonly timeZone: string | null;
  readonly order: RowOrder;
  readonly questions: readonly Question[];
  /** Symbol → the length of its bars. */
  readonly spans: ReadonlyMap<string, Span>;
}

const CHUNK_BYTES = 1024 * 1024;
const ROW_BYTES_USUAL = 64;
const ROWS_EXPECTED_MAX = 12_000_000;
const UTC: Zone = zoneOf("UTC");

async function readRows(part: Part, scanner: RowScanner, options: ImportOptions): Promise<void> {
  const { bytes } = part;
  const space = new Uint8Array(CHUNK_BYTES);
  // Between two pieces the event loop runs, so that a long import blocks nothing else.
  for (let from = 0; from < bytes.size; from += CHUNK_BYTES) {
    options.signal?.throwIfAborted();
    scanner.write(bytes.read(from, CHUNK_BYTES, space));
    options.onProgress?.(Math.min(from + CHUNK_BYTES, bytes.size), bytes.size);
    await new Promise((resolve) => setImmediate(resolve));
  }
  scanner.end();
  bytes.checkSame();
}

function formatOf({ layout, lean }: Plan): SourceFormat {
  if (lean !== null) return "lean";
  return layout.kind !== "bars" ? layout.kind : layout.logos ? "logos" : "header";
}

/** Whether the rows of a file of trades are newest first, by the times of its head. */
function isFalling(
  plan: Plan,
  times: ReturnType<typeof createTimeReader>,
  rows: readonly (readonly string[])[],
): boolean {
  if (plan.newestFirst !== null) return plan.newestFirst;
  const { time, clock } = plan.layout;
  const moments = rows.map((cells) => times.read(`${cells[time]} ${clock < 0 ? "" : cells[clock]}`.trim()));
  const known = moments.filter((at) => typeof at === "number");
  let [rises, falls] = [0, 0];
  for (const [index, at] of known.entries()) {
    const before = known[index - 1];
    if (before !== undefined && at > before) rises++;
    if (before !== undefined && at < before) falls++;
  }
  return falls > rises;
}

interface Settling {
  readonly plan: Plan;
  readonly gathering: Gathering;
  readonly zone: Zone;
  readonly options: ImportOptions;
  /** The length that the file's own columns say, from a column of closes or of periods. */
  readonly columnSays: ReadonlyMap<string, number>;
}

interface Stamping {
  stamp: "open" | "close";
  unsure: boolean;
}

/** Order, length and closes of one table; notes what it takes the times for. */
function settleTable(
  table: BarColumns,
  settling: Settling,
  stamping: Stamping,
): { readonly span: Span; readonly settled: Settled } {
  const { plan, gathering, zone, options, columnSays } = settling;
  const folded = plan.layout.kind !== "bars" || plan.lean?.tick === true;
  const settled = settle(table, zone, gathering, folded ? null : plan.newestFirst);
  const said =
    options.interval ?? plan.lean?.interval ?? (folded ? FOLD_DEFAULT : (columnSays.get(table.symbol) ?? null));
  const span = spanOf(table, { said, named: plan.says.interval, midnights: settled.midnights });
  if (!span.known && table.size > 0)
    gathering.notes.push(
      `${table.symbol} has one bar, which is taken for one of a minute; name its length with --interval.`,
    );
  if (folded) {
    toCloses(table, span, "open", zone, null);
    return { span, settled };
  }
  if (table.size > 0 && table.closes.size === table.size) {
    const { at } = table.columns;
    table.opened = at.slice(0, table.size);
    for (let index = 0; index < table.size; index++)
      at[index] = table.closes.get(table.rows[index] as number) as number;
    return { span, settled };
  }
  if (plan.layout.stamp === null && (options.stamp ?? null) === null && span.unit === "fixed") {
    const shown = stampEvidence(table.columns.at, table.size, span.interval);
    if (shown === null && table.size > 0) stamping.unsure = true;
    else if (shown !== null) stamping.stamp = shown;
  }
  toCloses(
    table,
    span,
    stamping.stamp,
    zone,
    stamping.stamp === "close" && span.unit === "fixed" ? null : settled.midnights,
  );
  return { span, settled };
}

interface Prepared {
  readonly part: Part;
  readonly plan: Plan;
  readonly options: ImportOptions;
  readonly reading: Reading;
}

function prepare(part: Part, dialect: Dialect, options: ImportOptions, budget: BarBudget): Prepared {
  const plan = planOf(part, dialect, options);
  const { layout } = plan;
  const { size } = part.bytes;
  const wanted = (options.symbols ?? null) === null ? null : new Set(options.symbols);
  const rowsExpected = Math.min(
    ROWS_EXPECTED_MAX,
    Math.ceil((size / Math.max(16, bytesOfRow(dialect.head, size))) * 1.02),
  );
  const gathering = new Gathering({
    name: part.name,
    budget,
    wanted,
    rowsExpected: layout.symbol < 0 ? rowsExpected : 0,
    belowZero: options.belowZero,
  });
  gathering.notes.push(...plan.notes);
  const times = createTimeReader(plan);
  const rows = dialect.head.filter(({ line }) => line >= plan.firstLine).map(({ cells }) => cells);
  const newestFirst = layout.kind !== "bars" && isFalling(plan, times, rows.slice(0, 1_000));
  times.locals = 0;
  const reading: Reading = {
    gathering,
    times,
    zone: zoneOf(options.timeZone ?? layout.zone ?? "UTC"),
    symbolOfFile: plan.symbolOfFile,
    interval: options.interval ?? FOLD_DEFAULT,
    newestFirst,
    scale: plan.scale,
  };
  return { part, plan, options, reading };
}

/** Settles every table once all rows are read, and reports what was understood. */
function conclude(prepared: Prepared, columnSays: ReadonlyMap<string, number>): ReadPart {
  const { part, plan, options, reading } = prepared;
  const { gathering, times, zone, newestFirst } = reading;
  const { layout, lean } = plan;
  noteLayout(plan, options, reading);
  const asked = options.stamp ?? null;
  const stamping: Stamping = { stamp: asked ?? layout.stamp ?? "open", unsure: layout.stampUnclear && asked === null };
  const settling = { plan, gathering, zone: times.locals > 0 ? zone : UTC, options, columnSays };
  const spans = new Map<string, Span>();
  const orders = new Set<RowOrder>();
  for (const [symbol, table] of gathering.tables) {
    const { span, settled } = settleTable(table, settling, stamping);
    spans.set(symbol, span);
    if (table.size > 0) orders.add(settled.order);
  }
  const folded = layout.kind !== "bars" || lean?.tick === true;
  const shown = orders.has("unsorted") ? "unsorted" : orders.has("newest_first") ? "newest_first" : "rising";
  const order = folded ? (newestFirst ? "newest_first" : "rising") : shown;
  noteCounts(gathering, order);
  const assumed = times.locals > 0 && (options.timeZone ?? null) === null && layout.zone === null;
  const stamp = folded ? "trade" : stamping.stamp;
  return {
    part,
    gathering,
    format: formatOf(plan),
    layout: layout.name,
    understood: understoodOf(plan, options.interval ?? null, stamp, part.format ?? null),
    columns: Object.fromEntries(layout.used),
    stamp,
    timeZone: times.locals > 0 ? zone.name : null,
    order,
    questions: questionsOf(plan, stamping, assumed, zone.name),
    spans,
  };
}

async function readTable(part: Part, options: ImportOptions, budget: BarBudget): Promise<ReadPart> {
  const dialect = dialectOf(part.name, part.bytes, options);
  const prepared = prepare(part, dialect, options, budget);
  const { plan, reading } = prepared;
  const closes = closeColumn(plan, reading.times);
  const handle = handlerOf(plan, reading);
  const onRow: RowHandler = (row) => {
    if (row.line < plan.firstLine || isText(row, plan.layout.needed, reading.gathering)) return;
    closes.look(row);
    handle(row);
  };
  const { separator, newline, decimal } = dialect;
  const scanner = new RowScanner({ name: part.name, separator: separator.charCodeAt(0), newline, decimal, onRow });
  await readRows(part, scanner, options);
  reading.gathering.closeBars();
  return conclude(prepared, closes.found(plan.layout.symbol < 0 ? plan.symbolOfFile : null));
}

function handlerOf({ lean, layout }: Plan, reading: Reading): RowHandler {
  if (lean !== null) return leanRows(reading, lean);
  if (layout.kind !== "bars") return foldedRows(reading, layout);
  return layout.wide.length > 0 ? wideRows(reading, layout) : barRows(reading, layout);
}

/** Bytes of a row of the sample. */
function bytesOfRow(head: readonly { readonly cells: readonly string[] }[], size: number): number {
  const rows = head.slice(0, 2_000);
  const total = rows.reduce((sum, { cells }) => sum + cells.reduce((length, cell) => length + cell.length + 1, 0), 0);
  return rows.length === 0 || size < 65_536 ? ROW_BYTES_USUAL : total / rows.length;
}

/** A line of words below the table, as some vendors write. It is passed over, and that is said. */
function isText(row: Row, needed: number, gathering: Gathering): boolean {
  if (row.count !== 1 || needed < 3) return false;
  const text = row.text(0);
  if (!/^[A-Za-z"(]\D{6,}/.test(text)) return false;
  gathering.notes.push(
    `Line ${row.line} is no row of the table and was passed over: ${JSON.stringify(text.slice(0, 60))}.`,
  );
  return true;
}

const PERIODS: Readonly<Record<string, number>> = { d: DAY, daily: DAY, w: 7 * DAY, weekly: 7 * DAY };

/** What columns of closes or periods say of the length of bars, by the first rows. */
function closeColumn({ layout }: Plan, times: ReturnType<typeof createTimeReader>) {
  const lengths = new Map<number, number>();
  let looked = 0;
  const note = (length: number): void => void lengths.set(length, (lengths.get(length) ?? 0) + 1);
  return {
    look(row: Row): void {
      if (looked >= 200 || (layout.closeTime < 0 && layout.period < 0)) return;
      looked++;
      if (layout.period >= 0) {
        const text = row.text(layout.period).toLowerCase();
        const minutes = /^\d{1,5}$/.test(text) ? Number(text) * 60 * SECOND : (PERIODS[text] ?? 0);
        if (minutes > 0) note(minutes);
        return;
      }
      const [open, close] = [times.read(row.text(layout.time)), times.read(row.text(layout.closeTime))];
      if (typeof open !== "number" || typeof close !== "number" || close <= open) return;
      // A close is written as the last moment within the bar, too.
      const length = Math.ceil((close - open) / SECOND) * SECOND;
      note((length + SECOND) % (60 * SECOND) === 0 ? length + SECOND : length);
    },
    /** The length that nearly all rows agree on, for the file's symbol. */
    found(symbol: string | null): ReadonlyMap<string, number> {
      const [most] = [...lengths].toSorted((a, b) => b[1] - a[1]);
      const sure = most !== undefined && most[1] >= looked * 0.9;
      return sure && symbol !== null ? new Map([[symbol, most[0]]]) : new Map();
    },
  };
}

/** Reads one file. Throws `data_invalid`, `too_large` or `invalid_input`, naming file and row. */
export async function readPart(part: Part, options: ImportOptions, budget: BarBudget): Promise<ReadPart> {
  if (!isMessages(part.bytes.read(0, 24))) {
    const read = await readTable(part, options, budget);
    for (const table of read.gathering.tables.values()) read.gathering.bars += table.size;
    return read;
  }
  const gathering = new Gathering({
    name: part.name,
    budget,
    wanted: null,
    rowsExpected: 0,
    belowZero: options.belowZero,
  });
  const interval = options.interval ?? FOLD_DEFAULT;
  const others = readMessages(part.bytes.read(0, part.bytes.size), gathering, interval);
  gathering.closeBars();
  gathering.notes.push(`${others} messages that are no trades were passed over.`);
  const spans = new Map<string, Span>();
  for (const [symbol, table] of gathering.tables) {
    const span: Span = { unit: "fixed", interval, known: true };
    toCloses(table, span, "open", UTC, null);
    spans.set(symbol, span);
    gathering.bars += table.size;
  }
  return {
    part,
    gathering,
    format: "messages",
    layout: "recorded exchange messages",
    understood: `recorded exchange messages, their trades folded into bars of ${formatDuration(interval)}`,
    columns: {},
    stamp: "trade",
    timeZone: null,
    order: "rising",
    questions: [],
    spans,
  };
}

/** The intervals that trades are folded into and bars may have. */
export function checkInterval(interval: Duration | null | undefined): void {
  if (interval === null || interval === undefined || (interval >= 1_000 && interval <= 366 * DAY)) return;
  throw new CodedError("invalid_input", "A bar's interval is between 1ms and 366d, as --interval 1m.", {
    rule: "interval",
  });
}
