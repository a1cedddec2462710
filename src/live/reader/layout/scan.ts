/**
 * Bytes of a separated table as rows of cells, without making a text of what is not asked for.
 *
 * 1. Rows are counted as an editor counts lines, past empty ones and breaks within quotes.
 * 2. However the bytes are cut into pieces, the same rows come.
 * 3. A row has at most `ROW_CHARACTERS_MAX` bytes and `COLUMNS_MAX` cells; a quote that never closes ends the reading.
 */
import { Buffer } from "node:buffer";
import { COLUMNS_MAX, fileFault, ROW_CHARACTERS_MAX, tooLarge } from "../table/imported.ts";
import { decimalTextOf, placesOf, plainNumber, type DecimalMark } from "../table/numbers.ts";

const QUOTE = 34;
const SPACE = 32;
const CARRIAGE_RETURN = 13;
const HASH = 35;
const POINT = 46;
const COMMA = 44;
const MINUS = 45;
/** A number of so many digits is the only one of its length that its nearest binary number is shortest written as. */
const SAFE_DIGITS = 15;
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The cells of one row. It is used again for the next row: what is kept must be copied. */
export class Row {
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  line = 0;
  readonly starts = new Int32Array(COLUMNS_MAX + 2);
  readonly ends = new Int32Array(COLUMNS_MAX + 2);
  readonly doubled = new Uint8Array(COLUMNS_MAX + 2);
  /** Of the number read last: its decimal places, and its text where a binary number cannot give it back. */
  decimals = 0;
  exact: string | null = null;
  readonly #point: number;
  readonly #mark: DecimalMark;

  constructor(mark: DecimalMark) {
    this.#mark = mark;
    this.#point = mark === "." ? POINT : COMMA;
  }

  /** The text of a cell, trimmed; empty for one that the row does not have. */
  text(cell: number): string {
    if (cell >= this.count) return "";
    const [start, end] = [this.starts[cell] as number, this.ends[cell] as number];
    const text = this.bytes.toString("utf8", start, end);
    return (this.doubled[cell] === 1 ? text.replaceAll('""', '"') : text).trim();
  }

  /** The cells as texts. */
  texts(): string[] {
    return Array.from({ length: this.count }, (_, cell) => this.text(cell));
  }

  /** The number of a cell, divided by ten to the power of `scale`; NaN for a cell that holds none. */
  number(cell: number, scale = 0): number {
    if (cell >= this.count) return NaN;
    const { bytes } = this;
    let at = this.starts[cell] as number;
    const end = this.ends[cell] as number;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let [mantissa, digits, decimals] = [0, 0, -1];
    for (const from = at; at < end; at++) {
      const byte = bytes[at] as number;
      const digit = byte - 48;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) digits++;
        if (decimals >= 0) decimals++;
      } else if (byte === this.#point && decimals < 0 && at > from) decimals = 0;
      else return this.#slowly(cell, scale);
    }
    if (digits > SAFE_DIGITS || decimals === 0 || end === (this.starts[cell] as number))
      return this.#slowly(cell, scale);
    const places = (decimals < 0 ? 0 : decimals) + scale;
    if (places > 22 || (negative && mantissa === 0)) return this.#slowly(cell, scale);
    this.decimals = places;
    this.exact = null;
    const value = mantissa / (POWERS[places] as number);
    return negative ? -value : value;
  }

  /** The volume of a cell, where a text that says nothing is known is null, and K, M and B are allowed. */
  magnitude(cell: number): number {
    const text = decimalTextOf(this.text(cell), this.#mark, 0, true);
    return text === null ? NaN : Number(text);
  }

  #slowly(cell: number, scale: number): number {
    const text = decimalTextOf(this.text(cell), this.#mark, -scale);
    this.exact = null;
    if (text === null) return NaN;
    const value = Number(text);
    this.decimals = placesOf(text);
    if (text !== plainNumber(value)) this.exact = text;
    return value;
  }
}

interface ScanSettings {
  readonly name: string;
  /** The byte between cells; of blanks any number stand for one. */
  readonly separator: number;
  /** The byte at the end of a row. */
  readonly newline: number;
  readonly decimal: DecimalMark;
  readonly onRow: (row: Row) => void;
}

/** Splits pieces of bytes into rows. Throws `data_invalid` or `too_large`, naming file and row. */
export class RowScanner {
  readonly row: Row;
  readonly #settings: ScanSettings;
  #carry: Buffer | null = null;
  #line = 1;
  #first = true;

  constructor(settings: ScanSettings) {
    this.#settings = settings;
    this.row = new Row(settings.decimal);
  }

  write(chunk: Uint8Array, last = false): void {
    let buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#carry !== null) buffer = Buffer.concat([this.#carry, buffer]);
    let from = 0;
    if (this.#first && buffer.length >= 3) {
      this.#first = false;
      if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) from = 3;
    }
    const { newline } = this.#settings;
    while (from < buffer.length) {
      let end = buffer.indexOf(newline, from);
      let lines = 1;
      for (;;) {
        const to = end < 0 ? buffer.length : end;
        if (to - from > ROW_CHARACTERS_MAX) this.#tooLong();
        if (end < 0 && !last) {
          this.#carry = Buffer.from(buffer.subarray(from));
          return;
        }
        if (this.#split(buffer, from, to)) break;
        if (end < 0) this.#quotes();
        end = buffer.indexOf(newline, end + 1);
        lines++;
      }
      if (this.row.count > 0) this.#settings.onRow(this.row);
      this.#line += lines;
      from = end < 0 ? buffer.length : end + 1;
    }
    this.#carry = null;
  }

  end(): void {
    this.write(new Uint8Array(0), true);
  }

  #tooLong(): never {
    throw tooLarge(
      this.#settings.name,
      this.#line,
      "row_size",
      `the row has more than ${ROW_CHARACTERS_MAX} characters; is this a table, and is each quote closed?`,
    );
  }

  #quotes(): never {
    throw fileFault(
      this.#settings.name,
      this.#line,
      "quotes",
      "its quotation marks are not in order; save the table again.",
    );
  }

  /** Cells of the bytes between; false when a quote is still open at their end. Empty lines and comments have no cells. */
  #split(buffer: Buffer, from: number, to: number): boolean {
    const { row } = this;
    const { separator } = this.#settings;
    row.bytes = buffer;
    row.line = this.#line;
    row.count = 0;
    let end = to;
    if (end > from && buffer[end - 1] === CARRIAGE_RETURN) end--;
    if (end === from || buffer[from] === HASH) return true;
    const { starts, ends, doubled } = row;
    const blanks = separator === SPACE;
    let count = 0;
    for (let at = from; ;) {
      if (blanks) while (at < end && buffer[at] === SPACE) at++;
      if (blanks && at === end) break;
      if (count > COLUMNS_MAX) break;
      doubled[count] = 0;
      if (buffer[at] === QUOTE && at < end) {
        let close = at + 1;
        for (; close < end; close++) {
          if (buffer[close] !== QUOTE) continue;
          if (close + 1 >= end || buffer[close + 1] !== QUOTE) break;
          doubled[count] = 1;
          close++;
        }
        if (close >= end) return false;
        starts[count] = at + 1;
        ends[count++] = close;
        at = close + 1;
        if (!blanks) while (at < end && buffer[at] === SPACE) at++;
        if (at < end && buffer[at] !== separator) this.#quotes();
      } else {
        const start = at;
        while (at < end && buffer[at] !== separator) at++;
        starts[count] = start;
        ends[count++] = at;
      }
      if (at >= end) break;
      at++;
    }
    row.count = count;
    return true;
  }
}
