/**
 * The bell: every alert with its owner, newest first; acknowledge one or all. And the status line's word for the worst.
 *
 * 1. An alert that is over says so, and no longer counts for bell, status line, title or icon.
 * 2. A console that is lost, or does not respond, is an alert of this window's own (`stores/own-alerts.ts`): it cannot report that itself.
 */
import { Bell } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import type { ReactNode } from "react";
import type { Alert, AlertsView } from "../../shared/contract/views.ts";
import { Status } from "../components/status.tsx";
import { Time } from "../components/values.tsx";
import { formatCompact, formatCount, plural } from "../lib/format.ts";
import { LEVEL_LOOKS } from "../lib/status.ts";
import type { Look } from "../lib/status.ts";
import { isViewName } from "../../shared/views/console-views.ts";
import { acknowledgeOwn, isOwn, useOwnAlerts, withOwn } from "../stores/own-alerts.ts";
import { openAlert } from "../stores/targets.ts";
import { ask, useLive } from "../stores/live.ts";
import { operatorName } from "../stores/prefs.ts";
import { notify, succeeded, useUi } from "../stores/ui.ts";

const PAGE = 200;
const OVER: Look = { shape: "off", word: "", tone: "off", rank: 9 };

/** The alert in a few words, for the status line. */
const shortened = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** The alerts of the host and of this window; null until the host's have come. */
function useAlerts(): AlertsView | null {
  const view = useLive((state) => state.streams.alerts);
  const own = useOwnAlerts((state) => state.alerts);
  return view === null ? null : withOwn(view, own);
}

function acknowledge(alert: Alert, operator: string): void {
  if (isOwn(alert)) acknowledgeOwn(operator, alert.id);
  else void ask("alert.acknowledge", { id: alert.id, operator }).then(succeeded);
}

function Facts({ alert }: { readonly alert: Alert }): ReactNode {
  const { session, at, endedAt, times, owner, acknowledged } = alert;
  return (
    <p className="quiet">
      <Time at={at} full={session === null} zoned />
      {times > 1 ? ` · ${formatCount(times)} times` : ""}
      {endedAt === null ? "" : " · ended"}
      {acknowledged !== null
        ? ` · acknowledged by ${acknowledged.operator}`
        : isOwn(alert)
          ? " · in this window"
          : owner === null
            ? " · no owner"
            : ` · owner ${owner}`}
    </p>
  );
}

function AlertRow({ alert, close }: { readonly alert: Alert; readonly close: () => void }): ReactNode {
  const { id, endedAt, severity, text, owner, acknowledged } = alert;
  const operator = operatorName();
  return (
    <li className={acknowledged === null ? "alert-row" : "alert-row seen"} data-testid="alert-row">
      <Status look={endedAt === null ? LEVEL_LOOKS[severity] : OVER} word="" />
      <div className="spacer">
        <p className="text">{text}</p>
        <Facts alert={alert} />
      </div>
      {isViewName(alert.view) ? (
        <button
          type="button"
          className="button plain"
          onClick={() => {
            close();
            openAlert(alert);
          }}
        >
          Show
        </button>
      ) : null}
      {acknowledged !== null || owner === operator || isOwn(alert) ? null : (
        <button
          type="button"
          className="button plain"
          onClick={() => void ask("alert.assign", { id, owner: operator }).then(succeeded)}
        >
          Take ownership
        </button>
      )}
      {acknowledged !== null ? null : (
        <button type="button" className="button" onClick={() => acknowledge(alert, operator)}>
          Acknowledge
        </button>
      )}
    </li>
  );
}

/** Rows older than those of the stream, read when they are asked for. */
function useOlder(view: AlertsView): {
  readonly older: readonly Alert[];
  readonly more: boolean;
  readonly read: () => void;
} {
  const [older, setOlder] = useState<readonly Alert[]>([]);
  const streamed = Object.keys(view.rows).length;
  const own = useOwnAlerts((state) => state.alerts.length);
  const known = streamed + older.length + own;
  const read = async (): Promise<void> => {
    const before = older.at(-1)?.id ?? Object.keys(view.rows)[0] ?? null;
    const answer = await ask("alerts.page", { before, limit: PAGE });
    if (!answer.ok) succeeded(answer);
    else setOlder((rows) => [...rows, ...answer.value.alerts.filter(({ id }) => !(id in view.rows))]);
  };
  return { older, more: known < view.total && streamed > 0, read: () => void read() };
}

async function acknowledgeAll(): Promise<void> {
  const own = acknowledgeOwn(operatorName());
  const answer = await ask("alerts.acknowledge", { operator: operatorName() });
  if (succeeded(answer) && answer.ok) notify(`${plural(answer.value.count + own, "alert")} acknowledged.`);
}

function AlertList({ view, close }: { readonly view: AlertsView; readonly close: () => void }): ReactNode {
  const { older, more, read } = useOlder(view);
  const own = useOwnAlerts((state) => state.alerts);
  const rows = [...own, ...Object.values(view.rows).toReversed(), ...older];
  return (
    <>
      <div className="alert-head">
        <h2>Alerts</h2>
        <span className="quiet">
          {view.total === 0 ? "" : `${formatCount(view.waiting)} of ${formatCount(view.total)} to acknowledge`}
        </span>
        <span className="spacer" />
        <button
          type="button"
          className="button"
          data-testid="acknowledge-all"
          disabled={view.waiting === 0}
          onClick={() => void acknowledgeAll()}
        >
          Acknowledge all
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="alert-row quiet">No alerts. Halts, late strategies and a stale feed are listed here.</p>
      ) : (
        <ul className="alert-list">
          {rows.map((alert) => (
            <AlertRow key={alert.id} alert={alert} close={close} />
          ))}
        </ul>
      )}
      {more ? (
        <p className="alert-row">
          <button type="button" className="button" onClick={read}>
            Show older alerts
          </button>
        </p>
      ) : null}
    </>
  );
}

/** The bell of the top bar, and the list that it opens. */
export function AlertBell(): ReactNode {
  const view = useAlerts();
  const open = useUi((state) => state.alerts);
  const setOpen = (alerts: boolean): void => useUi.setState({ alerts });
  const standing = view === null ? 0 : view.critical + view.warning;
  const tone = view === null || standing === 0 ? "" : view.critical > 0 ? "critical" : "warning";
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className={`button icon bell ${tone}`}
          data-testid="alerts"
          aria-label={standing === 0 ? "Alerts" : plural(standing, "alert")}
          title="Alerts (A)"
        >
          <Bell size={14} aria-hidden="true" />
          {standing === 0 ? null : <span className="bell-count">{formatCompact(standing)}</span>}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover alerts" align="end" sideOffset={8} aria-label="Alerts">
          {view === null ? null : <AlertList view={view} close={() => setOpen(false)} />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The worst alert in the status line; nothing of those that are over. */
export function AlertLine(): ReactNode {
  const view = useAlerts();
  if (view === null) return null;
  const { worst } = view;
  const standing = view.critical + view.warning;
  return (
    <button type="button" data-testid="alert-line" onClick={() => useUi.setState({ alerts: true })}>
      {worst === null ? (
        view.waiting === 0 ? (
          "No alerts"
        ) : (
          `${plural(view.waiting, "alert")} ended, to acknowledge`
        )
      ) : (
        <Status
          look={LEVEL_LOOKS[worst.severity]}
          word={
            standing === 1 ? shortened(worst.text, 80) : `${plural(standing, "alert")}: ${shortened(worst.text, 60)}`
          }
        />
      )}
    </button>
  );
}
