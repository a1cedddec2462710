/**
 * The one door from the page to the host: who may send, how much, and in what shape.
 *
 * 1. A message is taken only from a frame that is there, is the main frame, has the console's exact origin, and belongs to a
 *    web contents that the window itself made known. Everything else is dropped and reported.
 * 2. Size comes before the schema, and the schema before a handler.
 * 3. Handlers are registered here alone, on exactly the channels of `CHANNELS` that lead to the host.
 * 4. A page has one connection; a page that is left, crashed or destroyed has none.
 */
import * as z from "zod/mini";
import type { IpcMain, IpcMainEvent } from "electron";
import type { Connection, ConsoleHost } from "../console/bridge/api.ts";
import { ClientMessageSchema, MESSAGE_BYTES_MAX } from "../shared/contract/contract.ts";
import { CHANNELS, PAGE_ORIGIN, PAGE_URL, type MenuCommand } from "../shared/contract/desktop.ts";
import type { WebContents } from "./electron.ts";

/** Values in one message, whatever their size; the contract's own limits are narrower. */
const MESSAGE_VALUES_MAX = 10_000;

/** The web contents that may speak. */
export interface KnownSenders {
  has(contents: WebContents): boolean;
}

/** Why a sender is refused, or null when it may speak. */
export function senderRefusal(event: IpcMainEvent, known: KnownSenders): string | null {
  const frame = event.senderFrame;
  if (frame === null || frame === undefined) return "the sender's frame is gone";
  if (event.sender.isDestroyed()) return "the sender is gone";
  if (!known.has(event.sender)) return "the sender is not a window of the console";
  if (frame !== event.sender.mainFrame || frame.parent !== null) return "the sender is not the main frame";
  if (frame.origin !== PAGE_ORIGIN || !frame.url.startsWith(PAGE_URL)) return "the sender has another origin";
  return null;
}

/** True when a value is no longer than the limit and plain: texts, numbers, arrays and plain objects. */
export function withinLimit(value: unknown, bytesMax: number): boolean {
  const waiting: unknown[] = [value];
  let bytes = 0;
  let values = 0;
  while (waiting.length > 0) {
    const item = waiting.pop();
    values += 1;
    if (values > MESSAGE_VALUES_MAX) return false;
    if (typeof item === "string") bytes += item.length > bytesMax ? Infinity : Buffer.byteLength(item);
    else if (Array.isArray(item)) {
      if (item.length > MESSAGE_VALUES_MAX) return false;
      waiting.push(...(item as unknown[]));
    } else if (typeof item === "object" && item !== null) {
      if (Object.getPrototypeOf(item) !== Object.prototype) return false;
      for (const [key, inner] of Object.entries(item)) {
        bytes += key.length;
        waiting.push(inner);
      }
    } else if (typeof item === "bigint" || typeof item === "function" || typeof item === "symbol") return false;
    else bytes += 8;
    if (bytes > bytesMax) return false;
  }
  return true;
}

export interface Door {
  readonly ipcMain: Pick<IpcMain, "on" | "removeAllListeners">;
  readonly known: KnownSenders;
  readonly onProblem: (line: string) => void;
}

/** Registers what takes the messages of one channel, behind every check. */
export function registerHandler<Schema extends z.ZodMiniType>(
  door: Door,
  channel: string,
  schema: Schema,
  bytesMax: number,
  handle: (sender: WebContents, value: z.infer<Schema>) => void,
): void {
  door.ipcMain.on(channel, (event, ...values: unknown[]) => {
    const refusal = senderRefusal(event, door.known);
    if (refusal !== null) return door.onProblem(`A message on ${channel} was refused: ${refusal}.`);
    if (values.length > 1) return door.onProblem(`A message on ${channel} was refused: it holds more than one value.`);
    const value = values[0];
    if (!withinLimit(value, bytesMax))
      return door.onProblem(`A message on ${channel} was refused: it is too large or not plain.`);
    const parsed = z.safeParse(schema, value);
    if (!parsed.success) return door.onProblem(`A message on ${channel} was refused: it is none of the contract's.`);
    handle(event.sender, parsed.data);
  });
}

/** The pages' connections. */
export interface PageConnections {
  /** Ends a page's connection: it was left, crashed or destroyed. */
  drop(contents: WebContents): void;
  /** Hands a page a command of the menu. */
  command(contents: WebContents, command: MenuCommand): void;
  close(): void;
}

/** Carries the contract between the pages and the host. */
export function connectPages(door: Door, host: Pick<ConsoleHost, "connect">): PageConnections {
  const connections = new Map<WebContents, Connection>();

  const tell = (contents: WebContents, channel: string, value?: unknown): void => {
    if (!contents.isDestroyed()) contents.send(channel, value);
  };
  const drop = (contents: WebContents): void => {
    const connection = connections.get(contents);
    connections.delete(contents);
    connection?.close();
  };
  const open = (contents: WebContents): void => {
    drop(contents);
    // The host may end a connection from inside `connect`, before it is known here.
    let ended = false;
    const end = (reason: string): void => {
      ended = true;
      connections.delete(contents);
      door.onProblem(`The window's connection was ended: ${reason}`);
      tell(contents, CHANNELS.closed);
    };
    try {
      const connection = host.connect((message) => tell(contents, CHANNELS.receive, message), end);
      if (!ended) connections.set(contents, connection);
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
    }
  };

  registerHandler(door, CHANNELS.open, z.undefined(), 0x40, (sender) => open(sender));
  registerHandler(door, CHANNELS.send, ClientMessageSchema, MESSAGE_BYTES_MAX, (sender, message) => {
    const connection = connections.get(sender);
    if (connection === undefined) tell(sender, CHANNELS.closed);
    else connection.receive(message);
  });

  return {
    drop,
    command: (contents, command) => tell(contents, CHANNELS.command, command),
    close: () => {
      for (const contents of connections.keys()) drop(contents);
      for (const channel of [CHANNELS.open, CHANNELS.send]) door.ipcMain.removeAllListeners(channel);
    },
  };
}
