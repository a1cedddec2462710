/**
 * The desktop program from its start to its end, against the fake Electron and the fake console.
 *
 * 1. Nothing waits for time: what the program would wait for is moved by hand.
 */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { POP_OUTS_MAX, startDesktop, type Desktop, type HostDoors } from "../../src/main/desktop.ts";
import { filesIn, FILES_MAX, workspaceIn } from "../../src/main/handed.ts";
import { menuTemplate, RECENT_MAX } from "../../src/main/menu.ts";
import { PREFERENCES } from "../../src/main/preferences.ts";
import { HUNG_MS, RELOADS_MAX, usableBounds } from "../../src/main/window.ts";
import type { MenuItemConstructorOptions } from "../../src/main/electron.ts";
import { CHANNELS, MENU_COMMANDS } from "../../src/shared/contract/desktop.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { FakeElectron, FakeEvent, settle, type FakeWindow } from "../sim/electron/electron.ts";

interface Bench {
  readonly electron: FakeElectron;
  readonly host: FakeConsole;
  readonly timers: ManualTimers;
  readonly problems: string[];
  readonly desktop: Desktop | null;
  readonly window: FakeWindow;
  readonly doors: HostDoors;
}

interface Setting {
  readonly platform?: NodeJS.Platform;
  readonly words?: readonly string[];
  readonly before?: (electron: FakeElectron, host: FakeConsole) => void;
  readonly hostFails?: CodedError;
}

async function start(setting: Setting = {}): Promise<Bench> {
  const electron = new FakeElectron();
  const host = new FakeConsole();
  const timers = new ManualTimers();
  const problems: string[] = [];
  let doors: HostDoors | null = null;
  setting.before?.(electron, host);
  const desktop = await startDesktop({
    electron: electron.asElectron(),
    createHost: (given) => {
      doors = given;
      if (setting.hostFails !== undefined) throw setting.hostFails;
      return host;
    },
    rendererFolder: "/nowhere/renderer",
    preloadFile: "/nowhere/preload/index.cjs",
    iconFile: "/nowhere/icon.png",
    words: setting.words ?? ["electron"],
    folder: "/desk",
    platform: setting.platform ?? "linux",
    timers,
    onProblem: (line) => problems.push(line),
  });
  return {
    electron,
    host,
    timers,
    problems,
    desktop,
    window: electron.windows[0] as FakeWindow,
    doors: doors as unknown as HostDoors,
  };
}

const items = (menu: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
const click = (item: MenuItemConstructorOptions | undefined): void => (item?.click as (() => void) | undefined)?.();

describe("a start", () => {
  it("is sandboxed, local and alone before it waits for anything", async () => {
    const { electron } = await start();
    expect(electron.app.asked).toEqual(["enableSandbox", "requestSingleInstanceLock", "whenReady"]);
    expect(electron.crashReports).toEqual([{ uploadToServer: false }]);
    expect(electron.schemes.map(({ scheme }) => scheme)).toEqual(["logos"]);
    expect([...electron.protocols.keys()]).toEqual(["logos"]);
  });

  it("opens one window on the console's page with the one preferences object", async () => {
    const { electron, window } = await start();
    expect(electron.windows).toHaveLength(1);
    expect(window.loaded).toEqual(["logos://console/"]);
    expect(window.options["webPreferences"]).toEqual({ ...PREFERENCES, preload: "/nowhere/preload/index.cjs" });
    expect(window.asked).toEqual([]);
    window.emit("ready-to-show");
    expect(window.asked).toEqual(["show"]);
  });

  it("ends at once where another instance has the lock, and touches nothing", async () => {
    const { electron, desktop, host } = await start({
      before: (electron) => {
        electron.app.lockIsFree = false;
      },
    });
    expect(desktop).toBe(null);
    expect(electron.app.quitted).toBe(true);
    expect(electron.windows).toEqual([]);
    expect(host.calls).toEqual([]);
  });

  it("that fails says why and exits with the error's own code", async () => {
    const hostFails = new CodedError("io", "The folder cannot be written. Choose another.");
    const { electron, problems, desktop } = await start({ hostFails });
    expect(desktop).toBe(null);
    expect(problems).toEqual([hostFails.message]);
    expect(electron.errorBoxes[0]).toContain(hostFails.message);
    expect(electron.app.exitCode).toBe(74);
  });

  it("guards every web contents that is made", async () => {
    const { window } = await start();
    const event = new FakeEvent({ url: "https://example.com/", isMainFrame: true });
    window.webContents.emit("will-navigate", event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe("a pop-out", () => {
  const URL = "logos://console/?view=metrics&panel=Equity";
  const popOut = (from: FakeWindow, url = URL): unknown => from.webContents.windowOpenHandler?.({ url });

  it("is a window of the program, with the same preferences and guards", async () => {
    const { electron, window } = await start();
    expect(popOut(window)).toEqual({ action: "deny" });
    expect(electron.windows).toHaveLength(2);
    const second = electron.windows[1] as FakeWindow;
    expect(second.loaded).toEqual([URL]);
    expect(second.options["webPreferences"]).toEqual(window.options["webPreferences"]);
    expect(second.options["width"]).toBeLessThan(window.options["width"] as number);
    const event = new FakeEvent({ url: "https://example.com/", isMainFrame: true });
    second.webContents.emit("will-navigate", event);
    expect(event.defaultPrevented).toBe(true);
    popOut(second, "https://example.com/");
    expect(electron.windows).toHaveLength(2);
    popOut(second, "logos://console/?view=log");
    expect(electron.windows[2]?.options["width"]).toBe(window.options["width"]);
  });

  it("speaks to the host as the first window does, until it is gone", async () => {
    const { electron, host, window, problems } = await start();
    const before = host.readers.length;
    popOut(window);
    const { webContents } = electron.windows[1] as FakeWindow;
    electron.fromPage(CHANNELS.open, webContents, []);
    expect(host.readers).toHaveLength(before + 1);
    webContents.emit("destroyed");
    expect(host.readers.at(-1)?.open).toBe(false);
    electron.fromPage(CHANNELS.open, webContents, []);
    popOut(electron.windows[1] as FakeWindow);
    expect([host.readers.length, problems.length, electron.windows.length]).toEqual([before + 1, 1, 2]);
  });

  it("closes without a question; the main window's close still asks", async () => {
    const { electron, host, window } = await start();
    host.running = true;
    popOut(window);
    const closes = (one: FakeWindow | undefined): boolean => {
      const event = new FakeEvent();
      one?.emit("close", event);
      return event.defaultPrevented;
    };
    expect(closes(electron.windows[1])).toBe(false);
    expect(electron.boxes).toEqual([]);
    expect(closes(window)).toBe(true);
    await settle();
    expect(electron.boxes).toHaveLength(1);
  });

  it("is refused beyond the limit, and once one was closed there is room again", async () => {
    const { electron, window, problems } = await start();
    for (let count = 0; count <= POP_OUTS_MAX; count += 1) popOut(window);
    expect([electron.windows.length, problems.length]).toEqual([1 + POP_OUTS_MAX, 1]);
    electron.windows[1]?.emit("closed");
    popOut(window);
    expect(electron.windows).toHaveLength(2 + POP_OUTS_MAX);
  });
});

describe("files", () => {
  it("of the first start and of a second one are opened", async () => {
    const { electron, host, window } = await start({ words: ["electron", "a.json", "--flag", "b.txt"] });
    expect(host.openedFiles).toEqual([resolve("/desk/a.json")]);
    window.minimized = true;
    electron.app.emit("second-instance", new FakeEvent(), ["electron", "router_state.json"], "/other");
    expect(host.openedFiles.at(-1)).toBe(resolve("/other/router_state.json"));
    expect(window.asked).toEqual(["restore", "show", "focus"]);
  });

  it("that come before the host is there wait for it", async () => {
    const { host } = await start({
      before: (electron) => {
        const listen = electron.app.whenReady.bind(electron.app);
        electron.app.whenReady = async () => {
          electron.app.emit("open-file", new FakeEvent(), "/desk/early.json");
          await listen();
        };
      },
    });
    expect(host.openedFiles).toEqual([resolve("/desk/early.json")]);
  });

  it("are read from a command line with its limits", () => {
    const many = Array.from({ length: 20 }, (_, index) => `${index}.json`);
    expect(filesIn(["program", ...many], "/desk")).toHaveLength(FILES_MAX);
    expect(filesIn(["program.json"], "/desk")).toEqual([]);
    expect(filesIn(["p", "a\0.json", "-x.json", `${"a".repeat(5_000)}.json`], "/desk")).toEqual([]);
    expect(filesIn(["p", "--workspace", "w.json", "A.JSON"], "/desk")).toEqual([resolve("/desk/A.JSON")]);
    expect(workspaceIn(["p", "--workspace", "w"], "/desk")).toBe(resolve("/desk/w"));
    expect(workspaceIn(["p", "--workspace=w"], "/desk")).toBe(resolve("/desk/w"));
    expect(workspaceIn(["p", "--workspace"], "/desk")).toBe(null);
    expect(workspaceIn(["p"], "/desk")).toBe(null);
    for (const empty of [["--workspace="], ["--workspace", ""]])
      expect(workspaceIn(["p", ...empty], "/desk")).toBe(null);
    const named = (length: number): string[] => filesIn(["p", `${"a".repeat(length - 5)}.json`], "/desk");
    expect([named(4_096).length, named(4_097).length]).toEqual([1, 0]);
  });

  it("are picked with the native dialog, or not", async () => {
    const { electron, doors, host } = await start();
    expect(await doors.pickFile()).toBe(null);
    electron.picked = "/desk/picked.json";
    expect(await doors.pickFile()).toBe("/desk/picked.json");
    expect(electron.fileDialogs[0]).toMatchObject({ properties: ["openFile"] });
    click(items(electron.menu).find((item) => item.id === "open"));
    await settle();
    expect(host.openedFiles).toEqual(["/desk/picked.json"]);
  });

  it("and folders of workspaces, by a dialog of their own", async () => {
    const { electron, doors } = await start();
    expect(await doors.pickFolder()).toBe(null);
    electron.picked = "/desk/another";
    expect(await doors.pickFolder()).toBe("/desk/another");
    expect(electron.fileDialogs.at(-1)).toMatchObject({ properties: ["openDirectory", "createDirectory"] });
  });
});

describe("links", () => {
  it("open outside only when the list has them", async () => {
    const { electron, doors } = await start();
    await doors.openExternal("https://example.com/");
    await doors.openExternal("https://www.tradingview.com/");
    expect(electron.external).toEqual(["https://www.tradingview.com/"]);
  });
});

describe("the end", () => {
  const close = (window: FakeWindow): FakeEvent => {
    const event = new FakeEvent();
    window.emit("close", event);
    return event;
  };

  it("asks while a session runs, and Cancel is what Enter and Escape mean", async () => {
    const { electron, host, window } = await start();
    host.running = true;
    expect(close(window).defaultPrevented).toBe(true);
    electron.app.quit();
    await settle();
    expect(electron.boxes).toHaveLength(1);
    expect(electron.boxes[0]?.options).toMatchObject({ defaultId: 0, cancelId: 0 });
    expect(electron.boxes[0]?.options.buttons[0]).toBe("Cancel");
    expect([host.quits, electron.app.quitted]).toEqual([0, false]);
    electron.answer = 1;
    electron.app.quit();
    await settle();
    expect(electron.boxes).toHaveLength(2);
    expect([host.quits, electron.app.quitted]).toEqual([1, true]);
    expect(close(window).defaultPrevented).toBe(false);
  });

  it("asks nothing without a session, keeps the window's place, and lets the host go first", async () => {
    const { electron, host, window } = await start();
    close(window);
    await settle();
    expect(electron.boxes).toEqual([]);
    expect([host.quits, electron.app.quitted]).toEqual([1, true]);
    expect(host.calls.at(-1)).toMatchObject({ procedure: "settings.write", input: { key: "window.bounds" } });
    expect(electron.ipcMain.eventNames()).toEqual([]);
  });

  it("comes once, however often it is asked for", async () => {
    const { electron, host, desktop } = await start();
    await Promise.all([desktop?.quitNow(), desktop?.quitNow()]);
    electron.app.quit();
    await settle();
    expect(host.quits).toBe(1);
  });

  it("hides the window on a Mac instead", async () => {
    const { electron, host, window } = await start({ platform: "darwin" });
    expect(close(window).defaultPrevented).toBe(true);
    await settle();
    expect([host.quits, window.asked]).toEqual([0, ["hide"]]);
    electron.app.emit("activate");
    expect(window.asked).toEqual(["hide", "show", "focus"]);
  });
});

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

  it("tells the session of suspend and resume, and a shutdown stops it cleanly without asking", async () => {
    const { electron, host } = await start();
    host.running = true;
    electron.powerMonitor.emit("suspend");
    electron.powerMonitor.emit("resume");
    expect(host.told).toEqual(["suspended", "resumed"]);
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
