/**
 * The desktop program's life: one instance, one host, a main window with its pop-outs, and a way to quit that stops the session first.
 *
 * 1. What must be set before the app is ready (sandbox, scheme, guards, the single instance) is set before anything is awaited.
 * 2. A second start hands its files to the first and ends. Files that come before the host is there wait for it.
 * 3. Quitting while a session runs asks, with Cancel as the answer that Enter and Escape give. Nothing ends before the host has
 *    let everything go, whichever way the end came.
 * 4. Pop-outs are made for windows of this program alone, at most `POP_OUTS_MAX`. They close by themselves; closing the main window ends
 *    the program.
 * 5. Nothing here uses the network, and crash dumps stay on the machine.
 */
import type { ConsoleHost, ConsoleHostOptions } from "../console/bridge/api.ts";
import { shapeOf, ERROR_CODES } from "../shared/errors.ts";
import type { MenuCommand } from "../shared/contract/desktop.ts";
import type { Timers } from "../shared/ports.ts";
import type {
  BrowserWindow as Window,
  Electron,
  MessageBoxOptions,
  OpenDialogOptions,
  Rectangle,
  WebContents,
} from "./electron.ts";
import { guardApp, guardSession, type PopOut } from "./guard.ts";
import { FILES_MAX, filesIn } from "./handed.ts";
import { connectPages, type PageConnections } from "./ipc.ts";
import { allowedLink } from "./links.ts";
import { menuTemplate } from "./menu.ts";
import { tiePower } from "./power.ts";
import { registerScheme, serveViews } from "./protocol.ts";
import { makeTray } from "./tray.ts";
import { loadPage, makeWindow, usableBounds } from "./window.ts";

/** What the desktop asks for of the host's maker: the options that only a window can give. */
export type HostDoors = Required<Pick<ConsoleHostOptions, "pickFile" | "openExternal" | "trash" | "onProblem">> & {
  readonly pickFolder: () => Promise<string | null>;
};

export interface DesktopPorts {
  readonly electron: Electron;
  readonly createHost: (doors: HostDoors) => ConsoleHost | Promise<ConsoleHost>;
  readonly rendererFolder: string;
  readonly preloadFile: string;
  readonly iconFile: string;
  /** This start's command line and the folder that its names are read from. */
  readonly words: readonly string[];
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly timers: Timers;
  /** One line for the terminal. */
  readonly onProblem: (line: string) => void;
}

export interface Desktop {
  /** Stops the session and ends the program without asking: a signal of the terminal, or the machine's end. */
  quitNow(): Promise<void>;
}

/** Every window is a reader of the host, which takes a bounded number of them. */
export const POP_OUTS_MAX = 16;
const BOUNDS_KEY = "window.bounds";

/** Starts the program. Resolves once the window is there, or with null where another instance has taken over. */
export async function startDesktop(ports: DesktopPorts): Promise<Desktop | null> {
  const { electron } = ports;
  const { app } = electron;
  app.enableSandbox();
  electron.crashReporter.start({ uploadToServer: false });
  registerScheme(electron);
  const program = new Program(ports);
  guardApp(electron, (opener, wanted) => program.popOut(opener, wanted));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  program.listen();
  await app.whenReady();
  guardSession(electron.session.defaultSession);
  serveViews(electron, ports.rendererFolder);
  try {
    await program.open();
  } catch (error) {
    const shape = shapeOf(error);
    ports.onProblem(shape.message);
    electron.dialog.showErrorBox("Logos Console cannot start", shape.message);
    app.exit(ERROR_CODES[shape.code].exit);
    return null;
  }
  return program;
}

class Program implements Desktop {
  readonly #ports: DesktopPorts;
  readonly #electron: Electron;
  readonly #known = new Set<WebContents>();
  #host: ConsoleHost | null = null;
  #window: Window | null = null;
  readonly #popOuts = new Set<Window>();
  #removeTray: () => void = () => undefined;
  #pages: PageConnections | null = null;
  /** Files that were handed over before there was a host. */
  #files: string[];
  #asking = false;
  #ending: Promise<void> | null = null;
  #ended = false;

  constructor(ports: DesktopPorts) {
    this.#ports = ports;
    this.#electron = ports.electron;
    this.#files = filesIn(ports.words, ports.folder);
  }

  get #mac(): boolean {
    return this.#ports.platform === "darwin";
  }

  /** Listens to the app, before it is ready: a file may be handed over that early. */
  listen(): void {
    const { app } = this.#electron;
    app.on("second-instance", (_event, words, folder) => {
      this.#show();
      this.#take(filesIn(words, folder));
    });
    app.on("open-file", (event, path) => {
      event.preventDefault();
      this.#take(filesIn(["", path], this.#ports.folder));
    });
    app.on("activate", () => this.#show());
    app.on("window-all-closed", () => void this.#askToQuit());
    app.on("before-quit", (event) => {
      if (this.#ended) return;
      event.preventDefault();
      void this.#askToQuit();
    });
  }

  /** Makes the host, the window and what ties them. */
  async open(): Promise<void> {
    const { electron, onProblem } = this.#ports;
    const host = await this.#ports.createHost({
      pickFile: () => this.#pickFile(),
      pickFolder: () => this.#pickFolder(),
      openExternal: async (url) => {
        const link = allowedLink(url);
        if (link !== null) await electron.shell.openExternal(link);
      },
      trash: { move: (path) => electron.shell.trashItem(path) },
      onProblem,
    });
    this.#host = host;
    this.#pages = connectPages({ ipcMain: electron.ipcMain, known: this.#known, onProblem }, host);
    tiePower(electron, host, () => void this.quitNow());
    this.#buildMenu(host);
    host.on("recentSnapshots", () => this.#buildMenu(host));
    await this.#openWindow(host);
    this.#removeTray = makeTray(
      {
        electron,
        mac: this.#mac,
        timers: this.#ports.timers,
        open: () => this.#show(),
        halt: () => this.#command("session.halt"),
        quit: () => void this.#askToQuit(),
        onProblem,
      },
      host,
    );
    this.#take([]);
  }

  async #openWindow(host: ConsoleHost): Promise<void> {
    const displays = this.#electron.screen.getAllDisplays().map((display) => display.workArea);
    const bounds = usableBounds(await keptBounds(host), displays);
    const window = this.#makeWindow(bounds, false);
    this.#window = window;
    window.on("close", (event) => {
      if (this.#ended) return;
      event.preventDefault();
      if (this.#mac) window.hide();
      else void this.#askToQuit();
    });
    window.on("closed", () => {
      this.#window = null;
    });
    loadPage(window, this.#ports.onProblem);
  }

  /** Makes a window whose page may speak to the host. */
  #makeWindow(bounds: Rectangle | null, panel: boolean): Window {
    const { electron, preloadFile, iconFile, timers, onProblem } = this.#ports;
    const window = makeWindow({ electron, preloadFile, iconFile, timers, bounds, panel, onProblem });
    const contents = window.webContents;
    this.#known.add(contents);
    const drop = (): void => this.#pages?.drop(contents);
    contents.on("did-start-navigation", (details) => {
      if (details.isMainFrame && !details.isSameDocument) drop();
    });
    contents.on("render-process-gone", drop);
    contents.on("destroyed", () => {
      drop();
      this.#known.delete(contents);
    });
    return window;
  }

  /** Opens a view, or one panel of it, in a window of its own. */
  popOut(opener: WebContents, wanted: PopOut): void {
    const { onProblem } = this.#ports;
    if (!this.#known.has(opener) || this.#ending !== null) return;
    if (this.#popOuts.size >= POP_OUTS_MAX) {
      onProblem(`${POP_OUTS_MAX} windows are open beside the main one. Close one before you open another.`);
      return;
    }
    const window = this.#makeWindow(null, wanted.panel !== null);
    this.#popOuts.add(window);
    window.on("closed", () => this.#popOuts.delete(window));
    loadPage(window, onProblem, wanted.url);
  }

  /** Hands the main window's view a command. */
  #command(command: MenuCommand): void {
    this.#show();
    if (this.#window !== null) this.#pages?.command(this.#window.webContents, command);
  }

  #show(): void {
    const window = this.#window;
    if (window === null) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Opens the restore preview of files that were handed over, now or as soon as there is a host. */
  #take(paths: readonly string[]): void {
    this.#files = [...this.#files, ...paths].slice(-FILES_MAX);
    const host = this.#host;
    if (host === null || this.#window === null) return;
    for (const path of this.#files.splice(0)) host.openSnapshotFile(path);
  }

  async #pickFile(): Promise<string | null> {
    const options: OpenDialogOptions = {
      title: "Open a router snapshot",
      buttonLabel: "Preview",
      properties: ["openFile"],
      filters: [
        { name: "Router snapshots", extensions: ["json"] },
        { name: "All files", extensions: ["*"] },
      ],
    };
    const { dialog } = this.#electron;
    const window = this.#window;
    const result = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options));
    return result.canceled ? null : (result.filePaths[0] ?? null);
  }

  async #pickFolder(): Promise<string | null> {
    const options: OpenDialogOptions = {
      title: "Open a workspace",
      buttonLabel: "Open",
      properties: ["openDirectory", "createDirectory"],
    };
    const { dialog } = this.#electron;
    const window = this.#window;
    const result = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options));
    return result.canceled ? null : (result.filePaths[0] ?? null);
  }

  async #pickAndOpen(host: ConsoleHost): Promise<void> {
    const path = await this.#pickFile();
    if (path !== null) host.openSnapshotFile(path);
  }

  #buildMenu(host: ConsoleHost): void {
    const { app, Menu } = this.#electron;
    const look = { mac: this.#mac, tools: !app.isPackaged, recent: host.recentSnapshots };
    const template = menuTemplate(look, {
      command: (command) => this.#command(command),
      openSnapshot: () => void this.#pickAndOpen(host),
      openRecent: (path) => host.openSnapshotFile(path),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  /** Ends the program; asks first while a session runs. One question at a time. */
  async #askToQuit(): Promise<void> {
    if (this.#asking || this.#ending !== null) return;
    if (this.#host?.sessionRunning() === true) {
      this.#asking = true;
      try {
        if (!(await this.#confirmQuit())) return;
      } finally {
        this.#asking = false;
      }
    }
    await this.quitNow();
  }

  async #confirmQuit(): Promise<boolean> {
    const { dialog } = this.#electron;
    const options: MessageBoxOptions = {
      type: "question",
      message: "Stop the session and quit?",
      detail:
        "A session runs. Quitting stops it cleanly: no new orders, and its files are closed. " +
        "Orders that are still open stay at the venue and are reconciled at the next start.",
      buttons: ["Cancel", "Stop Session and Quit"],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    };
    const window = this.#window;
    this.#show();
    const { response } = await (window === null
      ? dialog.showMessageBox(options)
      : dialog.showMessageBox(window, options));
    return response === 1;
  }

  quitNow(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const host = this.#host;
    this.#removeTray();
    if (host !== null) {
      await this.#keepBounds(host);
      await host.quit();
      this.#pages?.close();
    }
    this.#ended = true;
    this.#electron.app.quit();
  }

  async #keepBounds(host: ConsoleHost): Promise<void> {
    const window = this.#window;
    if (window === null || window.isDestroyed() || window.isMinimized()) return;
    try {
      await host.call("settings.write", { key: BOUNDS_KEY, value: JSON.stringify(window.getNormalBounds()) });
    } catch (error) {
      // A place that is not kept costs a person one drag; it must not stop the end.
      this.#ports.onProblem(`The window's place was not kept: ${shapeOf(error).message}`);
    }
  }
}

async function keptBounds(host: ConsoleHost): Promise<unknown> {
  try {
    const { settings } = (await host.call("settings.read", {})) as { settings: Record<string, unknown> };
    return Object.hasOwn(settings, BOUNDS_KEY) ? settings[BOUNDS_KEY] : null;
  } catch {
    // Without settings the window opens in its usual place.
    return null;
  }
}
