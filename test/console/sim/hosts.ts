/**
 * Real hosts on workspaces of their own, and the two kinds of wire to them. Everything is closed after each test.
 */
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { ConsoleHost, ConsoleHostOptions } from "../../../src/console/bridge/api.ts";
import { createConsoleHost } from "../../../src/console/host.ts";
import { BRIDGE_PROTOCOL } from "../../../src/serve/gate.ts";
import { startLoopbackHost } from "../../../src/serve/index.ts";
import type { HostMessage } from "../../../src/shared/contract/contract.ts";
import { resourcesFolder } from "../../../src/store/index.ts";
import { afterFile, afterTest, type Closers } from "../../closing.ts";
import { bytesOf, exchange } from "../../serve/wire.ts";
import { Reader, type Wire } from "./reader.ts";

/** A folder that is gone after the test, or after the file's last one. */
export function temporaryFolder(closers: Closers = afterTest): string {
  const folder = mkdtempSync(join(tmpdir(), "logos-console-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Place {
  readonly host: ConsoleHost;
  readonly workspace: string;
  readonly problems: string[];
}

export interface PlaceOptions extends Partial<ConsoleHostOptions> {
  /** A desk file's text, or `busy`; the demo desk when absent. */
  readonly desk?: string;
  /** Keeps the host for all tests of the file. */
  readonly keep?: boolean;
}

/** A host on an empty workspace. */
export async function place(options: PlaceOptions = {}): Promise<Place> {
  const { desk, keep = false, ...others } = options;
  const closers = keep ? afterFile : afterTest;
  const workspace = others.workspace ?? temporaryFolder(closers);
  if (desk === "busy") cpSync(join(resourcesFolder(), "demo", "busy.yaml"), join(workspace, "desk.yaml"));
  else if (desk !== undefined) writeFileSync(join(workspace, "desk.yaml"), desk);
  const problems: string[] = [];
  const host = await createConsoleHost({
    workspace,
    hostKind: "loopback",
    version: "0.0.0",
    environment: {},
    onProblem: (line) => problems.push(line),
    ...others,
  });
  closers.push(() => host.quit());
  return { host, workspace, problems };
}

/** A connection in the same process, as the Electron port is one. */
export function memoryWire(host: ConsoleHost): Wire {
  let take: (message: HostMessage) => void = () => undefined;
  let end: (reason: string) => void = () => undefined;
  const connection = host.connect(
    (message) => take(message),
    (reason) => end(reason),
  );
  return {
    send: (message) => connection.receive(message),
    receive: (listener) => {
      take = listener;
    },
    ended: (listener) => {
      end = listener;
    },
    close: () => connection.close(),
  };
}

/** A connection through the loopback host's socket: start token, key, WebSocket. */
export async function socketWire(host: ConsoleHost): Promise<Wire> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  const server = await startLoopbackHost({ host, rendererFolder: folder });
  afterTest.push(() => server.close());
  const { hash, host: name } = new URL(server.url);
  const origin = `http://${name}`;
  const body = JSON.stringify({ token: hash.replace("#token=", "") });
  const headers = [
    ["Host", name],
    ["Origin", origin],
    ["Content-Type", "application/json"],
    ["Content-Length", String(body.length)],
    ["Connection", "close"],
  ] as const;
  const answer = await exchange(server.port, bytesOf({ method: "POST", target: "/session", headers, body }));
  // The body comes in chunks, whose lengths stand between its pieces.
  const key = /"key":"([^"]+)"/.exec(answer.body)?.[1] ?? "";
  const socket = new WebSocket(`ws://${name}/bridge`, [BRIDGE_PROTOCOL, `key.${key}`], { headers: { Origin: origin } });
  await once(socket, "open");
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    receive: (listener) => {
      socket.on("message", (data: Buffer) => listener(JSON.parse(data.toString("utf8")) as HostMessage));
    },
    ended: (listener) => {
      socket.on("close", (_code: number, reason: Buffer) => listener(reason.toString("utf8")));
    },
    close: () => socket.close(),
  };
}

/** A reader in memory. */
export const readerOf = (host: ConsoleHost): Reader => new Reader(memoryWire(host));
