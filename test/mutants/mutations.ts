/**
 * Small changes to a source file, each of which some near test should notice.
 *
 * 1. A change is a span of the text and what replaces it, so the file is never reformatted.
 * 2. What only words an error (the arguments of a `throw`) and what is only a type is left alone.
 * 3. A mutation is named by its file, the function that it is in, its line's text and the change, not by a line number, so other
 *    edits do not rename it. Where a function has the same line and change more than once, they are counted.
 */
import { createHash } from "node:crypto";
import { parseAst } from "vite";

/** What names a mutation, whatever else of its file changes. */
export interface Named {
  readonly file: string;
  /** The function that it is in, with its class: `RateCounter.count`. Empty outside of any. */
  readonly place: string;
  /** The line's text, trimmed. */
  readonly code: string;
  /** The text before and after, `a < b → a <= b`. */
  readonly change: string;
  /** Where the rest is the same more than once in the function: which one, from 2; absent on the first. */
  readonly nth?: number;
}

/** One change. `line` counts from 1 and is for people; `start` and `end` count characters of the file. */
export interface Mutation extends Named {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const SWAPS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "+=": "-=",
  "-=": "+=",
  "++": "--",
  "--": "++",
};
const CHANGE_CHARS_MAX = 60;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";

const isText = (node: unknown): boolean =>
  isNode(node) && (node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node["value"] === "string"));

type Change = readonly [start: number, end: number, text: string];
type Found = readonly [place: string, ...change: Change];

/** Where an operator stands between its operands; the blanks and comments around it hold no other. */
function operatorAt(text: string, from: number, to: number, operator: string): number {
  const at = text.slice(from, to).indexOf(operator);
  return at < 0 ? -1 : from + at;
}

function swapped(text: string, node: Node, from: number, to: number): readonly Change[] {
  const operator = String(node["operator"]);
  const other = SWAPS[operator];
  const at = other === undefined ? -1 : operatorAt(text, from, to, operator);
  return other === undefined || at < 0 ? [] : [[at, at + operator.length, other]];
}

const REMOVED: ReadonlySet<string> = new Set(["CallExpression", "AssignmentExpression", "UpdateExpression"]);

/** The changes of one node itself. */
function changesOf(text: string, node: Node): readonly Change[] {
  const { left, right, test, argument, expression, value } = node;
  const sides = isNode(left) && isNode(right) ? { left, right } : null;
  switch (node.type) {
    case "BinaryExpression":
      if (sides === null || isText(left) || isText(right)) return [];
      return swapped(text, node, sides.left.end, sides.right.start);
    case "AssignmentExpression":
      return sides === null ? [] : swapped(text, node, sides.left.end, sides.right.start);
    case "UpdateExpression":
      return swapped(text, node, node.start, node.end);
    case "LogicalExpression": {
      if (sides === null) return [];
      const onlyLeft: Change = [sides.left.end, sides.right.end, ""];
      return node["operator"] === "??" ? [onlyLeft] : [onlyLeft, [sides.left.start, sides.right.start, ""]];
    }
    case "UnaryExpression":
      return node["operator"] === "!" && isNode(argument) ? [[node.start, argument.start, ""]] : [];
    case "ConditionalExpression":
    case "IfStatement":
      return isNode(test) ? ["true", "false"].map((word): Change => [test.start, test.end, word]) : [];
    case "ExpressionStatement":
      return isNode(expression) && REMOVED.has(expression.type) && !text.startsWith("super", node.start)
        ? [[node.start, node.end, ";"]]
        : [];
    case "Literal":
      if (typeof value === "boolean") return [[node.start, node.end, String(!value)]];
      return typeof value === "number" && Number.isSafeInteger(value)
        ? [[node.start, node.end, String(value + 1)]]
        : [];
    default:
      return [];
  }
}

/** Changes of what cannot be seen from the outside, or that a type checker would refuse. */
const SKIPPED: ReadonlySet<string> = new Set(["ThrowStatement", "ImportDeclaration"]);

const NAMING: ReadonlySet<string> = new Set(["FunctionDeclaration", "ClassDeclaration", "MethodDefinition"]);

/** The name of what is within a node: a function's, a method's, a constant function's; else that of what is around it. */
function placeWithin(text: string, node: Node, around: string): string {
  const { type, id, key, init } = node;
  const naming = NAMING.has(type) || (type === "VariableDeclarator" && around === "" && isNode(init));
  const name = isNode(id) ? id : key;
  if (!naming || !isNode(name)) return around;
  const own = typeof name["name"] === "string" ? name["name"] : text.slice(name.start, name.end);
  return around === "" ? own : `${around}.${own}`;
}

function collect(text: string, node: Node, around: string, found: Found[]): void {
  if (SKIPPED.has(node.type) || node.type.startsWith("TSType") || node.type.startsWith("TSInterface")) return;
  const place = placeWithin(text, node, around);
  found.push(...changesOf(text, node).map((change): Found => [place, ...change]));
  for (const child of Object.values(node))
    for (const one of Array.isArray(child) ? (child as unknown[]) : [child])
      if (isNode(one)) collect(text, one, place, found);
}

const shown = (text: string): string => {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > CHANGE_CHARS_MAX ? `${flat.slice(0, CHANGE_CHARS_MAX)}…` : flat;
};

/** All mutations of a source text, in its order. */
export function mutationsOf(file: string, text: string): readonly Mutation[] {
  const found: Found[] = [];
  collect(text, parseAst(text, { lang: "ts" }) as unknown as Node, "", found);
  const lines = text.split("\n");
  const times = new Map<string, number>();
  return found
    .toSorted((a, b) => a[1] - b[1])
    .map(([place, start, end, instead]) => {
      const line = text.slice(0, start).split("\n").length;
      const after = shown(instead);
      const change = `${shown(text.slice(start, end))} → ${after === "" || after === ";" ? "nothing" : after}`;
      const named = { file, place, code: (lines[line - 1] ?? "").trim(), change };
      const nth = (times.get(nameOf(named)) ?? 0) + 1;
      times.set(nameOf(named), nth);
      return { ...named, ...(nth === 1 ? {} : { nth }), line, start, end, text: instead };
    });
}

export const mutated = (text: string, { start, end, text: instead }: Mutation): string =>
  text.slice(0, start) + instead + text.slice(end);

/** The name in one line. */
export const nameOf = ({ file, place, code, change, nth }: Named): string =>
  `${file}: ${place}: ${code}: ${change}${nth === undefined ? "" : ` (${nth})`}`;

/** Some mutations by a seed: the same ones whatever is added or goes elsewhere. */
export function drawn(mutations: readonly Mutation[], seed: string, count: number): readonly Mutation[] {
  const key = (one: Mutation): string =>
    createHash("sha256")
      .update(`${seed}\n${nameOf(one)}`)
      .digest("hex");
  return mutations
    .map((one) => ({ one, key: key(one) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ one }) => one);
}
