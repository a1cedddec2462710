/**
 * What a view may ask of workspaces: the open one, the recent ones, and another in its place.
 *
 * 1. A host that holds one workspace for good refuses to open another.
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Handlers } from "../../shared/contract/contract.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import { readRecentWorkspaces, rememberWorkspace, workspaceKind } from "../../store/index.ts";
import type { HostState } from "../state/state.ts";

type WorkspacesHandlers = Pick<Handlers, Extract<keyof Handlers, `workspaces.${string}`>>;

/** The folder that a person names: whole, or below the home folder as `~/desk`. Throws `invalid_input`. */
function folderOf(typed: string): string {
  const text = typed.trim();
  const path = text.startsWith("~/") ? join(homedir(), text.slice(2)) : text;
  if (!isAbsolute(path) || path.includes("\0"))
    throw new CodedError("invalid_input", `Write the whole path of the folder, as ${join(homedir(), "desk")}.`);
  return resolve(path);
}

function demandWorkspace(path: string, create: boolean): void {
  const kind = workspaceKind(path);
  if (kind === "other") throw new CodedError("invalid_input", `${path} is no folder.`, { rule: "other" });
  if (create || kind === "workspace" || kind === "empty") return;
  throw new CodedError(
    "not_found",
    kind === "missing"
      ? `There is no folder ${path}. It can be created as a new workspace.`
      : `${path} has other files and is not a workspace. Opening it creates the folders strategies, data and sessions in it.`,
    { rule: kind },
  );
}

export function workspacesHandlers(state: HostState): WorkspacesHandlers {
  const { switching } = state.options;
  return {
    "workspaces.list": async () => ({
      current: state.workspace.path,
      recent: (switching === undefined ? [] : readRecentWorkspaces(switching.recentFile))
        .filter(({ path }) => path !== state.workspace.path)
        .map(({ path, atMs }) => ({ path, atMs, there: workspaceKind(path) === "workspace" })),
      dialog: switching?.pickFolder !== undefined,
    }),
    "workspaces.open": async ({ path: typed, create }) => {
      if (switching === undefined)
        throw new CodedError("refused", "This console was started for one workspace and opens no other.");
      const path = folderOf(typed);
      if (path === state.workspace.path) return { path };
      state.needFree();
      demandWorkspace(path, create);
      await switching.open(path);
      const now = state.ports.wallMs();
      try {
        rememberWorkspace(switching.recentFile, state.workspace.path, now - 1);
        rememberWorkspace(switching.recentFile, path, now);
      } catch (error) {
        state.problem(`The workspaces that were opened are not kept: ${shapeOf(error).message}`);
      }
      return { path };
    },
    "workspaces.pick": async () => ({ path: (await switching?.pickFolder?.()) ?? null }),
  };
}
