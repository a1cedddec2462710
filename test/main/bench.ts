/** The desktop program over the fake Electron and the fake console, started as a test says; and its menu's items. */
import { startDesktop, type Desktop, type HostDoors } from "../../src/main/desktop.ts";
import type { MenuItemConstructorOptions } from "../../src/main/electron.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { FakeElectron, type FakeWindow } from "../sim/electron/electron.ts";

export interface Bench {
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

export async function start(setting: Setting = {}): Promise<Bench> {
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

export const items = (menu: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
export const click = (item: MenuItemConstructorOptions | undefined): void =>
  (item?.click as (() => void) | undefined)?.();
