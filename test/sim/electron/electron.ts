/**
 * A fake `electron` for the main process: it records what is asked of it and shows nothing.
 *
 * Fault model: another instance may hold the lock, the platform may have no tray, dialogs answer what the test says, a view crashes,
 * hangs or is destroyed when the test says so. Events come only from the test, but for `web-contents-created`, which each new window
 * emits. What the program does not use is not here, so that a new use is seen.
 */
import { EventEmitter } from "node:events";
import type { Electron, MenuItemConstructorOptions, Rectangle } from "../../../src/main/electron.ts";

/** An event whose default can be prevented. */
export class FakeEvent {
  defaultPrevented = false;
  readonly [key: string]: unknown;

  constructor(fields: Readonly<Record<string, unknown>> = {}) {
    Object.assign(this, fields);
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export interface FakeFrame {
  readonly origin: string;
  readonly url: string;
  readonly parent: FakeFrame | null;
}

export const PAGE_FRAME: FakeFrame = { origin: "logos://console", url: "logos://console/", parent: null };

export class FakeContents extends EventEmitter {
  readonly sent: { readonly channel: string; readonly value: unknown }[] = [];
  readonly mainFrame: FakeFrame = PAGE_FRAME;
  destroyed = false;
  reloads = 0;
  crashes = 0;
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;

  isDestroyed(): boolean {
    return this.destroyed;
  }

  send(channel: string, value: unknown): void {
    if (this.destroyed) throw new TypeError("Object has been destroyed");
    this.sent.push({ channel, value });
  }

  reload(): void {
    this.reloads += 1;
  }

  forcefullyCrashRenderer(): void {
    this.crashes += 1;
    this.emit("render-process-gone", new FakeEvent(), { reason: "killed", exitCode: 9 });
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
}

export class FakeWindow extends EventEmitter {
  readonly options: Readonly<Record<string, unknown>>;
  readonly webContents = new FakeContents();
  readonly loaded: string[] = [];
  readonly asked: string[] = [];
  minimized = false;
  destroyed = false;

  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
  }

  show(): void {
    this.asked.push("show");
  }

  hide(): void {
    this.asked.push("hide");
  }

  focus(): void {
    this.asked.push("focus");
  }

  restore(): void {
    this.asked.push("restore");
    this.minimized = false;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  getNormalBounds(): Rectangle {
    return { x: 40, y: 50, width: 1_300, height: 800 };
  }
}

export class FakeTray extends EventEmitter {
  readonly images: Buffer[];
  tooltip = "";
  menu: readonly MenuItemConstructorOptions[] = [];
  destroyed = false;

  constructor(image: Buffer) {
    super();
    this.images = [image];
  }

  setImage(image: Buffer): void {
    this.images.push(image);
  }

  setToolTip(text: string): void {
    this.tooltip = text;
  }

  setContextMenu(menu: readonly MenuItemConstructorOptions[]): void {
    this.menu = menu;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

class FakeApp extends EventEmitter {
  readonly asked: string[] = [];
  readonly isPackaged = false;
  lockIsFree = true;
  exitCode: number | null = null;
  /** True once quitting went through. */
  quitted = false;

  enableSandbox(): void {
    this.asked.push("enableSandbox");
  }

  getVersion(): string {
    return "1.2.3";
  }

  requestSingleInstanceLock(): boolean {
    this.asked.push("requestSingleInstanceLock");
    return this.lockIsFree;
  }

  async whenReady(): Promise<void> {
    this.asked.push("whenReady");
  }

  /** As the real one: preventing `before-quit` keeps the program running. */
  quit(): void {
    const event = new FakeEvent();
    this.emit("before-quit", event);
    if (!event.defaultPrevented) this.quitted = true;
  }

  exit(code: number): void {
    this.exitCode = code;
  }
}

type Handler = (...values: never[]) => unknown;

class FakeSession extends EventEmitter {
  readonly handlers: Record<string, Handler> = {};
  spelling: boolean | null = null;
  readonly webRequest = {
    onBeforeRequest: (handler: Handler): void => {
      this.handlers["request"] = handler;
    },
  };

  setPermissionRequestHandler(handler: Handler): void {
    this.handlers["permissionRequest"] = handler;
  }

  setPermissionCheckHandler(handler: Handler): void {
    this.handlers["permissionCheck"] = handler;
  }

  setDevicePermissionHandler(handler: Handler): void {
    this.handlers["device"] = handler;
  }

  setDisplayMediaRequestHandler(handler: Handler): void {
    this.handlers["displayMedia"] = handler;
  }

  setBluetoothPairingHandler(handler: Handler): void {
    this.handlers["bluetooth"] = handler;
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.spelling = enabled;
  }
}

/** A whole fake Electron, with what the test may set and see. */
export class FakeElectron {
  readonly app = new FakeApp();
  readonly ipcMain = new EventEmitter();
  readonly powerMonitor = new EventEmitter();
  readonly defaultSession = new FakeSession();
  readonly windows: FakeWindow[] = [];
  readonly trays: FakeTray[] = [];
  hasTray = true;
  readonly schemes: { readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }[] = [];
  readonly protocols = new Map<string, (request: Request) => Promise<Response>>();
  readonly crashReports: unknown[] = [];
  readonly external: string[] = [];
  readonly boxes: { readonly options: MessageBox }[] = [];
  readonly errorBoxes: string[] = [];
  readonly fileDialogs: unknown[] = [];
  readonly blockers = new Set<number>();
  menu: readonly MenuItemConstructorOptions[] = [];
  /** Which button the next question is answered with. */
  answer = 0;
  /** The file that is picked; null cancels. */
  picked: string | null = null;
  displays: Rectangle[] = [{ x: 0, y: 0, width: 1_920, height: 1_080 }];
  #blocker = 0;

  /** It starts nothing: a test that needs processes plays them by hand. */
  readonly utilityProcess = {
    fork: (): never => {
      throw new Error("This Electron starts no process.");
    },
  };

  /** This as the program takes it. */
  asElectron(): Electron {
    const { app, trays, windows } = this;
    const hasTray = (): boolean => this.hasTray;
    const box = async (...values: unknown[]): Promise<{ response: number }> => {
      this.boxes.push({ options: values.at(-1) as MessageBox });
      return { response: this.answer };
    };
    const made = {
      app: this.app,
      ipcMain: this.ipcMain,
      powerMonitor: this.powerMonitor,
      utilityProcess: this.utilityProcess,
      session: { defaultSession: this.defaultSession },
      BrowserWindow: class extends FakeWindow {
        constructor(options: Readonly<Record<string, unknown>>) {
          super(options);
          windows.push(this);
          app.emit("web-contents-created", new FakeEvent(), this.webContents);
        }
      },
      Tray: class extends FakeTray {
        constructor(image: Buffer) {
          if (!hasTray()) throw new Error("there is no notification area");
          super(image);
          trays.push(this);
        }
      },
      nativeImage: { createFromBuffer: (file: Buffer) => file },
      crashReporter: { start: (options: unknown) => this.crashReports.push(options) },
      dialog: {
        showMessageBox: box,
        showErrorBox: (title: string, text: string) => this.errorBoxes.push(`${title}: ${text}`),
        showOpenDialog: async (...values: unknown[]) => {
          this.fileDialogs.push(values.at(-1));
          return { canceled: this.picked === null, filePaths: this.picked === null ? [] : [this.picked] };
        },
      },
      Menu: {
        buildFromTemplate: (template: readonly MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (menu: readonly MenuItemConstructorOptions[]) => {
          this.menu = menu;
        },
      },
      nativeTheme: { shouldUseDarkColors: true },
      powerSaveBlocker: {
        start: () => {
          this.#blocker += 1;
          this.blockers.add(this.#blocker);
          return this.#blocker;
        },
        stop: (id: number) => this.blockers.delete(id),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: FakeElectron["schemes"]) => this.schemes.push(...schemes),
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
          this.protocols.set(scheme, handler),
      },
      screen: { getAllDisplays: () => this.displays.map((workArea) => ({ workArea })) },
      shell: {
        openExternal: async (url: string) => {
          this.external.push(url);
        },
      },
    };
    return made as unknown as Electron;
  }

  /** Sends a message as a page would; `from` says who. */
  fromPage(
    channel: string,
    contents: FakeContents,
    values: readonly unknown[],
    frame: FakeFrame | null = contents.mainFrame,
  ): void {
    this.ipcMain.emit(channel, { sender: contents, senderFrame: frame }, ...values);
  }
}

interface MessageBox {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly defaultId: number;
  readonly cancelId: number;
}

/** Lets every promise that is already settled run on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
