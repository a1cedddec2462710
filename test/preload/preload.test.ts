/**
 * The built preload, run against a fake `electron` as a sandboxed window would run it.
 *
 * 1. The bundle is built by the project's own configuration, in memory.
 */
import { EventEmitter } from "node:events";
import { createContext, runInContext } from "node:vm";
import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { CHANNELS, type DesktopBridge } from "../../src/shared/contract/desktop.ts";
import config from "../../electron.vite.config.ts";

interface Sent {
  readonly channel: string;
  readonly values: readonly unknown[];
}

let code = "";

beforeAll(async () => {
  const { preload } = config as { preload: { build: Record<string, unknown> } };
  const { externalizeDeps, ...options } = preload.build;
  expect(externalizeDeps).toBe(false);
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      ...options,
      write: false,
      ssr: true,
      rollupOptions: { ...(options["rollupOptions"] as object), external: ["electron"] },
    },
    ssr: { noExternal: true },
  });
  const outputs = "output" in built ? built.output : [];
  expect(outputs).toHaveLength(1);
  code = outputs[0]?.type === "chunk" ? outputs[0].code : "";
});

function load(): {
  readonly bridge: DesktopBridge;
  readonly ipc: EventEmitter;
  readonly sent: Sent[];
  readonly required: string[];
  readonly exposed: string[];
} {
  const ipc = new EventEmitter();
  const sent: Sent[] = [];
  const required: string[] = [];
  const exposed: string[] = [];
  const worlds: Record<string, unknown> = {};
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, value: unknown) => {
        exposed.push(name);
        worlds[name] = value;
      },
    },
    ipcRenderer: {
      on: (channel: string, listener: (...values: unknown[]) => void) => ipc.on(channel, listener),
      send: (channel: string, ...values: unknown[]) => sent.push({ channel, values }),
    },
  };
  const require = (name: string): unknown => {
    required.push(name);
    if (name !== "electron") throw new Error(`A sandboxed window cannot require ${name}.`);
    return electron;
  };
  const module = { exports: {} };
  runInContext(code, createContext({ require, module, exports: module.exports }));
  return { bridge: worlds["logos"] as DesktopBridge, ipc, sent, required, exposed };
}

const message = { kind: "subscribe", stream: "desk" } as const;

describe("the preload", () => {
  it("requires electron and nothing else", () => {
    expect(load().required).toEqual(["electron"]);
    expect(code).not.toMatch(/\bimport\s*\(|\beval\b|new Function/);
  });

  it("exposes one frozen object of functions", () => {
    const { bridge, exposed } = load();
    expect(exposed).toEqual(["logos"]);
    expect(Object.isFrozen(bridge)).toBe(true);
    expect(Object.entries(bridge).map(([name, value]) => [name, typeof value])).toEqual([
      ["host", "string"],
      ["send", "function"],
      ["receive", "function"],
      ["closed", "function"],
      ["command", "function"],
    ]);
  });

  it("listens and sends on exactly the channels that there are", () => {
    const { bridge, ipc, sent } = load();
    bridge.send(message);
    const used = [...ipc.eventNames().map(String), ...sent.map(({ channel }) => channel)];
    expect(used.toSorted()).toEqual(Object.values(CHANNELS).toSorted());
  });

  it("opens a connection with the first message, and again after it ended", () => {
    const { bridge, ipc, sent } = load();
    bridge.send(message);
    bridge.send(message);
    ipc.emit(CHANNELS.closed, {});
    bridge.send(message);
    const { open, send } = CHANNELS;
    expect(sent.map(({ channel }) => channel)).toEqual([open, send, send, open, send]);
    expect(sent[1]?.values).toEqual([message]);
  });

  it("hands on messages without any event of Electron's", () => {
    const { bridge, ipc } = load();
    const seen: unknown[][] = [];
    const note = (...values: unknown[]): void => {
      seen.push(values);
    };
    const stops = [bridge.receive(note), bridge.closed(note), bridge.command(note)];
    const event = { sender: "Electron's own" };
    ipc.emit(CHANNELS.receive, event, { kind: "event" }, "more");
    ipc.emit(CHANNELS.closed, event, "more");
    ipc.emit(CHANNELS.command, event, "view.desk", "more");
    expect(seen).toEqual([[{ kind: "event" }], [], ["view.desk"]]);
    for (const stop of stops) stop();
    ipc.emit(CHANNELS.receive, event, { kind: "event" });
    expect(seen).toHaveLength(3);
  });

  it("bounds its listeners and refuses what is no function", () => {
    const { bridge } = load();
    expect(() => bridge.receive("evil" as never)).toThrow(/function/);
    for (let count = 0; count < 64; count += 1) bridge.receive(() => {});
    expect(() => bridge.receive(() => {})).toThrow(/64 functions/);
  });
});
