/** Asks for the name under which a desk is saved. */
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { ReactNode } from "react";
import type { ErrorShape } from "../../../shared/errors.ts";
import { saveDesk, useDeskEditor } from "../../stores/desk-editor.ts";
import { notify } from "../../stores/ui.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/;

interface SaveAsProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** The first name that no desk of the workspace has. */
function freeName(taken: readonly string[]): string {
  if (!taken.includes("desk.yaml")) return "desk";
  for (let number = 1; ; number++) if (!taken.includes(`desks/desk-${number}.yaml`)) return `desk-${number}`;
}

const placeOf = (name: string): string => (name === "desk" ? "desk.yaml" : `desks/${name}.yaml`);

export function SaveAsDialog({ open, onClose, onSaved }: SaveAsProps): ReactNode {
  const list = useDeskEditor((state) => state.list);
  const taken = (list?.desks ?? []).map(({ desk }) => desk);
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<ErrorShape | null>(null);
  const name = (typed ?? freeName(taken)).replace(/\.ya?ml$/, "");
  const wrong = !NAME.test(name)
    ? "Use letters, digits, dots, dashes and underscores, at most 80."
    : taken.includes(placeOf(name))
      ? `${placeOf(name)} already exists; choose another name.`
      : null;
  const close = (): void => {
    setTyped(null);
    setError(null);
    onClose();
  };
  const save = async (): Promise<void> => {
    if (wrong !== null) return;
    const problem = await saveDesk(placeOf(name));
    if (problem !== null) return setError(problem);
    notify(`Saved as ${placeOf(name)}.`);
    close();
    onSaved();
  };
  return (
    <Dialog.Root open={open} onOpenChange={(shown) => (shown ? undefined : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="shade" />
        <Dialog.Content className="dialog" data-testid="save-as-dialog">
          <Dialog.Title>Save the desk as</Dialog.Title>
          <Dialog.Description className="consequence">
            It is saved in the workspace as <span className="mono">{placeOf(name)}</span>. The desk named “desk” starts
            by default.
          </Dialog.Description>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <label className="field">
              <span>Name</span>
              <input
                data-testid="save-as-name"
                value={typed ?? freeName(taken)}
                maxLength={85}
                autoComplete="off"
                aria-invalid={wrong !== null}
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
            {wrong === null && error === null ? null : (
              <p className="problem" role="alert">
                {error?.message ?? wrong}
              </p>
            )}
            <div className="row end">
              <Dialog.Close className="button">Cancel</Dialog.Close>
              <button type="submit" className="button primary" data-testid="save-as-verb" disabled={wrong !== null}>
                Save
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
