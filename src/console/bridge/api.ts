/**
 * What a transport holds of the console: calls, connections, and the few things that a window or a server must report.
 *
 * 1. Both transports hold the same `ConsoleHost`; neither knows a procedure or a stream by name.
 * 2. Whatever comes in through `call` and `receive` is hostile until it has been checked here; the transport checks only who sent it.
 * 3. `send` is called with plain JSON; a transport that cannot send any more calls `close`.
 */
import type { HostMessage } from "../../shared/contract/contract.ts";
import type { UtilityProcesses } from "../../live/host/index.ts";
import type { SessionPorts } from "../../live/session/index.ts";
import type { FileSystem, Timers } from "../../shared/ports.ts";
import type { Trash } from "../../store/index.ts";

/** One reader: a window or a browser tab. */
export interface Connection {
  /** Takes one message of the reader, as it came. What is no message of the contract ends the connection. */
  receive(message: unknown): void;
  /** Forgets the reader; nothing is sent from here on. A second call does nothing. */
  close(): void;
}

/** A snapshot file that was opened before, newest first. `at` is a moment of the wall clock. */
export interface RecentSnapshot {
  readonly path: string;
  readonly name: string;
  readonly at: number;
}

/** What the host reports to a window or a server. */
export interface HostEvents {
  /** True while strategies run: the machine's sleep is held off, and quitting asks. */
  readonly running: boolean;
  /** Open Recent changed. */
  readonly recentSnapshots: readonly RecentSnapshot[];
}

export interface ConsoleHost {
  /** The workspace's folder. */
  readonly workspace: string;
  /**
   * Checks the input with the contract, runs the handler, and answers with its output.
   * Throws a CodedError; what was no coded error is answered as `internal`, without paths or secrets.
   */
  call(procedure: string, input: unknown): Promise<unknown>;
  /**
   * A reader comes in. `send` takes each message to it; `end` is called once with the reason when the reader breaks the
   * contract, so that the transport can hang up.
   */
  connect(send: (message: HostMessage) => void, end?: (reason: string) => void): Connection;
  /** True while a session is open that has not stopped: then quitting asks first. */
  sessionRunning(): boolean;
  /** Stops the session cleanly and lets everything go. A second call waits for the first. Never rejects. */
  quit(): Promise<void>;
  /** The machine goes to sleep, or woke up. */
  suspended(): void;
  resumed(): void;
  /** A file that the machine handed over (a second start, a file dropped on the icon): the views show its restore preview. */
  openSnapshotFile(path: string): void;
  readonly recentSnapshots: readonly RecentSnapshot[];
  /** Listens; the answer stops it. A listener that throws is dropped. */
  on<Name extends keyof HostEvents>(event: Name, listener: (value: HostEvents[Name]) => void): () => void;
}

/** The doors to the world, each of which has a real one by default. */
export interface ConsolePorts {
  readonly files: FileSystem;
  readonly timers: Timers;
  /** The wall clock in milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Free and total bytes of the disk that holds a path; null where that cannot be asked. */
  readonly diskRoom: (path: string) => DiskRoom | null;
}

export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** How another workspace is opened in place of this one. */
export interface WorkspaceSwitch {
  readonly recentFile: string;
  /** Throws what opening a workspace throws; then nothing has changed. */
  readonly open: (path: string) => Promise<void>;
  readonly pickFolder?: () => Promise<string | null>;
}

export interface ConsoleHostOptions {
  /** The workspace's folder; it is made when it is missing. */
  readonly workspace: string;
  readonly hostKind: "electron" | "loopback";
  readonly version: string;
  /** `process.env`, or a part of it: settings come from the environment before the file. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Shows the native file dialog; null where the person cancelled. Absent where the host has none. */
  readonly pickFile?: () => Promise<string | null>;
  /** Opens an https link outside the console; only addresses that `link.open` allows reach it. */
  readonly openExternal?: (url: string) => Promise<void>;
  /** Where deleted things go; null: nowhere, they are gone. Absent: the system's own trash, where it has one. */
  readonly trash?: Trash | null;
  readonly ports?: Partial<ConsolePorts>;
  /** What the sessions opened here get of the world; each has a real one by default. */
  readonly sessionPorts?: Partial<SessionPorts>;
  /** Electron's way to start processes, for users' strategies; without it Node's own is used. */
  readonly utilityProcesses?: UtilityProcesses;
  /** Absent where the host holds one workspace for good. */
  readonly switching?: WorkspaceSwitch;
  /** Called with what no reader can be sent: one line for the terminal or the log file. */
  readonly onProblem?: (line: string) => void;
}
