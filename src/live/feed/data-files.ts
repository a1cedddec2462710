/**
 * The files that names in a desk or on a command line mean: a file, a pattern, or a folder.
 *
 * 1. What a pattern or a folder means is settled once, in the order of names; files that come later are not taken.
 * 2. A name that means no file at all is refused.
 */
import { existsSync, globSync, readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";

const DATA = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|parquet|feather|arrow|asc|prn|dat)(\.(gz|bz2|xz|zst))?$|\.zip$/i;
/** How files are read, and the factors of splits and dividends, stand beside them and are no data. */
const BESIDE = /\.import\.yaml$|\.factors\.csv$/i;
const FILES_MAX = 1_000;

/** Whether a name that is no file stands for those that it fits. */
export const isPattern = (name: string): boolean => /[*?[{]/.test(name);

/** The paths that a name means, absolute. Throws `not_found` when there is none, `too_large` when there are too many. */
export function dataFiles(name: string, folder: string): string[] {
  const path = isAbsolute(name) ? name : join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return [path];
  let files: string[];
  if (found !== undefined)
    files = readdirSync(path)
      .filter((entry) => DATA.test(entry) && !BESIDE.test(entry) && !entry.startsWith("."))
      .map((entry) => join(path, entry));
  else if (isPattern(name))
    files = globSync(path).filter(
      (entry) => !BESIDE.test(entry) && statSync(entry, { throwIfNoEntry: false })?.isFile() === true,
    );
  else throw new CodedError("not_found", `there is no file ${path}`, { path });
  if (files.length === 0)
    throw new CodedError("not_found", `there is no market data file ${found === undefined ? "like" : "in"} ${path}`, {
      path,
    });
  if (files.length > FILES_MAX)
    throw new CodedError("too_large", `${path} means ${files.length} files; at most ${FILES_MAX} are taken`, { path });
  return files.filter((file) => existsSync(file)).toSorted();
}
