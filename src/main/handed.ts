/**
 * What a command line hands over: the workspace, and the snapshot files to open.
 *
 * 1. A command line is text from outside: at most `FILES_MAX` names are looked at, only `.json` ones, made absolute from its own folder.
 * 2. Whether a file may be read, and what it holds, is the restore preview's to say; here it is only a path.
 */
import { resolve } from "node:path";

export const FILES_MAX = 8;
const NAME_MAX = 4_096;

/** The snapshot files that a command line names, in its order. */
export function filesIn(words: readonly string[], folder: string): string[] {
  return words
    .slice(1, 256)
    .filter((word, index, all) => !word.startsWith("-") && all[index - 1] !== "--workspace")
    .filter((word) => word.length <= NAME_MAX && /\.json$/i.test(word) && !word.includes("\0"))
    .slice(0, FILES_MAX)
    .map((word) => resolve(folder, word));
}

/** The workspace that a command line names, or null. */
export function workspaceIn(words: readonly string[], folder: string): string | null {
  const at = words.indexOf("--workspace");
  const joined = words.find((word) => word.startsWith("--workspace="));
  const named = joined?.slice("--workspace=".length) ?? (at < 0 ? undefined : words[at + 1]);
  return named === undefined || named === "" ? null : resolve(folder, named);
}
