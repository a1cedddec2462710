/**
 * The alert book: every alert of the workspace, from its first occurrence to its acknowledgement.
 *
 * 1. One alert stands for one cause of one session: while it holds and is not acknowledged, another occurrence is counted on it;
 *    after that, the next occurrence makes an alert of its own.
 * 2. An alert whose cause has gone is over. It stays until it is acknowledged.
 * 3. At most `ALERTS_MAX` are kept: those that are over and acknowledged go first, then the acknowledged, then those that are over,
 *    then the oldest. Room is made in large steps, so that a flood costs little for each.
 * 4. Each change is handed to `keep` before the call returns; a `keep` that throws loses nothing of what is shown.
 * 5. What other hosts of the workspace changed is taken in before an alert is given its number, so that two never share one.
 */
import type { Alert, AlertsView } from "../../shared/contract/views.ts";

export const ALERTS_MAX = 10_000;
/** Rows of the stream. */
export const ALERT_ROWS_MAX = 200;
const KEPT_SHARE = 0.9;

/** Of a session where it is raised for one, then `at` is on the session's clock. Microseconds. */
export interface Occurrence {
  readonly cause: string;
  readonly severity: Alert["severity"];
  readonly text: string;
  readonly at: number;
  readonly view: string;
  readonly target?: string;
}

interface BookPorts {
  readonly earlier: readonly Alert[];
  readonly keep: (changed: readonly Alert[]) => void;
  /** What other hosts of the workspace changed since it was last asked. */
  readonly others?: () => readonly Alert[];
  readonly wallMs: () => number;
}

const keyOf = (session: string | null, cause: string): string => `${session ?? ""}|${cause}`;
const rankOf = (alert: Alert): number => (alert.acknowledged === null ? 2 : 0) + (alert.endedAt === null ? 1 : 0);
const numberOf = (id: string): number => Number(/^alert-(\d+)$/.exec(id)?.[1] ?? 0);

export class AlertBook {
  readonly #alerts: Map<string, Alert>;
  /** Session and cause → the id of the alert that stands for them. */
  readonly #standing = new Map<string, string>();
  readonly #ports: BookPorts;
  readonly #changed = new Set<string>();
  #number: number;
  #view: AlertsView | null = null;

  constructor(ports: BookPorts) {
    this.#ports = ports;
    this.#alerts = new Map(ports.earlier.map((alert) => [alert.id, alert]));
    this.#number = Math.max(0, ...ports.earlier.map(({ id }) => numberOf(id)));
    for (const alert of ports.earlier)
      if (alert.endedAt === null) this.#standing.set(keyOf(alert.session, alert.cause), alert.id);
  }

  raise(session: string | null, occurrence: Occurrence): void {
    this.#raise(session, occurrence);
    this.#flush();
  }

  /** As `raise`, but what stands already stays as it is, acknowledged or not. */
  begin(session: string | null, occurrence: Occurrence): void {
    if (!this.#standing.has(keyOf(session, occurrence.cause))) this.raise(session, occurrence);
  }

  /** The cause has gone. */
  endCause(session: string | null, cause: string, at: number): void {
    const key = keyOf(session, cause);
    const alert = this.#alerts.get(this.#standing.get(key) ?? "");
    this.#standing.delete(key);
    if (alert !== undefined) this.#set({ ...alert, endedAt: at });
    this.#flush();
  }

  /** The causes of the session that `which` names have gone. Looks at all that stand, so it is for rare events. */
  end(session: string | null, at: number, which: (cause: string) => boolean): void {
    const prefix = `${session ?? ""}|`;
    for (const [key, id] of this.#standing) {
      if (!key.startsWith(prefix) || !which(key.slice(prefix.length))) continue;
      this.#standing.delete(key);
      const alert = this.#alerts.get(id);
      if (alert !== undefined) this.#set({ ...alert, endedAt: at });
    }
    this.#flush();
  }

  /**
   * What holds now, of all causes that `which` names: those that are new are raised, those that are missing are over, and one that
   * stands already stays as it is, acknowledged or not.
   */
  holds(
    session: string | null,
    at: number,
    which: (cause: string) => boolean,
    occurrences: ReadonlyMap<string, Occurrence>,
  ): void {
    this.end(session, at, (cause) => which(cause) && !occurrences.has(cause));
    for (const [cause, occurrence] of occurrences)
      if (!this.#standing.has(keyOf(session, cause))) this.#raise(session, occurrence);
    this.#flush();
  }

  /** Takes in what other hosts of the workspace changed. */
  refresh(): void {
    for (const alert of this.#ports.others?.() ?? []) {
      this.#alerts.set(alert.id, alert);
      this.#number = Math.max(this.#number, numberOf(alert.id));
      const key = keyOf(alert.session, alert.cause);
      if (alert.endedAt === null) this.#standing.set(key, this.#standing.get(key) ?? alert.id);
      else if (this.#standing.get(key) === alert.id) this.#standing.delete(key);
      this.#view = null;
    }
  }

  has(id: string): boolean {
    return this.#alerts.has(id);
  }

  /** False when there is no such alert or it is acknowledged already. */
  acknowledge(id: string, operator: string): boolean {
    const done = this.#acknowledge(id, operator);
    this.#flush();
    return done;
  }

  /** Acknowledges all that wait, and says how many. */
  acknowledgeAll(operator: string): number {
    let count = 0;
    for (const id of this.#alerts.keys()) if (this.#acknowledge(id, operator)) count += 1;
    this.#flush();
    return count;
  }

  /** Writes who looks after it. */
  assign(id: string, owner: string): void {
    const alert = this.#alerts.get(id);
    if (alert !== undefined) this.#set({ ...alert, owner });
    this.#flush();
  }

  /** The rows before an alert, newest first; all of them from the newest on without one. */
  page(before: string | null, limit: number): { readonly alerts: Alert[]; readonly more: boolean } {
    const all = [...this.#alerts.values()].toReversed();
    const start = before === null ? 0 : all.findIndex(({ id }) => id === before) + 1;
    return { alerts: all.slice(start, start + limit), more: all.length > start + limit };
  }

  /** What the stream shows; the same object until something changes. */
  view(): AlertsView {
    this.#view ??= this.#makeView();
    return this.#view;
  }

  #makeView(): AlertsView {
    const counts = { critical: 0, warning: 0 };
    const waiting: Alert[] = [];
    const others: Alert[] = [];
    let worst: Alert | null = null;
    for (const alert of this.#alerts.values()) {
      if (alert.acknowledged !== null) {
        others.push(alert);
        continue;
      }
      waiting.push(alert);
      if (alert.endedAt !== null) continue;
      counts[alert.severity] += 1;
      if (worst === null || alert.severity === "critical" || worst.severity === "warning") worst = alert;
    }
    const shown = waiting.slice(-ALERT_ROWS_MAX);
    const room = ALERT_ROWS_MAX - shown.length;
    const rows = [...(room === 0 ? [] : others.slice(-room)), ...shown];
    return {
      ...counts,
      waiting: waiting.length,
      total: this.#alerts.size,
      worst,
      rows: Object.fromEntries(rows.map((alert) => [alert.id, alert])),
    };
  }

  #raise(session: string | null, { cause, target, ...rest }: Occurrence): void {
    this.refresh();
    const key = keyOf(session, cause);
    const standing = this.#alerts.get(this.#standing.get(key) ?? "");
    if (standing !== undefined && standing.acknowledged === null)
      return this.#set({ ...standing, times: standing.times + 1 });
    if (standing !== undefined) this.#set({ ...standing, endedAt: rest.at });
    this.#number += 1;
    const id = `alert-${this.#number}`;
    this.#standing.set(key, id);
    this.#set({
      id,
      cause,
      session,
      ...rest,
      endedAt: null,
      raisedAt: this.#ports.wallMs() * 1_000,
      times: 1,
      target: target ?? null,
      owner: null,
      acknowledged: null,
    });
    if (this.#alerts.size > ALERTS_MAX) this.#makeRoom();
  }

  #acknowledge(id: string, operator: string): boolean {
    this.refresh();
    const alert = this.#alerts.get(id);
    if (alert === undefined || alert.acknowledged !== null) return false;
    const acknowledged = { operator, at: this.#ports.wallMs() * 1_000 };
    this.#set({ ...alert, owner: alert.owner ?? operator, acknowledged });
    return true;
  }

  #set(alert: Alert): void {
    this.#alerts.set(alert.id, alert);
    this.#changed.add(alert.id);
    this.#view = null;
  }

  #makeRoom(): void {
    const going = [...this.#alerts.values()]
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .slice(0, this.#alerts.size - Math.floor(ALERTS_MAX * KEPT_SHARE));
    for (const { id, session, cause } of going) {
      this.#alerts.delete(id);
      if (this.#standing.get(keyOf(session, cause)) === id) this.#standing.delete(keyOf(session, cause));
    }
  }

  #flush(): void {
    if (this.#changed.size === 0) return;
    const changed = [...this.#changed].map((id) => this.#alerts.get(id)).filter((alert) => alert !== undefined);
    this.#changed.clear();
    this.#ports.keep(changed);
  }
}
