/** The workspace that is open, those that were, and the way to another one. */
import { FolderOpen } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { Output } from "../../shared/contract/contract.ts";
import { openWorkspace, pickWorkspace } from "../actions/workspace-actions.ts";
import { Panel } from "../components/panel.tsx";
import { ask, useSession } from "../stores/live.ts";

/** A folder's path, where the host has no dialog for folders. */
function PathForm({ running }: { readonly running: boolean }): ReactNode {
  const [typed, setTyped] = useState("");
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        void openWorkspace(typed);
      }}
    >
      <label className="field small">
        <span className="hidden-text">Folder of another workspace</span>
        <input
          data-testid="workspace-path"
          value={typed}
          maxLength={4_000}
          autoComplete="off"
          spellCheck={false}
          placeholder="~/another-workspace"
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="button" data-testid="open-workspace" disabled={running || typed.trim() === ""}>
        <FolderOpen size={13} aria-hidden="true" />
        Open
      </button>
    </form>
  );
}

export function Workspaces(): ReactNode {
  const [list, setList] = useState<Output<"workspaces.list"> | null>(null);
  const session = useSession();
  const running = session !== null && session.state !== "stopped" && session.state !== "failed";
  useEffect(() => {
    const read = async (): Promise<void> => {
      const answer = await ask("workspaces.list", {});
      if (answer.ok) setList(answer.value);
    };
    void read();
  }, []);
  return (
    <Panel title="Workspace" subtitle="the folder of desks, strategies, data and sessions">
      <div className="setting">
        <div>
          <span className="mono" data-testid="workspace-current">
            {list?.current ?? "…"}
          </span>
          <small>
            {running ? "Stop the session before you open another workspace." : "The workspace that is open."}
          </small>
        </div>
        {list?.dialog === true ? (
          <button
            type="button"
            className="button"
            data-testid="pick-workspace"
            disabled={running}
            onClick={() => void pickWorkspace()}
          >
            <FolderOpen size={13} aria-hidden="true" />
            Open workspace…
          </button>
        ) : (
          <PathForm running={running} />
        )}
      </div>
      {(list?.recent ?? []).map(({ path, there }) => (
        <div className="setting" key={path} data-testid="recent-workspace">
          <div>
            <span className="mono">{path}</span>
            <small>{there ? "Opened before." : "Opened before; the folder is missing now."}</small>
          </div>
          <button
            type="button"
            className="button"
            disabled={running || !there}
            onClick={() => void openWorkspace(path)}
          >
            Open
          </button>
        </div>
      ))}
    </Panel>
  );
}
