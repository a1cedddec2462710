/**
 * The parts of Electron that the desktop uses, as one object that is passed in.
 *
 * 1. Nothing in this folder but `index.ts` imports Electron itself, so everything here runs against the fake in `test/sim/electron`.
 */
import type * as Everything from "electron";

export type Electron = Pick<
  typeof Everything,
  | "app"
  | "BrowserWindow"
  | "crashReporter"
  | "dialog"
  | "ipcMain"
  | "Menu"
  | "nativeImage"
  | "nativeTheme"
  | "powerMonitor"
  | "powerSaveBlocker"
  | "protocol"
  | "screen"
  | "session"
  | "shell"
  | "Tray"
>;

export type {
  BrowserWindow,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  NativeImage,
  OpenDialogOptions,
  Rectangle,
  Session,
  Tray,
  WebContents,
  WebPreferences,
} from "electron";
