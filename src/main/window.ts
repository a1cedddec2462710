/**
 * The windows: their bounds, their page, and what happens when a view stops.
 *
 * 1. Every window is made here, with the one preferences object, on the one page: the main window, and pop-outs that show a view or a
 *    panel of it.
 * 2. A view that crashed, or hangs for `HUNG_MS`, is loaded again while the session runs on; after `RELOADS_MAX` in a minute the
 *    person is asked, so that a broken view is no endless loop.
 * 3. Kept bounds are used only where a display still shows them.
 */
import type { Timers } from "../shared/ports.ts";
import { PAGE_URL } from "../shared/contract/desktop.ts";
import type { BrowserWindow as Window, Electron, Rectangle } from "./electron.ts";
import { PREFERENCES } from "./preferences.ts";

export const HUNG_MS = 10_000;
export const RELOADS_MAX = 3;
const RELOADS_WITHIN_MS = 60_000;
const WIDTH = 1_440;
const HEIGHT = 900;
const WIDTH_MIN = 960;
const HEIGHT_MIN = 600;
/** A pop-out that shows one panel; each axis may be made this small. */
const PANEL_WIDTH = 820;
const PANEL_HEIGHT = 560;
const PANEL_WIDTH_MIN = 360;
const PANEL_HEIGHT_MIN = 240;
/** This much of a kept window must still be on a display. */
const VISIBLE_MIN = 120;

export interface WindowPorts {
  readonly electron: Electron;
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly timers: Timers;
  readonly bounds: Rectangle | null;
  /** True for a pop-out of one panel, which is smaller. */
  readonly panel: boolean;
  readonly onProblem: (line: string) => void;
}

/** Bounds as they were kept, or null when they are none or no display shows them. */
export function usableBounds(kept: unknown, displays: readonly Rectangle[]): Rectangle | null {
  if (typeof kept !== "string" || kept.length > 200) return null;
  let value: unknown;
  try {
    value = JSON.parse(kept);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { x, y, width, height } = value as Partial<Record<string, unknown>>;
  const whole = (number: unknown): number => (Number.isSafeInteger(number) ? (number as number) : NaN);
  const bounds = { x: whole(x), y: whole(y), width: whole(width), height: whole(height) };
  if (!(bounds.width >= WIDTH_MIN && bounds.height >= HEIGHT_MIN)) return null;
  const shown = displays.some(
    (display) =>
      Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x) >= VISIBLE_MIN &&
      // The title bar must be reachable, else the window cannot be moved.
      bounds.y >= display.y &&
      bounds.y <= display.y + display.height - VISIBLE_MIN,
  );
  return shown ? bounds : null;
}

/** Makes a window, hidden until its first paint. */
export function makeWindow(ports: WindowPorts): Window {
  const { electron, bounds, panel } = ports;
  const { BrowserWindow } = electron;
  const window = new BrowserWindow({
    ...(bounds ?? (panel ? { width: PANEL_WIDTH, height: PANEL_HEIGHT } : { width: WIDTH, height: HEIGHT })),
    minWidth: panel ? PANEL_WIDTH_MIN : WIDTH_MIN,
    minHeight: panel ? PANEL_HEIGHT_MIN : HEIGHT_MIN,
    show: false,
    title: "Logos Console",
    icon: ports.iconFile,
    backgroundColor: electron.nativeTheme.shouldUseDarkColors ? "#0d1117" : "#ffffff",
    webPreferences: { ...PREFERENCES, preload: ports.preloadFile },
  });
  window.once("ready-to-show", () => window.show());
  keepAlive(ports, window);
  return window;
}

/** Loads the console's page, and nothing else ever; `url` is the page's, or a pop-out's that was checked. */
export function loadPage(window: Window, onProblem: (line: string) => void, url = PAGE_URL): void {
  window.loadURL(url).catch((error: unknown) => {
    onProblem(`The view could not be loaded: ${String(error)}. Build it with \`npm run build\`, then start again.`);
  });
}

function keepAlive(ports: WindowPorts, window: Window): void {
  const { electron, timers } = ports;
  const { webContents } = window;
  let reloads: number[] = [];
  let hung: unknown = null;
  const calm = (): void => {
    if (hung !== null) timers.clear(hung);
    hung = null;
  };
  const askToReload = async (why: string): Promise<void> => {
    const { response } = await electron.dialog.showMessageBox(window, {
      type: "warning",
      message: "The view stopped again and again",
      detail: `It stopped ${RELOADS_MAX + 1} times within a minute (${why}). The session runs on without it.`,
      buttons: ["Load the view again", "Leave it"],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    if (response === 0 && !window.isDestroyed()) webContents.reload();
  };
  const reload = (why: string): void => {
    const now = timers.monotonicMs();
    reloads = [...reloads.filter((at) => now - at < RELOADS_WITHIN_MS), now];
    if (reloads.length <= RELOADS_MAX) {
      ports.onProblem(`The view stopped (${why}) and is loaded again; the session runs on.`);
      webContents.reload();
      return;
    }
    reloads = [];
    void askToReload(why);
  };
  webContents.on("render-process-gone", (_event, details) => {
    calm();
    if (details.reason !== "clean-exit" && !window.isDestroyed()) reload(details.reason);
  });
  window.on("unresponsive", () => {
    calm();
    hung = timers.set(() => {
      hung = null;
      // Its process is ended first: a view that hangs does not take a reload. The event above does the rest.
      if (!window.isDestroyed()) webContents.forcefullyCrashRenderer();
    }, HUNG_MS);
  });
  window.on("responsive", calm);
  window.on("closed", calm);
}
