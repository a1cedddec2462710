/**
 * Source files as the style rules see them: text, imports and functions.
 *
 * 1. Imports and functions come from a parser, never from a pattern over text, so strings and comments cannot fool a rule.
 * 2. Paths are relative to the project's top and use forward slashes.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { parseSync } from "vite";

export interface SourceFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  /** Module names as written: `./a.ts`, `node:fs`, `react`. */
  readonly imports: readonly string[];
  readonly functions: readonly SourceFunction[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function visit(node: Node, enter: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  enter(node, parent);
  for (const key of Object.keys(node)) {
    const value = node[key];
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, enter, node);
  }
}

function nameOf(node: Node, parent: Node | null): string {
  for (const holder of [node["id"], parent?.["key"], parent?.["id"]])
    if (isNode(holder) && typeof holder["name"] === "string") return holder["name"];
  return "(anonymous)";
}

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const IMPORTS = new Set(["ImportDeclaration", "ExportAllDeclaration", "ExportNamedDeclaration", "ImportExpression"]);

/** A file of ours that a process is started with: `new URL("child.ts", import.meta.url)`, `join(import.meta.dirname, "child.ts")`. */
function startedFile(node: Node): string | null {
  const callee = node["callee"];
  if (!isNode(callee) || (callee["name"] !== "URL" && callee["name"] !== "join")) return null;
  const parts = (node["arguments"] as readonly Node[])
    .map((one) => one["value"])
    .filter((one) => typeof one === "string");
  const path = parts.join("/");
  const beside = (node["arguments"] as readonly Node[]).some(
    (one) => isNode(one["object"]) && one["object"].type === "MetaProperty",
  );
  if (!beside || !path.endsWith(".ts")) return null;
  return path.startsWith(".") ? path : `./${path}`;
}

/** Reads one file's text into what the rules ask about. Throws with the path when it cannot be parsed. */
export function sourceOf(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const problem = parsed.errors[0];
  if (problem !== undefined) throw new Error(`${path} cannot be parsed: ${problem.message}`);
  const starts = [0];
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1)) starts.push(index + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  const imports: string[] = [];
  const functions: SourceFunction[] = [];
  visit(parsed.program as unknown as Node, (node, parent) => {
    const from = IMPORTS.has(node.type) ? node["source"] : undefined;
    if (isNode(from) && typeof from["value"] === "string") imports.push(from["value"]);
    const started = startedFile(node);
    if (started !== null) imports.push(started);
    if (FUNCTIONS.has(node.type)) {
      const line = lineAt(node.start);
      functions.push({ name: nameOf(node, parent), line, lines: lineAt(node.end) - line + 1 });
    }
  });
  return { path, text, imports, functions };
}

/** Where a relative import leads, from the top; null for a package. */
export function targetOf(source: Source, name: string): string | null {
  if (!name.startsWith(".")) return null;
  return posix.normalize(posix.join(posix.dirname(source.path), name.replace(/\?.*$/, "")));
}

const root = join(import.meta.dirname, "..", "..");
export const top = root;

/** Every TypeScript file below the folders, parsed. */
export function readSources(folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .toSorted()
      .map((path) => sourceOf(path, readFileSync(join(root, path), "utf8"))),
  );
}
