/**
 * `alerts.jsonl`: the workspace's alerts, one line for each change of one.
 *
 * 1. The last line of an alert is how it is; a line that cannot be read is passed over.
 * 2. A change is handed to the system at once, so that the end of the process loses none. The journal holds what they are made from.
 * 3. A file that has grown far beyond its alerts is written again when it is opened.
 * 4. Several hosts may have one workspace: each reads what the others appended, and none keeps the file open, so that one that is
 *    written again loses no line.
 */
import { CodedError } from "../../shared/errors.ts";
import { AlertSchema } from "../../shared/views/alerts.ts";
import type { Alert } from "../../shared/contract/views.ts";
import { ioError, readText, sizeOf, writeAll, writeTextAtomic } from "../files/atomic.ts";
import { LineLog } from "../files/line-log.ts";
import { join } from "node:path";
import type { Workspace } from "./workspace.ts";

/** Lines that a file may have for each alert before it is written again. */
const LINES_PER_ALERT = 4;
const LINES_MIN = 1_000;
const BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 10;

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
  /** Bytes of the file that were read or written here. */
  #seen = 0;
  /** Whether a line that a crash tore off has been cut. */
  #whole = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** The alerts of before. Throws `io` when the file cannot be read. */
  open(): readonly Alert[] {
    const { alerts, lines } = read(this.#workspace);
    if (lines > LINES_MIN && lines > LINES_PER_ALERT * alerts.length)
      writeTextAtomic(this.#workspace.fs, fileOf(this.#workspace), alerts.map(lineOf).join(""));
    this.#seen = this.#size();
    return alerts;
  }

  /** What other hosts of the workspace have appended since the last look. Throws `io` when the file cannot be read. */
  others(): readonly Alert[] {
    const size = this.#size();
    if (size === this.#seen) return [];
    const { fs } = this.#workspace;
    if (size > BYTES_MAX) {
      // It is not looked at again before it changes.
      this.#seen = size;
      throw new CodedError("too_large", `${fileOf(this.#workspace)} has ${size} bytes; at most ${BYTES_MAX} are read.`);
    }
    // A file that is shorter was written again: then all of it is looked at.
    const from = size < this.#seen ? 0 : this.#seen;
    const bytes = this.#read(fs).subarray(from, size);
    // A line that is only half there is read with its other half.
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#seen = from + end;
    return new TextDecoder()
      .decode(bytes.subarray(0, end))
      .split("\n")
      .flatMap((line) => (line === "" ? [] : (parse(line) ?? [])));
  }

  /** Keeps changed alerts. Throws `io` when they cannot be written. */
  append(alerts: readonly Alert[]): void {
    const { fs } = this.#workspace;
    const path = fileOf(this.#workspace);
    // Opening it as a log cuts off what a crash tore.
    if (!this.#whole) new LineLog(fs, path).close();
    this.#whole = true;
    const before = this.#size();
    const bytes = new TextEncoder().encode(alerts.map(lineOf).join(""));
    try {
      const file = fs.append(path);
      try {
        writeAll(file, bytes);
      } finally {
        file.close();
      }
    } catch (error) {
      throw ioError("Appending to", path, error);
    }
    // What others appended meanwhile is still to be read.
    if (this.#seen === before && this.#size() === before + bytes.length) this.#seen = before + bytes.length;
  }

  #read(fs: Workspace["fs"]): Uint8Array {
    try {
      return fs.readFile(fileOf(this.#workspace));
    } catch (error) {
      throw ioError("Reading", fileOf(this.#workspace), error);
    }
  }

  #size(): number {
    return sizeOf(this.#workspace.fs, fileOf(this.#workspace)) ?? 0;
  }
}
