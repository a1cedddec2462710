/**
 * The entrance itself: that the real files, the real host's maker and Electron are put together as the build lays them out.
 *
 * 1. Electron and the host are replaced; everything between them is the program's own, loaded for this file alone.
 */
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ConsoleHostOptions } from "../../src/console/bridge/api.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { FakeElectron, settle } from "../sim/electron/electron.ts";

const electron = new FakeElectron();
const host = new FakeConsole();
const made: ConsoleHostOptions[] = [];
const argv = process.argv;
const signals = ["SIGINT", "SIGTERM"] as const;
const before = signals.map((signal) => process.listeners(signal));

vi.mock("electron", () => electron.asElectron());
vi.mock("../../src/console/host.ts", () => ({
  createConsoleHost: (options: ConsoleHostOptions) => {
    made.push(options);
    return host;
  },
}));

beforeAll(async () => {
  // Another file may have loaded the real ones in this worker.
  vi.resetModules();
  process.argv = ["electron", ".", "--workspace", "book", "state.json"];
  await import("../../src/main/index.ts");
  await settle();
});

afterAll(() => {
  // No other file gets what was loaded here.
  vi.resetModules();
  process.argv = argv;
  for (const [index, signal] of signals.entries())
    for (const listener of process.listeners(signal))
      if (before[index]?.includes(listener) !== true) process.removeListener(signal, listener);
});

describe("the entrance", () => {
  it("makes the host for the workspace that the command line names", () => {
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ workspace: resolve("book"), hostKind: "electron", version: "1.2.3" });
    for (const door of ["pickFile", "openExternal", "onProblem"] as const)
      expect(typeof made[0]?.[door]).toBe("function");
  });

  it("opens the window with the preload beside it, and the files that were handed over", () => {
    const [window] = electron.windows;
    expect(window?.loaded).toEqual(["logos://console/"]);
    const preferences = window?.options["webPreferences"] as { preload: string };
    expect(preferences.preload).toBe(join(import.meta.dirname, "..", "..", "src", "preload", "index.cjs"));
    expect(host.openedFiles).toEqual([resolve("state.json")]);
  });

  it("stops cleanly at a signal of the terminal, without asking", async () => {
    host.running = true;
    for (const listener of process.listeners("SIGINT"))
      if (before[0]?.includes(listener) !== true) (listener as () => void)();
    await settle();
    expect([host.quits, electron.app.quitted, electron.boxes.length]).toEqual([1, true, 0]);
  });
});
