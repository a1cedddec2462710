/** Restoring from a router snapshot: choose a file, or a session's snapshot; the preview of it is `restore-preview.tsx`. */
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { RestorePreview, SnapshotSource } from "../../../shared/contract/contract.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import { useFocusBack } from "../../lib/focus-back.ts";
import { Loading } from "../../components/panel.tsx";
import { formatDateTime } from "../../lib/time.ts";
import { previewsItself } from "../../actions/handed.ts";
import { ask, useStream } from "../../stores/live.ts";
import { succeeded, useUi } from "../../stores/ui.ts";
import type { RestoreStart } from "../../stores/ui.ts";
import { close, Preview, useStopped } from "./restore-preview.tsx";

function sourceOf(start: RestoreStart): SnapshotSource | null {
  return start.kind === "choose" || start.kind === "sending" ? null : start;
}

/** The snapshot that a session of the workspace has left. */
function OfSession(): ReactNode {
  const stopped = useStopped();
  if (stopped.length === 0) return null;
  return (
    <label className="field">
      <span>Or the snapshot of</span>
      <select
        value=""
        data-testid="restore-session"
        onChange={(event) => useUi.setState({ restore: { kind: "session", id: event.target.value } })}
      >
        <option value="">a session of this workspace…</option>
        {stopped.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

function Choose({ onChoose }: { readonly onChoose: () => void }): ReactNode {
  const app = useStream("app");
  const pick = async (): Promise<void> => {
    const answer = await ask("restore.pick", {});
    if (!succeeded(answer) || !answer.ok || answer.value.path === null) return;
    useUi.setState({ restore: { kind: "path", path: answer.value.path } });
  };
  const recent = app?.recentSnapshots ?? [];
  return (
    <>
      <Dialog.Description className="consequence">
        A router snapshot (router_state.json) holds the next order number, the orders in flight and the idempotency
        keys. Nothing changes before you have seen a preview.
      </Dialog.Description>
      <div className="drop">
        <span>Drop a router_state.json anywhere on this view, or</span>
        <button
          type="button"
          className="button primary"
          data-testid="restore-choose"
          onClick={() => (app?.nativeDialogs === true ? void pick() : onChoose())}
        >
          Choose a file…
        </button>
      </div>
      <OfSession />
      {recent.length === 0 ? null : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Open recent</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {recent.slice(0, 8).map((entry) => (
              <tr key={entry.path}>
                <td>
                  <button
                    type="button"
                    className="button plain"
                    title={entry.path}
                    onClick={() => useUi.setState({ restore: { kind: "path", path: entry.path } })}
                  >
                    {entry.name}
                  </button>
                </td>
                <td className="quiet">{formatDateTime(entry.at, "utc").slice(0, 16)} UTC</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="choices">
        <Dialog.Close asChild>
          <button type="button" className="button">
            Cancel
          </button>
        </Dialog.Close>
      </div>
    </>
  );
}

interface Looked {
  readonly start: RestoreStart | null;
  readonly target: string | null;
  readonly preview: RestorePreview | null;
  readonly error: ErrorShape | null;
}

function Content({ start, onChoose }: { readonly start: RestoreStart; readonly onChoose: () => void }): ReactNode {
  const [looked, setLooked] = useState<Looked>({ start: null, target: null, preview: null, error: null });
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    const look = async (): Promise<void> => {
      const source = sourceOf(start);
      if (source === null) return;
      if (source.kind === "path") previewsItself(source.path);
      const answer = await ask("restore.preview", { source, target });
      if (gone) return;
      const result = answer.ok ? { preview: answer.value, error: null } : { preview: null, error: answer.error };
      setLooked({ start, target, ...result });
    };
    void look();
    return () => {
      gone = true;
    };
  }, [start, target]);
  const current = looked.start === start && looked.target === target ? looked : null;
  if (start.kind === "choose") return <Choose onChoose={onChoose} />;
  if (start.kind === "sending") return <Loading what={`${start.name}: ${Math.floor(100 * start.share)} %`} />;
  if (current?.error != null)
    return (
      <>
        <p className="problem text" role="alert" data-testid="restore-problem">
          {current.error.message}
        </p>
        <Choose onChoose={onChoose} />
      </>
    );
  return current?.preview == null ? (
    <Loading what="the snapshot" />
  ) : (
    <Preview key={current.preview.token} preview={current.preview} target={target} onTarget={setTarget} />
  );
}

export function RestoreDialog({ onChoose }: { readonly onChoose: () => void }): ReactNode {
  const start = useUi((state) => state.restore);
  const content = useRef<HTMLDivElement>(null);
  const back = useFocusBack();
  return (
    <Dialog.Root open={start !== null} onOpenChange={(open) => (open ? undefined : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="shade" />
        <Dialog.Content
          ref={content}
          className="dialog wide"
          data-testid="restore-dialog"
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={back.closed}
          onOpenAutoFocus={(event) => {
            back.opened();
            event.preventDefault();
            content.current?.focus();
          }}
        >
          <Dialog.Title asChild>
            <h2>Restore from a router snapshot</h2>
          </Dialog.Title>
          {start === null ? null : <Content start={start} onChoose={onChoose} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
