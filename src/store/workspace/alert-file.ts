/**
 * `alerts.jsonl`: the workspace's alerts, one line for each change of one.
 *
 * 1. The last line of an alert is how it is; a line that cannot be read is passed over.
 * 2. A change is handed to the system at once, so that the end of the process loses none. The journal holds what they are made from.
 * 3. A file that has grown far beyond its alerts is written again when it is opened.
 */
import { AlertSchema } from "../../shared/views/alerts.ts";
import type { Alert } from "../../shared/contract/views.ts";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import { LineLog } from "../files/line-log.ts";
import { join } from "node:path";
import type { Workspace } from "./workspace.ts";

/** Lines that a file may have for each alert before it is written again. */
const LINES_PER_ALERT = 4;
const LINES_MIN = 1_000;
const BYTES_MAX = 64 * 1024 * 1024;

const fileOf = (workspace: Workspace): string => join(workspace.path, "alerts.jsonl");
const lineOf = (alert: Alert): string => `${JSON.stringify(alert)}\n`;

function parse(line: string): Alert | null {
  try {
    return AlertSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function read(workspace: Workspace): { readonly alerts: readonly Alert[]; readonly lines: number } {
  const path = fileOf(workspace);
  if (!workspace.fs.exists(path)) return { alerts: [], lines: 0 };
  const lines = readText(workspace.fs, path, BYTES_MAX).split("\n");
  const alerts = new Map<string, Alert>();
  for (const line of lines) {
    const alert = line === "" ? null : parse(line);
    if (alert !== null) alerts.set(alert.id, alert);
  }
  return { alerts: [...alerts.values()], lines: lines.length };
}

/** The workspace's alerts as they are, the oldest first. Throws `io` when the file cannot be read. */
export function readAlerts(workspace: Workspace): readonly Alert[] {
  return read(workspace).alerts;
}

export class AlertFile {
  readonly #workspace: Workspace;
  #log: LineLog | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** The alerts of before. Throws `io` when the file cannot be read. */
  open(): readonly Alert[] {
    const { alerts, lines } = read(this.#workspace);
    if (lines > LINES_MIN && lines > LINES_PER_ALERT * alerts.length)
      writeTextAtomic(this.#workspace.fs, fileOf(this.#workspace), alerts.map(lineOf).join(""));
    return alerts;
  }

  /** Keeps changed alerts. Throws `io` when they cannot be written. */
  append(alerts: readonly Alert[]): void {
    this.#log ??= new LineLog(this.#workspace.fs, fileOf(this.#workspace));
    this.#log.append(alerts.map(lineOf).join(""));
  }

  close(): void {
    this.#log?.close();
    this.#log = null;
  }
}
