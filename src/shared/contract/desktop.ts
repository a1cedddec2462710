/**
 * What the desktop window's two sides share: the names of their channels, and the commands of the menu.
 *
 * 1. Every channel between the two processes is in `CHANNELS`; neither side uses another.
 * 2. Every command has an accelerator of its own. The view does the command; the menu only names it.
 * 3. A key without a modifier is shown in the menu and handled by the view, so that it can still be typed into a field.
 */
import { VIEW_NAMES, VIEWS, type MenuView } from "../views/console-views.ts";
import type { Bridge } from "./contract.ts";

/** The one page that the window loads. */
export const PAGE_SCHEME = "logos";
export const PAGE_ORIGIN = "logos://console";
export const PAGE_URL = "logos://console/";

export const CHANNELS = {
  /** View to host: a reader comes in; its former connection ends. */
  open: "logos:open",
  /** View to host: one `ClientMessage`. */
  send: "logos:send",
  /** Host to view: one `HostMessage`. */
  receive: "logos:receive",
  /** Host to view: the connection has ended. The next message opens a new one. */
  closed: "logos:closed",
  /** Host to view: one `MenuCommand` was chosen. */
  command: "logos:command",
} as const;

interface MenuEntry {
  readonly menu: "File" | "Session" | "Trade" | "View" | "Help";
  readonly label: string;
  readonly accelerator: string;
}

/** The commands that open no view of the table of views. */
const OTHERS = {
  "session.start": { menu: "Session", label: "Start Session", accelerator: "CmdOrCtrl+Shift+S" },
  "session.pause": { menu: "Session", label: "Pause or Continue", accelerator: "CmdOrCtrl+Shift+P" },
  "session.halt": { menu: "Session", label: "Halt Trading…", accelerator: "CmdOrCtrl+Shift+H" },
  "session.resume": { menu: "Session", label: "Resume Trading…", accelerator: "CmdOrCtrl+Shift+R" },
  "session.stop": { menu: "Session", label: "Stop Session…", accelerator: "CmdOrCtrl+Shift+X" },
  "trade.ticket": { menu: "Trade", label: "New Order…", accelerator: "CmdOrCtrl+N" },
  "trade.cancel": { menu: "Trade", label: "Cancel Orders…", accelerator: "CmdOrCtrl+Alt+X" },
  "trade.flatten": { menu: "Trade", label: "Flatten…", accelerator: "CmdOrCtrl+Alt+F" },
  "trade.working": { menu: "Trade", label: "Show Working Orders", accelerator: "CmdOrCtrl+Alt+W" },
  "speed.1": { menu: "Session", label: "Speed 1×", accelerator: "CmdOrCtrl+Alt+1" },
  "speed.10": { menu: "Session", label: "Speed 10×", accelerator: "CmdOrCtrl+Alt+2" },
  "speed.60": { menu: "Session", label: "Speed 60×", accelerator: "CmdOrCtrl+Alt+3" },
  "speed.max": { menu: "Session", label: "Speed Max", accelerator: "CmdOrCtrl+Alt+4" },
  palette: { menu: "View", label: "Command Palette…", accelerator: "CmdOrCtrl+K" },
  filter: { menu: "View", label: "Filter", accelerator: "/" },
  "updates.pause": { menu: "View", label: "Pause or Resume Updates", accelerator: "CmdOrCtrl+Shift+U" },
  theme: { menu: "View", label: "Switch Theme", accelerator: "CmdOrCtrl+Shift+L" },
  "workspace.open": { menu: "File", label: "Open Workspace…", accelerator: "CmdOrCtrl+Shift+O" },
  export: { menu: "File", label: "Export Rows…", accelerator: "CmdOrCtrl+E" },
  settings: { menu: "File", label: "Settings…", accelerator: "CmdOrCtrl+," },
  help: { menu: "Help", label: "Keyboard and Help", accelerator: "?" },
} as const satisfies Readonly<Record<string, MenuEntry>>;

export type MenuCommand = keyof typeof OTHERS | `view.${MenuView}`;

/** A title as menus write it, with a capital at each word. */
const inMenu = (title: string): string => title.replace(/\b(?!and\b)[a-z]/g, (letter) => letter.toUpperCase());

/** Each view's command; a view that another menu has, such as Settings, is not in View. */
const OF_VIEWS = Object.fromEntries(
  VIEW_NAMES.flatMap((view): [string, MenuEntry][] => {
    const { title, accelerator } = VIEWS[view];
    return accelerator === null ? [] : [[`view.${view}`, { menu: "View", label: inMenu(title), accelerator }]];
  }),
) as Record<`view.${MenuView}`, MenuEntry>;

/** The menu's commands, in the menu's order, with their accelerators as Electron writes them. */
export const MENU_COMMANDS: Readonly<Record<MenuCommand, MenuEntry>> = { ...OTHERS, ...OF_VIEWS };

/** `window.logos` under Electron: the bridge, and the menu's commands. */
export interface DesktopBridge extends Bridge {
  readonly host: "electron";
  /** Called for each command that is chosen in the menu. Returns what stops it. */
  command(listener: (command: MenuCommand) => void): () => void;
}
