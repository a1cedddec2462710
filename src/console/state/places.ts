/**
 * Where a person's workspace is when none is named: the same folder for the window, the browser and the terminal.
 *
 * 1. The flag goes before the environment, and the environment before the platform's own folder.
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { defaultWorkspacePath } from "../../store/index.ts";

/** The workspace's folder, absolute. Nothing is made. */
export function workspacePath(
  named: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): string {
  const chosen = named ?? environment["LOGOS_WORKSPACE"];
  return chosen === undefined || chosen === "" ? defaultWorkspacePath() : resolve(folder, chosen);
}

/** The file with the workspaces that were opened before: beside the usual workspace of the person. */
export function recentWorkspacesFile(environment: Readonly<Record<string, string | undefined>>): string {
  return join(defaultWorkspacePath({ platform: process.platform, environment, home: homedir() }), "workspaces.json");
}
