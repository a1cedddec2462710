/** How each view is drawn: its icon in the rail, and its component, whose code is a file of its own. */
import {
  Ban,
  CandlestickChart,
  ChartColumn,
  ChartLine,
  CircleHelp,
  Clock3,
  Folder,
  GitCompare,
  Layers,
  Rows3,
  Scale,
  Settings as Gear,
  SlidersHorizontal,
  Split,
  SquareTerminal,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { ViewName } from "../../shared/views/console-views.ts";
import { DeskOrStart } from "./desk-or-start.tsx";
import { later } from "./later.tsx";

interface Drawn {
  readonly icon: LucideIcon;
  readonly component: ComponentType;
}

const drawn = (icon: LucideIcon, component: ComponentType): Drawn => ({ icon, component });

export const DRAWN: Readonly<Record<ViewName, Drawn>> = {
  desk: drawn(ChartLine, DeskOrStart),
  schedule: drawn(
    Clock3,
    later(async () => (await import("./schedule.tsx")).Schedule, "the schedule"),
  ),
  router: drawn(
    Split,
    later(async () => (await import("./router.tsx")).Router, "the router"),
  ),
  rejections: drawn(
    Ban,
    later(async () => (await import("./orders/rejections.tsx")).Rejections, "rejections"),
  ),
  metrics: drawn(
    ChartColumn,
    later(async () => (await import("./metrics.tsx")).Metrics, "metrics"),
  ),
  orders: drawn(
    Rows3,
    later(async () => (await import("./orders/orders.tsx")).Orders, "orders and fills"),
  ),
  positions: drawn(
    Layers,
    later(async () => (await import("./orders/positions.tsx")).Positions, "positions"),
  ),
  drift: drawn(
    Scale,
    later(async () => (await import("./drift.tsx")).Drift, "the drift review"),
  ),
  sessions: drawn(
    Folder,
    later(async () => (await import("./sessions/sessions.tsx")).Sessions, "sessions"),
  ),
  editor: drawn(
    SlidersHorizontal,
    later(async () => (await import("./desk-editor/editor.tsx")).DeskEditor, "the desk editor"),
  ),
  data: drawn(
    CandlestickChart,
    later(async () => (await import("./data/data.tsx")).Data, "market data"),
  ),
  regression: drawn(
    GitCompare,
    later(async () => (await import("./regression.tsx")).Regression, "regression"),
  ),
  log: drawn(
    SquareTerminal,
    later(async () => (await import("./log.tsx")).Log, "the log"),
  ),
  settings: drawn(
    Gear,
    later(async () => (await import("./settings.tsx")).Settings, "settings"),
  ),
  help: drawn(
    CircleHelp,
    later(async () => (await import("./help/help.tsx")).Help, "help"),
  ),
};
