/**
 * A copy of the product in which a recipe of `docs/recipes` is followed.
 *
 * 1. The project itself is never written to; the copy shares its packages and resources.
 * 2. A place that a recipe names and that is not there once and only once is an error: then the recipe's page is wrong, too.
 */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** What a recipe adds at one place of a file: a text before a line that is there. */
export interface Addition {
  readonly file: string;
  readonly before: string;
  readonly text: string;
}

export interface Recipe {
  /** Its page, which says how many files of the product it touches. */
  readonly page: string;
  readonly additions: readonly Addition[];
  /** New files: path in the product → the file in `made` that is copied there. */
  readonly made: Readonly<Record<string, string>>;
}

/** The files of the product that a recipe touches, new ones included. */
export const filesOf = ({ additions, made }: Recipe): readonly string[] => [
  ...new Set([...additions.map(({ file }) => file), ...Object.keys(made)]),
];

/** How many files its page says that it touches. */
export function filesOnPage({ page }: Recipe): number {
  const [, count] = /^Files of the product: (\d+)\b/m.exec(readFileSync(join(root, page), "utf8")) ?? [];
  if (count === undefined) throw new Error(`${page} does not say how many files of the product it touches.`);
  return Number(count);
}

/** Copies the product and follows the recipes in it. Answers the copy's folder; the caller removes it. */
export function followed(recipes: readonly Recipe[]): string {
  const copy = mkdtempSync(join(tmpdir(), "recipes-"));
  for (const name of ["src", "scripts", "package.json", "tsconfig.base.json", "tsconfig.json"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  for (const name of ["node_modules", "resources", "test"]) symlinkSync(join(root, name), join(copy, name));
  for (const { additions, made, page } of recipes) {
    for (const { file, before, text } of additions) {
      const path = join(copy, file);
      const parts = readFileSync(path, "utf8").split(before);
      if (parts.length !== 2)
        throw new Error(`${page}: ${file} has ${parts.length - 1} times ${JSON.stringify(before)}`);
      writeFileSync(path, parts.join(`${text}${before}`));
    }
    for (const [path, from] of Object.entries(made))
      writeFileSync(join(copy, path), readFileSync(join(import.meta.dirname, "made", from), "utf8"));
  }
  return copy;
}
