/**
 * Named profiles: how a kind of market data file is read, kept as `NAME.import.yaml` in the workspace's `data` folder.
 *
 * 1. A profile has the options of a file in a desk, read by the same rules; options that are given beside it go before it.
 * 2. A profile is written only when it reads as the options that it was made of, and over another only where that was asked for.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CodedError } from "../../../shared/errors.ts";
import type { DataFileOptions } from "../../../shared/desk.ts";
import { readText, writeTextAtomic } from "../../files/atomic.ts";
import { nodeFileSystem } from "../../files/node-file-system.ts";
import type { ConfigRow } from "../text/config-rows.ts";
import { DeskDocument, listed, shown } from "../text/document.ts";
import { OPTION_KEYS, optionsText, readFileOptions } from "./file-options.ts";
import { nearest } from "../text/spelling.ts";

const ENDING = ".import.yaml";
const BYTES_MAX = 100_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const NAME_RULE = "write letters, digits, dots, dashes and underscores, at most 80";

export interface Profile {
  readonly options: DataFileOptions;
  /** A row for each value, with its place in the profile's file. */
  readonly rows: readonly ConfigRow[];
}

/** The path of a profile. `folder`: the workspace's data. Throws `invalid_input` for a name that is none. */
export function profilePath(folder: string, name: string): string {
  if (NAME.test(name)) return join(folder, `${name}${ENDING}`);
  throw new CodedError("invalid_input", `${shown(name)} is no name of a profile; ${NAME_RULE}.`, {
    value: name,
    rule: NAME_RULE,
    nearest: null,
  });
}

/** The names of a folder's profiles, in their order. */
export function profileNames(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith(ENDING) && !name.startsWith("."))
    .map((name) => name.slice(0, -ENDING.length))
    .toSorted();
}

/** A profile's options. Throws `desk_invalid` with file, line, column, the rule and the nearest spelling. */
export function readProfile(fileName: string, written: string): Profile {
  const document = new DeskDocument(fileName, written);
  document.subject = "the profile";
  document.elsewhere = (key) => (key === "tz" ? "timeZone" : null);
  const rows: ConfigRow[] = [];
  const entries = document.map(document.root, OPTION_KEYS, "the options of a file");
  const options = entries === null ? {} : readFileOptions(document, rows, document.root, entries);
  document.finish();
  return { options, rows };
}

/**
 * Reads a profile by its name. `folder`: the workspace's data. Throws `not_found` for a name that no profile has, with the nearest
 * that one has; and as `profilePath` and `readProfile` do.
 */
export function loadProfile(folder: string, name: string): Profile {
  const path = profilePath(folder, name);
  if (existsSync(path)) return readProfile(path, readText(nodeFileSystem, path, BYTES_MAX));
  const names = profileNames(folder);
  const near = nearest(name, names);
  const there = names.length === 0 ? "there is none yet; --save-profile keeps one" : `there are ${listed(names)}`;
  const guess = near === null ? "." : `; did you mean ${near}?`;
  throw new CodedError("not_found", `${path}: there is no profile ${shown(name)}; ${there}${guess}`, {
    file: path,
    value: name,
    rule: there,
    nearest: near,
  });
}

interface ProfileToSave {
  readonly name: string;
  readonly options: DataFileOptions;
  readonly overwrite: boolean;
}

/** The path and text of a profile to write. Throws `usage` for one that is there, `invalid_input` for options that break a rule. */
export function profileToSave(
  folder: string,
  { name, options, overwrite }: ProfileToSave,
): { readonly path: string; readonly text: string } {
  const path = profilePath(folder, name);
  if (existsSync(path) && !overwrite)
    throw new CodedError("usage", `${path} is there already. Add --overwrite to write over; nothing is changed.`, {
      rule: "exists",
      files: [path],
    });
  if (Object.keys(options).length === 0)
    throw new CodedError(
      "usage",
      `The profile ${name} would be empty. Name the options to keep, such as --stamp close.`,
    );
  const text = `# Used by logos import FILE --profile ${name}, and by { path: FILE, profile: ${name} } in a desk.\n${optionsText(options)}`;
  let read: DataFileOptions;
  try {
    read = readProfile(path, text).options;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { path: key, rule } = error.detail ?? {};
    throw new CodedError(
      "invalid_input",
      `The profile ${name} is not kept: ${String(key)} ${String(rule)}.`,
      error.detail,
    );
  }
  if (isDeepStrictEqual(read, { ...options })) return { path, text };
  throw new CodedError(
    "invalid_input",
    `The profile ${name} is not kept: an option would be read otherwise than it is given.`,
  );
}

/** Writes a profile whole or not at all, and answers with its path. Throws as `profileToSave` does, and `io`. */
export function saveProfile(folder: string, profile: ProfileToSave): string {
  const { path, text } = profileToSave(folder, profile);
  writeTextAtomic(nodeFileSystem, path, text);
  return path;
}
