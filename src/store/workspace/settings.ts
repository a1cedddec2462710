/**
 * The workspace's settings: looks and choices in `settings.json`, never money.
 *
 * 1. A file that cannot be used counts as empty, and is never written over: it is renamed first, so that what it held is not lost.
 * 2. A file is written whole or not at all.
 */
import { basename, dirname, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { ioError, readText, writeTextAtomic } from "../files/atomic.ts";
import type { Workspace } from "./workspace.ts";

const SETTINGS_BYTES_MAX = 1_000_000;
const SETTINGS_MAX = 500;
/** Files that were kept aside. */
const ASIDE_MAX = 1_000;

export type SettingValue = string | number | boolean | null;

interface Loaded {
  readonly settings: Record<string, SettingValue>;
  /** Why the file cannot be used; null where it can, or is not there. */
  readonly fault: string | null;
}

function load(workspace: Workspace): Loaded {
  let text: string;
  try {
    text = readText(workspace.fs, workspace.settingsFile, SETTINGS_BYTES_MAX);
  } catch (error) {
    if (error instanceof CodedError && error.code === "not_found") return { settings: {}, fault: null };
    return { settings: {}, fault: error instanceof Error ? error.message : String(error) };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { settings: {}, fault: `${workspace.settingsFile} is no JSON.` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { settings: {}, fault: `${workspace.settingsFile} holds no list of settings.` };
  const plain = Object.entries(value).filter(
    ([, one]) => one === null || ["string", "number", "boolean"].includes(typeof one),
  );
  return { settings: Object.fromEntries(plain), fault: null };
}

/** The kept settings; empty when there are none or they cannot be read. */
export const readSettings = (workspace: Workspace): Record<string, SettingValue> => load(workspace).settings;

/**
 * Renames a settings file that cannot be used to `settings.json.corrupt-N`, so that the next one does not take its place. Answers what
 * happened in a sentence; null where there was nothing to do.
 */
export function setSettingsAside(workspace: Workspace): string | null {
  const { fs, settingsFile } = workspace;
  const { fault } = load(workspace);
  if (fault === null) return null;
  const taken = new Set(fs.list(dirname(settingsFile)));
  for (let number = 1; number <= ASIDE_MAX; number += 1) {
    const name = `${basename(settingsFile)}.corrupt-${number}`;
    if (taken.has(name)) continue;
    try {
      fs.rename(settingsFile, join(dirname(settingsFile), name));
    } catch (error) {
      return `${fault} It could not be renamed (${ioError("Renaming", settingsFile, error).message}), so settings are not kept.`;
    }
    return `${fault} It was kept as ${name}, and the usual settings hold.`;
  }
  return `${fault} ${ASIDE_MAX} such files are there already: delete some. Until then settings are not kept.`;
}

/**
 * Keeps one setting; null forgets it. Throws `too_large` past 500 settings, `io` when it cannot be written. `onAside` gets the sentence
 * of `setSettingsAside` where the file had to make room.
 */
export function writeSetting(
  workspace: Workspace,
  key: string,
  value: SettingValue,
  onAside: (text: string) => void = () => undefined,
): void {
  const { settingsFile, fs } = workspace;
  const aside = setSettingsAside(workspace);
  if (aside !== null) onAside(aside);
  if (aside !== null && fs.exists(settingsFile)) throw new CodedError("io", aside, { path: settingsFile });
  const settings = new Map(Object.entries(readSettings(workspace)));
  if (value === null) settings.delete(key);
  else settings.set(key, value);
  const text = `${JSON.stringify(Object.fromEntries(settings), null, 2)}\n`;
  if (settings.size > SETTINGS_MAX || text.length > SETTINGS_BYTES_MAX)
    throw new CodedError("too_large", `There are more than ${SETTINGS_MAX} settings in ${settingsFile}; reset them.`);
  writeTextAtomic(fs, settingsFile, text);
}
