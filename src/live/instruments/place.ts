/**
 * Where in a file something is written, for messages about what only the data shows to be wrong.
 *
 * 1. A file that cannot be read has no line.
 */
import { existsSync, readFileSync } from "node:fs";

export interface Place {
  readonly file: string;
  readonly line: number | null;
}

/** The first line that has one of some words, tried in their order; line 1 where none has. */
export function placeIn(file: string, ...words: readonly string[]): Place {
  if (!existsSync(file)) return { file, line: null };
  const lines = readFileSync(file, "utf8").split("\n");
  for (const word of words) {
    const index = lines.findIndex((line) => !line.trimStart().startsWith("#") && line.includes(word));
    if (index >= 0) return { file, line: index + 1 };
  }
  return { file, line: 1 };
}
