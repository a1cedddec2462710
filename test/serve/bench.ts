/** A loopback host with real sockets and a fake console, and what a page of its own does: get a key, open a connection. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { startLoopbackHost, type LoopbackHost, type LoopbackOptions } from "../../src/serve/index.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { bytesOf, exchange, type Answer } from "./wire.ts";

const folder = mkdtempSync(join(tmpdir(), "logos-host-"));
writeFileSync(join(folder, "index.html"), "<!doctype html>");

export interface Bench {
  readonly server: LoopbackHost;
  readonly host: FakeConsole;
  readonly timers: ManualTimers;
  readonly problems: string[];
  readonly token: string;
  readonly own: readonly (readonly [string, string])[];
}

export async function bench(options: Partial<LoopbackOptions> = {}): Promise<Bench> {
  const host = new FakeConsole();
  const timers = new ManualTimers();
  const problems: string[] = [];
  const server = await startLoopbackHost({
    host,
    rendererFolder: folder,
    timers,
    onProblem: (line) => problems.push(line),
    ...options,
  });
  onTestFinished(() => server.close());
  const { hash, host: name } = new URL(server.url);
  const own = [
    ["Host", name],
    ["Origin", `http://${name}`],
  ] as const;
  return { server, host, timers, problems, token: hash.replace("#token=", ""), own };
}

process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

export function post({ server, own }: Bench, body: string, type = "application/json"): Promise<Answer> {
  const headers = [...own, ["Content-Type", type], ["Content-Length", String(Buffer.byteLength(body))]] as const;
  const closing = [...headers, ["Connection", "close"]] as const;
  return exchange(server.port, bytesOf({ method: "POST", target: "/session", headers: closing, body }));
}

export async function keyOf(given: Bench): Promise<string> {
  // Each address is good for one tab; the next one is there as soon as it was used.
  const token = new URL(given.server.url).hash.replace("#token=", "");
  const { text } = await post(given, JSON.stringify({ token }));
  return /"key":"([\w-]{43})"/.exec(text)?.[1] ?? "";
}

export const offer = (key: string) => ["Sec-WebSocket-Protocol", `logos.v1, key.${key}`] as const;

export async function openSocket(given: Bench): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${given.server.port}`;
  const protocols = ["logos.v1", `key.${await keyOf(given)}`];
  const socket = new WebSocket(`ws://127.0.0.1:${given.server.port}/bridge`, protocols, {
    headers: { Origin: origin },
  });
  await once(socket, "open");
  return socket;
}

export const closeOf = async (socket: WebSocket): Promise<number> => ((await once(socket, "close")) as [number])[0];
