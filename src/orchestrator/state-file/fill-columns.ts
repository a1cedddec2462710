/**
 * The executions of a state file as columns, read from the text without an object for each.
 *
 * A long session starts from a million of them; read in general, each is an object first and then checked by a schema.
 *
 * 1. What it accepts and what it gives is what the general reader and the checks beside it would.
 * 2. A section that is not to the letter in this program's own spelling goes through the general reader, whole.
 */
import type { JsonReader } from "./json-reader.ts";
import { TEXT_MAX } from "../router/order-request.ts";
import { isIndexLike } from "./key-order.ts";
import { SeenFills } from "../router/seen-fills.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
/** No number that this program writes is longer. */
const NUMBER_MAX = 32;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** Reads the section: executions, or a plain value where a row is not in this program's own spelling. */
export function readFills(reader: JsonReader): unknown {
  if (reader.blank() !== 0x7b) return reader.value(2);
  const start = reader.at;
  const rows = new FillRows(reader.text, start + 1);
  if (rows.read()) {
    reader.at = rows.at;
    return rows.seen;
  }
  reader.at = start;
  return reader.value(2);
}

class FillRows {
  readonly seen = new SeenFills();
  readonly #text: string;
  at: number;
  /** The newest number, NaN for null. */
  #number = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** The whole section; false where the general reader must judge. */
  read(): boolean {
    if (this.#passes(0x7d)) return true;
    do {
      const id = this.#plain();
      // Keys like array indices come first in an object that was parsed: only the general way finds them there.
      if (id === "" || isIndexLike(id) || this.seen.has(id)) return false;
      if (!this.#passes(0x3a) || !this.#passes(OPEN)) return false;
      do if (!this.#row(id)) return false;
      while (this.#passes(COMMA));
      if (!this.#passes(CLOSE)) return false;
    } while (this.#passes(COMMA));
    return this.#passes(0x7d);
  }

  #row(id: string): boolean {
    if (!this.#passes(OPEN)) return false;
    const fillId = this.#plain();
    if (fillId === "" || !this.#passes(COMMA) || !this.#reads(false)) return false;
    const quantity = this.#number;
    if (!this.#passes(COMMA) || !this.#reads(true) || !this.#passes(CLOSE)) return false;
    if (this.seen.find(id, fillId) !== undefined) return false;
    this.seen.push(id, fillId, quantity, this.#number);
    return true;
  }

  #passes(code: number): boolean {
    if (this.#text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  /** A string without escapes; empty where it is another one. */
  #plain(): string {
    if (!this.#passes(QUOTE)) return "";
    const start = this.at;
    for (let at = start; at <= start + TEXT_MAX; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return this.#text.slice(start, at);
      }
      if (code === 0x5c || !(code >= 0x20)) return "";
    }
    return "";
  }

  /** A number, into `#number`. */
  #reads(orNull: boolean): boolean {
    const start = this.at;
    if (orNull && this.#text.startsWith("null", start)) {
      this.#number = Number.NaN;
      this.at = start + 4;
      return true;
    }
    let at = start;
    for (let code = this.#text.charCodeAt(at); at < start + NUMBER_MAX; code = this.#text.charCodeAt(++at))
      if (code === COMMA || code === CLOSE) break;
    const token = this.#text.slice(start, at);
    if (!NUMBER.test(token)) return false;
    this.#number = Number(token) + 0;
    this.at = at;
    return Number.isFinite(this.#number);
  }
}
