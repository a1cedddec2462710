/**
 * The bridge of the desktop window: a frozen `window.logos`, and nothing else, between the views and the host.
 *
 * 1. What is exposed are functions of this file; no channel name, no Electron object and no Electron event reaches a view.
 * 2. The bundle requires `electron` alone: a sandboxed window loads one CommonJS file.
 * 3. A connection that ended is reported, and reopened with the next message; the views then subscribe again.
 */
import { contextBridge, ipcRenderer } from "electron";
import type { ClientMessage, HostMessage } from "../shared/contract/contract.ts";
import { CHANNELS, type DesktopBridge, type MenuCommand } from "../shared/contract/desktop.ts";

/** A view listens once or twice; more than this is a leak, and is reported as one. */
const LISTENERS_MAX = 64;

/** A list of listeners that hands on a value and nothing of Electron's. */
function listeners<Value>(): { add: (listener: (value: Value) => void) => () => void; tell: (value: Value) => void } {
  const known = new Set<(value: Value) => void>();
  return {
    add: (listener) => {
      if (typeof listener !== "function") throw new TypeError("Hand over a function that listens.");
      if (known.size >= LISTENERS_MAX)
        throw new Error(`${LISTENERS_MAX} functions listen already. Stop one before adding another.`);
      // A function of its own, so that the same listener may come twice and each is stopped by its own answer.
      const entry = (value: Value): void => listener(value);
      known.add(entry);
      return () => {
        known.delete(entry);
      };
    },
    tell: (value) => {
      for (const listener of known) listener(value);
    },
  };
}

const received = listeners<HostMessage>();
const closed = listeners<undefined>();
const commands = listeners<MenuCommand>();
let open = false;

ipcRenderer.on(CHANNELS.receive, (_event, message: HostMessage) => received.tell(message));
ipcRenderer.on(CHANNELS.command, (_event, command: MenuCommand) => commands.tell(command));
ipcRenderer.on(CHANNELS.closed, () => {
  open = false;
  closed.tell(undefined);
});

const bridge: DesktopBridge = {
  host: "electron",
  send: (message: ClientMessage) => {
    if (!open) ipcRenderer.send(CHANNELS.open);
    open = true;
    ipcRenderer.send(CHANNELS.send, message);
  },
  receive: (listener) => received.add(listener),
  closed: (listener) => closed.add(() => listener()),
  command: (listener) => commands.add(listener),
};

contextBridge.exposeInMainWorld("logos", Object.freeze(bridge));
