/**
 * A desk file as a tree in which every key and value has a place, and the complaints about it.
 *
 * 1. The first complaint in the file's order is the one that is reported: `file:line:column: what: rule`.
 * 2. Size, depth and visits have limits, so no text makes reading slow or endless: aliases cannot multiply.
 * 3. Syntax comes first: a text that is no YAML is not looked at any further.
 */
import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, Scalar, YAMLMap } from "yaml";
import { CodedError } from "../../../shared/errors.ts";
import { nearest } from "./spelling.ts";

export const DESK_CHARACTERS_MAX = 1_000_000;
export const DESK_DEPTH_MAX = 16;
/** How many values are looked at, those behind aliases counted each time. */
export const DESK_VISITS_MAX = 200_000;
const SPACES_MAX = 100;
const SHOWN_MAX = 60;

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something in the file, with where it stands. */
export interface Spot {
  readonly node: Node | null;
  readonly offset: number;
  readonly path: string;
}

/** A value of a map, with where its key stands. */
export interface Entry extends Spot {
  readonly keyOffset: number;
}

/** A scalar as it was written. */
export interface Written extends Spot {
  readonly text: string;
  readonly quoted: boolean;
  readonly value: unknown;
}

/** Something in the file that breaks a rule, with where it stands; as a message has it. */
export interface DeskComplaint extends Place {
  /** Keys and indexes from the file's outermost value, as `strategies[0].cadence`; empty for the file as a whole. */
  readonly path: string;
  readonly rule: string;
  /** The nearest valid spelling; null where there is none. */
  readonly nearest: string | null;
}

interface Complaint {
  readonly offset: number;
  readonly path: string;
  readonly text: string;
  readonly nearest: string | null;
}

/** A value as a message shows it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

/** "one, two or three" of at most a dozen words. */
export function listed(words: readonly string[]): string {
  return words.length <= 40 ? words.join(", ") : `${words.slice(0, 40).join(", ")} and ${words.length - 40} more`;
}

const SYNTAX: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a desk file is one document; delete this line and what follows",
  NON_STRING_KEY: "a key must be a plain word",
  TAB_AS_INDENT: "indent with spaces, not tabs",
  TAG_RESOLVE_FAILED: "tags have no meaning in a desk file; delete this one",
  BAD_COLLECTION_TYPE: "tags have no meaning in a desk file; delete this one",
  BAD_ALIAS: "there is no anchor of this name before it",
};

export class DeskDocument {
  readonly fileName: string;
  readonly #lines = new LineCounter();
  readonly #complaints: Complaint[] = [];
  readonly #targets = new Map<Node, Node>();
  #visits = 0;
  /** Where the last quoted text begins: a quote that is never closed is reported there, not at the file's end. */
  #lastQuote = 0;
  /** The file's outermost value. */
  readonly root: Spot;
  /** Where a key that is unknown here would belong. */
  elsewhere: (key: string) => string | null = () => null;
  /** What complaints about the outermost value call the file. */
  subject = "the desk";

  /** Throws `desk_invalid` for a text that is no YAML or breaks a limit. */
  constructor(fileName: string, given: string) {
    this.fileName = fileName;
    const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
    if (text.length > DESK_CHARACTERS_MAX)
      this.fail(0, "", `the file has ${text.length} characters; at most ${DESK_CHARACTERS_MAX} are read`);
    this.#checkDepth(text);
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      schema: "core",
      resolveKnownTags: false,
    });
    this.#checkSyntax(document);
    this.root = { node: document.contents, offset: document.contents?.range?.[0] ?? 0, path: "" };
  }

  /** The nesting, counted before anything recurses, so that the answer does not depend on the machine's stack. */
  #checkDepth(text: string): void {
    this.#lines.addNewLine(0);
    let offset = 0;
    let flow = 0;
    let dashes = 0;
    let skip = false;
    let deep = -1;
    for (const token of new Lexer().lex(text)) {
      if (token === "\u001F") {
        skip = true;
        continue;
      }
      if (token === "\u0002" || token === "\u0018") continue;
      if (!skip) {
        if (token.startsWith('"') || token.startsWith("'")) this.#lastQuote = offset;
        if (token === "[" || token === "{") flow += 1;
        if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
        if (token === "-" || token === "?") dashes += 1;
        if (token === "\n" || token === "\r\n") dashes = 0;
        const wide = /^ +$/.test(token) && token.length > SPACES_MAX && text[offset - 1] === "\n";
        if (deep < 0 && (flow > DESK_DEPTH_MAX || dashes > DESK_DEPTH_MAX || wide)) deep = offset;
      }
      skip = false;
      offset += token.length;
      if (deep >= 0) break;
    }
    if (deep < 0) {
      this.#lines.lineStarts.length = 0;
      return;
    }
    for (let at = text.indexOf("\n"); at >= 0 && at < deep; at = text.indexOf("\n", at + 1))
      this.#lines.addNewLine(at + 1);
    this.fail(deep, "", `values are nested too deep here; a desk needs no more than ${DESK_DEPTH_MAX} levels`);
  }

  #checkSyntax(document: Document.Parsed): void {
    const [first] = [...document.errors, ...document.warnings].toSorted((a, b) => a.pos[0] - b.pos[0]);
    if (first !== undefined) {
      if (first.code === "MISSING_CHAR" && /closing ["']quote/.test(first.message))
        this.fail(this.#lastQuote, "", "the quote that opens here is never closed");
      const said = first.message.split("\n")[0]?.slice(0, 160) ?? "";
      this.fail(first.pos[0], "", SYNTAX[first.code] ?? `this is no valid YAML: ${said}`);
    }
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_key, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target === undefined) this.fail(node.range?.[0] ?? 0, "", SYNTAX["BAD_ALIAS"] as string);
          this.#targets.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
  }

  placeOf(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** `file:line:column` of an offset. */
  where(offset: number): string {
    const { line, column } = this.placeOf(offset);
    return `${this.fileName}:${line}:${column}`;
  }

  #error(complaint: Complaint): CodedError {
    const { path, nearest: near } = complaint;
    // A key may hold what no terminal shows: it must not look as if nothing were there.
    const about =
      path === "" ? "" : `${path.replaceAll(/[^\P{C}]|[^\P{Z}]/gu, (one, at) => (one === " " && at > 0 ? one : "·"))} `;
    const message = `${this.where(complaint.offset)}: ${about}${complaint.text}${near === null ? "" : `; did you mean ${near}?`}`;
    return new CodedError("desk_invalid", near === null ? `${message}.` : message, {
      file: this.fileName,
      ...this.placeOf(complaint.offset),
      path,
      rule: complaint.text,
      nearest: near,
    });
  }

  /** Ends the reading at once. */
  fail(offset: number, path: string, text: string): never {
    throw this.#error({ offset, path, text, nearest: null });
  }

  complain(spot: Pick<Spot, "offset" | "path">, text: string, near: string | null = null): void {
    const about = spot.path === "" ? `${this.subject} ` : "";
    this.#complaints.push({ offset: spot.offset, path: spot.path, text: `${about}${text}`, nearest: near });
  }

  /** Every complaint so far, in the file's order. */
  complaints(): DeskComplaint[] {
    return this.#complaints
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, path, text, nearest: near }) => ({ ...this.placeOf(offset), path, rule: text, nearest: near }));
  }

  /** Throws the first complaint in the file's order, if there is one. */
  finish(): void {
    const [first] = this.#complaints.toSorted((a, b) => a.offset - b.offset);
    if (first !== undefined) throw this.#error(first);
  }

  #spot(node: unknown, fallback: number, path: string): Spot {
    this.#visits += 1;
    if (this.#visits > DESK_VISITS_MAX)
      this.fail(
        fallback,
        path,
        `is one value too many: a desk has at most ${DESK_VISITS_MAX}, aliases counted each time`,
      );
    const found = (node ?? null) as Node | null;
    const offset = found?.range?.[0] ?? fallback;
    // An alias of an alias is followed too; the chain is as long as the file at most, and never a ring.
    let target = found;
    while (target !== null && isAlias(target)) target = this.#targets.get(target) ?? null;
    return { node: target, offset, path };
  }

  /** The entries of a map by key, or null after a complaint. Unknown and repeated keys are complaints; unknown ones name the nearest. */
  map(spot: Spot, keys: readonly string[] | null, what: string): Map<string, Entry> | null {
    if (spot.node === null || !isMap(spot.node)) {
      this.complain(spot, `must be ${what}, written as "key: value" lines`);
      return null;
    }
    const entries = new Map<string, Entry>();
    const lines = new Map<string, number>();
    for (const pair of (spot.node as YAMLMap<Scalar>).items) {
      const key = this.#spot(pair.key, spot.offset, spot.path);
      const name = isScalar(key.node) ? String(key.node.source ?? key.node.value) : "";
      const path = spot.path === "" ? name : `${spot.path}.${name}`;
      const value = this.#spot(pair.value, key.offset, path);
      const known = keys === null || keys.includes(name);
      const again = lines.get(name);
      if (again !== undefined) this.complain({ ...key, path }, `is written twice, first in line ${again}`);
      else if (!known)
        this.complain(
          { ...key, path },
          `is no key here; there are ${listed(keys)}`,
          nearest(name, keys) ?? this.elsewhere(name),
        );
      lines.set(name, again ?? this.placeOf(key.offset).line);
      if (again === undefined) entries.set(name, { ...value, keyOffset: key.offset });
    }
    return entries;
  }

  isMap(spot: Spot): boolean {
    return spot.node !== null && isMap(spot.node);
  }

  /** The items of a list, or null after a complaint. */
  list(spot: Spot, max: number, example: string): Spot[] | null {
    if (spot.node === null || !isSeq(spot.node)) {
      this.complain(spot, `must be a list, such as ${example}`);
      return null;
    }
    const { items } = spot.node;
    if (items.length > max) {
      this.complain(spot, `has ${items.length} items; at most ${max}`);
      return null;
    }
    return items.map((item, index) => this.#spot(item, spot.offset, `${spot.path}[${index}]`));
  }

  /** A scalar as written, or null after a complaint. */
  scalar(spot: Spot, rule: string): Written | null {
    if (!isScalar(spot.node)) {
      const what = spot.node === null ? "has no value" : isMap(spot.node) ? "is a map" : "is a list";
      this.complain(spot, `${what}; ${rule}`);
      return null;
    }
    const { source, value, type } = spot.node;
    const quoted = type !== "PLAIN";
    const text = quoted ? String(value) : (source ?? String(value));
    if (!quoted && text === "") {
      this.complain(spot, `has no value; ${rule}`);
      return null;
    }
    return { ...spot, text, quoted, value };
  }
}
