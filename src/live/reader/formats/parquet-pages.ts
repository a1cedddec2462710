/**
 * The page headers of a Parquet file, looked at before any page is read: how many values each claims to have.
 *
 * 1. A page of a run or of differences of zero holds any number of values in a few bytes, so the size of a page says nothing of it.
 * 2. All pages of a column have at most `ROWS_MAX` values together, and a dictionary has no more than it has bytes.
 */
import type { Buffer } from "node:buffer";
import type { FileMetaData } from "hyparquet";
import { ROWS_MAX, tooLarge } from "../table/imported.ts";

/** The compact form of Thrift, as far as a page's header goes. */
const [TRUE, FALSE, BYTE, I64, DOUBLE, BINARY, LIST, SET, STRUCT] = [1, 2, 3, 6, 7, 8, 9, 10, 12] as const;
const DEPTH_MAX = 8;
/** Fields of a page's header, and of the headers within it that begin with their number of values. */
const [UNPACKED_SIZE, PACKED_SIZE, DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2] = [2, 3, 5, 7, 8] as const;

type Fields = Map<number, number | Fields>;

class Thrift {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(depth = 0): Fields {
    if (depth > DEPTH_MAX) throw new Error("a page's header is nested too deep");
    const fields: Fields = new Map();
    let id = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) return fields;
      const [step, type] = [head >> 4, head & 15];
      id = step === 0 ? this.#zigzag() : id + step;
      const value = this.#value(type, depth);
      if (value !== null) fields.set(id, value);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error("a page's header is cut off");
    return byte;
  }

  #varint(): number {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count++) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new Error("a page's header has a number that does not end");
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A number, the fields of a struct, or null for what is passed over. */
  #value(type: number, depth: number): number | Fields | null {
    if (type === TRUE || type === FALSE) return type === TRUE ? 1 : 0;
    if (type > BYTE && type <= I64) return this.#zigzag();
    if (type === STRUCT) return this.struct(depth + 1);
    if (type === LIST || type === SET) return this.#list(depth);
    if (type !== BYTE && type !== DOUBLE && type !== BINARY) throw new Error("a page's header cannot be read");
    this.at += type === BYTE ? 1 : type === DOUBLE ? 8 : this.#varint();
    return null;
  }

  #list(depth: number): null {
    const head = this.#byte();
    const [short, type] = [head >> 4, head & 15];
    const count = short === 15 ? this.#varint() : short;
    // In a list a truth value has a byte of its own.
    for (let item = 0; item < count; item++)
      if (type === TRUE || type === FALSE) this.#byte();
      else this.#value(type, depth + 1);
    return null;
  }
}

const numberIn = (fields: Fields, id: number): number => {
  const value = fields.get(id);
  return typeof value === "number" ? value : 0;
};

/** The values that a page claims to have, nulls included. */
function valuesOf(header: Fields): number {
  for (const id of [DATA_PAGE, DATA_PAGE_V2] as const) {
    const fields = header.get(id);
    if (!(fields instanceof Map)) continue;
    const [values, nulls] = [numberIn(fields, 1), id === DATA_PAGE_V2 ? numberIn(fields, 2) : 0];
    return nulls < 0 || nulls > values ? Infinity : values;
  }
  const dictionary = header.get(DICTIONARY_PAGE);
  const values = dictionary instanceof Map ? numberIn(dictionary, 1) : 0;
  return values > numberIn(header, UNPACKED_SIZE) ? Infinity : values;
}

/** Throws `too_large` for a file whose pages claim more values than an import takes, and plain errors for one that is damaged. */
export function checkPages(name: string, bytes: Buffer, { row_groups: groups }: FileMetaData): void {
  const all = groups.flatMap(({ columns }) => columns.flatMap(({ meta_data: column }) => column ?? []));
  const values = new Map<string, number>();
  for (const column of all) {
    const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = column;
    const from = Number(dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data);
    const end = Math.min(from + Number(size), bytes.length);
    const path = column.path_in_schema.join(".");
    for (let at = from; at < end - 1;) {
      const thrift = new Thrift(bytes, at);
      const header = thrift.struct();
      const [claimed, packed] = [valuesOf(header), numberIn(header, PACKED_SIZE)];
      const sum = (values.get(path) ?? 0) + claimed;
      if (!(claimed >= 0 && sum <= ROWS_MAX))
        throw tooLarge(name, null, "rows", `a column of it claims ${sum} values; an import takes ${ROWS_MAX} rows.`);
      values.set(path, sum);
      if (packed < 0) throw new Error("a page has a negative size");
      at = thrift.at + packed;
    }
  }
}
