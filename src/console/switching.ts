/**
 * A console host that can open another workspace in place of the one that it has.
 *
 * 1. The next host is open before the former one is closed: where it cannot be opened, nothing has changed.
 * 2. Readers of the former workspace are disconnected, so none keeps showing it; they come again and get the new one.
 * 3. The answer to who asked for it is sent before its connection ends.
 */
import { nodeTurn } from "../live/clock/index.ts";
import type { ConsoleHost, ConsoleHostOptions, HostEvents } from "./bridge/api.ts";
import { createConsoleHost } from "./host.ts";

export interface SwitchingOptions extends Omit<ConsoleHostOptions, "switching"> {
  /** Where the workspaces that were opened are remembered. */
  readonly recentFile: string;
  /** Shows the native dialog for folders; absent where there is none. */
  readonly pickFolder?: () => Promise<string | null>;
}

interface Listener {
  readonly event: keyof HostEvents;
  readonly call: (value: never) => void;
  stop: () => void;
}

const ENDED = "The console has opened another workspace.";

export async function createSwitchingHost({
  recentFile,
  pickFolder,
  ...options
}: SwitchingOptions): Promise<ConsoleHost> {
  const readers = new Set<{ readonly leave: () => void }>();
  const listeners = new Set<Listener>();
  const made = (workspace: string): Promise<ConsoleHost> =>
    createConsoleHost({
      ...options,
      workspace,
      switching: { recentFile, open, ...(pickFolder === undefined ? {} : { pickFolder }) },
    });
  const listen = (listener: Listener): void => {
    listener.stop = current.on(listener.event, listener.call as (value: HostEvents[typeof listener.event]) => void);
  };
  async function swap(next: ConsoleHost): Promise<void> {
    // The call that asked for it is answered through the host of before.
    await nodeTurn();
    const before = current;
    current = next;
    for (const listener of listeners) {
      listener.stop();
      listen(listener);
      if (listener.event === "recentSnapshots") listener.call(next.recentSnapshots as never);
    }
    for (const reader of readers) reader.leave();
    await before.quit();
  }
  async function open(path: string): Promise<void> {
    void swap(await made(path));
  }
  let current = await made(options.workspace);

  return {
    get workspace() {
      return current.workspace;
    },
    call: (procedure, input) => current.call(procedure, input),
    connect: (send, end = () => undefined) => {
      const connection = current.connect(send, (reason) => {
        readers.delete(reader);
        end(reason);
      });
      const reader = {
        leave: (): void => {
          readers.delete(reader);
          connection.close();
          end(ENDED);
        },
      };
      readers.add(reader);
      return {
        receive: (message) => connection.receive(message),
        close: () => {
          readers.delete(reader);
          connection.close();
        },
      };
    },
    sessionRunning: () => current.sessionRunning(),
    quit: () => current.quit(),
    suspended: () => current.suspended(),
    resumed: () => current.resumed(),
    openSnapshotFile: (path) => current.openSnapshotFile(path),
    get recentSnapshots() {
      return current.recentSnapshots;
    },
    on: (event, call) => {
      const listener: Listener = { event, call: call, stop: () => undefined };
      listeners.add(listener);
      listen(listener);
      return () => {
        listeners.delete(listener);
        listener.stop();
      };
    },
  };
}
