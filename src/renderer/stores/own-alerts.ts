/**
 * Alerts of this window's own: a console that cannot be reached cannot report that it is lost.
 *
 * 1. One loss is one alert, from the last message to the next one; it is over then, and stays until it is acknowledged.
 * 2. They are this window's: no other window, and no file, has them, so they need no owner.
 */
import { create } from "zustand";
import type { Alert, AlertsView } from "../../shared/contract/views.ts";
import { isUnknown, useLive } from "./live.ts";

/** Older ones go. */
const OWN_MAX = 20;

export const useOwnAlerts = create<{ readonly alerts: readonly Alert[] }>(() => ({ alerts: [] }));

const CAUSE = "window:host";
/** True for an alert that only this window has. */
export const isOwn = ({ cause }: Alert): boolean => cause === CAUSE;

const isStanding = ({ endedAt, acknowledged }: Alert): boolean => endedAt === null && acknowledged === null;
const isWaiting = ({ acknowledged }: Alert): boolean => acknowledged === null;

const TEXTS = {
  lost: "The connection to the console was lost.",
  silent: "The console stopped responding.",
} as const;

let raised = 0;

function raise(connection: "lost" | "silent", sinceMs: number): void {
  raised += 1;
  const at = sinceMs * 1_000;
  const alert: Alert = {
    id: `window-${raised}`,
    cause: CAUSE,
    session: null,
    severity: "critical",
    text: TEXTS[connection],
    at,
    endedAt: null,
    raisedAt: at,
    times: 1,
    view: "",
    target: null,
    owner: null,
    acknowledged: null,
  };
  useOwnAlerts.setState(({ alerts }) => ({ alerts: [alert, ...alerts].slice(0, OWN_MAX) }));
}

function change(alter: (alert: Alert) => Alert): void {
  useOwnAlerts.setState(({ alerts }) => ({ alerts: alerts.map(alter) }));
}

/** Acknowledges one, or all without an id; says how many waited for it. */
export function acknowledgeOwn(operator: string, id?: string): number {
  const meant = (alert: Alert): boolean => isWaiting(alert) && (id === undefined || alert.id === id);
  const count = useOwnAlerts.getState().alerts.filter(meant).length;
  const acknowledged = { operator, at: Date.now() * 1_000 };
  if (count > 0) change((alert) => (meant(alert) ? { ...alert, acknowledged } : alert));
  return count;
}

/** Raises and ends them with the connection, from now on. */
export function followConnection(): void {
  let before = false;
  useLive.subscribe(({ connection, unknownSinceMs, streams }) => {
    const now = isUnknown(connection);
    if (now === before) return;
    before = now;
    // A window that never saw the console has nothing to lose.
    if (now && streams.app !== null) raise(connection === "silent" ? "silent" : "lost", unknownSinceMs);
    if (!now) change((alert) => (alert.endedAt === null ? { ...alert, endedAt: Date.now() * 1_000 } : alert));
  });
}

/** The host's alerts with this window's own; the newest of the worst is one of these while it stands. */
export function withOwn(view: AlertsView, own: readonly Alert[]): AlertsView {
  if (own.length === 0) return view;
  const standing = own.filter(isStanding);
  return {
    ...view,
    critical: view.critical + standing.length,
    waiting: view.waiting + own.filter(isWaiting).length,
    total: view.total + own.length,
    worst: standing[0] ?? view.worst,
  };
}
