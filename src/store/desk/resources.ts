/**
 * Where the files that come with the program lie, and the desks among them.
 *
 * 1. The folder is found from this file upwards, so that it is the same from source and from a bundle; a packaged program names its own.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CodedError } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { readText } from "../files/atomic.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { DESK_CHARACTERS_MAX } from "./text/document.ts";
import { resolveDesk, type DeskSources, type ResolvedDesk } from "./resolve.ts";

/** A character takes four bytes at most. */
const DESK_BYTES_MAX = 4 * DESK_CHARACTERS_MAX;
const DEMO = join("demo", "desk.yaml");

/** The folder of the program's own files. Throws `not_found` when it was not installed with the program. */
export function resourcesFolder(named?: string): string {
  if (named !== undefined) return named;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = join(folder, "resources");
    if (existsSync(join(found, DEMO))) return found;
    if (dirname(folder) === folder)
      throw new CodedError("not_found", "The program's own resources folder is missing; install the program again.");
  }
}

export interface DemoOptions extends Pick<DeskSources, "builtIns" | "env" | "flags" | "bars"> {
  /** `demo` trades in peace; `busy` runs into its limits all the time. */
  readonly variant?: "demo" | "busy";
  /** The resources folder of a packaged program. */
  readonly resources?: string;
}

/** The text of a demo desk. */
export function demoText(variant: "demo" | "busy", resources?: string): string {
  const fileName = variant === "demo" ? DEMO : join("demo", "busy.yaml");
  return readText(nodeFileSystem, join(resourcesFolder(resources), fileName), DESK_BYTES_MAX);
}

/** The demo desk: its own market of 12 symbols, and 24 strategies. */
export function demoDesk(options: DemoOptions): ResolvedDesk {
  const { variant = "demo", resources, ...sources } = options;
  return resolveDesk({
    ...sources,
    text: demoText(variant, resources),
    fileName: `resources/demo/${variant === "demo" ? "desk" : "busy"}.yaml`,
    source: variant,
  });
}

/** Reads a desk file. Throws `not_found`, `too_large` or `io` for the file, and what `resolveDesk` throws for what it says. */
export function loadDesk(
  path: string,
  options: Omit<DeskSources, "text" | "fileName"> & { readonly fileName?: string; readonly fs?: FileSystem },
): ResolvedDesk {
  const { fs = nodeFileSystem, fileName = path, ...sources } = options;
  return resolveDesk({
    ...sources,
    fileName,
    source: sources.source ?? path,
    text: readText(fs, path, DESK_BYTES_MAX),
  });
}
