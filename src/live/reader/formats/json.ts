/**
 * JSON as separated text: arrays of arrays, arrays of objects, lines of either, columns, and objects by date, wherever in the
 * document they stand.
 *
 * 1. Numbers keep their digits as the text has them.
 * 2. The largest table of the document is taken; what stands beside it may name the symbol.
 */
import type { Buffer } from "node:buffer";
import { fileFault } from "../table/imported.ts";
import { TableText } from "./table-text.ts";

type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => Json;

const DEPTH_MAX = 6;
/** Items of a list in which further tables are looked for. */
const TABLES_MAX = 2_000;
/** The values with which services report success in a field of that name. */
const STATUS = /^(?:ok|no_data|error|success|true|false)$/i;
/** Names of a document's field that holds the symbol. */
const SYMBOL_FIELDS = ["ticker", "symbol", "pair", "instrument", "instrument_name", "2. Symbol", "s"];

/** Numbers become the texts that they are written as. */
const parse: Parse = JSON.parse as Parse;
const read = (text: string): Json =>
  parse(text, (_key, value, context) => (typeof value === "number" ? (context.source ?? String(value)) : value));

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPlain = (value: Json | undefined): boolean =>
  value === null || typeof value === "string" || typeof value === "boolean";
const textOf = (value: Json | undefined): string =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

interface Found {
  readonly header: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
  /** The symbol that stands beside or above the table. */
  readonly symbol?: string | null;
}

function fromObjects(items: readonly Json[]): Found | null {
  const objects = items.filter(isObject);
  if (objects.length === 0 || objects.length < items.length) return null;
  const header = [...new Set(objects.slice(0, 100).flatMap((item) => Object.keys(item)))];
  // Quotes of some services have their prices one level deeper: {time, mid: {o, h, l, c}}.
  const deeper = header.flatMap((name) => {
    const value = objects[0]?.[name];
    return isObject(value) ? Object.keys(value).map((inner) => [name, inner] as const) : [];
  });
  const middle = deeper.some(([outer]) => outer === "mid") ? deeper.filter(([outer]) => outer === "mid") : deeper;
  const flat = header.filter((name) => isPlain(objects[0]?.[name]) || objects[0]?.[name] === undefined);
  const cell = (item: { readonly [name: string]: Json }, outer: string, inner: string): string => {
    const value = item[outer];
    return isObject(value) ? textOf(value[inner]) : "";
  };
  return {
    header: [...flat, ...middle.map(([, inner]) => inner)],
    rows: objects.map((item) => [
      ...flat.map((name) => textOf(item[name])),
      ...middle.map(([outer, inner]) => cell(item, outer, inner)),
    ]),
  };
}

const fromArrays = (items: readonly Json[]): Found | null =>
  items.length > 0 && items.every((item) => Array.isArray(item) && item.length >= 2 && item.every(isPlain))
    ? { header: null, rows: items.map((item) => (item as readonly Json[]).map(textOf)) }
    : null;

const isDay = (name: string): boolean => /^\d{4}-\d{2}-\d{2}|^\d{9,16}$/.test(name);

/** `{"2024-01-02": {"1. open": "1"}}`. */
function fromDates(value: { readonly [name: string]: Json }): Found | null {
  const names = Object.keys(value);
  if (names.length === 0 || !names.every((name) => isDay(name) && isObject(value[name]))) return null;
  const found = fromObjects(names.map((name) => value[name] as Json));
  if (found === null) return null;
  return {
    header: ["time", ...(found.header ?? [])],
    rows: found.rows.map((row, at) => [names[at] as string, ...row]),
  };
}

/** `{"t": [1], "o": [1]}`, and `{"open": {"0": 1}}` as pandas writes it. */
function fromColumns(value: { readonly [name: string]: Json }): Found | null {
  const lists = Object.entries(value).flatMap(
    ([name, column]): [string, readonly string[], readonly string[] | null][] => {
      if (Array.isArray(column) && column.every(isPlain)) return [[name, column.map(textOf), null]];
      if (isObject(column) && Object.values(column).every(isPlain))
        return [[name, Object.values(column).map(textOf), Object.keys(column)]];
      return [];
    },
  );
  const [first] = lists;
  if (first === undefined || lists.length < 3) return null;
  const size = first[1].length;
  const same = lists.filter(([, column]) => column.length === size);
  if (same.length < 3 || size === 0) return null;
  const keys = first[2] !== null && first[2].every(isDay) ? first[2] : null;
  const rows = Array.from({ length: size }, (_, row) => [
    ...(keys === null ? [] : [keys[row] as string]),
    ...same.map(([, column]) => column[row] as string),
  ]);
  return { header: [...(keys === null ? [] : ["time"]), ...same.map(([name]) => name)], rows };
}

/** pandas' `split`, and tables with the names of their columns beside them. */
function fromSplit(value: { readonly [name: string]: Json }): Found | null {
  const names = value["columns"] ?? value["schema"];
  const data = value["data"] ?? value["values"];
  if (!Array.isArray(names) || !Array.isArray(data) || !names.every((name) => typeof name === "string")) return null;
  const found = fromArrays(data);
  const index = value["index"];
  if (found === null) return null;
  const indexed =
    Array.isArray(index) && index.length === data.length && !names.some((name) => /date|time/i.test(name));
  const rows = indexed ? found.rows.map((row, at) => [textOf((index as readonly Json[])[at]), ...row]) : found.rows;
  return { header: [...(indexed ? ["time"] : []), ...(names as readonly string[])], rows };
}

/** Yahoo's chart: times in one place, prices deeper in another. */
function fromChart(value: { readonly [name: string]: Json }): Found | null {
  const times = value["timestamp"];
  const indicators = value["indicators"];
  const quotes = isObject(indicators) ? indicators["quote"] : undefined;
  const quote = Array.isArray(quotes) ? (quotes[0] as Json) : undefined;
  return Array.isArray(times) && isObject(quote) ? fromColumns({ time: times, ...quote }) : null;
}

const isName = (text: string): boolean => /^[A-Za-z]/.test(text) && !STATUS.test(text);

/** A name over a table that is a symbol: in capitals, as `AAPL` in `{"bars": {"AAPL": []}}`. */
const isSymbolKey = (name: string): boolean => /^[A-Z][A-Z0-9./:_-]{0,19}$/.test(name);

const symbolOf = (value: { readonly [name: string]: Json }): string | null => {
  const name = SYMBOL_FIELDS.find((one) => typeof value[one] === "string" && isName(value[one]));
  return name === undefined ? null : (value[name] as string);
};

function tablesIn(value: Json, depth: number, symbol: string | null): Found[] {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const found = fromArrays(items) ?? fromObjects(items);
    const deeper = items.length <= TABLES_MAX ? items.flatMap((item) => tablesIn(item, depth + 1, symbol)) : [];
    return found === null ? deeper : [{ ...found, symbol }, ...deeper];
  }
  const object = value as { readonly [name: string]: Json };
  const own = symbolOf(object) ?? symbol;
  const found = fromChart(object) ?? fromSplit(object) ?? fromDates(object) ?? fromColumns(object);
  const deeper = Object.entries(object).flatMap(([name, item]) =>
    tablesIn(item, depth + 1, own ?? (isSymbolKey(name) ? name : null)),
  );
  return [...(found === null ? [] : [{ ...found, symbol: own }]), ...deeper];
}

const headOf = ({ header }: Found): string => (header === null ? "" : header.toSorted().join("\u0000"));

/** The largest table; with it all others of the same columns that have symbols of their own, as one table with a column of symbols. */
function tableOf(tables: readonly Found[]): Found | undefined {
  const [largest] = tables.toSorted((a, b) => b.rows.length - a.rows.length);
  if (largest === undefined || largest.header === null || (largest.symbol ?? null) === null) return largest;
  const head = headOf(largest);
  const same = tables.filter((one) => headOf(one) === head && (one.symbol ?? null) !== null);
  const { header } = largest;
  if (new Set(same.map(({ symbol }) => symbol)).size < 2 || header.some((cell) => /^(symbol|ticker)$/i.test(cell)))
    return largest;
  const rows = same.flatMap((one) => {
    const places = header.map((name) => (one.header ?? []).indexOf(name));
    return one.rows.map((row) => [...places.map((at) => row[at] ?? ""), one.symbol ?? ""]);
  });
  return { header: [...header, "symbol"], rows, symbol: null };
}

/** The symbol that stands beside the table, where one does. */
function symbolIn(value: Json, depth = 0): string | null {
  if (!isObject(value) || depth > 4) return null;
  for (const name of SYMBOL_FIELDS) if (typeof value[name] === "string" && isName(value[name])) return value[name];
  for (const inner of Object.values(value)) {
    const found = symbolIn(Array.isArray(inner) && inner.length === 1 ? (inner[0] as Json) : inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The zone that stands beside the table, as `"6. Time Zone": "US/Eastern"`. */
function zoneIn(value: Json, depth = 0): string | null {
  if (!isObject(value) || depth > 2) return null;
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === "string" && /^(?:\d+\. )?time ?_?zone$/i.test(name) && /^[A-Za-z_]+(?:\/[A-Za-z_]+)*$/.test(one))
      return one;
    const found = zoneIn(one, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function documentOf(name: string, text: string): Json {
  try {
    return read(text);
  } catch (error) {
    // Python writes what is no number as a word that no JSON has.
    const plain = text.replaceAll(/([:[,]\s*)-?(?:NaN|Infinity)(?=\s*[,\]}])/g, "$1null");
    if (plain !== text) return documentOf(name, plain);
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      if (lines.length > 1) return lines.map((line) => read(line.replace(/,\s*$/, "")));
    } catch {
      // The first failure says more than that of a line.
    }
    const why = error instanceof Error ? error.message.slice(0, 80) : "unreadable";
    throw fileFault(name, null, "json", `it is JSON that breaks off or is damaged (${why}); fetch it again.`);
  }
}

interface JsonText {
  readonly bytes: Buffer;
  /** The symbol beside a table without names of columns, which can have no column of symbols. */
  readonly symbol: string | null;
}

/** A JSON document's table as separated text. Throws `data_invalid` when it is damaged or holds none. */
export function jsonText(name: string, text: string): JsonText {
  const value = documentOf(name, text);
  const table = tableOf(tablesIn(value, 0, null));
  if (table === undefined || table.rows.length === 0)
    throw fileFault(
      name,
      null,
      "json",
      "it is JSON without a table: no array of rows, of objects or of columns of prices.",
    );
  const lines = new TableText(name);
  const symbol =
    table.header?.some((cell) => /^(symbol|ticker)$/i.test(cell)) === true ? null : (table.symbol ?? symbolIn(value));
  const zone = zoneIn(value);
  const header = (table.header ?? []).map((cell) => (cell === "time" && zone !== null ? `time (${zone})` : cell));
  if (table.header !== null) lines.row(symbol === null ? header : [...header, "symbol"]);
  const beside = table.header === null ? null : symbol;
  for (const row of table.rows) lines.row(beside === null ? row : [...row, beside]);
  return { bytes: lines.bytes(), symbol: table.header === null ? symbol : null };
}
