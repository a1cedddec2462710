/**
 * Deleting what a person asked to delete: into the system's trash where there is one, else for good.
 *
 * 1. A thing that goes to the trash keeps its name and the place that it came from, so that a file manager can put it back.
 * 2. A folder that is deleted for good gets another name first, so that half of it is never taken for the whole.
 * 3. A link is deleted as a link; what it leads to stays.
 */
import { existsSync, lstatSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { ioError } from "../files/atomic.ts";

/** Where the system keeps what was deleted. */
export interface Trash {
  /** Moves a file or folder there. Throws or rejects when that fails, and then nothing is changed. */
  readonly move: (path: string) => void | Promise<void>;
}

export interface TrashPlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const NAMES_MAX = 1_000;

/** A name that is free in a folder: `a.csv`, `a-2.csv` … */
function freeName(folder: string, name: string): string {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let count = 1; count <= NAMES_MAX; count++) {
    const tried = count === 1 ? name : `${stem}-${count}${ending}`;
    if (lstatSync(join(folder, tried), { throwIfNoEntry: false }) === undefined) return tried;
  }
  throw new CodedError("io", `The trash ${folder} holds ${NAMES_MAX} things named ${name} already. Empty it.`);
}

/** A folder on the same disk as another; only then a move is a rename. */
const sameDisk = (a: string, b: string): boolean => {
  try {
    return statSync(a).dev === statSync(b).dev;
  } catch {
    return false;
  }
};

/** freedesktop.org's trash: the thing, and a note of where it came from. */
function desktopTrash(top: string): Trash {
  const [files, info] = [join(top, "files"), join(top, "info")];
  return {
    move: (path) => {
      const name = freeName(files, basename(path));
      const note = join(info, `${name}.trashinfo`);
      const place = path.split("/").map(encodeURIComponent).join("/");
      const date = new Date().toISOString().slice(0, 19);
      writeFileSync(note, `[Trash Info]\nPath=${place}\nDeletionDate=${date}\n`, { flag: "wx" });
      try {
        renameSync(path, join(files, name));
      } catch (error) {
        rmSync(note, { force: true });
        throw ioError("Moving to the trash", path, error);
      }
    },
  };
}

function macTrash(top: string): Trash {
  return {
    move: (path) => {
      try {
        renameSync(path, join(top, freeName(top, basename(path))));
      } catch (error) {
        throw ioError("Moving to the trash", path, error);
      }
    },
  };
}

const here = (): TrashPlace => ({ platform: process.platform, environment: process.env, home: homedir() });

/** The system's trash for things of a folder; null where there is none that can be used without a file manager. */
export function systemTrash(folder: string, place: TrashPlace = here()): Trash | null {
  const { platform, environment, home } = place;
  if (platform === "darwin") {
    const top = join(home, ".Trash");
    return existsSync(top) && sameDisk(top, folder) ? macTrash(top) : null;
  }
  if (platform === "win32") return null;
  const top = join(environment["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "Trash");
  const usable = [join(top, "files"), join(top, "info")].every((one) => existsSync(one) && sameDisk(one, folder));
  return usable ? desktopTrash(top) : null;
}

/** Deletes a file or folder. Throws `io` when it cannot be deleted. */
export async function deletePath(path: string, trash: Trash | null): Promise<void> {
  if (trash !== null) {
    try {
      return await trash.move(path);
    } catch (error) {
      throw error instanceof CodedError ? error : ioError("Moving to the trash", path, error);
    }
  }
  try {
    if (!lstatSync(path).isDirectory()) return rmSync(path);
    const gone = join(dirname(path), `.deleted-${basename(path)}`);
    renameSync(path, gone);
    rmSync(gone, { recursive: true });
  } catch (error) {
    throw ioError("Deleting", path, error);
  }
}
