/**
 * Small changes to a source file, each of which some near test should notice.
 *
 * 1. A change is a span of the text and what stands there instead, so the file is never printed anew.
 * 2. What only words an error (the arguments of a `throw`) and what is only a type is left alone.
 * 3. A mutation is named by its file, its line's text and the change, not by a line number, so other edits do not rename it.
 */
import { createHash } from "node:crypto";
import { parseAst } from "vite";

/** One change. `line` counts from 1 and is for people; `code` is the line's text, trimmed. */
export interface Mutation {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly change: string;
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

/** Changes of what cannot be told from the outside, or that a type checker would refuse. */
const SKIPPED: ReadonlySet<string> = new Set(["ThrowStatement", "ImportDeclaration"]);

function collect(text: string, node: Node, found: Change[]): void {
  if (SKIPPED.has(node.type) || node.type.startsWith("TSType") || node.type.startsWith("TSInterface")) return;
  found.push(...changesOf(text, node));
  for (const child of Object.values(node))
    for (const one of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(one)) collect(text, one, found);
}

const shown = (text: string): string => {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > CHANGE_CHARS_MAX ? `${flat.slice(0, CHANGE_CHARS_MAX)}…` : flat;
};

/** All mutations of a source text, in its order. */
export function mutationsOf(file: string, text: string): readonly Mutation[] {
  const found: Change[] = [];
  collect(text, parseAst(text, { lang: "ts" }) as unknown as Node, found);
  const lines = text.split("\n");
  return found
    .map(([start, end, instead]) => {
      const line = text.slice(0, start).split("\n").length;
      const code = (lines[line - 1] ?? "").trim();
      const after = shown(instead);
      const change = `${shown(text.slice(start, end))} → ${after === "" || after === ";" ? "nothing" : after}`;
      return { file, line, code, change, start, end, text: instead };
    })
    .toSorted((a, b) => a.start - b.start);
}

export const mutated = (text: string, { start, end, text: instead }: Mutation): string =>
  text.slice(0, start) + instead + text.slice(end);

/** What names a mutation, whatever else of its file changes. */
export const nameOf = ({ file, code, change }: Pick<Mutation, "file" | "code" | "change">): string =>
  `${file}: ${code}: ${change}`;

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
