/** How each view is drawn: its icon in the rail, its component, whose code is a file of its own, and the streams that it reads first. */
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
import type { StreamName } from "../../shared/contract/contract.ts";
import type { ViewName } from "../../shared/views/console-views.ts";
import { DeskOrStart } from "./desk-or-start.tsx";
import { later } from "./later.tsx";

interface Drawn {
  readonly icon: LucideIcon;
  readonly component: ComponentType;
  /** What it shows first. All of it is asked for at once; without this, a part of the view would ask when it is drawn, after its turn. */
  readonly streams: readonly StreamName[];
}

const drawn = (icon: LucideIcon, component: ComponentType, ...streams: readonly StreamName[]): Drawn => ({
  icon,
  component,
  streams,
});

export const DRAWN: Readonly<Record<ViewName, Drawn>> = {
  desk: drawn(ChartLine, DeskOrStart, "desk", "schedule"),
  schedule: drawn(
    Clock3,
    later(async () => (await import("./schedule.tsx")).Schedule, "the schedule"),
    "schedule",
  ),
  router: drawn(
    Split,
    later(async () => (await import("./router.tsx")).Router, "the router"),
    "router",
    "orders",
    "rejections",
  ),
  rejections: drawn(
    Ban,
    later(async () => (await import("./orders/rejections.tsx")).Rejections, "rejections"),
    "rejections",
  ),
  metrics: drawn(
    ChartColumn,
    later(async () => (await import("./metrics.tsx")).Metrics, "metrics"),
    "metrics",
  ),
  orders: drawn(
    Rows3,
    later(async () => (await import("./orders/orders.tsx")).Orders, "orders and fills"),
    "orders",
    "router",
  ),
  positions: drawn(
    Layers,
    later(async () => (await import("./orders/positions.tsx")).Positions, "positions"),
    "positions",
  ),
  drift: drawn(
    Scale,
    later(async () => (await import("./drift.tsx")).Drift, "the drift review"),
    "drift",
    "orders",
  ),
  sessions: drawn(
    Folder,
    later(async () => (await import("./sessions/sessions.tsx")).Sessions, "sessions"),
    "sessions",
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
    "log",
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
