/**
 * Alerts: what somebody must have seen. They stay until somebody acknowledges them.
 *
 * 1. One alert stands for one cause: while it waits, the same cause makes no second one; acknowledged, the next occurrence does.
 * 2. At most `ALERTS_MAX` are kept; acknowledged ones go first, then the oldest.
 * 3. What an earlier run of the session already settled (a halt that was resumed, a quarantine that was ended) is no alert.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import { scopeText } from "../../shared/scope.ts";
import type { Moment } from "../../shared/time.ts";
import type { Alert } from "../../shared/contract/views.ts";
import type { JournalEntry, StrategyEntry, SwitchEntry } from "../../store/journal/entries.ts";
import { Table } from "./table.ts";

export const ALERTS_MAX = 200;

export class Alerts {
  readonly #alerts = new Table<Alert>(ALERTS_MAX + 1);
  /** Cause → the id of the alert that waits for it. */
  readonly #waiting = new Map<string, string>();
  /** Causes that hold at the moment, so that one that lasts is told once. */
  readonly #holding = new Set<string>();
  #number = 0;

  /** `live` is false while the journal of an earlier run is read. */
  apply(entry: JournalEntry, live: boolean): void {
    if (entry.kind === "halt")
      this.#raise(`halt:${entry.code}`, "critical", `Halted: ${entry.message}`, entry.at, "drift");
    else if (entry.kind === "drift") this.#raise(`drift:${entry.item}`, "critical", entry.text, entry.at, "drift");
    else if (entry.kind === "strategy") this.#strategy(entry, live);
    else if (entry.kind === "switch") this.#switch(entry, live);
    else if (entry.kind === "review" && !live) this.#settle((cause) => cause === `drift:${entry.item}`);
    else if (entry.kind === "resume" && !live) this.#settle((cause) => cause.startsWith("halt:"));
  }

  /** What the probe shows: a stale feed, late strategies, a session that failed. */
  observe(probe: SessionProbe): void {
    const at = probe.now;
    const held = (cause: string, holds: boolean, raise: () => void): void => {
      if (!holds) {
        this.#holding.delete(cause);
        return;
      }
      if (this.#holding.has(cause)) return;
      this.#holding.add(cause);
      raise();
    };
    const running = probe.state === "running" || probe.state === "halted";
    held("feed", running && probe.feed.stale && !probe.feed.ended, () =>
      this.#raise("feed", "warning", "The feed is stale: it has said nothing for longer than it may.", at, "desk"),
    );
    held("failure", probe.failure !== null, () =>
      this.#raise("failure", "critical", `The session failed: ${probe.failure?.message ?? ""}`, at, "log"),
    );
    for (const strategy of probe.strategies) {
      const late = running && strategy.state === "late" && strategy.executions > 0;
      held(`late:${strategy.name}`, late, () =>
        this.#raise(
          `late:${strategy.name}`,
          "warning",
          `${strategy.name} is late: no heartbeat in time.`,
          at,
          "schedule",
        ),
      );
    }
  }

  /** An alert of the host's own. */
  raise(cause: string, severity: Alert["severity"], text: string, at: Moment, view: string): void {
    this.#raise(cause, severity, text, at, view);
  }

  /** False when there is no such alert or it is acknowledged already. */
  acknowledge(id: string, operator: string, at: Moment): boolean {
    const alert = this.#alerts.get(id);
    if (alert === undefined || alert.acknowledged !== null) return false;
    this.#alerts.set(id, { ...alert, acknowledged: { operator, at } });
    for (const [cause, waiting] of this.#waiting) if (waiting === id) this.#waiting.delete(cause);
    return true;
  }

  has(id: string): boolean {
    return this.#alerts.get(id) !== undefined;
  }

  value(): Record<string, Alert> {
    return this.#alerts.value();
  }

  #strategy(entry: StrategyEntry & { readonly at: Moment }, live: boolean): void {
    const cause = `strategy:${entry.strategy}`;
    if (entry.event === "quarantined" || entry.event === "not_loaded") {
      const text = `${entry.strategy} is ${entry.event.replace("_", " ")}: ${entry.reason}`;
      this.#raise(cause, "critical", text, entry.at, "schedule");
    } else if (!live) this.#settle((waiting) => waiting === cause);
  }

  #switch({ event, scope, message, at }: SwitchEntry & { readonly at: Moment }, live: boolean): void {
    const cause = `switch:${scopeText(scope)}`;
    if (event === "halted")
      this.#raise(cause, "critical", `The ${scopeText(scope)} is halted: ${message}`, at, "schedule");
    else if (!live) this.#settle((waiting) => waiting === cause);
  }

  #raise(cause: string, severity: Alert["severity"], text: string, at: Moment, view: string): void {
    if (this.#waiting.has(cause)) return;
    this.#number += 1;
    const id = `alert-${this.#number}`;
    this.#waiting.set(cause, id);
    this.#alerts.set(id, { id, severity, text, at, view, acknowledged: null });
    if (this.#alerts.size > ALERTS_MAX) this.#evict();
  }

  #evict(): void {
    const rows = [...this.#alerts.rows()];
    const gone = rows.find((alert) => alert.acknowledged !== null) ?? rows[0];
    if (gone === undefined) return;
    this.#alerts.delete(gone.id);
    for (const [cause, waiting] of this.#waiting) if (waiting === gone.id) this.#waiting.delete(cause);
  }

  #settle(which: (cause: string) => boolean): void {
    for (const [cause, id] of this.#waiting) {
      if (!which(cause)) continue;
      this.#waiting.delete(cause);
      this.#alerts.delete(id);
    }
  }
}
