/**
 * Deleting on the command line: what goes and how large it is, and only with `--yes` the deed.
 *
 * 1. Without `--yes` nothing is deleted, and the command says what would be.
 */
import { systemTrash, type Trash } from "../../store/index.ts";
import { exitOf } from "./exits.ts";
import type { Context } from "./context.ts";

const KILO = 1_000;

/** Bytes in thousands: `1.2 MB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= KILO && unit < units.length - 1) {
    value /= KILO;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

interface Deletion {
  readonly what: readonly { readonly name: string; readonly bytes: number }[];
  /** What else a person should know before. */
  readonly consequence: string;
  readonly yes: boolean;
  readonly run: (trash: Trash | null) => Promise<unknown>;
}

/** Says what goes, and deletes it where `yes` is given. Returns the exit code. */
export async function deleteNamed({ output, workspace, io }: Context, deletion: Deletion): Promise<number> {
  const { what, consequence, yes, run } = deletion;
  const place = { platform: process.platform, environment: io.environment, home: io.environment["HOME"] ?? "" };
  const trash = systemTrash(workspace, place);
  if (yes) await run(trash);
  if (output.json) output.value({ deleted: yes, trashed: yes && trash !== null, what });
  else
    output.table(what, [
      { title: yes ? "deleted" : "would go", of: ({ name }) => name },
      { title: "size", of: ({ bytes }) => sizeText(bytes), right: true },
    ]);
  const where = trash === null ? "This cannot be undone." : "The system's trash keeps it.";
  if (yes) output.message(trash === null ? "Deleted for good." : "Moved to the system's trash.");
  else output.message(`${consequence} ${where} Nothing was deleted; the same command with --yes deletes.`);
  return yes ? 0 : exitOf("usage");
}
