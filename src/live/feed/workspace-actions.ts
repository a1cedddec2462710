/**
 * The corporate actions that a workspace names beside its data: `actions.csv`, and LEAN's factor files.
 *
 * 1. The factors of a symbol are in `data/SYMBOL.factors.csv` and `factor_files/SYMBOL.csv`, in letters of either case.
 * 2. A factor file of a symbol that the session does not play is not read.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { CorporateAction, SymbolMeta } from "../../shared/market.ts";
import { nodeFileSystem, readText, type Workspace } from "../../store/index.ts";
import { ACTIONS_FILE, readActions, readFactors } from "../instruments/index.ts";

const BYTES_MAX = 4_000_000;

/** Folders of factor files in a workspace, and how the names in them end. */
const FACTOR_FILES = [
  { folder: "data", ending: ".factors.csv" },
  { folder: "factor_files", ending: ".csv" },
] as const;

/** What is named, source by source, the strongest first. Throws `data_invalid` with file, row and rule. */
export function workspaceActions(
  workspace: Workspace,
  metas: readonly Pick<SymbolMeta, "symbol" | "adjusted">[],
  timeZone: string,
): { readonly sources: readonly (readonly CorporateAction[])[]; readonly notes: readonly string[] } {
  const path = join(workspace.path, ACTIONS_FILE);
  const sources: (readonly CorporateAction[])[] = [];
  const notes: string[] = [];
  if (existsSync(path)) sources.push(readActions(path, readText(nodeFileSystem, path, BYTES_MAX), timeZone));
  for (const { folder, ending } of FACTOR_FILES) {
    const top = join(workspace.path, folder);
    const names = existsSync(top) ? readdirSync(top).toSorted() : [];
    for (const { symbol, adjusted } of metas) {
      const wanted = `${symbol}${ending}`.toLowerCase();
      for (const name of adjusted === true ? [] : names.filter((one) => one.toLowerCase() === wanted)) {
        const file = join(top, name);
        const read = readFactors(file, symbol, readText(nodeFileSystem, file, BYTES_MAX), timeZone);
        sources.push(read.actions);
        notes.push(...read.notes);
      }
    }
  }
  return { sources, notes };
}
