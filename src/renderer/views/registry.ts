/** Which component shows which view. */
import type { ComponentType } from "react";
import type { ViewName } from "../stores/ui.ts";
import { Data } from "./data/data.tsx";
import { DeskEditor } from "./desk-editor/editor.tsx";
import { Desk } from "./desk.tsx";
import { Drift } from "./drift.tsx";
import { Help } from "./help.tsx";
import { Log } from "./log.tsx";
import { Metrics } from "./metrics.tsx";
import { Orders } from "./orders/orders.tsx";
import { Positions } from "./orders/positions.tsx";
import { Regression } from "./regression.tsx";
import { Rejections } from "./orders/rejections.tsx";
import { Router } from "./router.tsx";
import { Schedule } from "./schedule.tsx";
import { Sessions } from "./sessions/sessions.tsx";
import { Settings } from "./settings.tsx";

export const VIEWS: Readonly<Record<ViewName, ComponentType>> = {
  desk: Desk,
  schedule: Schedule,
  router: Router,
  rejections: Rejections,
  metrics: Metrics,
  orders: Orders,
  positions: Positions,
  drift: Drift,
  sessions: Sessions,
  editor: DeskEditor,
  data: Data,
  regression: Regression,
  log: Log,
  settings: Settings,
  help: Help,
};
