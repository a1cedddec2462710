/**
 * The console of a session that stands still: for screens that are compared with approved ones.
 *
 * 1. All time is given: the session's clock moves by hand, the wall stands, and strategies run in this process. So a state has the same
 *    rows, figures and moments on every machine.
 * 2. What a machine shows of itself (the workspace's path, the program's version, sizes of files) is replaced on its way to the page.
 * 3. It is forked; its parent asks for one state after another and gets the page's address, or takes the host away from under the page.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConsoleHost } from "../../src/console/bridge/api.ts";
import { createConsoleHost } from "../../src/console/host.ts";
import { startLoopbackHost, type LoopbackHost } from "../../src/serve/index.ts";
import type { HostMessage } from "../../src/shared/contract/contract.ts";
import type { Timers } from "../../src/shared/ports.ts";
import { nodeFileSystem } from "../../src/store/index.ts";
import { HandTimers, turn } from "../live/session/hand-timers.ts";
import { FailingDisk } from "./disk/failing-disk.ts";
import { insideHost } from "./inside-host.ts";

type ScreenState = "none" | "running" | "paused" | "halted" | "stopped" | "failed" | "interrupted" | "lost";

/** The moment at which everything stands. */
const WALL_MS = Date.UTC(2026, 0, 5, 15, 4, 5);
const SPEED = 60;
/** Session time that passes before a state is reached. */
const BEFORE_MS = 12 * 60_000;
const STEP_MS = 100;
const rendererFolder = join(import.meta.dirname, "..", "..", "out", "renderer");

/** Timers that a test moves by hand until they are released; from then on they are the machine's. */
class LaterTimers implements Timers {
  readonly #hand = new HandTimers();
  readonly #waiting = new Map<unknown, () => void>();
  #freeMs: number | null = null;

  set(callback: () => void, milliseconds: number): unknown {
    if (this.#freeMs !== null) return setTimeout(callback, milliseconds);
    const timer = this.#hand.set(() => {
      this.#waiting.delete(timer);
      callback();
    }, milliseconds);
    this.#waiting.set(timer, callback);
    return timer;
  }

  clear(timer: unknown): void {
    if (this.#waiting.delete(timer)) this.#hand.clear(timer);
    else clearTimeout(timer as NodeJS.Timeout);
  }

  monotonicMs(): number {
    return this.#hand.nowMs + (this.#freeMs === null ? 0 : performance.now() - this.#freeMs);
  }

  pass(milliseconds: number): Promise<void> {
    return this.#hand.pass(milliseconds);
  }

  free(): void {
    this.#freeMs = performance.now();
    for (const callback of this.#waiting.values()) setTimeout(callback, 0);
    this.#waiting.clear();
  }
}

interface Still {
  readonly server: LoopbackHost;
  /** To be removed at its end. */
  readonly folders: readonly string[];
}

/** A message with what differs between machines replaced. */
function plain(message: HostMessage, workspace: string): HostMessage {
  const text = JSON.stringify(message).replaceAll(workspace, "/desks/day");
  return JSON.parse(text.replaceAll(/"bytes":\d+/g, '"bytes":2100000')) as HostMessage;
}

const temporary = (): string => mkdtempSync(join(tmpdir(), "logos-screens-"));

async function hostOn(
  workspace: string,
  timers: LaterTimers,
  session: HandTimers,
  disk: FailingDisk,
): Promise<ConsoleHost> {
  return createConsoleHost({
    workspace,
    hostKind: "loopback",
    version: "0.0.0",
    environment: {},
    onProblem: (line) => console.error(line),
    ports: { timers, wallMs: () => WALL_MS, diskRoom: () => null },
    sessionPorts: { timers: session, wallMs: () => WALL_MS, turn, openHost: insideHost, fs: disk },
  });
}

/** Moves session and console on together, in small steps, so that what the console notices does not depend on the machine. */
async function pass(timers: LaterTimers, session: HandTimers, sessionMs: number): Promise<void> {
  for (let ms = 0; ms < sessionMs / SPEED; ms += STEP_MS) {
    await session.pass(STEP_MS);
    await timers.pass(STEP_MS);
  }
}

async function reach(state: ScreenState): Promise<Still> {
  const workspace = temporary();
  const folders = [workspace];
  let timers = new LaterTimers();
  const session = new HandTimers();
  const disk = new FailingDisk(nodeFileSystem);
  let host = await hostOn(workspace, timers, session, disk);
  if (state !== "none") {
    const { id } = (await host.call("session.start", {
      // The busy desk halts by itself, on a fill that no order explains.
      desk: state === "halted" ? "busy" : "demo",
      speed: SPEED,
    })) as { readonly id: string };
    await pass(timers, session, BEFORE_MS);
    if (state === "paused") await host.call("session.pause", { operator: "Ada" });
    if (state === "stopped") {
      const stopping = host.call("session.stop", { operator: "Ada" });
      await pass(timers, session, 60_000);
      await stopping;
    }
    if (state === "failed") disk.fault = { kind: "ENOSPC", path: /./ };
    await pass(timers, session, state === "failed" ? 120_000 : 10_000);
    if (state === "interrupted") {
      const copy = temporary();
      folders.push(copy);
      const left = (path: string): boolean => !/session\.lock(-journal)?$|writer\.json$|-shm$/.test(path);
      cpSync(join(workspace, "sessions", id), join(copy, "sessions", id), { recursive: true, filter: left });
      timers = new LaterTimers();
      host = await hostOn(copy, timers, new HandTimers(), new FailingDisk(nodeFileSystem));
    }
  }
  timers.free();
  const shown = host;
  const server = await startLoopbackHost({
    host: { connect: (send, end) => shown.connect((message) => send(plain(message, shown.workspace)), end) },
    rendererFolder,
    limits: { tokenUsesMax: 1e9 },
  });
  return { server, folders };
}

let still: Still | null = null;

async function close(): Promise<void> {
  await still?.server.close();
  for (const folder of still?.folders ?? []) rmSync(folder, { recursive: true, force: true });
  still = null;
}

process.on("message", (message: { readonly state?: ScreenState; readonly lose?: boolean }) => {
  void (async () => {
    await close();
    if (message.state === undefined) return process.send?.({ lost: true });
    still = await reach(message.state);
    return process.send?.({ url: still.server.url });
  })();
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });
