/** Folders of their own for tests that need a disk, removed when the file's tests are done. */
import { afterFile } from "../closing.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

const PIECES = [
  "a",
  "Z",
  "0",
  ".",
  "..",
  "/",
  "\\",
  "-",
  "_",
  " ",
  "\u0000",
  "\n",
  "\r",
  "\t",
  '"',
  "'",
  ",",
  "=",
  "+",
  "@",
  "|",
  "é",
  "日",
  "😀",
  "\ud800",
  "\ufeff",
  "\uff1d",
  "\u00a0",
  "__proto__",
];

/** Texts of what breaks names, paths, cells and lines. */
export const hostileText = (maxLength = 12): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...PIECES), { maxLength }).map((parts) => parts.join(""));

/** A new empty folder. */
export function freshFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "logos-store-"));
  afterFile.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a call threw; fails when it threw nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
