/**
 * The desktop program while its windows live: power, a view that stops, the menu and the window's place, against the fake Electron.
 *
 * 1. Nothing waits for time: what the program would wait for is moved by hand.
 */
import { describe, expect, it } from "vitest";
import { menuTemplate, RECENT_MAX } from "../../src/main/menu.ts";
import { HUNG_MS, RELOADS_MAX, usableBounds } from "../../src/main/window.ts";
import type { MenuItemConstructorOptions } from "../../src/main/electron.ts";
import { CHANNELS, MENU_COMMANDS } from "../../src/shared/contract/desktop.ts";
import { FakeEvent, settle, type FakeWindow } from "../sim/electron/electron.ts";
import { start, items, click } from "./bench.ts";

describe("the machine's power", () => {
  it("is held off only while strategies run", async () => {
    const { electron, host } = await start();
    expect(electron.blockers.size).toBe(0);
    host.emit("running", true);
    host.emit("running", true);
    expect(electron.blockers.size).toBe(1);
    host.emit("running", false);
    host.emit("running", false);
    expect(electron.blockers.size).toBe(0);
  });

  it("informs the session of suspend and resume, and a shutdown stops it cleanly without asking", async () => {
    const { electron, host } = await start();
    host.running = true;
    electron.powerMonitor.emit("suspend");
    electron.powerMonitor.emit("resume");
    expect(host.received).toEqual(["suspended", "resumed"]);
    const event = new FakeEvent();
    electron.powerMonitor.emit("shutdown", event);
    await settle();
    expect(event.defaultPrevented).toBe(true);
    expect([electron.boxes.length, host.quits, electron.app.quitted]).toEqual([0, 1, true]);
  });
});

describe("a view that stops", () => {
  const crash = (window: FakeWindow, reason = "crashed"): boolean =>
    window.webContents.emit("render-process-gone", new FakeEvent(), { reason, exitCode: 1 });

  it("is loaded again, its connection ends, and the session runs on", async () => {
    const { electron, host, window, problems } = await start();
    electron.fromPage(CHANNELS.open, window.webContents, []);
    crash(window);
    expect(window.webContents.reloads).toBe(1);
    expect(host.readers.at(-1)?.open).toBe(false);
    expect(host.quits).toBe(0);
    expect(problems).toHaveLength(1);
  });

  it("is left alone after a clean exit", async () => {
    const { window } = await start();
    crash(window, "clean-exit");
    expect(window.webContents.reloads).toBe(0);
  });

  it("again and again is asked about instead of looping", async () => {
    const { electron, window } = await start();
    for (let time = 0; time <= RELOADS_MAX; time += 1) crash(window);
    expect(window.webContents.reloads).toBe(RELOADS_MAX);
    expect(electron.boxes).toHaveLength(1);
    await settle();
    expect(window.webContents.reloads).toBe(RELOADS_MAX + 1);
  });

  it("now and then is loaded again each time", async () => {
    const { electron, timers, window } = await start();
    for (let time = 0; time < 10; time += 1) {
      crash(window);
      timers.advance(60_000);
    }
    expect(window.webContents.reloads).toBe(10);
    expect(electron.boxes).toEqual([]);
  });

  it("by hanging is ended and loaded again, unless it answers in time", async () => {
    const { timers, window } = await start();
    window.emit("unresponsive");
    timers.advance(HUNG_MS - 1);
    window.emit("responsive");
    timers.advance(HUNG_MS);
    expect(window.webContents.crashes).toBe(0);
    window.emit("unresponsive");
    timers.advance(HUNG_MS);
    expect([window.webContents.crashes, window.webContents.reloads]).toEqual([1, 1]);
  });

  it("loses its connection when the page is left, and not when only its fragment changes", async () => {
    const { electron, host, window } = await start();
    electron.fromPage(CHANNELS.open, window.webContents, []);
    const moves = (isSameDocument: boolean): boolean =>
      window.webContents.emit("did-start-navigation", new FakeEvent({ isMainFrame: true, isSameDocument }));
    moves(true);
    expect(host.readers.at(-1)?.open).toBe(true);
    moves(false);
    expect(host.readers.at(-1)?.open).toBe(false);
  });
});

describe("the menu", () => {
  const actions = { command: () => {}, openSnapshot: () => {}, openRecent: () => {} };

  it("has every command once, with an accelerator of its own", () => {
    const all = items(menuTemplate({ mac: false, tools: true, recent: [] }, actions));
    for (const [id, { label, accelerator }] of Object.entries(MENU_COMMANDS))
      expect(
        all.filter((item) => item.id === id).map((item) => [item.label, item.accelerator]),
        id,
      ).toEqual([[label, accelerator]]);
    const accelerators = all.flatMap((item) => (item.accelerator === undefined ? [] : [item.accelerator]));
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  it("leaves plain keys to the view", () => {
    for (const item of items(menuTemplate({ mac: false, tools: false, recent: [] }, actions)))
      if (typeof item.accelerator === "string" && !item.accelerator.includes("+"))
        expect(item.registerAccelerator, item.accelerator).toBe(false);
  });

  it("has the developer tools only where the program is not packaged", () => {
    const roles = (tools: boolean): unknown[] =>
      items(menuTemplate({ mac: true, tools, recent: [] }, actions)).map((item) => item.role);
    expect(roles(true)).toContain("toggleDevTools");
    expect(roles(false)).not.toContain("toggleDevTools");
    expect(roles(false)).not.toContain("reload");
  });

  it("hands a chosen command to the view", async () => {
    const { electron, window } = await start();
    click(items(electron.menu).find((item) => item.id === "session.halt"));
    expect(window.webContents.sent).toEqual([{ channel: CHANNELS.command, value: "session.halt" }]);
  });

  it("shows what was opened before, newest first and bounded, and follows it", async () => {
    const { electron, host } = await start();
    const recent = (): MenuItemConstructorOptions | undefined =>
      items(electron.menu).find((item) => item.label === "Open Recent");
    expect(recent()?.enabled).toBe(false);
    host.recentSnapshots = Array.from({ length: 20 }, (_, at) => ({ path: `/desk/${at}.json`, name: `a&${at}`, at }));
    host.emit("recentSnapshots", host.recentSnapshots);
    const entries = recent()?.submenu as MenuItemConstructorOptions[];
    expect(entries.map((entry) => entry.label).slice(0, 2)).toEqual(["a&&0", "a&&1"]);
    expect(entries).toHaveLength(RECENT_MAX);
    click(entries[1]);
    expect(host.openedFiles).toEqual(["/desk/1.json"]);
  });
});

describe("the window's place", () => {
  const display = { x: 0, y: 0, width: 1_920, height: 1_080 };
  const text = (change: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({ x: 10, y: 20, width: 1_200, height: 800, ...change });

  it("is used again", async () => {
    const { window } = await start({
      before: (_electron, host) => {
        host.settings = { "window.bounds": text({}) };
      },
    });
    expect(window.options).toMatchObject({ x: 10, y: 20, width: 1_200, height: 800 });
  });

  it.each<[what: string, kept: unknown]>([
    ["nothing", null],
    ["no JSON", "{"],
    ["null in JSON", "null"],
    ["a display that is gone", text({ x: 5_000 })],
    ["a title bar above the display", text({ y: -300 })],
    ["a title bar below the display", text({ y: 1_070 })],
    ["a size that is too small", text({ width: 10 })],
    ["a number that is none", text({ x: "10" })],
    ["a fraction", text({ x: 1.5 })],
    ["a text that is too long", text({ more: "x".repeat(300) })],
  ])("is not used for %s", (_what, kept) => {
    expect(usableBounds(kept, [display])).toBe(null);
    expect(usableBounds(text({}), [display])).not.toBe(null);
  });
});
