/**
 * How one file will be read, decided by a sample of it: its layout, where its rows begin, in which order its dates stand.
 *
 * 1. What a person says wins; then what the sample shows; what neither settles is a question with the answer that is taken
 *    meanwhile, or ends the reading where a wrong answer would be a silent error.
 */
import { DAY, formatDuration, formatMoment, type Duration, type Moment } from "../../../shared/time.ts";
import { HEADED, layoutOf, layoutOfWords, wideLayoutOf } from "./columns.ts";
import type { Layout, NoLayout, Sample } from "./finder.ts";
import type { Dialect, SampleRow } from "./dialect.ts";
import { nameSays, symbolByPattern, type NameSays } from "./file-name.ts";
import { headerlessOf } from "./headerless.ts";
import { COLUMNS_MAX, fileFault, tooLarge, type Question, type ReadOptions } from "../table/imported.ts";
import { isScaled, LEAN_SCALE, leanNameBeside, leanNameOf, type LeanName } from "./lean.ts";
import { FOLD_DEFAULT } from "./rows.ts";
import { isSymbol } from "../../symbols/symbols.ts";
import {
  createTimeReader,
  dateReadings,
  formatOfOrder,
  TIME_UNITS,
  type DateOrder,
  type TimeUnit,
} from "./time-reader.ts";
import { saidSymbol, titleSymbol } from "./titles.ts";
import { keepsDigits, lacksYear, noYear } from "./time-forms.ts";
import type { Part } from "../formats/unpack.ts";

export interface Plan {
  readonly layout: Layout;
  readonly lean: LeanName | null;
  /** The first line of rows; lines before it are passed over. */
  readonly firstLine: number;
  readonly symbolOfFile: string;
  readonly says: NameSays;
  readonly unit: TimeUnit | null;
  readonly dateFormat: string | null;
  readonly order: DateOrder | null;
  /** Whether epochs with exponents carry all their digits. */
  readonly exponents: boolean;
  readonly scale: number;
  readonly newestFirst: boolean | null;
  readonly questions: Question[];
  readonly notes: string[];
}

const HEADER_LINES_MAX = 30;
const EXAMPLE = "--columns time,open,high,low,close,volume,-,-";

const numeric = (cell: string | undefined): boolean =>
  cell !== undefined && /\d/.test(cell) && !/[A-Za-z]{4,}/.test(cell);

interface Found {
  readonly layout: Layout;
  readonly firstLine: number;
  readonly lean: LeanName | null;
}

const cellsOf = (rows: readonly SampleRow[], from: number): Sample =>
  rows.slice(from, from + 2_000).map(({ cells }) => cells);

/** Lines between a header and the first row that hold nothing where the prices stand, as a second row of names. */
function firstRowAfter(rows: readonly SampleRow[], at: number, layout: Layout): number {
  const column = layout.kind === "bars" ? (layout.wide[0]?.close ?? layout.close) : Math.max(layout.price, layout.bid);
  for (let index = at; index < Math.min(at + 3, rows.length); index++) {
    const { line, cells } = rows[index] as SampleRow;
    if (numeric(cells[column]) && numeric(cells[layout.time])) return line;
    if (cells.some((cell, place) => place > 0 && numeric(cell))) return (rows[at] as SampleRow).line;
  }
  return rows[at]?.line ?? Infinity;
}

/** Whether rows have one cell more than their header: the names of the rows, which the header leaves out. */
function lacksFirstName(header: readonly string[], sample: Sample): boolean {
  const more = sample.filter((cells) => cells.length === header.length + 1 && cells.at(-1) !== "").length;
  return sample.length > 0 && more > sample.length * 0.9;
}

function headerAt(rows: readonly SampleRow[], at: number): Layout | NoLayout {
  const { cells } = rows[at] as SampleRow;
  const second = rows[at + 1]?.cells ?? [];
  const wide = wideLayoutOf(cells, second, cellsOf(rows, at + 2));
  if (wide !== null) return wide;
  const sample = cellsOf(rows, at + 1);
  return layoutOf(lacksFirstName(cells, sample) ? ["", ...cells] : cells, sample);
}

function noHeader(name: string, row: SampleRow, found: NoLayout | null): never {
  if (found?.twice !== null && found?.twice !== undefined)
    throw fileFault(
      name,
      row.line,
      "header",
      `two columns are named "${found.twice.slice(0, 24)}", and differ; leave one, or name the columns with ${EXAMPLE}.`,
    );
  const shown = row.cells
    .slice(0, 12)
    .map((cell) => cell.slice(0, 24))
    .join(", ");
  const lacks =
    found === null || found.missing.length === 0 || found.missing.length > 4 ? null : found.missing.join(", ");
  const text =
    lacks === null
      ? `its cells "${shown}" are no header that names time and prices, and of no known layout.`
      : `no column for ${lacks} among "${shown}".`;
  throw fileFault(name, row.line, "header", `${text} Say what its columns are, as ${EXAMPLE}.`, {
    about: "columns",
    text,
    assumed: null,
    choices: [{ label: "name the columns", option: "columns", value: "time,open,high,low,close,volume" }],
  });
}

/** The layout that a person names, from the first row that has numbers where it says so. */
function namedLayout(name: string, rows: readonly SampleRow[], columns: string, skipped: boolean): Found {
  const tried = layoutOfWords(columns, []);
  if ("unknown" in tried)
    throw fileFault(
      name,
      null,
      "columns",
      `--columns has "${tried.unknown.slice(0, 24)}"; write time, date, clock, open, high, low, close, volume, ` +
        `symbol, price, quantity, id, ` +
        "bid, ask, split, dividend, or - for a column that is passed over.",
    );
  if ("missing" in tried)
    throw fileFault(
      name,
      null,
      "columns",
      `--columns names no column for ${tried.missing.join(", ") || tried.twice}; write it as ${EXAMPLE}.`,
    );
  const price = Math.max(tried.close, tried.price, tried.bid);
  const at = skipped ? 0 : rows.findIndex(({ cells }) => numeric(cells[price]) && numeric(cells[tried.time]));
  const found = layoutOfWords(columns, cellsOf(rows, Math.max(0, at)));
  if ("missing" in found || "unknown" in found)
    throw fileFault(name, null, "columns", "--columns does not fit the rows.");
  return {
    layout: { ...found, width: Math.max(found.width, 1) },
    firstLine: rows[Math.max(0, at)]?.line ?? 1,
    lean: null,
  };
}

/** A header after the mark of a comment, as `#RIC,Date-Time,Open`: the last such line before the rows. */
function commentedHeader({ comments }: Dialect, rows: readonly SampleRow[]): Found | null {
  const sample = cellsOf(rows, 0);
  for (const cells of comments.toReversed()) {
    const layout = layoutOf(cells, sample);
    if (!("missing" in layout)) return { layout, firstLine: firstRowAfter(rows, 0, layout), lean: null };
  }
  return null;
}

function foundLayout(part: Part, dialect: Dialect, options: ReadOptions): Found {
  const { name } = part;
  const file = part.entry ?? part.source;
  const skip = options.skip ?? 0;
  const rows = dialect.head.filter(({ line, cells }) => line > skip && cells.some((cell) => cell !== ""));
  const [first] = rows;
  if (first === undefined) throw fileFault(name, null, "empty", "it holds no row.");
  if (first.cells.length > COLUMNS_MAX)
    throw tooLarge(name, first.line, "columns", `it has more than ${COLUMNS_MAX} columns; is this a table of prices?`);
  if (options.columns !== null && options.columns !== undefined)
    return namedLayout(name, rows, options.columns, skip > 0);
  const firsts = rows.slice(0, 1_000).map(({ cells }) => cells[0] as string);
  const lean =
    leanNameOf(file, first.cells[0] as string) ??
    leanNameBeside({ path: part.path ?? file, firsts, symbol: options.symbol });
  if (lean !== null) {
    const layout = layoutOfWords("time,open,high,low,close,volume", []);
    if ("missing" in layout || "unknown" in layout) throw new Error("The layout of LEAN's rows is one.");
    return { layout: { ...layout, name: "LEAN", stamp: "open", used: new Map() }, firstLine: first.line, lean };
  }
  let closest: { found: NoLayout; row: SampleRow } | null = null;
  for (let at = 0; at < Math.min(HEADER_LINES_MAX, rows.length); at++) {
    const row = rows[at] as SampleRow;
    if (row.cells.filter((cell) => /\p{L}/u.test(cell)).length < 2) continue;
    const found = headerAt(rows, at);
    if ("missing" in found) {
      if (closest === null || found.missing.length < closest.found.missing.length || found.twice !== null)
        closest = { found, row };
      continue;
    }
    const from = found.name === "yfinance" ? at + 2 : at + 1;
    const layout = { ...found, symbolSaid: saidSymbol(found.symbolSaid) ?? titleSymbol(rows.slice(0, at)) };
    return { layout, firstLine: firstRowAfter(rows, from, found), lean: null };
  }
  if (closest?.found.twice !== null && closest?.found.twice !== undefined) noHeader(name, closest.row, closest.found);
  const commented = commentedHeader(dialect, rows);
  if (commented !== null) return commented;
  const width = Math.max(...rows.slice(0, 50).map(({ cells }) => cells.length));
  const from = Math.max(
    0,
    rows.findIndex(({ cells }) => cells.length === width),
  );
  const sample = [...cellsOf(rows, from), ...dialect.rest];
  const known = headerlessOf(file, sample);
  if (known === null) noHeader(name, closest?.row ?? first, closest?.found ?? null);
  return { layout: known.layout, firstLine: (rows[from] as SampleRow).line, lean: null };
}

const ORDERS: readonly DateOrder[] = ["MDY", "DMY", "YMD"];
const NEAR = 20;

/** The order of dates that all of a sample allow; null where none is unclear. Asks where more than one is left. */
function orderOf(name: string, texts: readonly string[], firstLine: number, notes: string[]): DateOrder | null {
  const allowed = new Map<DateOrder, number[]>(ORDERS.map((order) => [order, []]));
  let example: string | null = null;
  for (const text of texts) {
    const readings = dateReadings(text);
    if (readings === null || readings.size === 0) continue;
    example ??= text;
    for (const order of ORDERS) {
      const at = readings.get(order);
      if (at === undefined) allowed.delete(order);
      else allowed.get(order)?.push(at);
    }
  }
  if (example === null) return null;
  const left = [...allowed.keys()];
  const shown = JSON.stringify((example.split(/[\sT]/)[0] as string).slice(0, 20));
  const settled = (order: DateOrder, why: string): DateOrder => {
    notes.push(`Dates such as ${shown} are read as ${formatOfOrder(order, example)}: ${why}.`);
    return order;
  };
  if (left.length === 1) return settled(left[0] as DateOrder, "no other order is a date in every row");
  if (left.length === 0) return null;
  const same = left.every((order) => String(allowed.get(order)) === String(allowed.get(left[0] as DateOrder)));
  if (same) return left[0] as DateOrder;
  if (left.includes("DMY") && /^\d{1,2}\.\d{1,2}\.\d{4}/.test(example))
    return settled("DMY", "dates with points begin with the day");
  if (/^\d+$/.test(example)) {
    // Digits alone: the reading whose days lie close together, where the others are years apart.
    const spans = left
      .map((order) => ({
        order,
        span: Math.max(...(allowed.get(order) as number[])) - Math.min(...(allowed.get(order) as number[])),
      }))
      .toSorted((a, b) => a.span - b.span);
    const [best, next] = spans;
    if (best !== undefined && next !== undefined && texts.length > 2 && next.span > best.span * NEAR)
      return settled(best.order, "read otherwise they lie years apart");
  }
  const formats = left.map((order) => formatOfOrder(order, example));
  const readings = dateReadings(example);
  const days = left.map((order) => formatMoment(readings?.get(order) as Moment).slice(0, 10));
  const text = `the date ${shown} can be read as ${days.join(" or ")}, and no row of the file says which.`;
  const choices = formats.map((format) => `--date-format ${format}`).join(" or ");
  // The sample begins with the file's own rows, each on its line; only breaks within quotes would move it.
  throw fileFault(name, firstLine + texts.indexOf(example), "ambiguous_date", `${text} Say which with ${choices}.`, {
    about: "date_order",
    text,
    assumed: null,
    choices: formats.map((value) => ({ label: value, option: "dateFormat", value })),
  });
}

/** The symbol at its place in the file's name; null where no pattern says the place. Throws `data_invalid` where none fits. */
function symbolByName(part: Part, pattern: string | null): string | null {
  if (pattern === null) return null;
  const name = part.entry ?? part.source;
  const count = pattern.split("{symbol}").length - 1;
  const found = count === 1 ? symbolByPattern(pattern, name) : null;
  if (found !== null) return found;
  const shown = JSON.stringify(pattern.slice(0, 60));
  const fault =
    count === 1
      ? `its name does not fit the pattern ${shown}; name the symbol with --symbol, or another --symbol-pattern.`
      : `--symbol-pattern ${shown}: write a file's name with {symbol} in it once, as {symbol}_5min_*.csv.`;
  throw fileFault(part.name, null, "symbol", fault);
}

/** Whether the symbol's own column is missing, and then which symbol the file has. */
function symbolOf(part: Part, layout: Layout, says: NameSays, options: ReadOptions, questions: Question[]): string {
  if (layout.symbol >= 0 || layout.wide.length > 0) return "";
  const named = options.symbol ?? symbolByName(part, options.symbolPattern ?? null);
  const said = saidSymbol(layout.symbolSaid ?? part.symbol);
  const symbol = named ?? said ?? says.symbol;
  const shown = JSON.stringify(symbol.slice(0, 40));
  const question = (text: string, assumed: string | null): Question => ({
    about: "symbol",
    text,
    assumed,
    choices: [{ label: "name the symbol", option: "symbol", value: says.symbol }],
  });
  if (!isSymbol(symbol)) {
    const text = `${shown} is no symbol; name the file's symbol with --symbol.`;
    throw fileFault(part.name, null, "symbol", text, question(text, null));
  }
  if (named === null && said === null && says.vague)
    questions.push(question(`The symbol ${shown} is the file's name; --symbol names another.`, symbol));
  return symbol;
}

function scaleOf(layout: Layout, lean: LeanName | null, path: string, sample: Sample): number {
  const whole = (columns: readonly number[]): boolean =>
    sample.every((cells) => columns.every((column) => /^-?\d*$/.test(cells[column] ?? "")));
  if (lean !== null) return isScaled(path, lean, whole(lean.tick ? [1] : [1, 2, 3, 4])) ? LEAN_SCALE : 0;
  if (layout.scale === 0) return 0;
  const { kind, open, high, low, close, price, bid, ask } = layout;
  const prices = kind === "bars" ? [open, high, low, close] : kind === "trades" ? [price] : [bid, ask];
  return whole(prices) ? layout.scale : 0;
}

function timeFormatOf(named: string | null): { readonly unit: TimeUnit | null; readonly format: string | null } {
  const unit = TIME_UNITS.find((one) => one === named?.toLowerCase()) ?? null;
  return { unit, format: unit === null ? named : null };
}

/** A price for each day and nothing else: bars of one price, which is known when the day is over. */
function dailyPrices(
  layout: Layout,
  settings: Parameters<typeof createTimeReader>[0],
  texts: readonly string[],
): Layout {
  if (layout.kind !== "trades" || layout.quantity >= 0 || layout.id >= 0 || layout.clock >= 0) return layout;
  const times = createTimeReader(settings);
  const moments = texts.map((text) => times.read(text)).filter((at) => typeof at === "number");
  if (moments.length === 0 || !moments.every((at) => at % DAY === 0)) return layout;
  const { price } = layout;
  return { ...layout, kind: "bars", name: "a price a day", open: price, high: price, low: price, close: price };
}

/** Decides how a file is read. Throws `data_invalid` or `too_large`, naming file and row, with the question where there is one. */
export function planOf(part: Part, dialect: Dialect, options: ReadOptions): Plan {
  const questions: Question[] = [];
  const notes: string[] = [];
  if (dialect.decimalUnclear !== null) {
    const text = `${JSON.stringify(dialect.decimalUnclear)} can be read with its comma between thousands or as a decimal comma.`;
    throw fileFault(part.name, null, "decimal", `${text} Say which with --decimal . or --decimal ,`, {
      about: "decimal",
      text,
      assumed: null,
      choices: [
        { label: "thousands", option: "decimal", value: "." },
        { label: "decimal comma", option: "decimal", value: "," },
      ],
    });
  }
  const { layout: found, firstLine, lean } = foundLayout(part, dialect, options);
  const { unit, format } = timeFormatOf(options.timeFormat ?? null);
  const says = nameSays(part.entry ?? part.source);
  const rows: Sample = [
    ...dialect.head.filter(({ line }) => line >= firstLine).map(({ cells }) => cells),
    ...dialect.rest,
  ];
  const dateFormat = format ?? options.dateFormat ?? null;
  const texts = rows.map((cells) => cells[found.time] ?? "");
  const order =
    dateFormat !== null || unit !== null || lean !== null ? null : orderOf(part.name, texts, firstLine, notes);
  if (dateFormat === null && lacksYear(texts)) throw noYear(part.name, firstLine, texts);
  const exponents = keepsDigits(texts);
  const layout = dailyPrices(found, { dateFormat, unit, order, exponents }, texts);
  const symbolOfFile =
    lean === null ? symbolOf(part, layout, says, options, questions) : (options.symbol ?? lean.symbol);
  if (layout.symbol >= 0 && (options.symbol ?? null) !== null)
    notes.push("The file has a column of symbols, so --symbol was not needed.");
  const fixed = scaleOf(layout, lean, part.path ?? part.name, rows);
  if (fixed > 0 && lean === null) notes.push(`Prices are whole numbers of 1e-${fixed}, as ${layout.name} writes them.`);
  const newestFirst = options.newestFirst ?? null;
  return {
    layout,
    lean,
    firstLine,
    symbolOfFile,
    says,
    unit,
    dateFormat,
    order,
    exponents,
    scale: fixed,
    newestFirst,
    questions,
    notes: [...notes, ...layout.notes],
  };
}

/** The format in words, with what was assumed about it. */
export function understoodOf(
  { layout: { name, kind }, lean }: Plan,
  interval: Duration | null,
  stamp: string,
  format: string | null,
): string {
  const folded = `folded into bars of ${formatDuration(interval ?? FOLD_DEFAULT)}`;
  if (lean?.tick === true) return `LEAN ${lean.kind} ticks, ${folded}`;
  if (lean !== null) {
    const length = lean.interval === null ? "" : ` of ${formatDuration(lean.interval)}`;
    const middle = lean.kind === "quote" ? ", the middle of bid and ask" : "";
    return `LEAN ${lean.kind} bars${length}${middle}, times taken as the open of the bar`;
  }
  const known = format !== null && name === HEADED ? `${format} with named columns` : name;
  const traded = known === kind ? kind : `${known}: ${kind}`;
  if (kind === "quotes") return `${traded}, the middle of bid and ask ${folded}`;
  if (kind === "trades") return `${traded}, ${folded}`;
  return `${known}, times taken as the ${stamp} of the bar`;
}
