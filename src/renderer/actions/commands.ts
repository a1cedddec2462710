/** Every action with its name, its key, and whether it can be done now: the palette, the menu and the keyboard read this one list. */
import { VIEW_NAMES, VIEWS } from "../../shared/views/console-views.ts";
import type { AppView, OpenSession } from "../../shared/contract/views.ts";
import { ask, hold, useLive } from "../stores/live.ts";
import { loadLayout, resetLayout, undoLayout, useLayouts } from "../stores/layouts.ts";
import { openWindow } from "../stores/windows.ts";
import { askSaveLayout } from "./layout-actions.ts";
import { operatorName, usePrefs } from "../stores/prefs.ts";
import type { Theme } from "../stores/prefs.ts";
import { go, goToOrders, succeeded, useUi } from "../stores/ui.ts";
import { exportRows } from "./export.ts";
import type { ExportWhat } from "./export.ts";
import { askHalt, askResumePart } from "./halt-actions.ts";
import { askCancelAll, askFlatten, openTicket } from "./order-actions.ts";
import { pickWorkspace } from "./workspace-actions.ts";
import {
  askPractice,
  askStop,
  closeSession,
  continueSession,
  pauseSession,
  setSpeed,
  startSession,
} from "./session-actions.ts";

export interface Command {
  readonly id: string;
  readonly group: "Session" | "Trade" | "Go to" | "View" | "Export";
  readonly label: string;
  readonly keys: readonly string[];
  readonly enabled: boolean;
  readonly run: () => void;
}

/** Opens the export of the list that is shown. */
export function focusExport(): void {
  document.querySelector<HTMLButtonElement>("main [data-testid^=export-]")?.focus();
}

/** Puts the cursor into the filter of the view that is shown. */
export function focusFilter(): void {
  document.querySelector<HTMLInputElement>("main [data-filter]")?.focus();
}

function sessionCommands(session: OpenSession | null, app: AppView | null): Command[] {
  const canStart = app !== null && app.desk.error === null;
  const state = session?.state ?? null;
  const parts = session?.haltedScopes.length ?? 0;
  const live = state !== null && state !== "stopped" && state !== "failed";
  const command = (id: string, label: string, keys: string[], enabled: boolean, run: () => void): Command => ({
    id,
    group: "Session",
    label,
    keys,
    enabled,
    run,
  });
  return [
    command("start", "Start a new session", ["s"], !live && canStart, () => void startSession()),
    command(
      "pause",
      "Pause",
      ["p"],
      (state === "running" || state === "halted") && session?.paused === false,
      () => void pauseSession(),
    ),
    command("continue", "Continue", ["c"], live && session?.paused === true, () => void continueSession()),
    command("halt", "Halt…", ["shift+h"], live && state !== "stopping", () => askHalt()),
    command("resume", "Review drift and resume…", [], state === "halted", () => go("drift")),
    command("resume-part", "Resume a group or a strategy…", [], parts > 0, () => askResumePart()),
    command("stop", "Stop the session…", ["shift+s"], live, askStop),
    command("close", "Close the session", [], state === "stopped" || state === "failed", () => void closeSession()),
    ...([1, 10, 60, "max"] as const).map((speed) =>
      command(
        `speed-${speed}`,
        speed === "max" ? "Speed: maximum" : `Speed: ${speed}×`,
        [],
        live && session?.clock === "virtual" && session.speed !== speed,
        () => void setSpeed(speed),
      ),
    ),
    command("workspace", "Open another workspace…", [], !live, () =>
      app?.nativeDialogs === true ? void pickWorkspace() : go("settings"),
    ),
    // Where the host has a menu of its own, this key is the menu's.
    command("restore", "Restore from a snapshot…", app?.nativeDialogs === true ? [] : ["mod+o"], true, () => {
      go("sessions");
      useUi.setState({ restore: { kind: "choose" } });
    }),
    command("practice", "Practice an unknown fill…", [], live && state !== "halted", askPractice),
  ];
}

function tradeCommands(session: OpenSession | null): Command[] {
  const state = session?.state ?? "stopped";
  const live = state !== "stopped" && state !== "failed" && state !== "stopping";
  const command = (id: string, label: string, keys: string[], run: () => void, enabled = live): Command => ({
    id,
    group: "Trade",
    label,
    keys,
    enabled,
    run,
  });
  return [
    command("ticket", "New order…", ["o"], () => openTicket()),
    command("cancel-all", "Cancel orders…", ["shift+x"], () => askCancelAll()),
    command("flatten", "Flatten…", ["shift+f"], () => askFlatten()),
    command("working", "Show working orders", ["w"], () => goToOrders("working"), session !== null),
    command("fills", "Show fills", [], () => goToOrders("fills"), session !== null),
  ];
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ["dark", "Theme: dark"],
  ["light", "Theme: light"],
  ["contrast", "Theme: high contrast, dark"],
  ["contrast-light", "Theme: high contrast, light"],
  ["system", "Theme: system"],
];

const EXPORTS: readonly (readonly [ExportWhat, string])[] = [
  ["orders", "orders"],
  ["fills", "fills"],
  ["rejections", "rejections"],
  ["schedule", "schedule"],
  ["ticks", "ticks"],
  ["metrics", "metrics"],
  ["equity", "equity"],
  ["drift", "drift items"],
  ["log", "log"],
  ["sessions", "sessions"],
];

type Entry = (id: string, label: string, keys: string[], run: () => void) => Command;

function layoutCommands(entry: Entry): Command[] {
  const { saved, undos } = useLayouts.getState();
  return [
    entry("save-layout", "Save the layout…", [], askSaveLayout),
    ...Object.keys(saved).map((name) => entry(`layout-${name}`, `Load layout: ${name}`, [], () => loadLayout(name))),
    { ...entry("undo-layout", "Undo the layout change", ["mod+z"], undoLayout), enabled: undos > 0 },
    entry("reset-layout", "Reset the layout", [], resetLayout),
    entry("new-window", "Open this view in a new window", [], () => openWindow(useUi.getState().view)),
  ];
}

function viewCommands(held: boolean): Command[] {
  const entry = (id: string, label: string, keys: string[], run: () => void): Command => ({
    id,
    group: "View",
    label,
    keys,
    enabled: true,
    run,
  });
  return [
    entry("palette", "Search everything", ["mod+k"], () => useUi.setState({ palette: true })),
    entry("tour", "Show the tour", [], () => {
      useUi.setState({ tour: 0 });
      go("desk");
    }),
    entry("alerts", "Show alerts", ["a"], () => useUi.setState({ alerts: true })),
    entry("acknowledge-all", "Acknowledge all alerts", [], () => {
      void ask("alerts.acknowledge", { operator: operatorName() }).then(succeeded);
    }),
    entry("filter", "Filter the list", ["/"], focusFilter),
    entry("hold", held ? "Resume updates" : "Pause updates", ["u"], () => hold(!held)),
    ...THEMES.map(([theme, label]) => entry(`theme-${theme}`, label, [], () => usePrefs.getState().set({ theme }))),
    entry("density", "Rows: compact or comfortable", [], () => {
      const { density, set } = usePrefs.getState();
      set({ density: density === "compact" ? "comfortable" : "compact" });
    }),
    ...layoutCommands(entry),
  ];
}

/** All commands as they stand now. */
export function commands(): Command[] {
  const { streams, held } = useLive.getState();
  return [
    ...sessionCommands(streams.session?.session ?? null, streams.app),
    ...tradeCommands(streams.session?.session ?? null),
    ...VIEW_NAMES.map((view): Command => ({
      id: `go-${view}`,
      group: "Go to",
      label: VIEWS[view].title,
      keys: [VIEWS[view].key],
      enabled: true,
      run: () => go(view),
    })),
    ...viewCommands(held),
    ...EXPORTS.map(([what, label]): Command => ({
      id: `export-${what}`,
      group: "Export",
      label: `Export ${label} as CSV`,
      keys: [],
      enabled: true,
      run: () => void exportRows(what, "csv"),
    })),
  ];
}
