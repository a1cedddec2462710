/** Sessions of the workspace: open one again, read its summary, compare two, restore a router snapshot. */
import { FileUp, RotateCw, Trash2 } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { SessionListing } from "../../../shared/contract/views.ts";
import { useFileDrop } from "../../components/file-drop.ts";
import { Grid } from "../../components/grid.tsx";
import type { Column } from "../../components/grid.tsx";
import { Empty, Loading, Panel } from "../../components/panel.tsx";
import { Status } from "../../components/status.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { BarTime, Gain } from "../../components/values.tsx";
import { askDeleteSessions } from "../../actions/data-actions.ts";
import { compareAmounts, formatBytes, formatCount, formatMoney, formatShare } from "../../lib/format.ts";
import { reopenSession, startSession } from "../../actions/session-actions.ts";
import { LEVEL_LOOKS, SESSION_LOOKS } from "../../lib/status.ts";
import type { Look } from "../../lib/status.ts";
import { ask, useSession, useStream } from "../../stores/live.ts";
import { notify, succeeded, useUi } from "../../stores/ui.ts";
import { sendFile } from "../../stores/upload.ts";
import { CompactPanel } from "./session-compact.tsx";
import { DrillPanel, Verified } from "./session-trials.tsx";
import { Compared, Summary } from "./session-details.tsx";
import { RestoreDialog } from "./restore.tsx";

/** A snapshot dropped or picked in a browser is at most this long; the host refuses longer ones too. */
const SNAPSHOT_BYTES_MAX = 256_000_000;

function lookOf(row: SessionListing): Look {
  if (row.problem !== null) return { ...LEVEL_LOOKS.warning, word: "Cannot be read" };
  if (row.state === "interrupted") return { ...LEVEL_LOOKS.critical, word: "Interrupted" };
  const known = Object.entries(SESSION_LOOKS).find(([name]) => name === row.state);
  return known?.[1] ?? { ...SESSION_LOOKS.stopped, word: row.state };
}

const LIGHT_HINT = "A light run has no journal: it cannot be reopened, verified or compacted";

const COLUMNS: readonly Column<SessionListing>[] = [
  { id: "id", header: "Session", value: (row) => row.id, mono: true, flex: 1.6, width: 218, sort: "desc" },
  {
    id: "state",
    header: "State",
    value: (row) => lookOf(row).rank,
    text: (row) => `${lookOf(row).word}${row.light ? ", light run" : ""}`,
    cell: (row) => (
      <Status
        look={lookOf(row)}
        word={`${lookOf(row).word}${row.open ? ", open" : ""}${row.light ? ", light run" : ""}`}
      />
    ),
    hint: (row) => row.problem ?? row.haltReason ?? (row.light ? LIGHT_HINT : null),
    width: 128,
  },
  {
    id: "started",
    header: "Started",
    value: (row) => row.startedAt,
    cell: (row) => <BarTime at={row.startedAt} />,
    width: 164,
  },
  {
    id: "pnl",
    header: "PnL",
    value: (row) => row.pnl,
    compare: (a, b) => compareAmounts(a.pnl, b.pnl),
    cell: (row) => <Gain value={row.pnl} />,
    right: true,
    width: 96,
  },
  {
    id: "equity",
    header: "Equity",
    value: (row) => row.equityEnd,
    compare: (a, b) => compareAmounts(a.equityEnd, b.equityEnd),
    cell: (row) => formatMoney(row.equityEnd),
    right: true,
    width: 112,
  },
  {
    id: "drawdown",
    header: "Drawdown",
    value: (row) => row.maxDrawdown,
    cell: (row) => formatShare(row.maxDrawdown),
    right: true,
    width: 84,
  },
  {
    id: "orders",
    header: "Orders",
    value: (row) => row.orders,
    cell: (row) => formatCount(row.orders),
    right: true,
    width: 66,
  },
  {
    id: "fills",
    header: "Fills",
    value: (row) => row.fills,
    cell: (row) => formatCount(row.fills),
    right: true,
    width: 60,
  },
  {
    id: "rejections",
    header: "Rejected",
    value: (row) => row.rejections,
    cell: (row) => formatCount(row.rejections),
    right: true,
    width: 76,
  },
  {
    id: "drift",
    header: "Drift",
    value: (row) => row.openDrift,
    cell: (row) => <span className={row.openDrift > 0 ? "tone-critical" : "quiet"}>{formatCount(row.openDrift)}</span>,
    right: true,
    width: 56,
  },
  {
    id: "runs",
    header: "Runs",
    value: (row) => row.runs,
    cell: (row) => formatCount(row.runs),
    right: true,
    width: 66,
  },
  { id: "seed", header: "Seed", value: (row) => row.seed, mono: true, quiet: true, width: 84 },
  {
    id: "bytes",
    header: "Size",
    value: (row) => row.bytes,
    cell: (row) => formatBytes(row.bytes),
    right: true,
    quiet: true,
    width: 78,
  },
];

const rowId = (row: SessionListing): string => row.id;

type Detail =
  | { readonly kind: "none" }
  | { readonly kind: "summary"; readonly id: string }
  | { readonly kind: "verify"; readonly id: string }
  | { readonly kind: "compact"; readonly id: string }
  | { readonly kind: "drill" }
  | { readonly kind: "compare"; readonly a: string; readonly b: string };

interface ActionsProps {
  readonly marked: readonly SessionListing[];
  readonly onDetail: (detail: Detail) => void;
}

function DeleteButton({ marked }: Pick<ActionsProps, "marked">): ReactNode {
  return (
    <button
      type="button"
      className="button icon"
      aria-label="Delete sessions"
      data-testid="delete-sessions"
      disabled={marked.length === 0 || marked.some((row) => row.open)}
      title="Delete… Asks first and shows the size"
      onClick={() => void askDeleteSessions(marked)}
    >
      <Trash2 size={14} aria-hidden="true" />
    </button>
  );
}

function Actions({ marked, onDetail }: ActionsProps): ReactNode {
  const live = useSession();
  const [one, two] = marked;
  const single = marked.length === 1 ? one : undefined;
  const running = live !== null && live.state !== "stopped" && live.state !== "failed";
  const readable = single !== undefined && single.problem === null;
  const [journaled, why] = single?.light === true ? [false, LIGHT_HINT] : [readable, undefined];
  return (
    <>
      <button
        type="button"
        className="button"
        data-testid="reopen-session"
        disabled={!journaled || single?.open === true || running}
        title={running ? "Stop the running session first" : why}
        onClick={() => void (single === undefined ? undefined : reopenSession(single.id))}
      >
        Reopen
      </button>
      <button
        type="button"
        className="button"
        data-testid="session-summary"
        disabled={!readable}
        onClick={() => (single === undefined ? undefined : onDetail({ kind: "summary", id: single.id }))}
      >
        Summary
      </button>
      <button
        type="button"
        className="button"
        data-testid="verify-session"
        disabled={!journaled}
        title={why ?? "Checks chain, orders, books and snapshot against each other; changes nothing"}
        onClick={() => (single === undefined ? undefined : onDetail({ kind: "verify", id: single.id }))}
      >
        Verify
      </button>
      <button
        type="button"
        className="button"
        data-testid="compact-session"
        disabled={!journaled || single?.open === true || running}
        title={
          running ? "Stop the running session first" : (why ?? "Drops old runs, equity and metrics from the journal")
        }
        onClick={() => (single === undefined ? undefined : onDetail({ kind: "compact", id: single.id }))}
      >
        Compact…
      </button>
      <button
        type="button"
        className="button"
        data-testid="open-drill"
        title="Kills copies of the desk's session and compares; the sessions here are not touched"
        onClick={() => onDetail({ kind: "drill" })}
      >
        Drill…
      </button>
      <button
        type="button"
        className="button"
        data-testid="compare-sessions"
        disabled={marked.length !== 2}
        title="Select two sessions: Ctrl+click, or Space"
        onClick={() =>
          one === undefined || two === undefined ? undefined : onDetail({ kind: "compare", a: one.id, b: two.id })
        }
      >
        Compare
      </button>
      <DeleteButton marked={marked} />
      {running ? null : (
        <button type="button" className="button" onClick={() => void startSession()}>
          New session
        </button>
      )}
    </>
  );
}

/** Hands a file over that was picked or dropped, and opens the restore dialog with it. */
async function takeFile(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  if (file.size > SNAPSHOT_BYTES_MAX)
    return notify(
      `${file.name} is ${formatBytes(file.size)}; a snapshot is at most ${formatBytes(SNAPSHOT_BYTES_MAX)}.`,
      "problem",
    );
  const sending = (share: number): void => useUi.setState({ restore: { kind: "sending", name: file.name, share } });
  const isSending = (): boolean => {
    const { restore } = useUi.getState();
    return restore?.kind === "sending" && restore.name === file.name;
  };
  sending(0);
  const upload = await sendFile(file, (_upload, share) => {
    if (isSending()) sending(share);
    return isSending();
  });
  if (upload === null) return isSending() ? useUi.setState({ restore: { kind: "choose" } }) : undefined;
  if (isSending()) return useUi.setState({ restore: { kind: "upload", upload } });
  await ask("data.discard", { upload });
}

const takeFirst = ([file]: readonly File[]): void => void takeFile(file);

function List({ onDetail }: { readonly onDetail: (detail: Detail) => void }): ReactNode {
  const view = useStream("sessions");
  const filter = useFilter("sessions");
  const rows = useMemo(() => Object.values(view?.sessions ?? {}), [view?.sessions]);
  const [ids, setIds] = useState<readonly string[]>([]);
  const onMarked = useCallback((marked: readonly SessionListing[]) => setIds(marked.map(rowId)), []);
  const marked = rows.filter((row) => ids.includes(row.id));
  if (view === null) return <Loading what="the sessions" />;
  return (
    <Panel
      title="Sessions"
      subtitle={
        rows.length < view.total ? `the newest ${rows.length} of ${formatCount(view.total)}` : formatCount(view.total)
      }
      actions={
        <>
          <Actions marked={marked} onDetail={onDetail} />
          <button
            type="button"
            className="button"
            data-testid="restore-open"
            onClick={() => useUi.setState({ restore: { kind: "choose" } })}
          >
            <FileUp size={13} aria-hidden="true" />
            Restore…
          </button>
          <button
            type="button"
            className="button icon"
            aria-label="Refresh"
            title="Refresh"
            onClick={() => void ask("sessions.refresh", {}).then(succeeded)}
          >
            <RotateCw size={14} aria-hidden="true" />
          </button>
          <Filter id="sessions" label="Filter sessions" />
          <ExportButton what="sessions" />
        </>
      }
    >
      <Grid
        id="sessions"
        label="Sessions"
        columns={COLUMNS}
        rows={rows}
        rowId={rowId}
        filter={filter}
        onMarked={onMarked}
        empty={<Empty title="No sessions yet">The first is listed when you start the desk.</Empty>}
      />
    </Panel>
  );
}

function DetailPanel({ detail, onClose }: { readonly detail: Detail; readonly onClose: () => void }): ReactNode {
  if (detail.kind === "summary") return <Summary key={detail.id} id={detail.id} onClose={onClose} />;
  if (detail.kind === "verify") return <Verified key={detail.id} id={detail.id} onClose={onClose} />;
  if (detail.kind === "compact") return <CompactPanel key={detail.id} id={detail.id} onClose={onClose} />;
  if (detail.kind === "drill") return <DrillPanel onClose={onClose} />;
  if (detail.kind === "compare")
    return <Compared key={`${detail.a}-${detail.b}`} a={detail.a} b={detail.b} onClose={onClose} />;
  return null;
}

export function Sessions(): ReactNode {
  const [detail, setDetail] = useState<Detail>({ kind: "none" });
  const file = useRef<HTMLInputElement>(null);
  const { over, ...drop } = useFileDrop(takeFirst);
  const close = (): void => setDetail({ kind: "none" });
  return (
    <div className={over ? "sessions over" : "sessions"} {...drop}>
      {/* It stands outside of the dialog, so that a file can be given to it at any time. */}
      <input
        ref={file}
        type="file"
        hidden
        aria-label="Snapshot file"
        accept=".json,application/json"
        data-testid="restore-file-input"
        onChange={(event) => {
          const input = event.currentTarget;
          void takeFile(input.files?.[0]).finally(() => {
            input.value = "";
          });
        }}
      />
      <div className="half">
        <List onDetail={setDetail} />
      </div>
      {detail.kind === "none" ? null : (
        <div className="half">
          <DetailPanel detail={detail} onClose={close} />
        </div>
      )}
      <RestoreDialog onChoose={() => file.current?.click()} />
    </div>
  );
}
