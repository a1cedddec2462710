/** Which component shows which view. */
import type { ComponentType } from "react";
import type { ViewName } from "../stores/ui.ts";
import { Desk } from "./desk.tsx";

export const VIEWS: Readonly<Record<ViewName, ComponentType>> = {
  desk: Desk,
  schedule: Desk,
  router: Desk,
  rejections: Desk,
  metrics: Desk,
  orders: Desk,
  drift: Desk,
  sessions: Desk,
  log: Desk,
  settings: Desk,
  help: Desk,
};
