/**
 * The desk files of a workspace: `desk.yaml`, and any number of others as `desks/NAME.yaml`.
 *
 * 1. A desk is named by its place in the workspace; no other file is ever read or written here.
 * 2. A file is written only over the text that its writer has seen: a change made in between is never lost.
 * 3. A file is written whole or not at all.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { DESK_CHARACTERS_MAX } from "../desk/text/document.ts";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import { digestOf } from "../files/digest.ts";
import { resolveInside, type Workspace } from "./workspace.ts";

/** The desk that a workspace has without naming it. */
export const DESK_FILE = "desk.yaml";
const FOLDER = "desks";
/** Desks of one workspace that are listed. */
const DESKS_MAX = 200;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/;
const NAME_RULE = "write letters, digits, dots, dashes and underscores, at most 80";
/** A character takes four bytes at most. */
const BYTES_MAX = 4 * DESK_CHARACTERS_MAX;

/** The place of a desk in its workspace by the name that a person gives it: `night` is `desks/night.yaml`. Throws `invalid_input`. */
export function deskPlace(name: string): string {
  if (name === DESK_FILE) return name;
  const plain = name.replace(/^desks\//, "").replace(/\.ya?ml$/, "");
  if (!NAME.test(plain) || plain.includes(".."))
    throw new CodedError("invalid_input", `${JSON.stringify(name.slice(0, 100))} is no name of a desk; ${NAME_RULE}.`);
  return `${FOLDER}/${plain}.yaml`;
}

/** The path of a desk by its place. Throws `outside_workspace` or `invalid_input`. */
export function deskPath(workspace: Workspace, place: string): string {
  return resolveInside(workspace, workspace.path, deskPlace(place));
}

/** The path of a desk that a person names, where the workspace has one of that name; else null. */
export function findDesk(workspace: Workspace, name: string): string | null {
  if (!NAME.test(name.replace(/\.ya?ml$/, ""))) return null;
  const path = deskPath(workspace, name);
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : null;
}

/** What is in the folder of desks; nothing where something else has its name, or it cannot be listed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The places of a workspace's desks: `desk.yaml` first, then the others by name. */
export function listDesks(workspace: Workspace): string[] {
  const names = namesIn(join(workspace.path, FOLDER));
  const others = names
    .filter((name) => name.endsWith(".yaml") && NAME.test(name.slice(0, -5)))
    .toSorted()
    .slice(0, DESKS_MAX)
    .map((name) => `${FOLDER}/${name}`);
  return existsSync(workspace.deskFile) ? [DESK_FILE, ...others] : others;
}

export interface DeskText {
  readonly text: string;
  readonly digest: string;
}

/** The text of a desk. Throws `not_found`, `too_large`, `outside_workspace` or `io`. */
export function readDeskText(workspace: Workspace, place: string): DeskText {
  const text = readText(workspace.fs, deskPath(workspace, place), BYTES_MAX);
  return { text, digest: digestOf(text) };
}

/** The digest of a desk as it is now; null where there is no such file. */
export function deskDigest(workspace: Workspace, place: string): string | null {
  try {
    return readDeskText(workspace, place).digest;
  } catch (error) {
    if (error instanceof CodedError && error.code === "not_found") return null;
    throw error;
  }
}

/**
 * Writes a desk. `base`: the digest of the text that the writer has seen, null for a file that must not be there yet. Throws
 * `wrong_state` with the rule `changed` and the file's digest where it is another by now.
 */
export function saveDesk(
  workspace: Workspace,
  place: string,
  text: string,
  base: string | null,
): { readonly digest: string } {
  if (text.length > DESK_CHARACTERS_MAX)
    throw new CodedError("too_large", `A desk has at most ${DESK_CHARACTERS_MAX} characters.`);
  const found = deskDigest(workspace, place);
  if (found !== base)
    throw new CodedError(
      "wrong_state",
      base === null
        ? `${place} is there already. Choose another name, or open it and change it.`
        : found === null
          ? `${place} was deleted since it was opened. Nothing was written.`
          : `${place} was changed since it was opened. Nothing was written.`,
      { rule: base === null ? "exists" : "changed", digest: found },
    );
  const path = deskPath(workspace, place);
  workspace.fs.makeFolder(dirname(path));
  writeTextAtomic(workspace.fs, path, text);
  return { digest: digestOf(text) };
}
