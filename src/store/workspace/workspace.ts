/**
 * A workspace: the folder with the desk file, the user's strategies, data and sessions.
 *
 * 1. A name never leads out of the workspace: not by `..`, not by an absolute path, not by a link.
 * 2. Opening a workspace makes its folders and nothing else; the desk file is the user's own.
 */
import { lstatSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { ioError } from "../files/atomic.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";

export interface Workspace {
  readonly path: string;
  readonly deskFile: string;
  readonly strategies: string;
  readonly data: string;
  readonly sessions: string;
  readonly settingsFile: string;
  readonly fs: FileSystem;
}

export interface WorkspacePlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const here = (): WorkspacePlace => ({ platform: process.platform, environment: process.env, home: homedir() });

/** The platform's folder for a user's data, with our name in it. */
export function defaultWorkspacePath(place: WorkspacePlace = here()): string {
  const { platform, environment, home } = place;
  if (platform === "darwin") return join(home, "Library", "Application Support", "Logos Console");
  if (platform === "win32") return join(environment["APPDATA"] ?? join(home, "AppData", "Roaming"), "Logos Console");
  return join(environment["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "logos-console");
}

/** The places of a workspace, without touching the disk. */
export function workspaceAt(path: string | undefined, fs: FileSystem = nodeFileSystem): Workspace {
  const top = resolve(path ?? defaultWorkspacePath());
  return {
    path: top,
    deskFile: join(top, "desk.yaml"),
    strategies: join(top, "strategies"),
    data: join(top, "data"),
    sessions: join(top, "sessions"),
    settingsFile: join(top, "settings.json"),
    fs,
  };
}

/** Opens a workspace, making its folders. Throws `io` when it cannot be written. */
export function openWorkspace(path?: string, fs: FileSystem = nodeFileSystem): Workspace {
  const workspace = workspaceAt(path, fs);
  for (const folder of [workspace.strategies, workspace.data, workspace.sessions])
    try {
      fs.makeFolder(folder);
    } catch (error) {
      throw ioError("Making", folder, error);
    }
  return workspace;
}

function outside(workspace: Workspace, name: string): CodedError {
  return new CodedError(
    "outside_workspace",
    `${JSON.stringify(name)} leads out of the workspace ${workspace.path}. Name a file inside it.`,
    {
      name,
    },
  );
}

/** The path of a name inside one of the workspace's folders. Throws `outside_workspace` for a name that leaves it. */
export function resolveInside(workspace: Workspace, folder: string, name: string): string {
  if (name === "" || name.includes("\0") || isAbsolute(name) || name.includes("\\")) throw outside(workspace, name);
  const path = resolve(folder, name);
  const away = relative(folder, path);
  if (away === "" || away === ".." || away.startsWith(`..${sep}`) || isAbsolute(away)) throw outside(workspace, name);
  // Every part that exists must be what it seems: a link could lead anywhere.
  let part = folder;
  for (const piece of away.split(sep)) {
    part = join(part, piece);
    if (isLink(part) && !leadsInto(folder, part)) throw outside(workspace, name);
  }
  return path;
}

/** A name that the disk cannot even hold is no link. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false;
  }
}

/** A link that leads nowhere, or in a circle, leads not into the folder. */
function leadsInto(folder: string, link: string): boolean {
  try {
    return realpathSync(link).startsWith(realpathSync(folder) + sep);
  } catch {
    return false;
  }
}
