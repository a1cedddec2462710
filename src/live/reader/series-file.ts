/**
 * Bars as the plain files that are kept in a workspace, and the names of those files.
 *
 * 1. A price is written with the digits that its source had, plainly, never with an exponent.
 * 2. Bars whose length changes (days of a zone, months) carry their close in a column of its own, so that they are read back the same.
 * 3. The spread of bars that were made of quotes is in a last column, empty for a bar of which it is not known. A series without
 *    any has no such column.
 * 4. Two symbols never share a file, whatever letters' case the file system minds.
 */
import { Buffer } from "node:buffer";
import { DAY, formatMoment, moment, SECOND } from "../../shared/time.ts";
import { PRICES } from "./table/bar-columns.ts";
import type { BarTable } from "./table/imported.ts";
import { plainNumber } from "./table/numbers.ts";

const PIECE_BYTES = 256 * 1024;
/** More than one row can have: two moments, four prices of 64 digits, a volume, a symbol of 40 letters, a spread. */
const ROW_BYTES_MAX = 1_024;
const POWERS = [1, 10, 100, 1_000, 1e4, 1e5, 1e6, 1e7, 1e8];
const PLACES_PLAIN = 8;
const PLAIN_MAX = 1e15;
const [ZERO, POINT, COLON, PLUS] = [48, 46, 58, 43];

/**
 * The file of each symbol. What a file system does not take is written as a hyphen; where two symbols would share a name, the
 * later ones in order get a number.
 */
export function seriesFiles(symbols: readonly string[]): string[] {
  const taken = new Set<string>();
  return symbols.map((symbol) => {
    const stem = symbol.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    let name = stem;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}`;
    taken.add(name.toLowerCase());
    return `${name}.csv`;
  });
}

/** Writes digits into bytes without making texts, which for millions of rows would fill the memory. */
class Pen {
  readonly bytes = Buffer.alloc(PIECE_BYTES);
  at = 0;
  #day = NaN;
  #dayText = Buffer.alloc(0);

  text(text: string): void {
    this.at += this.bytes.write(text, this.at, "latin1");
  }

  moment(at: number): void {
    const day = Math.floor(at / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayText = Buffer.from(formatMoment(moment(day * DAY)).slice(0, 11));
    }
    const rest = at - day * DAY;
    if (rest % SECOND !== 0) return this.text(formatMoment(moment(at)));
    this.at += this.#dayText.copy(this.bytes, this.at);
    const seconds = rest / SECOND;
    this.#pair(Math.floor(seconds / 3_600), COLON);
    this.#pair(Math.floor(seconds / 60) % 60, COLON);
    this.#pair(seconds % 60, PLUS);
    this.text("00:00");
  }

  /** The shortest decimal that reads back as the number; numbers of few digits are written without a text of them. */
  number(value: number): void {
    for (let places = 0; places <= PLACES_PLAIN; places++) {
      const whole = value * (POWERS[places] as number);
      if (!(whole < PLAIN_MAX && whole >= 0)) break;
      const digits = Math.round(whole);
      if (digits / (POWERS[places] as number) === value) return this.#decimal(digits, places);
    }
    this.text(plainNumber(value));
  }

  #decimal(digits: number, places: number): void {
    let length = 1;
    for (let rest = digits; rest >= 10; rest = Math.floor(rest / 10)) length++;
    length = Math.max(length, places + 1);
    const end = this.at + length + (places > 0 ? 1 : 0);
    let place = end - 1;
    for (let index = 0, rest = digits; index < length; index++) {
      if (places > 0 && index === places) this.bytes[place--] = POINT;
      this.bytes[place--] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.at = end;
  }

  #pair(value: number, mark: number): void {
    this.bytes[this.at++] = ZERO + Math.floor(value / 10);
    this.bytes[this.at++] = ZERO + (value % 10);
    this.bytes[this.at++] = mark;
  }
}

/** The bytes of a table, piece by piece: each is to be written before the next is asked for, for they share one space. */
export function* seriesBytes(table: BarTable): Generator<Uint8Array> {
  const { at, volume, symbol, exact } = table;
  const opened = table.opened ?? null;
  const spread = table.spread ?? null;
  const { interval } = table;
  const pen = new Pen();
  pen.text(
    `dt,open,high,low,close,volume,symbol${opened === null ? "" : ",close_time"}${spread === null ? "" : ",spread"}\n`,
  );
  for (let row = 0; row < at.length; row++) {
    const close = at[row] as number;
    pen.moment(opened === null ? close - interval : (opened[row] as number));
    for (let price = 0; price < 4; price++) {
      pen.text(",");
      const text = exact?.get(row * 4 + price);
      if (text === undefined) pen.number(table[PRICES[price] as (typeof PRICES)[number]][row] as number);
      else pen.text(text);
    }
    pen.text(",");
    pen.number(volume[row] as number);
    pen.text(`,${symbol}${opened === null ? "" : `,${formatMoment(moment(close))}`}`);
    if (spread !== null) {
      pen.text(",");
      if (!Number.isNaN(spread[row])) pen.number(spread[row] as number);
    }
    pen.text("\n");
    if (pen.at < PIECE_BYTES - ROW_BYTES_MAX) continue;
    yield pen.bytes.subarray(0, pen.at);
    pen.at = 0;
  }
  if (pen.at > 0) yield pen.bytes.subarray(0, pen.at);
}
