/**
 * A console host that records what a transport asks of it.
 *
 * Fault model: `refuseReaders` makes `connect` throw; `endAtOnce` makes it end the reader from
 * inside; `createConsole` never fails by itself.
 */
import type { Connection, ConsoleHost, HostEvents, RecentSnapshot } from "../../../src/console/bridge/api.ts";
import type { HostMessage } from "../../../src/shared/contract/contract.ts";
import { CodedError } from "../../../src/shared/errors.ts";

export interface FakeReader {
  readonly received: unknown[];
  readonly send: (message: HostMessage) => void;
  readonly end: (reason: string) => void;
  open: boolean;
}

export class FakeConsole implements ConsoleHost {
  readonly workspace = "/nowhere";
  readonly readers: FakeReader[] = [];
  readonly calls: { readonly procedure: string; readonly input: unknown }[] = [];
  readonly received: string[] = [];
  readonly openedFiles: string[] = [];
  settings: Record<string, unknown> = {};
  recentSnapshots: readonly RecentSnapshot[] = [];
  running = false;
  quits = 0;
  refuseReaders = false;
  endAtOnce = false;
  readonly #listeners = new Map<string, Set<(value: never) => void>>();

  async call(procedure: string, input: unknown): Promise<unknown> {
    this.calls.push({ procedure, input });
    return procedure === "settings.read" ? { settings: this.settings } : {};
  }

  connect(send: (message: HostMessage) => void, end: (reason: string) => void = () => {}): Connection {
    if (this.refuseReaders) throw new CodedError("refused", "There are 64 readers already. Close one.");
    const reader: FakeReader = { received: [], send, end, open: true };
    this.readers.push(reader);
    if (this.endAtOnce) end("The reader is not wanted.");
    return {
      receive: (message) => {
        reader.received.push(message);
      },
      close: () => {
        reader.open = false;
      },
    };
  }

  sessionRunning(): boolean {
    return this.running;
  }

  async quit(): Promise<void> {
    this.quits += 1;
  }

  suspended(): void {
    this.received.push("suspended");
  }

  resumed(): void {
    this.received.push("resumed");
  }

  openSnapshotFile(path: string): void {
    this.openedFiles.push(path);
  }

  on<Name extends keyof HostEvents>(event: Name, listener: (value: HostEvents[Name]) => void): () => void {
    const known = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, known);
    known.add(listener);
    return () => known.delete(listener);
  }

  emit<Name extends keyof HostEvents>(event: Name, value: HostEvents[Name]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (value: HostEvents[Name]) => void)(value);
  }
}
