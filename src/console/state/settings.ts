/**
 * The workspace's settings as the host keeps them, and what is reported when they cannot be.
 *
 * 1. Settings that cannot be written are an alert and a line in the terminal, and never the failure of what a person asked for.
 * 2. A file that cannot be used is kept aside when the workspace is opened, and whenever it is found so later.
 */
import { CodedError, shapeOf } from "../../shared/errors.ts";
import { readSettings, setSettingsAside, writeSetting, type SettingValue, type Workspace } from "../../store/index.ts";
import type { AlertBook } from "../alerts/book.ts";

const UNWRITABLE = "settings:unwritable";
const ASIDE = "settings:corrupt";

export interface SettingsPorts {
  readonly workspace: Workspace;
  readonly alerts: Pick<AlertBook, "raise" | "begin" | "endCause">;
  readonly problem: (line: string) => void;
  readonly wallMs: () => number;
}

export class KeptSettings {
  readonly #ports: SettingsPorts;
  #refused = false;

  constructor(ports: SettingsPorts) {
    this.#ports = ports;
    const aside = setSettingsAside(ports.workspace);
    if (aside !== null) this.#aside(aside);
  }

  read(): Record<string, SettingValue> {
    return readSettings(this.#ports.workspace);
  }

  /** Keeps one setting; null forgets it. Throws `too_large` past 500 settings. */
  keep(key: string, value: SettingValue): void {
    const { workspace, alerts, problem } = this.#ports;
    try {
      writeSetting(workspace, key, value, (text) => this.#aside(text));
    } catch (error) {
      if (error instanceof CodedError && error.code === "too_large") throw error;
      const text = `Settings are not kept: ${shapeOf(error).message}`;
      if (!this.#refused) problem(text);
      this.#refused = true;
      return alerts.begin(null, { cause: UNWRITABLE, severity: "warning", text, at: this.#now(), view: "settings" });
    }
    if (!this.#refused) return;
    this.#refused = false;
    alerts.endCause(null, UNWRITABLE, this.#now());
  }

  #now(): number {
    return this.#ports.wallMs() * 1_000;
  }

  #aside(text: string): void {
    const { alerts, problem } = this.#ports;
    problem(text);
    const at = this.#now();
    alerts.raise(null, { cause: ASIDE, severity: "warning", text, at, view: "settings" });
    alerts.endCause(null, ASIDE, at);
  }
}
