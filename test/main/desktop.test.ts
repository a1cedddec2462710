/**
 * The desktop program from its start to its end, against the fake Electron and the fake console.
 *
 * 1. Nothing waits for time: what the program would wait for is moved by hand.
 */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { POP_OUTS_MAX } from "../../src/main/desktop.ts";
import { filesIn, FILES_MAX, workspaceIn } from "../../src/main/handed.ts";
import { PREFERENCES } from "../../src/main/preferences.ts";
import { CHANNELS } from "../../src/shared/contract/desktop.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { FakeEvent, settle, type FakeWindow } from "../sim/electron/electron.ts";
import { start, items, click } from "./bench.ts";

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
