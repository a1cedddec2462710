/**
 * Reads JSON text and names the place where it breaks and the keys that occur twice, which `JSON.parse` does not.
 *
 * Why not `JSON.parse`: it takes 1.2 s of processor time for a router of a million keys and makes an object for each, before any check,
 * before keys that occur twice are looked for, and before the columns are made. This reader does all of it in 2 s.
 *
 * 1. What it accepts is exactly what `JSON.parse` accepts, less objects with a key twice, numbers that are not finite, and nesting
 *    beyond `DEPTH_MAX`; what it returns is the same value.
 * 2. Its time is proportional to the text, whatever the text is.
 * 3. A section may have a reader of its own. It is a key of the outermost object, or with a slash one of an object in that.
 */
import { put } from "../common/record.ts";
import type { Faults, Step } from "./state-fault.ts";

export const DEPTH_MAX = 32;

/** Reads one section's value; the text stands at its first character. */
export type SectionReader = (reader: JsonReader) => unknown;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Lists of numbers longer than this go to the language's own reader. */
const NATIVE_MIN = 64;

export class JsonReader {
  readonly text: string;
  readonly faults: Faults;
  readonly #sections: Readonly<Record<string, SectionReader>>;
  /** Where the reader stands. */
  at = 0;
  #path: Step[] = [];

  constructor(text: string, faults: Faults, sections: Readonly<Record<string, SectionReader>> = {}) {
    this.text = text;
    this.faults = faults;
    this.#sections = sections;
  }

  /** The value of the whole text. */
  read(): unknown {
    const value = this.value(0);
    this.blank();
    if (this.at < this.text.length) this.broken();
    return value;
  }

  /** Passes white space; returns the code of the next character, or NaN at the end. */
  blank(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.at++;
    }
  }

  /** The next value. */
  value(depth: number): unknown {
    const code = this.blank();
    if (code === 0x22) return this.string();
    if (code === 0x7b) return this.#object(depth);
    if (code === 0x5b) return this.#list(depth);
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#number();
    if (this.#word("true")) return true;
    if (this.#word("false")) return false;
    if (this.#word("null")) return null;
    return this.broken();
  }

  /** The text does not continue as JSON does. */
  broken(): never {
    const before = this.text.slice(0, this.at);
    const line = before.split("\n").length;
    const column = this.at - before.lastIndexOf("\n");
    const what = this.at >= this.text.length ? "the text ends" : `${JSON.stringify(this.text.charAt(this.at))} stands`;
    return this.faults.fail(this.#path, `the file must be valid JSON, but ${what} at line ${line}, column ${column}`);
  }

  /** The key of an object occurs twice. */
  twice(key: string): never {
    return this.faults.fail([...this.#path, key], "no key may occur twice");
  }

  /** Passes one character that must be there. */
  expect(code: number): void {
    if (this.blank() !== code) this.broken();
    this.at++;
  }

  /** A string; the reader stands at its opening quote. */
  string(): string {
    const { text } = this;
    const start = this.at + 1;
    let end = start;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) return this.#escaped(start);
      if (!(code >= 0x20)) {
        this.at = Math.min(end, text.length);
        return this.broken();
      }
      end++;
    }
    this.at = end + 1;
    return text.slice(start, end);
  }

  /** A string with escapes in it. */
  #escaped(start: number): string {
    const { text } = this;
    let end = start;
    while (text.charCodeAt(end) !== 0x22) {
      if (end >= text.length) {
        this.at = text.length;
        return this.broken();
      }
      end += text.charCodeAt(end) === 0x5c ? 2 : 1;
    }
    try {
      const value: unknown = JSON.parse(text.slice(start - 1, end + 1));
      this.at = end + 1;
      return value as string;
    } catch {
      return this.broken();
    }
  }

  #number(): number {
    const { text } = this;
    const start = this.at;
    let end = start;
    for (;;) {
      const code = text.charCodeAt(end);
      const digit = code >= 0x30 && code <= 0x39;
      if (!digit && code !== 0x2d && code !== 0x2b && code !== 0x2e && code !== 0x65 && code !== 0x45) break;
      end++;
    }
    const token = text.slice(start, end);
    if (!NUMBER.test(token)) this.broken();
    const value = Number(token);
    if (!Number.isFinite(value)) this.faults.fail(this.#path, "a number must be finite");
    this.at = end;
    return value;
  }

  #word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  #deeper(depth: number): void {
    if (depth >= DEPTH_MAX) this.faults.fail(this.#path, `values may be nested ${DEPTH_MAX} deep at most`);
  }

  #object(depth: number): unknown {
    this.#deeper(depth);
    const value: Record<string, unknown> = {};
    this.members((key) => {
      if (Object.hasOwn(value, key)) this.twice(key);
      const section = depth > 1 ? undefined : this.#sectionOf(depth === 0 ? key : `${String(this.#path[0])}/${key}`);
      this.#path.push(key);
      put(value, key, section === undefined ? this.value(depth + 1) : section(this));
      this.#path.pop();
    });
    return value;
  }

  #sectionOf(name: string): SectionReader | undefined {
    return Object.hasOwn(this.#sections, name) ? this.#sections[name] : undefined;
  }

  /** Walks an object: `member` reads the value of each key, at which the reader is past the colon. */
  members(member: (key: string) => void): void {
    this.expect(0x7b);
    if (this.blank() === 0x7d) {
      this.at++;
      return;
    }
    for (;;) {
      if (this.blank() !== 0x22) this.broken();
      const key = this.string();
      this.expect(0x3a);
      member(key);
      if (this.blank() === 0x7d) break;
      this.expect(0x2c);
    }
    this.at++;
  }

  #list(depth: number): unknown[] {
    this.#deeper(depth);
    const numbers = this.#numbers();
    if (numbers !== null) return numbers;
    const list: unknown[] = [];
    this.at++;
    if (this.blank() === 0x5d) {
      this.at++;
      return list;
    }
    for (;;) {
      this.#path.push(list.length);
      list.push(this.value(depth + 1));
      this.#path.pop();
      if (this.blank() === 0x5d) break;
      this.expect(0x2c);
    }
    this.at++;
    return list;
  }

  /** A long flat list of numbers, or null for any other list: one that is not flat does not end at its first bracket. */
  #numbers(): unknown[] | null {
    const next = this.text.charCodeAt(this.at + 1);
    if (next !== 0x2d && !(next >= 0x30 && next <= 0x39)) return null;
    const end = this.text.indexOf("]", this.at);
    if (end - this.at < NATIVE_MIN) return null;
    const slice = this.text.slice(this.at, end + 1);
    if (!FLAT.test(slice)) return null;
    try {
      const list = JSON.parse(slice) as unknown[];
      for (let place = 0; place < list.length; place++) if (!Number.isFinite(list[place])) return null;
      this.at = end + 1;
      return list;
    } catch {
      return null;
    }
  }
}

/** Nothing but numbers, commas and white space between two brackets. */
const FLAT = /^\[[-+\d.eE,\s]*\]$/;
