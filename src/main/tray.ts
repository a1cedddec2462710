/**
 * The tray: icon and tooltip show the worst alert that is neither over nor acknowledged; its menu opens, halts and quits.
 *
 * 1. The state comes from the stream `alerts`, which the tray reads through the host like a window. After a switch of the workspace it
 *    reads the new one.
 * 2. Where the platform has no tray, one line is reported and the program runs without it.
 * 3. Halting is handed to the view, which asks first, and quitting asks while a session runs.
 */
import type { Connection, ConsoleHost } from "../console/bridge/api.ts";
import type { HostMessage } from "../shared/contract/contract.ts";
import { MENU_COMMANDS } from "../shared/contract/desktop.ts";
import { applyPatch, type JsonObject } from "../shared/contract/patch.ts";
import type { AlertsView } from "../shared/contract/views.ts";
import type { Timers } from "../shared/ports.ts";
import type { Electron, NativeImage, Tray } from "./electron.ts";
import { trayIcon, type TrayState } from "./tray-icon.ts";

/** A connection that ended is opened again after this long. */
export const RECONNECT_MS = 1_000;
/** Windows shows no more of a tooltip. */
const TOOLTIP_MAX = 127;

/** What the tray shows of the alerts. */
export interface TrayLook {
  readonly state: TrayState;
  readonly tooltip: string;
}

/** State and tooltip for the alerts that are neither over nor acknowledged; the tooltip has the worst one's text. */
export function trayLook({ critical, warning, worst }: Pick<AlertsView, "critical" | "warning" | "worst">): TrayLook {
  const state = critical > 0 ? "critical" : warning > 0 ? "warning" : "calm";
  const count = state === "critical" ? critical : warning;
  const word = state === "critical" ? "critical alert" : "alert";
  const said = state === "calm" ? "no alerts" : `${count} ${word}${count === 1 ? "" : "s"}`;
  const text = `Logos Console: ${said}${worst === null || state === "calm" ? "" : `. ${worst.text}`}`;
  return { state, tooltip: text.length > TOOLTIP_MAX ? `${text.slice(0, TOOLTIP_MAX - 1)}…` : text };
}

/** Reads the stream `alerts` of the host until the function that it returns is called. */
export function followAlerts(
  host: Pick<ConsoleHost, "connect">,
  timers: Timers,
  onAlerts: (alerts: AlertsView) => void,
): () => void {
  let closed = false;
  let timer: unknown = null;
  let connection: Connection | null = null;
  const later = (): void => {
    connection = null;
    // Not at once: a host that disconnects its readers is not yet ready to be read again.
    if (!closed && timer === null) timer = timers.set(connect, RECONNECT_MS);
  };
  function connect(): void {
    timer = null;
    let value: JsonObject = {};
    let ended = false;
    const take = (message: HostMessage): void => {
      if (message.kind !== "event" || message.stream !== "alerts") return;
      const { event } = message;
      value = event.type === "whole" ? (event.value as JsonObject) : applyPatch(value, event.patch);
      onAlerts(value as unknown as AlertsView);
      connection?.receive({ kind: "applied", stream: "alerts", version: event.version });
    };
    try {
      const opened = host.connect(take, () => {
        ended = true;
        later();
      });
      if (ended) return;
      connection = opened;
      opened.receive({ kind: "subscribe", stream: "alerts" });
    } catch {
      // The host has as many readers as it takes; a window that closes makes room.
      later();
    }
  }
  connect();
  return () => {
    closed = true;
    if (timer !== null) timers.clear(timer);
    connection?.close();
    connection = null;
  };
}

export interface TrayPorts {
  readonly electron: Electron;
  readonly mac: boolean;
  readonly timers: Timers;
  readonly open: () => void;
  /** Hands the halt to the view, which asks first. */
  readonly halt: () => void;
  readonly quit: () => void;
  readonly onProblem: (line: string) => void;
}

/** Makes the tray and keeps it at the worst state. Returns a function that removes it. */
export function makeTray(ports: TrayPorts, host: Pick<ConsoleHost, "connect">): () => void {
  const { electron, onProblem } = ports;
  const image = (state: TrayState): NativeImage =>
    electron.nativeImage.createFromBuffer(trayIcon(state), { scaleFactor: 2 });
  let tray: Tray;
  try {
    const images = { calm: image("calm"), warning: image("warning"), critical: image("critical") };
    tray = new electron.Tray(images.calm);
    tray.setToolTip("Logos Console");
    tray.setContextMenu(
      electron.Menu.buildFromTemplate([
        { label: "Open Logos Console", click: ports.open },
        { label: MENU_COMMANDS["session.halt"].label, click: ports.halt },
        { type: "separator" },
        { label: "Quit", click: ports.quit },
      ]),
    );
    // A click shows the menu on a Mac; elsewhere it opens the window.
    if (!ports.mac) tray.on("click", ports.open);
    let shown: TrayLook = { state: "calm", tooltip: "" };
    const stop = followAlerts(host, ports.timers, (alerts) => {
      const look = trayLook(alerts);
      if (look.state !== shown.state) tray.setImage(images[look.state]);
      if (look.tooltip !== shown.tooltip) tray.setToolTip(look.tooltip);
      shown = look;
    });
    return () => {
      stop();
      tray.destroy();
    };
  } catch (error) {
    onProblem(
      `The system shows no tray icon: ${error instanceof Error ? error.message : String(error)}. All else works.`,
    );
    return () => undefined;
  }
}
