/**
 * The menu: every action of the console with its accelerator.
 *
 * 1. Every command of `MENU_COMMANDS` is in it once; choosing one hands its name to the view, which does it and asks first where it must.
 * 2. Opening a snapshot is the host's own: the file dialog and Open Recent give out the only paths that a view may name.
 */
import type { RecentSnapshot } from "../console/bridge/api.ts";
import { MENU_COMMANDS, type MenuCommand } from "../shared/contract/desktop.ts";
import type { MenuItemConstructorOptions } from "./electron.ts";

/** Open Recent shows this many. */
export const RECENT_MAX = 10;

export interface MenuActions {
  readonly command: (command: MenuCommand) => void;
  /** Shows the file dialog and opens the restore preview. */
  readonly openSnapshot: () => void;
  readonly openRecent: (path: string) => void;
}

export interface MenuLook {
  readonly mac: boolean;
  /** True where the program was not packaged: then the developer tools are in the menu. */
  readonly tools: boolean;
  readonly recent: readonly RecentSnapshot[];
}

const separator: MenuItemConstructorOptions = { type: "separator" };

/** A file's name cannot underline a letter of the menu. */
const plain = (text: string): string => text.replaceAll("&", "&&");

/** The menu as Electron builds it. */
export function menuTemplate(look: MenuLook, actions: MenuActions): MenuItemConstructorOptions[] {
  const names = Object.keys(MENU_COMMANDS) as MenuCommand[];
  const item = (command: MenuCommand): MenuItemConstructorOptions => {
    const { label, accelerator } = MENU_COMMANDS[command];
    return {
      id: command,
      label,
      accelerator,
      // A plain key is the view's own: here it would be taken from a field that a person types into.
      registerAccelerator: accelerator.includes("+"),
      click: () => actions.command(command),
    };
  };
  const of = (menu: string, prefix = ""): MenuItemConstructorOptions[] =>
    names.filter((name) => MENU_COMMANDS[name].menu === menu && name.startsWith(prefix)).map(item);
  const recent: MenuItemConstructorOptions[] = look.recent.slice(0, RECENT_MAX).map((snapshot) => ({
    label: plain(snapshot.name),
    toolTip: snapshot.path,
    click: () => actions.openRecent(snapshot.path),
  }));
  const views = of("View", "view.");
  const viewRest = of("View").filter((entry) => !views.some((view) => view.id === entry.id));
  const speeds = of("Session", "speed.");
  const sessions = of("Session", "session.");
  return [
    ...(look.mac ? [{ role: "appMenu" as const }] : []),
    {
      label: "File",
      submenu: [
        { id: "open", label: "Open Snapshot…", accelerator: "CmdOrCtrl+O", click: actions.openSnapshot },
        { label: "Open Recent", enabled: recent.length > 0, submenu: recent },
        separator,
        ...of("File"),
        separator,
        look.mac ? { role: "close" } : { role: "quit", accelerator: "Ctrl+Q" },
      ],
    },
    { role: "editMenu" },
    { label: "Session", submenu: [...sessions, separator, ...speeds] },
    { label: "Trade", submenu: of("Trade") },
    {
      label: "View",
      submenu: [
        ...views,
        separator,
        ...viewRest,
        separator,
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "resetZoom" },
        { role: "togglefullscreen" },
        ...(look.tools ? [separator, { role: "toggleDevTools" as const }] : []),
      ],
    },
    { role: "windowMenu" },
    { role: "help", submenu: of("Help") },
  ];
}
