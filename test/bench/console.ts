/**
 * What watching costs: the demo at 10×, its host's event loop, and the frames of a view in a browser.
 *
 * 1. The host is a process of its own; readers come through the loopback socket, as a browser does.
 * 2. The loop is measured without a reader, with a reader of every stream, and with a browser.
 * 3. Frames are the distances between animation frames while the session runs; 16.7 ms is a browser that misses none. An empty
 *    page is measured too: what the machine itself misses then shows.
 */
import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { needsBuild } from "../../scripts/start.ts";
import { STREAMS, type HostMessage } from "../../src/shared/contract/contract.ts";
import { applyPatch, type JsonObject } from "../../src/shared/contract/patch.ts";
import { framesOf } from "./frames.ts";
import { inFolder, notHere, percentile } from "./place.ts";
import { quick, sized, type BenchRow } from "./row.ts";
import { firstPageRows, viewRows, writeManyStrategies } from "./views.ts";
import { chromiumPath, openBrowser, root } from "./served.ts";

const MEASURED_MS = sized(10_000, 300);
/** The session's first moments, the grid's first drawing. */
const SETTLING_MS = sized(2_000, 300);
const LOOP_TARGET_MS = 10;
/** Percent of a core. */
const CPU_TARGET = 25;
const STRATEGIES = 500;
const FRAME_TARGET_MS = 17;
const VIEWS = ["desk", "schedule", "orders"] as const;

interface Loop {
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** What the process used of a core, with its threads. */
  readonly cpuShare: number;
}

class Host {
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(workspace: string): Promise<Host> {
    const child = fork(join(import.meta.dirname, "host.ts"), [workspace], { stdio: "inherit" });
    const [{ url }] = (await once(child, "message")) as [{ url: string }];
    return new Host(child, url);
  }

  /** The loop's delays while `work` runs. */
  async during(work: () => Promise<unknown>): Promise<Loop> {
    this.#child.send("reset");
    await work();
    this.#child.send("read");
    return ((await once(this.#child, "message")) as [Loop])[0];
  }

  async quit(): Promise<void> {
    this.#child.send("quit");
    await once(this.#child, "exit");
  }
}

/** Reads every stream, applies what comes and says so; calls go beside it. */
class Reader {
  readonly #socket: WebSocket;
  readonly #values = new Map<string, JsonObject>();
  readonly #answers = new Map<number, (ok: boolean) => void>();
  #id = 0;
  events = 0;
  bytes = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#take(data));
  }

  static async open(url: string): Promise<Reader> {
    const { origin, host, hash } = new URL(url);
    const answer = await fetch(`${origin}/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token: hash.replace("#token=", "") }),
    });
    const { key } = (await answer.json()) as { readonly key: string };
    const socket = new WebSocket(`ws://${host}/bridge`, ["logos.v1", `key.${key}`], { headers: { origin } });
    await once(socket, "open");
    return new Reader(socket);
  }

  subscribeAll(): void {
    for (const stream of Object.keys(STREAMS)) this.#send({ kind: "subscribe", stream });
  }

  async call(procedure: string, input: unknown): Promise<void> {
    this.#id += 1;
    const id = this.#id;
    const ok = await new Promise<boolean>((resolve) => {
      this.#answers.set(id, resolve);
      this.#send({ kind: "call", id, procedure, input });
    });
    if (!ok) throw new Error(`${procedure} was refused.`);
  }

  close(): void {
    this.#socket.close();
  }

  #send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  #take(data: Buffer): void {
    this.bytes += data.byteLength;
    const message = JSON.parse(data.toString("utf8")) as HostMessage;
    if (message.kind === "result") return this.#answers.get(message.id)?.(message.ok);
    if (message.kind === "pong") return;
    this.events += 1;
    const { stream, event } = message;
    const value =
      event.type === "whole"
        ? (event.value as JsonObject)
        : applyPatch(this.#values.get(stream) as JsonObject, event.patch);
    this.#values.set(stream, value);
    return this.#send({ kind: "applied", stream, version: event.version });
  }
}

function loopRows(what: string, loop: Loop): BenchRow[] {
  const common = { n: loop.n, unit: "ms", better: "lower" } as const;
  return [
    { name: `host's loop, ${what}: p99 delay`, value: loop.p99, target: LOOP_TARGET_MS, ...common },
    { name: `host's loop, ${what}: longest delay`, value: loop.max, ...common },
    {
      name: `host's process, ${what}: of a core`,
      ...common,
      value: loop.cpuShare * 100,
      unit: "%",
      target: CPU_TARGET,
    },
  ];
}

function readBySocket(): Promise<BenchRow[]> {
  return inFolder(async (workspace) => {
    const host = await Host.start(workspace);
    try {
      const reader = await Reader.open(host.url);
      await reader.call("session.start", { speed: 10 });
      await wait(SETTLING_MS);
      const alone = await host.during(() => wait(MEASURED_MS));
      reader.subscribeAll();
      await wait(SETTLING_MS);
      const [events, bytes] = [reader.events, reader.bytes];
      const read = await host.during(() => wait(MEASURED_MS));
      const seconds = MEASURED_MS / 1_000;
      const delivered = reader.events - events;
      const perSecond = (value: number, unit: string, name: string): BenchRow => ({
        name,
        n: delivered,
        value: value / seconds,
        unit,
        better: "lower",
      });
      await reader.call("session.stop", { operator: "bench" });
      reader.close();
      return [
        ...loopRows("demo at 10×, no reader", alone),
        ...loopRows("demo at 10×, all streams read", read),
        perSecond(delivered, "events/s", "all streams: events"),
        perSecond((reader.bytes - bytes) / 1_000, "kB/s", "all streams: bytes"),
      ];
    } finally {
      await host.quit();
    }
  });
}

function frameRow(what: string, frames: readonly number[], judged: boolean): BenchRow {
  const target = judged ? { target: FRAME_TARGET_MS } : {};
  const value = percentile(frames, 0.95);
  return { name: `frames, ${what}: p95`, n: frames.length, value, unit: "ms", ...target, better: "lower" };
}

function readInBrowser(path: string): Promise<BenchRow[]> {
  return inFolder(async (workspace) => {
    const host = await Host.start(workspace);
    const { browser, page } = await openBrowser(path);
    try {
      const empty = await framesOf(page, MEASURED_MS);
      const rows: BenchRow[] = [frameRow("an empty page, for comparison", empty, false)];
      await page.goto(host.url);
      await page.getByTestId("start-session").click();
      for (const view of VIEWS) {
        await page.getByTestId(`nav-${view}`).click();
        await wait(SETTLING_MS);
        let frames: number[] = [];
        const loop = await host.during(async () => {
          frames = await framesOf(page, MEASURED_MS);
        });
        rows.push(frameRow(`${view} at 10×`, frames, true));
        rows.push(...loopRows(`${view} in a browser`, loop).slice(0, 1));
      }
      return rows;
    } finally {
      await browser.close();
      await host.quit();
    }
  });
}

/** The first page, and every view beside many strategies. */
function manyStrategies(path: string): Promise<BenchRow[]> {
  return inFolder(async (workspace) => {
    writeManyStrategies(workspace, STRATEGIES);
    const host = await Host.start(workspace);
    const { browser, page } = await openBrowser(path);
    try {
      const rows = await firstPageRows(page, () => host.url);
      await page.getByTestId("start-session").click();
      await wait(SETTLING_MS);
      return [...rows, ...(await viewRows(page))];
    } finally {
      await browser.close();
      await host.quit();
    }
  });
}

export async function consoleBenchmarks(): Promise<BenchRow[]> {
  const rows = await readBySocket();
  if (quick) return rows;
  const path = chromiumPath();
  if (path === null) {
    notHere("no frames: there is no Chromium here; npm test fetches one");
    return rows;
  }
  // Views of an earlier build would be measured without a word.
  if (needsBuild(root)) execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "ignore" });
  return [...rows, ...(await readInBrowser(path)), ...(await manyStrategies(path))];
}
