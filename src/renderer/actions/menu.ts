/** The desktop window's menu: each of its commands is one of the console's own. */
import { isViewName } from "../../shared/views/console-views.ts";
import type { Bridge } from "../../shared/contract/contract.ts";
import type { DesktopBridge, MenuCommand } from "../../shared/contract/desktop.ts";
import { prefs } from "../stores/prefs.ts";
import type { Theme } from "../stores/prefs.ts";
import { go, useUi } from "../stores/ui.ts";
import { commands, focusExport } from "./commands.ts";

const NAMES: Readonly<Partial<Record<MenuCommand, readonly string[]>>> = {
  "session.start": ["start"],
  "session.pause": ["pause", "continue"],
  "session.halt": ["halt"],
  "session.resume": ["resume"],
  "session.stop": ["stop"],
  "workspace.open": ["workspace"],
  "trade.ticket": ["ticket"],
  "trade.cancel": ["cancel-all"],
  "trade.flatten": ["flatten"],
  "trade.working": ["working"],
  "speed.1": ["speed-1"],
  "speed.10": ["speed-10"],
  "speed.60": ["speed-60"],
  "speed.max": ["speed-max"],
  palette: ["palette"],
  filter: ["filter"],
  "updates.pause": ["hold"],
};

const NEXT_THEME: Readonly<Record<Theme, Theme>> = {
  system: "dark",
  dark: "light",
  light: "contrast",
  contrast: "contrast-light",
  "contrast-light": "system",
};

/** Does a command of the menu. While a dialog asks something, only the dialog is there. */
export function doMenuCommand(name: MenuCommand): void {
  const { question, restore, ticket } = useUi.getState();
  if (question !== null || restore !== null || ticket !== null) return;
  const view = name.startsWith("view.") ? name.slice(5) : name;
  if (isViewName(view)) return go(view);
  if (name === "theme") return prefs().set({ theme: NEXT_THEME[prefs().theme] });
  if (name === "export") return focusExport();
  const wanted = NAMES[name] ?? [];
  commands()
    .find((command) => wanted.includes(command.id) && command.enabled)
    ?.run();
}

function isDesktop(bridge: Bridge): bridge is DesktopBridge {
  return typeof (bridge as Partial<DesktopBridge>).command === "function";
}

export function followMenu(bridge: Bridge): void {
  if (isDesktop(bridge)) bridge.command(doMenuCommand);
}
