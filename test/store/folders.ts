/** Folders of their own for tests that need a disk, removed when the file's tests are done. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll } from "vitest";

const made: string[] = [];

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
  made.push(path);
  return path;
}

afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** What a call threw; fails when it threw nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
