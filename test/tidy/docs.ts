/**
 * What the documents say of the tree: files, folders and symbols that they name are there.
 *
 * 1. A name counts where it stands in backticks; a path is taken from the project's top, or is the end of one.
 * 2. Files of a workspace and of a session are the user's, and no part of the tree.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "./source.ts";

/** Files that a document names as examples, or that the program writes. */
const USERS = /^(strategies\/|sessions?\/|data\/|session\.md$|logos\.d\.ts$|mine\.ts$)/;
const CODE = /\.(ts|tsx|c|css|md|mjs)$/;
const FOLDERS = /^(src|test|scripts|docs|resources)\//;

function pathsBelow(folder: string): string[] {
  return readdirSync(join(top, folder), { recursive: true, encoding: "utf8" }).map(
    (name) => `${folder}/${name.replaceAll("\\", "/")}`,
  );
}

/** The project's documents, by path. */
export function documents(): string[] {
  const own = readdirSync(top).filter((name) => name.endsWith(".md"));
  return [...own, ...pathsBelow("docs").filter((path) => path.endsWith(".md"))].filter(
    (path) => path !== "CHANGELOG.md",
  );
}

const ticked = (text: string): string[] =>
  [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, name]) => name as string);

/** The files and folders that a document names and that are not there. */
export function namesMissing(text: string, tree: readonly string[]): string[] {
  const names = ticked(text).filter(
    (name) => /^[\w./-]+$/.test(name) && !USERS.test(name) && !/[A-Z]{4,}\./.test(name),
  );
  return names.filter((name) => {
    if (FOLDERS.test(name)) return !existsSync(join(top, name));
    return CODE.test(name) && /^\w/.test(name) && !tree.some((path) => path === name || path.endsWith(`/${name}`));
  });
}

/** The symbols that a document names, as `GUARDS` or `Handlers`, and that are nowhere in the sources. */
export function symbolsMissing(text: string, sources: string): string[] {
  const names = ticked(text).filter((name) =>
    /^(?:[A-Z][A-Za-z]*[a-z][A-Za-z]*|[A-Z]+_[A-Z_]+|[a-z]+[A-Z]\w*)(?:\(\))?$/.test(name),
  );
  return names.filter((name) => !new RegExp(`\\b${name.replace("()", "")}\\b`).test(sources));
}

/** All paths of the tree that documents may name. */
export const treeOf = (): string[] => [
  ...readdirSync(top),
  ...["src", "test", "scripts", "docs", "resources", ".github"].flatMap(pathsBelow),
];

/** A document's text. */
export const documentText = (path: string): string => readFileSync(join(top, path), "utf8");
