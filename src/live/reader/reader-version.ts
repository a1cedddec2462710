/**
 * What the reader is, as one text: two readers of one text read every file alike.
 *
 * 1. It is made of the code itself, so that no change of the reader can be forgotten in it.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { endianness } from "node:os";
import { join } from "node:path";

/** What the reader stands on, from this file's folder. */
const SOURCES = [".", "../symbols", "../../shared"];
/** Which names the versions of the libraries, from the source and from a built program. */
const PACKAGES = ["../../../package.json", "../../package.json"];
const CODE = /\.(ts|js)$/;

let known: string | null = null;

/** Throws what the file system throws. */
export function readerVersion(): string {
  if (known !== null) return known;
  const here = import.meta.dirname;
  // A built program has all its code in one folder.
  const folders = existsSync(join(here, "read-part.ts")) ? SOURCES.map((name) => join(here, name)) : [here];
  const hash = createHash("sha256");
  // Zones and numbers are read by what the machine brings.
  hash.update(`${process.version} ${process.versions["tz"]} ${endianness()}\n`);
  for (const folder of folders)
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted())
      if (CODE.test(name)) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  for (const path of PACKAGES.map((name) => join(here, name))) if (existsSync(path)) hash.update(readFileSync(path));
  known = hash.digest("hex");
  return known;
}
