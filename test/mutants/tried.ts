/**
 * The record of the mutants that were tried, `test/mutants/tried.jsonl`: one a line, sorted, so that a change to it reads well.
 *
 * 1. A mutant that the source no longer has is dropped from the record when it is next written; it counts for nothing before.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf, type Named } from "./mutations.ts";

export interface Tried extends Named {
  readonly area: string;
  readonly outcome: "killed" | "timed out" | "survived";
  /** The test that noticed it. */
  readonly by?: string;
}

const pathIn = (root: string): string => join(root, "test/mutants/tried.jsonl");

/** The record; empty when there is none. `root`: the project's folder. */
export function readTried(root: string): readonly Tried[] {
  const path = pathIn(root);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Tried);
}

export function writeTried(root: string, tried: readonly Tried[]): void {
  const sorted = tried.toSorted((a, b) => (a.area + nameOf(a) < b.area + nameOf(b) ? -1 : 1));
  writeFileSync(pathIn(root), sorted.map((one) => `${JSON.stringify(one)}\n`).join(""));
}
