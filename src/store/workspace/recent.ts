/**
 * The workspaces that a person opened before, newest first: one small file for the person, beside the usual workspace.
 *
 * 1. A list that cannot be read is empty: it holds names and never data.
 * 2. Nothing is written before another workspace was opened.
 */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { workspaceAt } from "./workspace.ts";

const RECENT_MAX = 10;
const BYTES_MAX = 200_000;

export interface RecentWorkspace {
  readonly path: string;
  /** Milliseconds of the wall clock. */
  readonly atMs: number;
}

export function readRecentWorkspaces(file: string): RecentWorkspace[] {
  try {
    const list: unknown = JSON.parse(readText(nodeFileSystem, file, BYTES_MAX));
    if (!Array.isArray(list)) return [];
    return list
      .filter(
        (one): one is RecentWorkspace =>
          typeof one === "object" &&
          one !== null &&
          typeof (one as RecentWorkspace).path === "string" &&
          Number.isFinite((one as RecentWorkspace).atMs),
      )
      .slice(0, RECENT_MAX);
  } catch {
    return [];
  }
}

/** Puts a workspace on top of the list. Throws `io`. */
export function rememberWorkspace(file: string, path: string, atMs: number): void {
  const others = readRecentWorkspaces(file).filter((one) => one.path !== path);
  const list = [{ path, atMs }, ...others].slice(0, RECENT_MAX);
  nodeFileSystem.makeFolder(dirname(file));
  writeTextAtomic(nodeFileSystem, file, `${JSON.stringify(list, null, 2)}\n`);
}

/** What stands at a path: a workspace, a folder that is none yet, something else, or nothing. */
export function workspaceKind(path: string): "workspace" | "empty" | "folder" | "other" | "missing" {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  if (!found.isDirectory()) return "other";
  const { deskFile, sessions, data, strategies } = workspaceAt(path);
  if ([deskFile, sessions].some((one) => existsSync(one)) || [data, strategies].every((one) => existsSync(one)))
    return "workspace";
  return nodeFileSystem.list(path).length === 0 ? "empty" : "folder";
}
