/**
 * The preview of a restore: warnings, what would change, the orders in flight, and the fields that its record needs.
 *
 * What is applied is what was previewed: the host's token stands for it and for nothing else.
 */
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { ReactNode } from "react";
import type { RestorePreview } from "../../../shared/contract/contract.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import { missing, RecordFields } from "../../components/question.tsx";
import { Shape } from "../../components/status.tsx";
import { ABSENT, formatBytes, formatCount, formatNumber } from "../../lib/format.ts";
import { formatDateTime } from "../../lib/time.ts";
import { ask, useStream } from "../../stores/live.ts";
import { prefs } from "../../stores/prefs.ts";
import { go, notify, useUi } from "../../stores/ui.ts";

/** Closes the dialog. What was handed over for it is not kept. */
export function close(): void {
  const { restore } = useUi.getState();
  if (restore?.kind === "upload") void ask("data.discard", { upload: restore.upload });
  useUi.setState({ restore: null });
}

/** Sessions that are offered as a target or a source; the newest ones. */
const OFFERED_MAX = 50;

/** The workspace's sessions that are not open, newest first. */
export function useStopped(): readonly string[] {
  const view = useStream("sessions");
  return Object.values(view?.sessions ?? {})
    .filter((row) => row.problem === null && !row.open)
    .map((row) => row.id)
    .toSorted()
    .toReversed()
    .slice(0, OFFERED_MAX);
}

interface TargetProps {
  readonly target: string | null;
  readonly onTarget: (target: string | null) => void;
}

/** What the snapshot is applied to. Another target is another preview. */
function Target({ target, onTarget }: TargetProps): ReactNode {
  const stopped = useStopped();
  return (
    <label className="field">
      <span>Apply to</span>
      <select
        value={target ?? ""}
        data-testid="restore-target"
        onChange={(event) => onTarget(event.target.value === "" ? null : event.target.value)}
      >
        <option value="">a new session of the desk</option>
        {stopped.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

type Fact = readonly [name: string, value: string, now: string];

function factsOf({ snapshot, current }: RestorePreview): Fact[] {
  const now = (value: number | undefined): string => (value === undefined ? ABSENT : formatCount(value));
  const gate = (halted: boolean | undefined): string => (halted === undefined ? ABSENT : halted ? "halted" : "open");
  return [
    ["Next order's number", formatCount(snapshot.nextSequence), now(current?.nextSequence)],
    ["In flight", formatCount(snapshot.inflight), now(current?.inflight)],
    ["Idempotency keys", formatCount(snapshot.keys), now(current?.keys)],
    ["Gate", gate(snapshot.halted), gate(current?.halted)],
    ["Orders per second", formatCount(snapshot.rateLimitPerSec), now(current?.rateLimitPerSec)],
    ["In-flight limit", formatCount(snapshot.maxInflight), now(current?.maxInflight)],
    ["Session", snapshot.session ?? ABSENT, ABSENT],
    ["Newest order", snapshot.newestAt === null ? ABSENT : `${formatDateTime(snapshot.newestAt, "utc")} UTC`, ABSENT],
  ];
}

function Facts({ preview }: { readonly preview: RestorePreview }): ReactNode {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">In the snapshot</th>
          <th scope="col">{preview.target ?? "A new session"}</th>
        </tr>
      </thead>
      <tbody>
        {factsOf(preview).map(([name, value, now]) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{value}</td>
            <td className={now === value ? "quiet" : ""}>{now}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Orders({ preview }: { readonly preview: RestorePreview }): ReactNode {
  if (preview.orders.length === 0) return null;
  return (
    <div className="scroll low">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">In flight in the snapshot</th>
            <th scope="col">Strategy</th>
            <th scope="col">Symbol</th>
            <th scope="col" className="right">
              Quantity
            </th>
            <th scope="col" className="right">
              Price
            </th>
          </tr>
        </thead>
        <tbody>
          {preview.orders.map((order) => (
            <tr key={order.orderId}>
              <td className="mono">{order.orderId}</td>
              <td>{order.strategy}</td>
              <td>{order.symbol}</td>
              <td className="right">{formatNumber(order.quantity, { signed: true })}</td>
              <td className="right">{formatNumber(order.price)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sentences({ preview }: { readonly preview: RestorePreview }): ReactNode {
  return (
    <ul className="warnings text">
      {preview.warnings.map((text) => (
        <li key={text}>
          <span className="status">
            <Shape name="warning" />
          </span>
          {text}
        </li>
      ))}
      {preview.differences.map((text) => (
        <li key={text} className="second">
          <span className="status">
            <Shape name="info" />
          </span>
          {text}
        </li>
      ))}
    </ul>
  );
}

function useApply(preview: RestorePreview) {
  const [operator, setOperator] = useState(() => prefs().operator);
  const [note, setNote] = useState("");
  const [limits, setLimits] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorShape | null>(null);
  const apply = async (): Promise<void> => {
    setBusy(true);
    prefs().set({ operator: operator.trim() });
    // A second press after the changed code was named accepts it.
    const accepted = error?.code === "code_changed" ? { acceptCodeChange: true } : {};
    const words = { operator: operator.trim(), note: note.trim() };
    const input = { token: preview.token, ...words, useSnapshotLimits: limits, ...accepted };
    const answer = await ask("restore.apply", input);
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    close();
    go("desk");
    notify(
      answer.value.messages.join(" ") ||
        `Restored. The next order is number ${formatCount(answer.value.nextSequence)}.`,
    );
  };
  return { operator, setOperator, note, setNote, limits, setLimits, busy, error, apply };
}

export function Preview({ preview, ...target }: TargetProps & { readonly preview: RestorePreview }): ReactNode {
  const state = useApply(preview);
  const wanting = missing(state.operator, state.note, "required");
  const needsLimits = preview.limitsDiffer && !state.limits;
  return (
    <div className="restore-preview" data-testid="restore-preview">
      <Dialog.Description className="consequence">
        {preview.name}, {formatBytes(preview.bytes)}, <span className="mono">{preview.sha256.slice(0, 16)}</span>.
        Nothing has changed yet; the restore is journaled with your name.
      </Dialog.Description>
      <Target {...target} />
      <Sentences preview={preview} />
      <Facts preview={preview} />
      <Orders preview={preview} />
      {preview.limitsDiffer ? (
        <label className="check">
          <input
            type="checkbox"
            data-testid="restore-limits"
            checked={state.limits}
            onChange={(event) => state.setLimits(event.target.checked)}
          />
          Use the snapshot's limits instead of the desk's
        </label>
      ) : null}
      <div className="two">
        <RecordFields
          operator={state.operator}
          note={state.note}
          noteRule="required"
          onOperator={state.setOperator}
          onNote={state.setNote}
        />
      </div>
      {state.error === null ? null : (
        <p className="problem" role="alert">
          {state.error.message}
        </p>
      )}
      <div className="choices">
        <span className="quiet spacer">
          {wanting ?? (needsLimits ? "The limits differ. Accept the snapshot's limits to continue." : "")}
        </span>
        <Dialog.Close asChild>
          <button type="button" className="button" data-testid="restore-cancel">
            Cancel
          </button>
        </Dialog.Close>
        <button
          type="button"
          className="button danger"
          data-testid="restore-apply"
          disabled={wanting !== null || needsLimits || state.busy}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
          onClick={() => void state.apply()}
        >
          {state.busy
            ? "Restoring…"
            : `Restore into ${preview.target ?? "a new session"}${state.error?.code === "code_changed" ? " with the changed code" : ""}`}
        </button>
      </div>
    </div>
  );
}
