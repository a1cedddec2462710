/** Opening another workspace: asks where a folder is no workspace yet, and restarts the window once it is open. */
import { ask } from "../stores/live.ts";
import { notify, question } from "../stores/ui.ts";
import { errorOf } from "./session-actions.ts";

/** The window restarts: nothing of the former workspace is left in it. */
const begin = (): void => window.location.reload();

/** Opens a workspace by its path. */
export async function openWorkspace(path: string): Promise<void> {
  const answer = await ask("workspaces.open", { path, create: false });
  if (answer.ok) return begin();
  const rule = answer.error.detail?.["rule"];
  if (rule !== "missing" && rule !== "folder") return notify(answer.error.message, "problem");
  question({
    title: rule === "missing" ? "Create a new workspace?" : "Create a workspace in this folder?",
    text: answer.error.message,
    verb: "Create the workspace",
    cancel: "Cancel",
    danger: false,
    note: "none",
    run: async () => {
      const error = errorOf(await ask("workspaces.open", { path, create: true }));
      if (error === null) begin();
      return error;
    },
  });
}

/** Shows the native dialog for folders, and opens what was chosen. */
export async function pickWorkspace(): Promise<void> {
  const answer = await ask("workspaces.pick", {});
  if (!answer.ok) return notify(answer.error.message, "problem");
  if (answer.value.path !== null) await openWorkspace(answer.value.path);
}
