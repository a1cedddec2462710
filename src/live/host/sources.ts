/**
 * A strategy's files as they are read: regular files of the strategies folder, of bounded size and number, as plain JavaScript.
 *
 * 1. Every file that a strategy is made of is read here, whatever the form of its import, so its digest covers all that runs.
 * 2. There is no other way to load: `import()` and `import.meta` become calls of a function that says so, wherever they stand.
 * 3. Every step takes time in proportion to a file's length.
 */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL, URL } from "node:url";
import { readRegular } from "../../store/files/regular.ts";
import type { CodeFile } from "../../store/journal/entries.ts";

/** Bytes of one file. */
export const FILE_BYTES_MAX = 1_000_000;
/** Files that one strategy is made of, and their bytes together. */
export const PARTS_MAX = 100;
const PARTS_BYTES_MAX = 4_000_000;
const SPECIFIER_SHOWN = 200;
const MODULE = /\.(?:ts|mts|js|mjs)$/;

/** The file that an import names, as a real path inside the folder. `folder`: a real path. Throws an Error that says what is wrong. */
export function resolvePart(specifier: string, from: string, folder: string): string {
  const shown = specifier.slice(0, SPECIFIER_SHOWN);
  if (/[?#]/.test(specifier)) throw new Error(`it imports ${shown}; name the file alone`);
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier))
    throw new Error(
      `it imports ${shown}; a strategy gets everything through its context, and may import other .ts and .js files of ` +
        "the strategies folder only",
    );
  let path: string;
  try {
    path = realpathSync.native(fileURLToPath(new URL(specifier, pathToFileURL(from))));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = missing ? "is not there" : "cannot be read in the strategies folder";
    throw new Error(`it imports ${shown}, which ${why}`, { cause: error });
  }
  if (!path.startsWith(folder + sep) || !MODULE.test(path))
    throw new Error(`it imports ${shown}; only .ts, .mts, .js and .mjs files of the strategies folder can be imported`);
  return path;
}

const BLANK = /\s/;
const WORD = "import";

/** Places of a pattern in a text, in order; found when they are first asked for. */
function placesOf(text: string, pattern: RegExp): (from: number) => number {
  let places: number[] | null = null;
  return (from) => {
    places ??= Array.from(text.matchAll(pattern), ({ index }) => index);
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    return places[low] ?? -1;
  };
}

/** Finds, for any place in a text, the first character after blanks and comments. Linear over all questions together. */
function tokenFinder(text: string): (from: number) => string {
  const known = new Map<number, string>();
  const lineEnd = placesOf(text, /[\n\r\u2028\u2029]/g);
  const close = placesOf(text, /\*\//g);
  return (from) => {
    const passed: number[] = [];
    let at = from;
    let token = known.get(at);
    while (token === undefined) {
      passed.push(at);
      while (at < text.length && BLANK.test(text.charAt(at))) at += 1;
      const two = text.slice(at, at + 2);
      const end = two === "//" ? lineEnd(at + 2) : two === "/*" ? close(at + 2) : -1;
      // A comment that does not end is followed by nothing.
      if (end < 0) token = two === "//" || two === "/*" ? "" : text.charAt(at);
      else {
        at = two === "/*" ? end + 2 : end;
        token = known.get(at);
      }
    }
    for (const place of passed) known.set(place, token);
    return token;
  };
}

/**
 * Writes `Import` for every `import` that may be a call or a property's owner. The realm has a function of that name that throws.
 * In a comment that changes nothing; no text can hide one, because the word has no other spelling.
 */
export function withoutDynamicImport(text: string): string {
  const places: number[] = [];
  const after = tokenFinder(text);
  // From the last to the first, so that what one has found out about the text behind it serves the ones before.
  for (let at = text.lastIndexOf(WORD); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(WORD, at - 1)) {
    const before = text.slice(Math.max(0, at - 3), at);
    if (/[\w$]$|\p{ID_Continue}$/u.test(before) || (before.endsWith(".") && !before.endsWith("..."))) continue;
    if (/[(.]/.test(after(at + WORD.length))) places.push(at);
  }
  let plain = "";
  let done = 0;
  for (const at of places.toReversed()) {
    plain += `${text.slice(done, at)}Import`;
    done = at + WORD.length;
  }
  return plain + text.slice(done);
}

const DEPTH_MAX = 1_000;
let parserFailed = false;

/**
 * Whether the parser of types failed in a way that leaves it broken: from then on it reads nothing any more, and its process should
 * be replaced.
 */
export const parserIsBroken = (): boolean => parserFailed;

/** Throws where brackets are nested so deeply that a parser would run out of stack. */
function assertShallow(text: string): void {
  let depth = 0;
  for (const { 0: bracket } of text.matchAll(/[([{}\])]/g)) {
    depth = "([{".includes(bracket) ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEPTH_MAX) throw new Error(`its brackets are nested more than ${DEPTH_MAX} deep`);
  }
}

function withoutTypes(text: string): string {
  try {
    return stripTypeScriptTypes(text);
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).endsWith("_TYPESCRIPT_SYNTAX")) throw error;
    parserFailed = true;
    throw new Error("its types cannot be taken out: it is nested too deeply", { cause: error });
  }
}

/** A file's text as JavaScript of as many lines. Throws an Error that says why it is none. */
export function plainSource(text: string, path: string): string {
  assertShallow(text);
  return withoutDynamicImport(/\.m?ts$/.test(path) ? withoutTypes(text) : text);
}

/** The line in which a text's syntax breaks: the parser of types knows it of JavaScript, too. */
export function syntaxLine(text: string): number | null {
  try {
    assertShallow(text);
    withoutTypes(text);
    return null;
  } catch (problem) {
    const [, line] = /^[^\n]*:(\d+)\n/.exec(String((problem as Error).stack).slice(0, 10_000)) ?? [];
    return line === undefined ? null : Number(line);
  }
}

/** The files that were read for one strategy, in the order in which its imports name them. */
export class Parts {
  readonly #folder: string;
  readonly #files: CodeFile[] = [];
  #bytes = 0;

  /** `folder`: a real path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads a file. Throws an Error that says why it cannot be a part. */
  read(path: string): string {
    const text = readRegular(path, FILE_BYTES_MAX).toString("utf8");
    this.#bytes += text.length;
    if (this.#files.length >= PARTS_MAX) throw new Error(`it is made of more than ${PARTS_MAX} files`);
    if (this.#bytes > PARTS_BYTES_MAX)
      throw new Error(`its files have more than ${PARTS_BYTES_MAX} characters together`);
    this.#files.push({ name: this.name(path), sha256: createHash("sha256").update(text).digest("hex") });
    return text;
  }

  /** A file's name inside the folder, with `/`. */
  name(path: string): string {
    return relative(this.#folder, path).split(sep).join("/");
  }

  get path(): (name: string) => string {
    return (name) => join(this.#folder, name);
  }

  /** The names and digests of all that was read, in order. */
  get files(): readonly CodeFile[] {
    return this.#files;
  }

  /** Of the names and texts of all that was read. */
  get digest(): string {
    const lines = this.#files.map(({ name, sha256 }) => `${name} ${sha256}`);
    return createHash("sha256").update(lines.join("\n")).digest("hex");
  }
}
