/**
 * Changes of a desk's text by place: one value set, added or taken away, and everything else as it was written.
 *
 * 1. The text is spliced where the value stands, so comments, blank lines, quotes and indents of all else stay as they are.
 * 2. What a splice made is read again and compared with the wish; where it differs, the document itself is changed and written again,
 *    which keeps comments but may rewrite the layout.
 * 3. A text that is no YAML is never changed.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, stringify } from "yaml";
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from "yaml";

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
export type Path = readonly (string | number)[];
/** The order of keys by section, `""` for the outermost: new keys are put where they belong. */
export type KeyOrder = Readonly<Record<string, readonly string[]>>;

const OPTIONS = { schema: "core", stringKeys: true, uniqueKeys: false, resolveKnownTags: false } as const;
const WRITTEN = { lineWidth: 0, flowCollectionPadding: false } as const;

export const parseDesk = (text: string): Document.Parsed => parseDocument(text, { ...OPTIONS, prettyErrors: false });

let lastRead: { readonly text: string; readonly document: Document.Parsed } | null = null;

/** The same document for the same text, for those that only look: each field of a form looks at the whole desk. */
export function readDesk(text: string): Document.Parsed {
  if (lastRead?.text !== text) lastRead = { text, document: parseDesk(text) };
  return lastRead.document;
}

type Ranged = readonly [start: number, valueEnd: number, nodeEnd: number];
const rangeOf = (node: unknown): Ranged | null => ((node as Node | null)?.range as Ranged | undefined) ?? null;
const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : "");

/** The place in words, as complaints have it: `strategies[0].cadence`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );

/** The node at a place; undefined where there is none. */
export function nodeAt(document: Document, path: Path): Node | null | undefined {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node) && typeof part === "string") node = node.items.find((pair) => keyOf(pair) === part)?.value;
    else if (isSeq(node) && typeof part === "number") node = node.items[part];
    else return undefined;
  }
  return node as Node | null | undefined;
}

/** A scalar at a place as it is written; null where there is none, or no scalar. */
export function writtenAt(document: Document, path: Path): string | null {
  let node = nodeAt(document, path);
  if (isAlias(node)) node = node.resolve(document) ?? null;
  if (!isScalar(node)) return null;
  return node.type === "PLAIN" ? (node.source ?? String(node.value)) : String(node.value);
}

/** The line of a place, from 0; null where nothing is written there. */
export function lineAt(document: Document, text: string, path: Path): number | null {
  for (let depth = path.length; depth > 0; depth--) {
    const range = rangeOf(nodeAt(document, path.slice(0, depth)));
    if (range !== null) return text.slice(0, range[0]).split("\n").length - 1;
  }
  return null;
}

/** What a person typed as a value: a number or a truth where it would read as one, else a text. */
export function valueOf(typed: string): string | number | boolean {
  const text = typed.trim();
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && String(Number(text)) === text ? Number(text) : text;
}

const oneLine = (value: Plain): string =>
  stringify(value, { ...WRITTEN, collectionStyle: "flow" })
    .trimEnd()
    .replaceAll(/\s*\n\s*/g, " ");

/** A value in its shortest block: lists of single values on one line. */
function blockOf(key: string, value: Plain, indent: string): string {
  const head = `${indent}${stringify(key).trimEnd()}:`;
  if (typeof value !== "object" || value === null) return `${head} ${oneLine(value)}`;
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return `${head} ${oneLine(value)}`;
  if (Object.keys(value).length === 0) return `${head} ${Array.isArray(value) ? "[]" : "{}"}`;
  if (Array.isArray(value))
    return [head, ...(value as readonly Plain[]).map((one) => itemOf(one, `${indent}  `))].join("\n");
  return [head, ...Object.entries(value).map(([name, one]) => blockOf(name, one, `${indent}  `))].join("\n");
}

/** An item of a list in block style. */
function itemOf(value: Plain, indent: string): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${indent}- ${oneLine(value)}`;
  const entries = Object.entries(value as { readonly [key: string]: Plain });
  if (entries.length === 0) return `${indent}- {}`;
  const lines = entries.map(([name, one]) => blockOf(name, one, `${indent}  `)).join("\n");
  return `${indent}- ${lines.slice(indent.length + 2)}`;
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};
const splice = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** Where the last thing that a node holds ends, comments after it left out. */
function endOf(node: unknown, fallback: number): number {
  if (isMap(node) || isSeq(node)) {
    if (node.flow === true) return rangeOf(node)?.[1] ?? fallback;
    const last = node.items.at(-1);
    if (isPair(last)) return endOf(last.value, rangeOf(last.key)?.[1] ?? fallback);
    return last === undefined ? (rangeOf(node)?.[1] ?? fallback) : endOf(last, fallback);
  }
  const end = rangeOf(node)?.[1] ?? fallback;
  return end;
}

const pairEnd = (pair: Pair): number => {
  const key = rangeOf(pair.key)?.[1] ?? 0;
  return Math.max(key, endOf(pair.value, key));
};

/** Puts lines behind a line of the text. */
function linesAfter(text: string, at: number, lines: string): string {
  const end = lineEnd(text, text[at - 1] === "\n" ? at - 1 : at);
  return splice(text, end, end, `${end === 0 || text.length === 0 ? "" : "\n"}${lines}`);
}

function addToMap(text: string, map: YAMLMap, key: string, value: Plain, order: readonly string[]): string | null {
  const pairs = map.items;
  if (map.flow === true) {
    const added = oneLine({ [key]: value })
      .slice(1, -1)
      .trim();
    const last = pairs.at(-1);
    const [start, end] = rangeOf(map) ?? [0, 0];
    if (last === undefined) return splice(text, start, end, `{ ${added} }`);
    const at = pairEnd(last);
    return splice(text, at, at, `, ${added}`);
  }
  const first = rangeOf(pairs[0]?.key);
  if (first === null) return null;
  const indent = " ".repeat(first[0] - lineStart(text, first[0]));
  const rank = order.indexOf(key);
  // Behind the last key that belongs before it; an unknown one goes to the end.
  const before =
    rank < 0 ? -1 : pairs.findLastIndex((pair) => order.indexOf(keyOf(pair)) >= 0 && order.indexOf(keyOf(pair)) < rank);
  const lines = blockOf(key, value, indent);
  const anchor = pairs[before < 0 ? (rank < 0 ? pairs.length - 1 : -1) : before];
  const gap = indent === "" && typeof value === "object" && value !== null && !Array.isArray(value) ? "\n" : "";
  if (anchor !== undefined) return linesAfter(text, pairEnd(anchor), `${gap}${lines}`);
  if (rank < 0 || text.slice(lineStart(text, first[0]), first[0]).trim() !== "") {
    const last = pairs.at(-1);
    return last === undefined ? null : linesAfter(text, pairEnd(last), `${gap}${lines}`);
  }
  return splice(text, lineStart(text, first[0]), lineStart(text, first[0]), `${lines}\n`);
}

function addToList(text: string, list: YAMLSeq, value: Plain): string | null {
  const last = list.items.at(-1);
  const [start, end] = rangeOf(list) ?? [0, 0];
  if (list.flow === true) {
    if (last === undefined) return splice(text, start, end, `[${oneLine(value)}]`);
    const at = endOf(last, start);
    return splice(text, at, at, `, ${oneLine(value)}`);
  }
  const first = rangeOf(list.items[0]);
  if (last === undefined || first === null) return null;
  const dash = text.lastIndexOf("-", first[0] - 1);
  return linesAfter(text, endOf(last, start), itemOf(value, " ".repeat(dash - lineStart(text, dash))));
}

/** Takes one of some neighbours away from a flow collection, with its comma. */
function cutFlow(text: string, edges: readonly (readonly [number, number])[], index: number): string | null {
  const [own, next, before] = [edges[index], edges[index + 1], edges[index - 1]];
  if (own === undefined) return null;
  if (next !== undefined) return splice(text, own[0], next[0], "");
  return before === undefined ? splice(text, own[0], own[1], "") : splice(text, before[1], own[1], "");
}

function cutFromMap(text: string, map: YAMLMap, key: string): string | null {
  const pairs = map.items;
  const index = pairs.findIndex((pair) => keyOf(pair) === key);
  const pair = pairs[index];
  if (pair === undefined) return text;
  const start = rangeOf(pair.key)?.[0] ?? 0;
  if (map.flow === true)
    return cutFlow(
      text,
      pairs.map((one) => [rangeOf(one.key)?.[0] ?? 0, pairEnd(one)] as const),
      index,
    );
  const from = lineStart(text, start);
  const own = text.slice(from, start).trim() === "";
  const next = rangeOf(pairs[index + 1]?.key);
  // The first key of a list's item shares its line with the dash: the next key takes its place.
  if (!own) return next === null ? null : splice(text, start, next[0], "");
  return splice(text, from, Math.min(text.length, lineEnd(text, pairEnd(pair)) + 1), "");
}

function cutFromList(text: string, list: YAMLSeq, index: number): string | null {
  const edges = list.items.map((item) => [rangeOf(item)?.[0] ?? 0, endOf(item, 0)] as const);
  const own = edges[index];
  if (own === undefined) return text;
  if (list.flow === true) return cutFlow(text, edges, index);
  const dash = text.lastIndexOf("-", own[0] - 1);
  if (text.slice(lineStart(text, dash), dash).trim() !== "") return null;
  return splice(text, lineStart(text, dash), Math.min(text.length, lineEnd(text, own[1]) + 1), "");
}

/** Gives a key without a value its first one, below it. */
function fillKey(
  text: string,
  document: Document,
  path: Path,
  key: string | number | undefined,
  inner: Plain,
): string | null {
  const map = nodeAt(document, path.slice(0, -1));
  const pair = isMap(map) && map.flow !== true ? map.items.find((one) => keyOf(one) === path.at(-1)) : undefined;
  const range = rangeOf(pair?.key);
  if (range === null || key === undefined) return null;
  const indent = " ".repeat(range[0] - lineStart(text, range[0]) + 2);
  return linesAfter(text, range[1], typeof key === "number" ? itemOf(inner, indent) : blockOf(key, inner, indent));
}

/** Nested maps around a value, for places whose maps are not there yet. */
const wrapped = (path: Path, value: Plain): Plain =>
  path.reduceRight<Plain>((inner, part) => (typeof part === "number" ? [inner] : { [part]: inner }), value);

const sectionOf = (path: Path): string => path.filter((part) => typeof part === "string").join(".");

function spliced(
  text: string,
  document: Document,
  path: Path,
  value: Plain | undefined,
  order: KeyOrder,
): string | null {
  const last = path.at(-1);
  if (last === undefined) return null;
  const node = nodeAt(document, path);
  const parent = nodeAt(document, path.slice(0, -1));
  if (value === undefined) {
    if (isMap(parent) && typeof last === "string") return cutFromMap(text, parent, last);
    return isSeq(parent) && typeof last === "number" ? cutFromList(text, parent, last) : null;
  }
  const range = rangeOf(node);
  if (node !== undefined && node !== null && range !== null && !isAlias(node)) {
    const simple = isScalar(node) ? node.type !== "BLOCK_LITERAL" && node.type !== "BLOCK_FOLDED" : false;
    const flat = simple || ((isMap(node) || isSeq(node)) && node.flow === true);
    if (!flat) return null;
    const gap = range[0] === range[1] && text[range[0] - 1] === ":" ? " " : "";
    return splice(text, range[0], range[1], `${gap}${oneLine(value)}`);
  }
  // Add it to the innermost collection that is there.
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const holder = nodeAt(document, path.slice(0, depth));
    const inner = wrapped(path.slice(depth + 1), value);
    const key = path[depth];
    if (isMap(holder) && typeof key === "string" && nodeAt(document, path.slice(0, depth + 1)) === undefined)
      return addToMap(text, holder, key, inner, order[sectionOf(path.slice(0, depth))] ?? []);
    if (isSeq(holder) && typeof key === "number") return addToList(text, holder, inner);
    if (holder === null || isEmptyScalar(holder)) return fillKey(text, document, path.slice(0, depth), key, inner);
    if (holder !== undefined && holder !== null) return null;
  }
  return null;
}

/** The value of a document as plain data. */
const plainOf = (document: Document): unknown => document.toJS({ maxAliasCount: 1_000 });

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Keys in no order of their own, so that where a key was put does not count. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
};

/**
 * The text with a value set at a place; undefined takes it away, and with it maps that become empty. A text that is no YAML comes
 * back as it is.
 */
export function withValue(text: string, path: Path, value: Plain | undefined, order: KeyOrder = {}): string {
  const document = parseDesk(text);
  if (document.errors.length > 0 || path.length === 0) return text;
  const node = nodeAt(document, path);
  if (value === undefined && node === undefined) return text;
  const parent = nodeAt(document, path.slice(0, -1));
  // A map or a list of which nothing would be left goes with its key.
  const alone = value === undefined && path.length > 1 && (isMap(parent) || isSeq(parent)) && parent.items.length === 1;
  if (alone) return withValue(text, path.slice(0, -1), undefined, order);
  const wish = parseDesk(text);
  if (value === undefined) wish.deleteIn(path);
  else if (wish.contents === null) wish.contents = wish.createNode(wrapped(path, value)) as never;
  else {
    // A key without a value holds no map yet.
    for (let depth = 1; depth < path.length; depth++)
      if (nodeAt(wish, path.slice(0, depth)) === null || isEmptyScalar(nodeAt(wish, path.slice(0, depth))))
        wish.setIn(path.slice(0, depth), wish.createNode(typeof path[depth] === "number" ? [] : {}));
    wish.setIn(path, wish.createNode(value));
  }
  const wanted = sorted(plainOf(wish));
  const made = spliced(text, document, path, value, order);
  if (made !== null) {
    const read = parseDesk(made);
    if (read.errors.length === 0 && isEqual(sorted(plainOf(read) ?? {}), wanted ?? {})) return made;
  }
  return wish.toString(WRITTEN);
}

const isEmptyScalar = (node: unknown): boolean => isScalar(node) && (node.value === null || node.value === "");
