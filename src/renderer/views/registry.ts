/** Which component shows which view. Each view's code is a file of its own. */
import type { ComponentType } from "react";
import type { ViewName } from "../stores/ui.ts";
import { DeskOrStart } from "./desk-or-start.tsx";
import { later } from "./later.tsx";

export const VIEWS: Readonly<Record<ViewName, ComponentType>> = {
  desk: DeskOrStart,
  schedule: later(async () => (await import("./schedule.tsx")).Schedule, "the schedule"),
  router: later(async () => (await import("./router.tsx")).Router, "the router"),
  rejections: later(async () => (await import("./orders/rejections.tsx")).Rejections, "rejections"),
  metrics: later(async () => (await import("./metrics.tsx")).Metrics, "metrics"),
  orders: later(async () => (await import("./orders/orders.tsx")).Orders, "orders and fills"),
  positions: later(async () => (await import("./orders/positions.tsx")).Positions, "positions"),
  drift: later(async () => (await import("./drift.tsx")).Drift, "the drift review"),
  sessions: later(async () => (await import("./sessions/sessions.tsx")).Sessions, "sessions"),
  editor: later(async () => (await import("./desk-editor/editor.tsx")).DeskEditor, "the desk editor"),
  data: later(async () => (await import("./data/data.tsx")).Data, "market data"),
  regression: later(async () => (await import("./regression.tsx")).Regression, "regression"),
  log: later(async () => (await import("./log.tsx")).Log, "the log"),
  settings: later(async () => (await import("./settings.tsx")).Settings, "settings"),
  help: later(async () => (await import("./help/help.tsx")).Help, "help"),
};
